mod args;
mod report;

use ledger_core::{parse, Ledger};

fn main() {
    let mut ledger = Ledger::new();
    for line in args::lines() {
        if let Some((name, cents)) = parse(&line) {
            let entry = ledger.add(&name, cents);
            report::progress(entry);
        }
    }
    let text = report::render(&ledger);
    println!("{text}");
}
