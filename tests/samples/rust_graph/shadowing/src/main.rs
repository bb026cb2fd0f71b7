mod desk;
mod store;

use desk::Clerk;
use store::{open, Crate};

fn main() {
    println!("{} {}", by_import(), by_variable());
    println!("{}", by_parameter(|| String::from("given")));
    println!("{} {}", by_inner_fn(), by_rebinding());
    println!("{}", by_block());
    println!("{}", by_inner_use());
}

fn label() -> String {
    "main's".to_string()
}

/// The name is the imported one.
fn by_import() -> String {
    open().name()
}

/// The name is a variable.
fn by_variable() -> String {
    let open = || label();
    open()
}

/// The name is a parameter.
fn by_parameter(label: impl Fn() -> String) -> String {
    label()
}

/// The name is a function of the function.
fn by_inner_fn() -> String {
    fn label() -> String {
        "inner".to_string()
    }
    label()
}

/// The variable changes its type.
fn by_rebinding() -> String {
    let thing = open();
    let first = thing.name();
    let thing = Clerk::new(&first);
    let second = thing.name();
    let thing = thing.crate_of();
    second + &thing.name()
}

/// The inner variable ends with its block.
fn by_block() -> String {
    let thing = Clerk::new("c");
    {
        let thing = Crate::default();
        thing.seal();
    }
    let text = thing.seal();
    text + &label()
}

/// The name is imported in the function alone.
fn by_inner_use() -> String {
    use desk::label;
    label() + &desk::open()
}
