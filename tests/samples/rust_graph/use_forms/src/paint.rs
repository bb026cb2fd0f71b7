use std::collections::HashMap;
use std::fmt;

pub struct Brush {
    pub width: u32,
    seen: HashMap<u32, u32>,
}

impl Brush {
    pub fn new(width: u32) -> Self {
        Self { width, seen: HashMap::new() }
    }

    pub fn stroke(&mut self, n: u32) -> u32 {
        self.seen.insert(n, fill(n));
        self.width * n
    }
}

impl fmt::Display for Brush {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "brush {}", self.width)
    }
}

pub fn fill(n: u32) -> u32 {
    super::tools::scale(n)
}
