use crate::store::{self, Crate};

pub struct Clerk {
    name: String,
}

impl Clerk {
    pub fn new(name: &str) -> Self {
        Clerk { name: name.to_string() }
    }

    pub fn name(&self) -> String {
        self.name.clone()
    }

    pub fn seal(&self) -> String {
        open()
    }

    pub fn crate_of(&self) -> Crate {
        let open = store::open();
        open
    }
}

pub fn open() -> String {
    let store = Clerk::new("desk");
    store.name() + &store::open().name()
}

pub fn label() -> String {
    "desk's".to_string()
}
