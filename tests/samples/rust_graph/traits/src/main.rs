mod kinds;
mod shape;

use kinds::{Circle, Grid, Square};
use shape::{Describe, Named, Shape};

fn main() {
    let circle = Circle { r: 2.0 };
    let square = Square::unit();
    println!("{}", concrete(&circle, &square));
    let all: Vec<Box<dyn Shape>> = vec![Box::new(circle), Box::new(square), pick(true)];
    println!("{}", total(&all));
    println!("{}", bound(&Square::unit()) + where_bound(Circle { r: 1.0 }));
    println!("{}", opaque().name());
    println!("{}", Grid { cells: 4 }.area());
    println!("{}", 2.5f64.shout());
}

/// The types are known.
fn concrete(circle: &Circle, square: &Square) -> f64 {
    let label = circle.describe();
    circle.area() + square.area() + label.len() as f64
}

/// Only the trait is known.
fn total(all: &[Box<dyn Shape>]) -> f64 {
    let mut sum = 0.0;
    for shape in all.iter() {
        sum += shape.area();
        sum += shape.name().len() as f64;
    }
    sum
}

fn bound<T: Shape>(shape: &T) -> f64 {
    shape.scaled(2.0)
}

fn where_bound<T>(shape: T) -> f64
where
    T: Shape + Clone,
{
    Shape::area(&shape) + T::sides() as f64
}

fn argument(shape: &impl Named) -> String {
    shape.name()
}

fn opaque() -> impl Named {
    let square = Square::unit();
    argument(&square);
    square
}

fn pick(round: bool) -> Box<dyn Shape> {
    if round {
        Box::new(Circle { r: 0.5 })
    } else {
        Box::new(Square::unit())
    }
}
