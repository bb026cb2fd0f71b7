use crate::vector::Vector;
use std::ops::{Deref, DerefMut};

pub struct Guard {
    inner: Vector,
    count: u32,
}

impl Guard {
    pub fn lock(inner: Vector) -> Self {
        note("lock");
        Guard { inner, count: 1 }
    }

    pub fn count(&self) -> u32 {
        self.count
    }

    pub fn release(self) {
        note("release");
    }
}

impl Deref for Guard {
    type Target = Vector;

    fn deref(&self) -> &Vector {
        &self.inner
    }
}

impl DerefMut for Guard {
    fn deref_mut(&mut self) -> &mut Vector {
        &mut self.inner
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        note("drop");
    }
}

fn note(what: &str) {
    eprintln!("{what}");
}

pub struct Meters(f64);

impl Meters {
    pub fn value(&self) -> f64 {
        self.0
    }
}

impl From<f64> for Meters {
    fn from(x: f64) -> Self {
        Meters(x)
    }
}
