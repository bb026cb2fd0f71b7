pub struct Reader {
    text: String,
}

pub fn open(input: &str) -> Reader {
    Reader::new(trim(input))
}

impl Reader {
    pub fn new(text: &str) -> Self {
        let reader = Reader { text: text.to_string() };
        reader.close();
        reader
    }

    pub fn parse(&self) -> usize {
        parse(&self.text) + self.text.trim().len()
    }

    pub fn close(&self) -> usize {
        self.text.len()
    }
}

fn parse(text: &str) -> usize {
    self::parse_list(text)
}

fn parse_list(text: &str) -> usize {
    text.matches(',').count()
}

fn trim(input: &str) -> &str {
    input
}
