pub struct Plant {
    name: String,
    height: u32,
}

#[derive(Debug)]
pub struct Wilted {
    days: u32,
}

impl Wilted {
    pub fn new() -> Self {
        Wilted { days: 1 }
    }

    pub fn days(&self) -> u32 {
        self.days
    }
}

impl Plant {
    pub fn seed(name: &str) -> Self {
        Plant { name: name.to_string(), height: 1 }
    }

    pub fn height(&self) -> u32 {
        self.height
    }

    pub fn name(&self) -> String {
        self.name.clone()
    }

    pub fn is_called(&self, name: &str) -> bool {
        self.name() == name
    }

    pub fn water(&mut self) -> Result<(), Wilted> {
        self.grow().map(|_| ())
    }

    pub fn grow(&mut self) -> Result<&mut Self, Wilted> {
        if self.height > limit() {
            return Err(Wilted::new());
        }
        self.height += 1;
        Ok(self)
    }

    pub fn unwrap(self) -> String {
        self.name
    }
}

fn limit() -> u32 {
    50
}
