//! Links.

pub mod tcp;
mod queue;

pub struct Link {
    queue: queue::Queue,
}

pub fn connect(name: &str) -> Link {
    tcp::resolve(name);
    Link { queue: queue::Queue::new() }
}

impl Link {
    pub fn send(&mut self, frame: &[u8]) {
        self.queue.push(frame.to_vec());
    }

    pub fn sent(&self) -> usize {
        self.queue.len()
    }
}
