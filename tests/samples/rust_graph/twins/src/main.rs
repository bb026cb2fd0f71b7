mod csv;
mod json;
mod text;

use json::open as open_json;

fn main() {
    println!("{} {}", read_csv("a,b"), read_json("[1]"));
    println!("{}", open("x"));
    both();
}

fn open(name: &str) -> String {
    parse(name)
}

fn parse(name: &str) -> String {
    text::trim(name)
}

fn read_csv(input: &str) -> usize {
    let reader = csv::open(input);
    let rows = reader.parse();
    reader.close();
    rows.len()
}

fn read_json(input: &str) -> usize {
    let reader = open_json(input);
    let rows = reader.parse();
    reader.close();
    rows
}

fn both() {
    let a = csv::Reader::new("a");
    let b = json::Reader::new("b");
    a.close();
    b.close();
    drop(a.copy());
    take(b.parse());
}

/// The name is the prelude's and another module's.
fn drop(reader: csv::Reader) {
    reader.close();
}

fn take(n: usize) -> usize {
    n
}
