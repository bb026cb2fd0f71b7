use std::ops::{Add, Index, Neg};

#[derive(Clone, Copy, PartialEq)]
pub struct Vector {
    x: f64,
    y: f64,
}

impl Vector {
    pub fn new(x: f64, y: f64) -> Self {
        Vector { x, y }
    }

    pub fn length(&self) -> f64 {
        hypot(self.x, self.y)
    }

    pub fn stretch(&mut self, by: f64) {
        self.x *= by;
        self.y *= by;
    }

    pub fn count(&self) -> usize {
        2
    }
}

impl Add for Vector {
    type Output = Vector;

    fn add(self, other: Vector) -> Vector {
        Vector::new(self.x + other.x, self.y + other.y)
    }
}

impl Neg for Vector {
    type Output = Vector;

    fn neg(self) -> Vector {
        Self::new(-self.x, -self.y)
    }
}

impl Index<usize> for Vector {
    type Output = f64;

    fn index(&self, i: usize) -> &f64 {
        check(i);
        if i == 0 { &self.x } else { &self.y }
    }
}

fn hypot(x: f64, y: f64) -> f64 {
    x.hypot(y)
}

fn check(i: usize) {
    assert!(i < 2);
}
