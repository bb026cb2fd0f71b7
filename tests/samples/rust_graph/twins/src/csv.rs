use crate::text::trim;

pub struct Reader {
    text: String,
}

pub fn open(input: &str) -> Reader {
    Reader::new(&trim(input))
}

impl Reader {
    pub fn new(text: &str) -> Self {
        Reader { text: text.to_string() }
    }

    pub fn parse(&self) -> Vec<String> {
        parse(&self.text)
    }

    pub fn close(&self) -> bool {
        self.text.is_empty()
    }

    pub fn copy(&self) -> Self {
        Self::new(&self.text)
    }
}

fn parse(text: &str) -> Vec<String> {
    text.split(',').map(|s| s.to_string()).collect()
}
