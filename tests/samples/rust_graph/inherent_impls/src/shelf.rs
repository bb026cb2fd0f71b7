use crate::book::Book;

pub struct Shelf {
    pub(crate) books: Vec<Book>,
    room: usize,
}

impl Shelf {
    pub fn new() -> Self {
        Self::with_room(1)
    }

    pub fn with_room(room: usize) -> Self {
        Shelf { books: Vec::with_capacity(room), room }
    }

    pub fn put(&mut self, book: Book) -> bool {
        if self.len() >= self.room {
            return false;
        }
        self.books.push(book);
        true
    }

    pub fn len(&self) -> usize {
        self.books.len()
    }

    pub fn first(&self) -> &Book {
        &self.books[0]
    }

    pub fn spare() -> Self {
        let mut spare = Self::new();
        spare.put(Book::thin("spare"));
        spare
    }
}
