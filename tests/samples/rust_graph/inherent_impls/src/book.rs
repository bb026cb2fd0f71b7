#[derive(Clone)]
pub struct Book {
    title: String,
    pages: u32,
}

impl Book {
    pub const LIMIT: u32 = limit(10);

    pub fn new(title: &str, pages: u32) -> Self {
        let pages = Self::check(pages);
        Self { title: title.to_string(), pages }
    }

    pub fn thin(title: &str) -> Book {
        Book::new(title, 1)
    }

    pub fn default_book() -> Self {
        Self::thin("none")
    }

    fn check(pages: u32) -> u32 {
        if pages > Self::LIMIT { Self::LIMIT } else { pages }
    }
}

impl Book {
    pub fn title(&self) -> &str {
        &self.title
    }

    pub fn pages(&self) -> u32 {
        self.pages
    }

    pub fn before(&self, other: &Self) -> bool {
        self.title() < other.title()
    }
}

const fn limit(n: u32) -> u32 {
    n * 10
}
