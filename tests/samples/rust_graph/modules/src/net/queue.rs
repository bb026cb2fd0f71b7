//! Frames that wait.

pub struct Queue {
    frames: Vec<Vec<u8>>,
}

impl Queue {
    pub fn new() -> Self {
        Queue { frames: Vec::new() }
    }

    pub fn push(&mut self, frame: Vec<u8>) {
        self.frames.push(frame);
    }

    pub fn len(&self) -> usize {
        self.frames.iter().map(|f| f.len()).sum()
    }
}
