mod guard;
mod vector;

use guard::{Guard, Meters};
use vector::Vector;

fn main() {
    let a = Vector::new(1.0, 2.0);
    let b = a + Vector::new(0.5, 0.5);
    let c = -b;
    println!("{} {} {}", c.length(), b == c, c[0]);
    let guard = Guard::lock(b);
    println!("{}", through(&guard));
    let mut guard = guard;
    guard.stretch(2.0);
    guard.release();
    println!("{}", convert(3.0));
}

/// Methods of the value inside, and of the guard itself.
fn through(guard: &Guard) -> f64 {
    let length = guard.length();
    length + guard.count() as f64
}

fn convert(x: f64) -> f64 {
    let m: Meters = Meters::from(x);
    let n: Meters = x.into();
    m.value() + n.value()
}
