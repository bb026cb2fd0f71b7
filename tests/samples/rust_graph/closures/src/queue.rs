pub struct Queue {
    jobs: Vec<Box<dyn Fn(i32) -> i32>>,
    done: u32,
}

impl Queue {
    pub fn new() -> Self {
        Queue { jobs: Vec::new(), done: 0 }
    }

    pub fn submit(&mut self, job: impl Fn(i32) -> i32 + 'static) {
        self.jobs.push(Box::new(move |n| check(job(n))));
    }

    pub fn run(&mut self, start: i32) -> i32 {
        let total = self.jobs.iter().fold(start, |n, job| job(n));
        self.mark(|done| done + 1);
        total
    }

    fn mark<F>(&mut self, change: F)
    where
        F: FnOnce(u32) -> u32,
    {
        self.done = change(self.done);
    }
}

fn check(n: i32) -> i32 {
    n.max(0)
}
