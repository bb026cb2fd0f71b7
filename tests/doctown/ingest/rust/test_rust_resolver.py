"""Where Rust calls lead: modules and crates, uses, impls and traits, receivers, macros, and what is no call."""

import pytest

from tests.doctown.ingest.graphs import edges_in, graph_of, rules_in

CARGO = {
    "Cargo.toml": '[package]\nname = "my-shop"\n[dependencies]\nserde_json = "1"\nother-lib = { path = "other" }\n'
}


def calls(text, **more):
    """The calls in the repository of a library of those files, without `src.`."""
    files = {"src/lib.rs": text, **{f"src/{path.replace('__', '/')}.rs": inside for path, inside in more.items()}}
    graph = graph_of({**CARGO, **files})
    return {one.replace("src.", "") for one in edges_in(graph) if "(outside)" not in one}


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("use crate::store::open;", "open()"),
        ("use self::store::open as o;", "o()"),
        ("use store::{self as s};", "s::open()"),
        ("use store::*;", "open()"),
        ("", "store::open()"),
        ("", "crate::store::open()"),
        ("", "self::store::open()"),
        ("", "store::inner::up()"),
        ("pub use store::inner::again as more;", "more()"),
        ("use my_shop::store::open;", "open()"),
    ],
)
def test_a_path_leads_through_modules_and_what_they_pass_on(written, named):
    text = f"mod store; {written} fn f() {{ {named}; }}"
    store = "pub fn open() {} pub mod inner { pub use super::open as again; pub fn up() { super::open() } }"
    found = calls(text, store=store) - {"store.inner.up -> store.open"}
    assert found == {"lib.f -> store.inner.up" if named.endswith("up()") else "lib.f -> store.open"}


def test_a_module_is_a_file_beside_or_below_or_where_its_path_says():
    files = {
        "src/main.rs": 'mod a; mod b; #[path = "odd/c.rs"] mod c; mod d { mod e; pub fn f() { e::f() } }\n'
        "fn main() { a::f(); b::f(); c::f(); d::f() }",
        "src/a.rs": "mod deep; pub fn f() { deep::f() }",
        "src/a/deep.rs": "pub fn f() { super::super::b::f() }",
        "src/b/mod.rs": "pub fn f() {}",
        "src/odd/c.rs": "pub fn f() {}",
        "src/d/e.rs": "pub fn f() {}",
    }
    assert edges_in(graph_of(files)) == {
        "src.main.main -> src.a.f",
        "src.main.main -> src.b.f",
        "src.main.main -> src.odd.c.f",
        "src.main.main -> src.main.d.f",
        "src.main.d.f -> src.d.e.f",
        "src.a.f -> src.a.deep.f",
        "src.a.deep.f -> src.b.f",
    }


def test_crates_of_a_workspace_call_each_other_by_their_names():
    files = {
        "app/Cargo.toml": '[package]\nname = "app"\n[dependencies]\ncore-lib = {path = "../lib"}\n',
        "app/src/main.rs": "use core_lib::Thing; fn main() { Thing::new().run(); core_lib::go(); core_lib::say!(); }",
        "lib/Cargo.toml": '[package]\nname = "core-lib"\n',
        "lib/src/lib.rs": "mod thing; pub use thing::Thing; pub fn go() {}\n"
        "#[macro_export] macro_rules! say { () => {} }",
        "lib/src/thing.rs": "pub struct Thing; impl Thing { pub fn new() -> Self { Thing } pub fn run(&self) {} }",
        "lib/tests/it.rs": "#[test] fn t() { core_lib::go() }",
    }
    assert edges_in(graph_of(files)) == {
        "app.src.main.main -> lib.src.thing.Thing.new",
        "app.src.main.main -> lib.src.thing.Thing.run",
        "app.src.main.main -> lib.src.lib.go",
        "app.src.main.main -> lib.src.lib.say",
        "lib.tests.it.t -> lib.src.lib.go",
    }


def test_what_is_outside_is_named_by_its_path():
    text = (
        "use std::collections::HashMap;\nfn f() { HashMap::<u8, u8>::new().len(); serde_json::to_string(&1); vec![1]; }"
    )
    assert edges_in(graph_of({**CARGO, "src/lib.rs": text})) == {
        "src.lib.f -> (outside) std.collections.HashMap.new",
        "src.lib.f -> (outside) serde_json.to_string",
        "src.lib.f -> (outside) std.vec",
    }


TYPES = """
pub struct Item { pub tag: Tag }
pub struct Tag;
impl Tag { fn say(&self) {} }
impl Item {
    fn new() -> Self { Item { tag: Tag } }
    fn with(self, n: u8) -> Self { self }
    fn find(n: u8) -> Option<Item> { None }
    fn tried(n: u8) -> Result<Item, Wrong> { Err(Wrong) }
    fn show(&self) {}
}
pub struct Wrong;
impl Wrong { fn text(&self) {} }
pub struct Pile<T> { items: Vec<T> }
impl<T> Pile<T> {
    fn of(item: T) -> Self { Pile { items: vec![item] } }
    fn top(&self) -> Option<&T> { self.items.last() }
}
pub enum Either { Left(Item), Right { item: Item }, Neither }
type Found = Result<Item, Wrong>;
fn found() -> Found { Item::tried(1) }
"""


@pytest.mark.parametrize(
    "body",
    [
        "let x: Item = make(); x.show();",
        "Item::new().with(1).show();",
        "let x = Item { tag: Tag }; x.show();",
        "Item::find(1).unwrap().show();",
        "if let Some(x) = Item::find(1) { x.show(); }",
        "let Ok(x) = Item::tried(1) else { return }; x.show();",
        "Item::find(1).map(|x| x.show());",
        "let x = Item::tried(1)?; x.show();",
        "let x = found()?; x.show();",
        "for x in vec![Item::new()] { x.show(); }",
        "let v: Vec<Item> = vec![]; v.iter().filter(|x| true).for_each(|x| x.show());",
        "for (i, x) in items.iter().enumerate() { x.show(); }",
        "let m: HashMap<String, Item> = HashMap::new(); for (k, x) in &m { x.show(); }",
        "let x = Rc::new(RefCell::new(Item::new())); x.borrow_mut().show();",
        "let x: Arc<Mutex<Item>> = make(); x.lock().unwrap().show();",
        "let x: Box<Item> = make(); x.clone().show();",
        "match either { Either::Left(x) => x.show(), _ => {} }",
        "match either { Either::Right { item } => item.show(), _ => {} }",
        "let (x, _) = (Item::new(), 1); x.show();",
        "Pile::of(Item::new()).top().unwrap().show();",
        "let x = { let y = 1; Item::new() }; x.show();",
        "let x = Tag; { let x = Item::new(); x.show(); }",
        'println!("{}", Item::new().show());',
        "assert!(matches!(Item::new().show(), _));",
        "Item::show(&make());",
        "let f = || Item::new(); f().show();",
    ],
)
def test_the_receiver_is_known_from_what_is_declared_made_given_or_held(body):
    use = "use std::{cell::RefCell, collections::HashMap, rc::Rc, sync::{Arc, Mutex}};"
    found = calls(f"{use} {TYPES} fn f(either: Either, items: &[Item]) {{ {body} }}")
    callers = {one.partition(" -> ")[0] for one in found if one.endswith("-> lib.Item.show")}
    assert len(callers) == 1 and callers.pop().startswith("lib.f")
    assert not any(one.startswith("lib.f") and one.endswith("Tag.say") for one in found)


def test_an_error_is_what_the_result_says():
    found = calls(TYPES + "fn f() { if let Err(e) = Item::tried(1) { e.text(); } found().map_err(|e| e.text()); }")
    assert {"lib.f -> lib.Wrong.text", "lib.f.<lambda1> -> lib.Wrong.text"} <= found


def test_a_variant_is_not_seen_by_its_bare_name_from_within_its_enum():
    text = (
        "pub struct Parser; impl Parser { pub fn new() {} } enum Kind { Parser } impl Kind { fn f() { Parser::new() } }"
    )
    assert calls(text) == {"lib.Kind.f -> lib.Parser.new"}


def test_an_impl_belongs_to_its_type_wherever_it_is_written():
    found = calls(
        "mod a; mod b; fn f(x: a::A) { x.g(); a::A::h() }",
        a="pub struct A;",
        b="use crate::a::A; impl A { pub fn g(&self) { Self::h() } pub fn h() {} }",
    )
    assert found == {"lib.f -> b.A.g", "lib.f -> b.A.h", "b.A.g -> b.A.h"}


TRAITS = """
pub trait Shape { fn area(&self) -> u8; fn twice(&self) -> u8 { self.area() + self.area() } }
pub struct Square;
impl Shape for Square { fn area(&self) -> u8 { 1 } }
"""


@pytest.mark.parametrize(
    ("given", "target"),
    [
        ("x: Square", "Square.area"),
        ("x: &dyn Shape", "Shape.area"),
        ("x: impl Shape", "Shape.area"),
        ("x: Box<dyn Shape + Send>", "Shape.area"),
    ],
)
def test_a_method_is_the_type_s_own_or_the_trait_s(given, target):
    found = calls(f"{TRAITS} fn f({given}) {{ x.area(); x.twice(); }}")
    assert {one for one in found if "lib.f" in one} == {f"lib.f -> lib.{target}", "lib.f -> lib.Shape.twice"}


def test_a_bound_leads_to_the_trait_and_so_does_a_where():
    found = calls(f"{TRAITS} fn f<T: Shape, U>(x: T, y: &U) where U: Shape {{ x.area(); y.twice(); T::area(&x); }}")
    assert {one for one in found if "lib.f" in one} == {"lib.f -> lib.Shape.area", "lib.f -> lib.Shape.twice"}


def test_a_type_inherits_the_traits_that_are_implemented_for_it_and_a_trait_those_it_asks_for():
    text = f"{TRAITS} pub trait More: Shape {{}} impl std::fmt::Debug for Square {{}}\n"
    text += "#[derive(Clone)] struct N; impl Shape for u8 {}"
    assert edges_in(graph_of({"src/lib.rs": text}), "inherits") == {
        "src.lib.Square -> src.lib.Shape",
        "src.lib.Square -> (outside) std.fmt.Debug",
        "src.lib.More -> src.lib.Shape",
    }


def test_the_evidence_of_an_impl_in_another_file_is_the_type_itself():
    files = {
        "src/lib.rs": "mod a; pub mod b;\n\npub trait T {}\nimpl T for a::A {}",
        "src/a.rs": "\npub struct A;",
        "src/b.rs": "",
    }
    graph = graph_of(files)
    (edge,) = [one for one in graph.edges if one.kind == "inherits"]
    assert edge.line == 2 and edge.source == next(one.id for one in graph.symbols if one.name == "A")


def test_a_method_for_whatever_a_trait_is_implemented_for_is_found_on_it():
    text = f"{TRAITS} use std::fmt::Display; pub trait Tell {{ fn tell(&self); }}\n"
    text += "impl<T: Display> Tell for T { fn tell(&self) {} }\n"
    text += "pub trait Ext { fn ext(&self) {} } impl<S: Shape> Ext for S {}\n"
    text += "trait Loud { fn loud(&self); } impl Loud for str { fn loud(&self) {} }\n"
    found = calls(text + 'fn f(q: Square) { q.ext(); 5.tell(); "a".loud(); String::new().loud(); }')
    assert {one for one in found if "lib.f" in one} == {
        "lib.f -> lib.Ext.ext",
        "lib.f -> lib.T.tell",
        "lib.f -> lib.str.loud",
    }


def test_what_makes_a_struct_or_a_variant_is_no_call_but_a_function_by_such_a_name_is_one():
    text = "struct P(u8); enum E { A(u8) } use E::A; fn Odd() {}\n"
    text += "fn f() { P(1); E::A(2); A(3); Some(4); Ok::<u8, u8>(5); Odd(); }"
    assert edges_in(graph_of({"src/lib.rs": text})) == {"src.lib.f -> src.lib.Odd"}


def test_a_local_name_hides_a_function_but_never_what_a_path_starts_with():
    text = "mod store; struct S; impl S { fn open(&self) {} } fn g() {}\n"
    text += "fn f(store: S, g: fn()) { store.open(); store::open(); g(); }"
    assert calls(text, store="pub fn open() {}") == {"lib.f -> lib.S.open", "lib.f -> store.open"}


def test_a_macro_of_the_repository_is_called_and_what_it_is_given_is_read():
    text = "#[macro_use] mod m; fn g() -> u8 { 1 } fn f() { twice!(g()); twice!(a => b); }"
    assert calls(text, m="macro_rules! twice { ($x:expr) => { $x } }") == {"lib.f -> m.twice", "lib.f -> lib.g"}


def test_a_unique_name_is_followed_only_if_it_is_unusual():
    text = "struct S; impl S { fn evict_oldest(&self) {} fn get(&self) {} fn with_capacity(&self) {} }\n"
    graph = graph_of(
        {"src/lib.rs": text + "fn f() { let x = unknown(); x.evict_oldest(); x.get(); x.with_capacity(); }"}
    )
    assert rules_in(graph) == {"src.lib.S.evict_oldest": "unique name"}


def test_code_outside_of_functions_is_the_module_s():
    assert calls("const fn g() -> u8 { 1 } const A: u8 = g();") == {"lib -> lib.g"}
