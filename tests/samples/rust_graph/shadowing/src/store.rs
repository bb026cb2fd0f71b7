#[derive(Default)]
pub struct Crate {
    name: String,
}

pub fn open() -> Crate {
    let name = name();
    Crate { name }
}

fn name() -> String {
    "store's".into()
}

impl Crate {
    pub fn name(&self) -> String {
        if let Some(name) = self.first() {
            return name;
        }
        name()
    }

    fn first(&self) -> Option<String> {
        let name = self.name.clone();
        if name.is_empty() { None } else { Some(name) }
    }

    pub fn seal(&self) -> bool {
        self.name.is_empty()
    }
}
