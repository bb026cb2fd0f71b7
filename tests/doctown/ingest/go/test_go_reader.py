"""What a Go file says by itself: its symbols and how they are described."""

import pytest

from doctown.ingest.facts import DoesNotParse
from doctown.ingest.go.reader import package_name
from doctown.ingest.resolution import symbols_of
from tests.doctown.ingest.graphs import facts_of, graph_of

TEXT = """//go:build linux

// Package shop sells.
package shop

import "sync"

// Kind says what.
type Kind int

const (
\tFew Kind = iota // few
\t// Many is many.
\tMany
)

var total, count = 0, 1

/*
Cart holds.

	Two paragraphs.
*/
type Cart struct {
\tsync.Mutex
\t// names of things
\tnames, other []string
\tf func() error
}

type (
\t// Seller sells.
\tSeller interface {
\t\tSell(n int) error
\t}
\tAlias = Cart
)

//go:noinline
// Add adds.
func (c *Cart) Add(
\tname string, n int,
) (ok bool, err error) {
\ttype local struct{ a int }
\tx := 1
\treturn func() (bool, error) { return x > 0, nil }()
}

func Map[T any](f func(T) T) {}
"""


def symbols(text=TEXT, path="shop/cart.go"):
    return {one.qualified_name: one for one in symbols_of(facts_of(path, text))}


def test_every_definition_is_a_symbol_of_its_kind():
    assert {name: one.kind for name, one in symbols().items()} == {
        "shop.cart": "module",
        "shop.cart.Kind": "type",
        "shop.cart.Few": "constant",
        "shop.cart.Many": "constant",
        "shop.cart.total": "variable",
        "shop.cart.count": "variable",
        "shop.cart.Cart": "struct",
        "shop.cart.Cart.Mutex": "field",
        "shop.cart.Cart.names": "field",
        "shop.cart.Cart.other": "field",
        "shop.cart.Cart.f": "field",
        "shop.cart.Seller": "interface",
        "shop.cart.Seller.Sell": "method",
        "shop.cart.Alias": "type",
        "shop.cart.Cart.Add": "method",
        "shop.cart.Cart.Add.local": "struct",
        "shop.cart.Cart.Add.<lambda1>": "function",
        "shop.cart.Map": "function",
    } | {name: "field" for name in symbols() if name == "shop.cart.Cart.Add.local.a"}


@pytest.mark.parametrize(
    ("name", "signature"),
    [
        ("shop.cart.Cart", "type Cart struct"),
        ("shop.cart.Seller", "Seller interface"),
        ("shop.cart.Cart.Add", "func (c *Cart) Add(name string, n int) (ok bool, err error)"),
        ("shop.cart.Map", "func Map[T any](f func(T) T)"),
        ("shop.cart.Kind", "type Kind int"),
        ("shop.cart.Seller.Sell", "Sell(n int) error"),
        ("shop.cart.Cart.names", "names, other []string"),
        ("shop.cart.total", "var total, count = 0, 1"),
    ],
)
def test_a_signature_is_one_line(name, signature):
    assert symbols()[name].signature == signature


@pytest.mark.parametrize(
    ("name", "doc"),
    [
        ("shop.cart", "Package shop sells."),
        ("shop.cart.Kind", "Kind says what."),
        ("shop.cart.Few", ""),
        ("shop.cart.Many", "Many is many."),
        ("shop.cart.Cart", "Cart holds.\n\n\tTwo paragraphs."),
        ("shop.cart.Cart.names", "names of things"),
        ("shop.cart.Seller", "Seller sells."),
        ("shop.cart.Cart.Add", "Add adds."),
        ("shop.cart.Map", ""),
    ],
)
def test_the_comment_right_above_is_the_documentation_without_what_is_said_to_tools(name, doc):
    assert symbols()[name].doc == doc


def test_tests_and_the_entry_point_have_their_roles():
    text = "package main\nfunc main() {}\nfunc TestIt() {}\nfunc helper() {}\n"
    assert symbols(text, "cmd/x.go")["cmd.x.main"].roles == ("entry_point",)
    found = symbols(text, "cmd/x_test.go")
    assert {name for name, one in found.items() if "test" in one.roles} == {"cmd.x_test", "cmd.x_test.TestIt"}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("net/http", "http"),
        ("gopkg.in/yaml.v3", "yaml"),
        ("github.com/a/b/v2", "b"),
        ("github.com/mattn/go-sqlite3", "sqlite3"),
        ("C", "C"),
        ("", ""),
    ],
)
def test_a_package_is_called_as_its_path_ends(path, name):
    assert package_name(path) == name


def test_a_file_that_is_no_go_says_so():
    with pytest.raises(DoesNotParse):
        facts_of("a.go", "package a\nfunc f( {\n")


HOSTILE = {
    "brackets": "var x = " + "(" * 100_000 + "1" + ")" * 100_000,
    "calls": "func f() { " + "f(" * 50_000 + ")" * 50_000 + " }",
    "chain": "func f() { x" + ".a()" * 50_000 + " }",
    "functions in functions": "var x = " + "func() { " * 20_000 + "}" * 20_000,
    "blocks in blocks": "func f() " + "{ x := 1; g(x); " * 10_000 + "}" * 10_000,
    "one line": "func f() {}; " * 20_000,
    "constants": "const (\n" + "".join(f"\tC{at} T = iota\n" for at in range(20_000)) + ")",
    "comments": "// c\n" * 50_000 + "// c\nfunc f() {}\n" * 10_000,
    "one name again and again": "func f() {\n" + "x := g(x)\nx.m()\n" * 10_000 + "}",
    "cases": "func f(x any) { switch y := x.(type) {" + "".join(f"case T{at}: y.m()\n" for at in range(10_000)) + "}}",
    "embedded in a circle": "".join(f"type T{at} struct {{ T{(at + 1) % 3_000} }}\n" for at in range(3_000))
    + "func f(x T0) { x.M() }",
    "of itself": "type T T\ntype U = U\ntype L []L\n"
    "func f(t T, u U, l L) { t.m(); u.m(); l[0][0].m(); x := x; x.y() }\n"
    "var a = b\nvar b = a\nfunc g() { a.m(); g()()() }\nfunc h() T { return h().x() }",
}


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.timeout(60)  # what goes by the square takes hours
def test_no_file_however_deep_or_long_takes_long_or_raises(what):
    graph = graph_of({"a/a.go": "package a\n" + HOSTILE[what] + "\n"})
    assert graph.symbols
