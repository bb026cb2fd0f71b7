pub struct Entry {
    name: String,
    cents: i64,
}

impl Entry {
    pub fn new(name: &str, cents: i64) -> Self {
        Entry { name: name.to_string(), cents }
    }

    pub fn cents(&self) -> i64 {
        self.cents
    }

    pub fn name(&self) -> &str {
        &self.name
    }
}
