struct Word<'a> {
    text: &'a str,
}

impl<'a> Word<'a> {
    fn new(text: &'a str) -> Self {
        Word { text }
    }

    fn len(&self) -> usize {
        measure(self.text)
    }

    fn is_long(&self) -> bool {
        self.len() > 2
    }
}

fn measure(text: &str) -> usize {
    text.len()
}

pub fn lengths(text: &str) -> Vec<usize> {
    let mut words: Vec<Word> = text.split(' ').map(Word::new).collect();
    words.sort_by_key(|w| w.len());
    let any = words.iter().any(Word::is_long);
    words
        .iter()
        .filter(|w| !w.is_long())
        .map(|w| w.len() + double(any as usize))
        .collect()
}

fn double(n: usize) -> usize {
    n + n
}
