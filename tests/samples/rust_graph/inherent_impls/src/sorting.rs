//! More methods of the shelf, in another file.

use crate::book::Book;
use crate::shelf::Shelf;

impl Shelf {
    pub fn sort(&mut self) {
        let n = self.len();
        for i in 1..n {
            let mut j = i;
            while j > 0 && self.books[j].before(&self.books[j - 1]) {
                self.swap(j);
                j -= 1;
            }
        }
    }

    fn swap(&mut self, j: usize) {
        self.books.swap(j, j - 1);
    }

    pub fn pages(&self) -> u32 {
        let mut total = 0;
        for book in &self.books {
            total += book.pages();
        }
        total + pages(self.first())
    }
}

fn pages(book: &Book) -> u32 {
    book.pages() / 2
}
