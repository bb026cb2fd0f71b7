//! The library: its name in code is `ledger_core`.

mod entry;
pub mod report;

pub use entry::Entry;

#[derive(Default)]
pub struct Ledger {
    entries: Vec<Entry>,
}

impl Ledger {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn add(&mut self, name: &str, cents: i64) -> &Entry {
        self.entries.push(Entry::new(name, cents));
        &self.entries[self.entries.len() - 1]
    }

    pub fn total(&self) -> i64 {
        let mut sum = 0;
        for entry in &self.entries {
            sum += entry.cents();
        }
        round(sum)
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

pub fn parse(line: &str) -> Option<(String, i64)> {
    let (name, cents) = line.split_once('=')?;
    Some((name.to_string(), cents.parse().ok()?))
}

fn round(n: i64) -> i64 {
    n / 10 * 10
}
