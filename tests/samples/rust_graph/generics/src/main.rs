mod models;
mod store;

use models::{Order, User};
use store::{Pair, Record, Store};

fn main() {
    let mut users: Store<User> = Store::new();
    users.insert(User::named("ann"));
    let mut orders = Store::<Order>::with_limit(2);
    orders.insert(Order::create());
    println!("{} {}", users.describe(), orders.describe());
    let pair = Pair::new(users.first(), 3);
    println!("{}", pair.left.label());
    println!("{}", pair.swap().right.label());
    println!("{}", make::<Order>() + copy_of(&User::named("bob")));
    println!("{}", largest(&[3, 9, 4]));
}

fn make<R: Record>() -> usize {
    let record = R::create();
    record.label().len()
}

fn copy_of<R>(record: &R) -> usize
where
    R: Record + Clone,
{
    let copy = record.clone();
    copy.key() as usize
}

fn largest<T: PartialOrd + Copy>(list: &[T]) -> T {
    let mut best = list[0];
    for &item in list {
        best = max(best, item);
    }
    best
}

fn max<T: PartialOrd>(a: T, b: T) -> T {
    if a > b { a } else { b }
}
