#[derive(Default)]
pub enum State {
    #[default]
    Closed,
    Open {
        coins: u32,
    },
    Broken(Why),
}

pub enum Event {
    Coin(u32),
    Push,
}

pub struct Why(pub String);

impl Why {
    pub fn text(&self) -> String {
        self.0.clone()
    }
}

impl State {
    pub fn next(self, event: &Event) -> State {
        match (self, event) {
            (State::Closed, Event::Coin(n)) => Self::open(*n),
            (State::Open { coins }, Event::Coin(n)) => Self::open(coins + n),
            (State::Open { .. }, Event::Push) => State::Closed,
            (other, e) => other.fail(e.value()),
        }
    }

    fn open(coins: u32) -> Self {
        if coins > limit() { State::Broken(Why(String::from("full"))) } else { State::Open { coins } }
    }

    fn fail(self, n: u32) -> Self {
        if n > limit() { Self::Broken(Why("value".to_string())) } else { self }
    }

    pub fn is_open(&self) -> bool {
        matches!(self, State::Open { .. })
    }

    pub fn label(&self) -> &'static str {
        if let State::Broken(why) = self {
            return if why.text().is_empty() { "broken?" } else { "broken" };
        }
        if self.is_open() { "open" } else { "closed" }
    }
}

impl Event {
    pub fn value(&self) -> u32 {
        let Event::Coin(n) = self else { return 0 };
        *n
    }
}

fn limit() -> u32 {
    100
}
