"""What is read of one Rust file: symbols, their words and roles, and files that nobody wrote by hand."""

import time

import pytest

from doctown.ingest.resolution import symbols_of
from tests.doctown.ingest.graphs import facts_of, graph_of

TEXT = """//! What the file is for.

/// A pile.
#[derive(Clone)]
pub struct Stack<T> {
    /// What is on it.
    items: Vec<T>,
}

impl<T> Stack<T> {
    pub const LIMIT: usize = 3;

    /// One more.
    pub fn push(&mut self, item: T) {
        let f = |x: u8| x;
    }
}

impl Drop for other::Elsewhere {
    type Target = u8;
    fn drop(&mut self) {}
}

pub trait Shape: Sized {
    type Side;
    fn area(&self) -> f64;
}

enum Kind { One, Two(u8), Three { at: u8 } }
type Name = String;
static COUNT: u8 = 0;
union Both { a: u8, b: i8 }
macro_rules! twice { ($x:expr) => { $x } }

fn main() {}

#[cfg(test)]
mod tests {
    struct Fake;
    impl Fake { fn new() -> Self { Fake } }

    #[tokio::test(flavor = "x")]
    async fn works() {}
}
"""


def symbols(text, path="src/lib.rs"):
    facts = facts_of(path, text)
    assert facts is not None
    return {one.qualified_name: one for one in symbols_of(facts)}


def test_every_definition_is_a_symbol_with_its_kind_and_a_member_lies_in_its_type():
    found = symbols(TEXT)
    assert {name.removeprefix("src.lib."): one.kind for name, one in found.items() if name != "src.lib"} == {
        "Stack": "struct",
        "Stack.items": "field",
        "Stack.LIMIT": "constant",
        "Stack.push": "method",
        "Stack.push.<lambda1>": "function",
        "Elsewhere.Target": "type",
        "Elsewhere.drop": "method",
        "Shape": "trait",
        "Shape.Side": "type",
        "Shape.area": "method",
        "Kind": "enum",
        "Kind.One": "constant",
        "Kind.Two": "constant",
        "Kind.Three": "constant",
        "Name": "type",
        "COUNT": "variable",
        "Both": "struct",
        "Both.a": "field",
        "Both.b": "field",
        "twice": "macro",
        "main": "function",
        "tests": "namespace",
        "tests.Fake": "struct",
        "tests.Fake.new": "method",
        "tests.works": "function",
    }
    assert found["src.lib.Stack.push"].parent_id == found["src.lib.Stack"].id
    assert found["src.lib.Elsewhere.drop"].parent_id == found["src.lib"].id


def test_words_are_those_written_as_documentation_and_signatures_end_where_bodies_begin():
    found = symbols(TEXT)
    assert found["src.lib"].doc == "What the file is for."
    assert (found["src.lib.Stack"].doc, found["src.lib.Stack"].signature) == ("A pile.", "pub struct Stack<T>")
    assert found["src.lib.Stack.push"].doc == "One more."
    assert found["src.lib.Stack.push"].signature == "pub fn push(&mut self, item: T)"
    assert found["src.lib.twice"].signature == "macro_rules! twice"
    assert symbols("// a note\nfn f() {}\n")["src.lib.f"].doc == ""


def test_tests_have_the_attribute_and_the_entry_point_the_name():
    found = symbols(TEXT)
    assert {name: one.roles for name, one in found.items() if one.roles} == {
        "src.lib.main": ("entry_point",),
        "src.lib.tests": ("test",),
        "src.lib.tests.works": ("test",),
    }
    assert symbols("fn f() {}", "tests/it.rs")["tests.it"].roles == ("test",)


def test_what_a_macro_with_curly_brackets_holds_is_defined_like_anything_else():
    found = symbols("cfg_io! {\n    /// Reads.\n    pub fn read() {}\n}\nselect! { a => b, _ = c }\n")
    assert found["src.lib.read"].doc == "Reads." and found["src.lib.read"].start_line == 3


HOSTILE = {
    "parentheses": "fn f() { let x = " + "(" * 100_000 + "g()" + ")" * 100_000 + "; }",
    "types": "fn f(x: " + "A<" * 20_000 + "u8" + ">" * 20_000 + ") {}",
    "tokens": "fn f() { m!(" + "a.b(), " * 20_000 + "); }",
    "deep tokens": "fn f() { m!" + "(" * 50_000 + ")" * 50_000 + "; }",
    "macros": "fn f() {" + "m!(a.b(1));" * 5_000 + "}",
    "macros in macros": "fn f() {" + "m!(" * 1_000 + "g()" + ")" * 1_000 + "}",
    "uses": "use a::" + "{b::" * 5_000 + "c" + "}" * 5_000 + ";",
    "modules": "mod a {" * 2_000 + "}" * 2_000,
    "calls": "fn f() { a" + ".b()" * 10_000 + "; }",
    "closures": "fn f() { " + "|x| " * 2_000 + "x; }",
    "arms": "fn f(x: u8) { match x {" + "1 => g()," * 5_000 + "} }",
    "impls": "struct S; " + "impl S { fn f(&self) { self.f() } } " * 2_000,
    "names": "fn f() {" + "let x = x.g();" * 5_000 + "}",
    "aliases of themselves": "type A = B; type B = A; fn f(x: A) { x.g(); A::h() }",
    "names of themselves": "pub use self::*; pub mod a { pub use super::*; } fn f() { z(); a::z(); crate::a::b::c() }",
    "what stands for itself": "struct A; impl Deref for A { fn deref(&self) -> &A { self } } fn f(a: A) { a.z() }",
    "traits of themselves": "trait A: B {} trait B: A {} fn f(x: &dyn A) { x.z() }",
    "an iterator of itself": "struct A; impl A { fn next(&self) -> A { A } } fn f(a: A) { for x in a { x.z() } }",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_file_takes_long_or_raises(text):
    started = time.process_time()
    graph_of({"src/lib.rs": text})
    assert time.process_time() - started < 20
