use crate::shape::{Named, Shape};

#[derive(Clone)]
pub struct Circle {
    pub r: f64,
}

impl Named for Circle {
    fn name(&self) -> String {
        "circle".into()
    }
}

impl Shape for Circle {
    fn area(&self) -> f64 {
        square(self.r) * 3.0
    }

    fn describe(&self) -> String {
        let name = self.name();
        name + &Circle::radius(self).to_string()
    }
}

impl Circle {
    fn radius(&self) -> f64 {
        self.r
    }
}

pub struct Square {
    side: f64,
}

impl Square {
    pub fn unit() -> Self {
        Square { side: 1.0 }
    }
}

impl Named for Square {
    fn name(&self) -> String {
        String::from("square")
    }
}

impl Shape for Square {
    fn area(&self) -> f64 {
        square(self.side)
    }

    fn sides() -> u32 {
        4
    }
}

fn square(x: f64) -> f64 {
    x * x
}

/// Has an area, and is no shape.
pub struct Grid {
    pub cells: u32,
}

impl Grid {
    pub fn area(&self) -> u32 {
        self.cells
    }
}
