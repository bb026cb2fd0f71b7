mod queue;
mod words;

use queue::Queue;

fn main() {
    let mut queue = Queue::new();
    queue.submit(|n| double(n));
    queue.submit(triple);
    queue.submit(add(5));
    println!("{}", queue.run(2));
    println!("{:?}", words::lengths("to be or"));
    println!("{}", apply(double, 4));
    println!("{}", local(3) + nested(2));
}

fn double(n: i32) -> i32 {
    n * 2
}

fn triple(n: i32) -> i32 {
    n * 3
}

fn add(k: i32) -> impl Fn(i32) -> i32 {
    move |n| sum(n, k)
}

fn sum(a: i32, b: i32) -> i32 {
    a + b
}

fn apply<F: Fn(i32) -> i32>(f: F, n: i32) -> i32 {
    f(n)
}

fn local(n: i32) -> i32 {
    let step = |x: i32| sum(x, 1);
    fn twice(x: i32) -> i32 {
        double(x)
    }
    twice(step(n))
}

fn nested(n: i32) -> i32 {
    let outer = |x: i32| {
        let inner = move |y: i32| triple(y) + x;
        inner(double(x))
    };
    outer(n)
}
