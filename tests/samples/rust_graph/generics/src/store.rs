use std::marker::PhantomData;

pub trait Record {
    const KIND: &'static str;

    fn create() -> Self;
    fn key(&self) -> u32;

    fn label(&self) -> String {
        format_label(Self::KIND, self.key())
    }
}

fn format_label(kind: &str, key: u32) -> String {
    format!("{kind}-{key}")
}

pub struct Store<T> {
    items: Vec<T>,
    limit: usize,
    kind: PhantomData<T>,
}

impl<T> Store<T> {
    pub fn new() -> Self {
        Self::with_limit(10)
    }

    pub fn with_limit(limit: usize) -> Self {
        Store { items: Vec::new(), limit, kind: PhantomData }
    }

    pub fn len(&self) -> usize {
        self.items.len()
    }
}

impl<T: Record> Store<T> {
    pub fn insert(&mut self, item: T) -> bool {
        if self.len() == self.limit || self.find(item.key()).is_some() {
            return false;
        }
        self.items.push(item);
        true
    }

    pub fn find(&self, key: u32) -> Option<&T> {
        self.items.iter().find(|item| item.key() == key)
    }

    pub fn first(&self) -> &T {
        &self.items[0]
    }

    pub fn describe(&self) -> String {
        let fresh = T::create();
        let label = self.first().label();
        label + &fresh.label()
    }
}

pub struct Pair<A, B> {
    pub left: A,
    pub right: B,
}

impl<A, B> Pair<A, B> {
    pub fn new(left: A, right: B) -> Self {
        Pair { left, right }
    }

    pub fn swap(self) -> Pair<B, A> {
        Pair::new(self.right, self.left)
    }
}
