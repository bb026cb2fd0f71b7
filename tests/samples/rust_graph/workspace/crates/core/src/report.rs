use crate::{Entry, Ledger};

pub fn render(ledger: &Ledger) -> String {
    let mut out = String::new();
    for entry in ledger.entries() {
        out.push_str(&line(entry));
    }
    let total = ledger.total();
    out + &total.to_string()
}

fn line(entry: &Entry) -> String {
    let cents = entry.cents();
    format!("{} {}\n", entry.name(), cents)
}
