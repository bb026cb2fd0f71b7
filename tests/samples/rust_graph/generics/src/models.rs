use crate::store::Record;

#[derive(Clone)]
pub struct User {
    name: String,
}

impl User {
    pub fn named(name: &str) -> Self {
        let mut user = Self::create();
        user.name = name.to_string();
        user
    }
}

impl Record for User {
    const KIND: &'static str = "user";

    fn create() -> Self {
        User { name: String::new() }
    }

    fn key(&self) -> u32 {
        hash(&self.name)
    }
}

pub struct Order {
    id: u32,
}

impl Record for Order {
    const KIND: &'static str = "order";

    fn create() -> Self {
        Order { id: next_id() }
    }

    fn key(&self) -> u32 {
        self.id
    }

    fn label(&self) -> String {
        let key = self.key();
        format!("order {key}")
    }
}

fn hash(text: &str) -> u32 {
    text.bytes().map(u32::from).sum()
}

fn next_id() -> u32 {
    7
}
