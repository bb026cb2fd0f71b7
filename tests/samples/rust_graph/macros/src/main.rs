#[macro_use]
mod helpers;
mod counter;

use counter::Counter;

macro_rules! square {
    ($x:expr) => {
        $x * $x
    };
}

make_getter!(version, "1.0");

fn main() {
    let mut counter = Counter::new();
    bump!(counter, 2);
    counter.add(square!(3));
    let names = list!["a", "b"];
    log(&names.join(","));
    println!("{} {}", counter.total(), version());
    assert_eq!(square!(2), four());
    assert!(check(&counter));
}

fn four() -> i32 {
    twice(2)
}

fn twice(n: i32) -> i32 {
    n * 2
}

fn log(text: &str) {
    say!("log {}", text);
}

fn check(counter: &Counter) -> bool {
    let all = vec![counter.total(), four()];
    !all.is_empty()
}
