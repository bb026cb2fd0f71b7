pub struct Counter {
    total: i32,
}

impl Counter {
    pub fn new() -> Self {
        Counter { total: start() }
    }

    pub fn add(&mut self, n: i32) {
        self.total += n;
        say!("added {n}");
    }

    pub fn total(&self) -> i32 {
        self.total
    }

    #[allow(dead_code)]
    pub fn list(&self) -> Vec<String> {
        list!()
    }
}

fn start() -> i32 {
    0
}

#[allow(dead_code)]
pub fn say(n: i32) -> i32 {
    square(n)
}

fn square(n: i32) -> i32 {
    n
}
