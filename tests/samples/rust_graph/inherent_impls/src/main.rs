mod book;
mod shelf;
mod sorting;

use book::Book;
use shelf::Shelf;

fn main() {
    let mut shelf = Shelf::with_room(3);
    shelf.put(Book::new("b", 200));
    shelf.put(Book::thin("a"));
    Shelf::put(&mut shelf, Book::default_book());
    shelf.sort();
    let pages = shelf.pages();
    report(&shelf, pages);
}

fn report(shelf: &Shelf, pages: u32) {
    let first = shelf.first();
    let title = first.title();
    println!("{} {} {}", title, pages, Book::LIMIT);
    let count: fn(&Shelf) -> usize = Shelf::len;
    println!("{}", count(shelf));
}
