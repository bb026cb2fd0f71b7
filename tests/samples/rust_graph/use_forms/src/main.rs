use forms::draw::{curve, tool};
use forms::prelude::{line, trim};
use forms::{fill, outline, zoom, Tool};

fn main() {
    let brush = Tool::new(3);
    println!("{brush}");
    let all = [line(1), trim(5), fill(2), zoom(4), outline(1)];
    show(&all);
    show(&[curve(4), tool(2), forms::draw::line(9)]);
}

fn show(all: &[u32]) {
    for n in all {
        println!("{n}");
    }
}
