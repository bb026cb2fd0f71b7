use ledger_core::report;
use ledger_core::Entry;

pub fn render(ledger: &ledger_core::Ledger) -> String {
    let text = report::render(ledger);
    line(&text)
}

pub fn progress(entry: &Entry) {
    let name = entry.name();
    eprintln!("{name}");
}

fn line(text: &str) -> String {
    format!("{text}\n---")
}
