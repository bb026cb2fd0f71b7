"""Where Go calls lead: packages, receivers, embedding, closures, generics, and what is no call."""

import pytest

from tests.doctown.ingest.graphs import edges_in, graph_of, rules_in

MODULE = {"go.mod": "module example.com/shop\n\ngo 1.21\n"}


def calls(text, **more):
    """The calls within one file of package a."""
    graph = graph_of(
        {"a/a.go": "package a\n" + text, **{path.replace("__", "/") + ".go": t for path, t in more.items()}}
    )
    return edges_in(graph)


def test_a_package_is_all_files_of_its_folder():
    graph = graph_of({"a/a.go": "package a\nfunc f() { g() }\n", "a/b.go": "package a\nfunc g() {}\n"})
    assert edges_in(graph) == {"a.a.f -> a.b.g"}
    assert rules_in(graph) == {"a.b.g": "own scope"}


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ('"example.com/shop/store"', "store.Open()"),
        ('s "example.com/shop/store"', "s.Open()"),
        ('. "example.com/shop/store"', "Open()"),
    ],
)
def test_an_import_path_is_a_folder_below_the_module(written, named):
    files = {
        **MODULE,
        "main.go": f"package main\nimport {written}\nfunc main() {{ {named} }}\n",
        "store/store.go": "package store\nfunc Open() {}\n",
        "store/store_test.go": "package store\nfunc Open() {}\n",
    }
    graph = graph_of(files)
    assert edges_in(graph) == {"main.main -> store.store.Open"}
    assert edges_in(graph, "imports") == {"main -> store.store"}


def test_what_is_outside_is_named_by_its_import_path():
    text = 'package main\nimport (\n"net/http"\n_ "embed"\nyaml "gopkg.in/yaml.v3"\n)\nfunc f(r *http.Request) {\n'
    graph = graph_of({**MODULE, "m.go": text + 'http.Get(""); r.Cookies(); yaml.Marshal(1); len("")\n}\n'})
    assert edges_in(graph) == {
        "m.f -> (outside) net/http.Get",
        "m.f -> (outside) net/http.Request.Cookies",
        "m.f -> (outside) gopkg.in/yaml.v3.Marshal",
        "m.f -> (outside) builtin.len",
    }
    assert edges_in(graph, "imports") == {f"m -> (outside) {one}" for one in ("net/http", "embed", "gopkg.in/yaml.v3")}


def test_a_package_may_be_called_other_than_its_folder():
    files = {
        **MODULE,
        "main.go": 'package main\nimport "example.com/shop/go-kit.x"\nfunc main() { tools.Run() }\n',
        "go-kit.x/t.go": "package tools\nfunc Run() {}\n",
    }
    assert edges_in(graph_of(files)) == {"main.main -> go-kit.x.t.Run"}


def test_a_method_belongs_to_its_type_wherever_it_is_written():
    files = {
        "a/a.go": "package a\nfunc (s *S) Run() { s.stop() }\ntype S struct{}\n",
        "a/b.go": "package a\nfunc (s S) stop() {}\n",
    }
    graph = graph_of(files)
    assert edges_in(graph) == {"a.a.S.Run -> a.b.S.stop"}
    assert rules_in(graph) == {"a.b.S.stop": "self"}
    parents = {one.qualified_name: one.parent_id for one in graph.symbols}
    ids = {one.qualified_name: one.id for one in graph.symbols}
    assert parents["a.a.S.Run"] == ids["a.a.S"] and parents["a.b.S.stop"] == ids["a.b"]


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("func f(s *S) { s.M() }", "annotated receiver"),
        ("func f() { var s S; s.M() }", "annotated receiver"),
        ("func f() { s := S{}; s.M() }", "annotated receiver"),
        ("func f() { (&S{}).M() }", "annotated receiver"),
        ("func f() { new(S).M() }", "annotated receiver"),
        ("func n() (*S, error) { return nil, nil }\nfunc f() { s, err := n(); s.M(); _ = err }", "returned receiver"),
        ("func f(x any) { x.(*S).M() }", "annotated receiver"),
        ("func f(x any) { if s, ok := x.(S); ok { s.M() } }", "annotated receiver"),
        ("func f(x any) { switch s := x.(type) { case S: s.M() } }", "annotated receiver"),
        ("func f(m map[string]*S) { for _, s := range m { s.M() } }", "annotated receiver"),
        ("func f(m []S) { m[0].M() }", "annotated receiver"),
        ("func f(c <-chan S) { (<-c).M(); for s := range c { s.M() } }", "annotated receiver"),
        ("type B struct { s []S }\nfunc f(b B) { b.s[1:][0].M() }", "annotated receiver"),
        ("type B struct { S }\nfunc f(b *B) { b.M() }", "annotated receiver"),
        ("type L []S\nfunc f(l L) { for _, s := range l { s.M() } }", "annotated receiver"),
        ("type T = S\nfunc f(t T) { t.M() }", "annotated receiver"),
        ("type G[V any] struct { v V }\nfunc f(g G[S]) { g.v.M() }", "annotated receiver"),
        (
            "func f() { t := []struct{ n int; s S }{{1, S{}}}; for _, one := range t { one.s.M() } }",
            "annotated receiver",
        ),
        ("func f() { S.M(S{}) }", "class"),
    ],
)
def test_a_receiver_whose_type_is_said_is_followed(body, rule):
    graph = graph_of(
        {"a/a.go": "package a\ntype S struct{}\nfunc (S) M() {}\ntype O struct{}\nfunc (O) M() {}\n" + body}
    )
    assert {line for line in edges_in(graph) if line.startswith("a.a.f ") and line.endswith(".M")} == {
        "a.a.f -> a.a.S.M"
    }
    assert rules_in(graph)["a.a.S.M"] == rule


def test_generic_functions_and_methods_are_followed_by_their_type_arguments():
    text = """
type S struct{}
func (S) M() {}
type I interface { M() }
type List[T any] struct { items []T }
func (l *List[U]) First() U { return l.items[0] }
func Map[T I](x T) { x.M() }
func f(l *List[S]) { l.First().M(); Map[S](S{}) }
"""
    assert calls(text) == {"a.a.Map -> a.a.I.M", "a.a.f -> a.a.List.First", "a.a.f -> a.a.S.M", "a.a.f -> a.a.Map"}


def test_a_call_through_an_interface_leads_to_the_interface():
    text = "type I interface { M(); J }\ntype J interface { N() }\ntype S struct{}\nfunc (S) M() {}\n"
    assert calls(text + "func f(i I) { i.M(); i.N() }\n") == {"a.a.f -> a.a.I.M", "a.a.f -> a.a.J.N"}


def test_embedding_is_derivation():
    graph = graph_of({"a.go": 'package a\nimport "io"\ntype B struct{}\ntype S struct { *B; io.Reader; n int }\n'})
    assert edges_in(graph, "inherits") == {"a.S -> a.B", "a.S -> (outside) io.Reader"}


def test_a_conversion_is_no_call():
    text = (
        'type N int\ntype F func()\nfunc f(x int) { _ = N(x); _ = int64(x); _ = []byte(""); F(nil)(); (*N)(nil).x() }\n'
    )
    graph = graph_of({"a.go": "package a\n" + text})
    assert edges_in(graph) == set()
    assert sum(graph.calls.unresolved.values()) == 2


def test_closures_and_function_values_are_followed_where_they_are_written():
    text = """
type S struct{ on func() }
func (S) M() {}
func g() {}
var start = g
func f(s S, cb func()) {
	h := func() { g() }
	h()
	defer func() { s.M() }()
	go g()
	m := s.M
	m()
	cb()
	s.on()
	start()
	var visit func(int)
	visit = func(n int) { visit(n) }
	visit(1)
}
"""
    graph = graph_of({"a.go": "package a\n" + text})
    assert edges_in(graph) == {
        "a.f.<lambda1> -> a.g",
        "a.f -> a.f.<lambda1>",
        "a.f -> a.f.<lambda2>",
        "a.f.<lambda2> -> a.S.M",
        "a.f -> a.g",
        "a.f -> a.S.M",
        "a.f.<lambda3> -> a.f.<lambda3>",
        "a.f -> a.f.<lambda3>",
    }
    assert graph.calls.unresolved == {"value is not known": 2}


def test_names_hold_in_their_block():
    text = """
func g() {}
func f() {
	g := func() {}
	if g := func() {}; true { g() }
	for g := range []int{} { _ = g }
	{ g := 1; _ = g }
	g()
}
func h() { g(); g := 1; _ = g }
"""
    assert calls(text) == {"a.a.f -> a.a.f.<lambda2>", "a.a.f -> a.a.f.<lambda1>", "a.a.h -> a.a.g"}


def test_what_stands_outside_of_functions_belongs_to_the_module():
    text = "var x, y = g(), 1\nvar t = []func(){ func() { g() } }\nfunc g() int { return 1 }\n"
    text += "func init() { g() }\nfunc init() { g() }\n"
    graph = graph_of({"a.go": "package a\n" + text})
    assert edges_in(graph) == {"a -> a.g", "a.<lambda1> -> a.g", "a.init -> a.g"}
    assert sum(edge.kind == "calls" for edge in graph.edges) == 4


def test_a_function_that_is_there_once_for_each_platform_has_several_targets():
    files = {
        "a/a.go": "package a\nfunc f() { open() }\n",
        "a/a_linux.go": "package a\nfunc open() { f(); close() }\nfunc close() {}\n",
        "a/a_windows.go": "package a\nfunc open() { close() }\nfunc close() {}\n",
    }
    graph = graph_of(files)
    assert edges_in(graph) == {
        "a.a.f -> a.a_linux.open",
        "a.a.f -> a.a_windows.open",
        "a.a_linux.open -> a.a.f",
        "a.a_linux.open -> a.a_linux.close",
        "a.a_windows.open -> a.a_windows.close",
    }
    assert {edge.candidates for edge in graph.edges if edge.kind == "calls"} == {1, 2}


def test_tests_see_their_package_and_are_not_seen_by_it():
    files = {
        **MODULE,
        "p/p.go": "package p\nfunc f() { helper() }\nfunc Open() {}\n",
        "p/p_test.go": "package p\nfunc helper() { f() }\n",
        "p/x_test.go": 'package p_test\nimport "example.com/shop/p"\nfunc TestOpen() { p.Open(); helper() }\n',
    }
    graph = graph_of(files)
    assert edges_in(graph) == {"p.p_test.helper -> p.p.f", "p.x_test.TestOpen -> p.p.Open"}
    assert graph.calls.unresolved == {"name is bound nowhere": 2}


def test_only_an_unusual_name_says_by_itself_what_is_meant():
    text = "type S struct{}\nfunc (S) Close() {}\nfunc (S) FlushAllShards() {}\nfunc (S) private_thing() {}\n"
    files = {
        "a/a.go": "package a\n" + text,
        "b/b.go": "package b\nfunc f() { x := y(); x.Close(); x.FlushAllShards(); x.private_thing() }\n",
    }
    graph = graph_of(files)
    assert edges_in(graph) == {"b.b.f -> a.a.S.FlushAllShards"}
    assert rules_in(graph) == {"a.a.S.FlushAllShards": "unique name"}


def test_a_name_stands_for_what_it_was_before_it_stands_for_this():
    files = {
        **MODULE,
        "hash/hash.go": "package hash\ntype Hash interface { Sum() }\n",
        "a/a.go": 'package a\nimport "example.com/shop/hash"\nfunc f(hash hash.Hash) { hash.Sum() }\n'
        "type N struct{}\nfunc (N) Next() N { return N{} }\nfunc g(n N) { n = n.Next(); n := n.Next(); n.Next() }\n",
    }
    graph = graph_of(files)
    assert edges_in(graph) == {"a.a.f -> hash.hash.Hash.Sum", "a.a.g -> a.a.N.Next"}
    assert graph.calls.resolved == 4


def test_other_modules_of_the_repository_are_found_by_their_name_or_replacement():
    files = {
        "go.mod": "module example.com/a\nreplace example.com/old => ./renamed // why\n",
        "m.go": 'package a\nimport (\n"example.com/b/x"\n"example.com/old"\n)\nfunc f() { x.F(); old.G() }\n',
        "b/go.mod": 'module "example.com/b"\n',
        "b/x/x.go": "package x\nfunc F() {}\n",
        "renamed/r.go": "package old\nfunc G() {}\n",
    }
    assert edges_in(graph_of(files)) == {"m.f -> b.x.x.F", "m.f -> renamed.r.G"}


def test_a_file_without_a_module_does_not_take_what_is_outside_for_its_own():
    files = {
        "m.go": 'package a\nimport "errors"\nfunc f() { errors.New() }\n',
        "errors/e.go": "package errors\nfunc New() {}\n",
    }
    assert edges_in(graph_of(files)) == {"m.f -> (outside) errors.New"}


def test_types_of_a_function_are_not_read_among_its_own_names():
    files = {
        **MODULE,
        "url/url.go": "package url\ntype Values struct{}\nfunc (Values) Encode() {}\n",
        "a/a.go": 'package a\nimport "example.com/shop/url"\ntype lim struct{}\n'
        "func (l *lim) run() { lim := 1; _ = lim; l.run() }\n"
        "func f(url string, data url.Values) url.Values { data.Encode(); return data }\n"
        'func g() { f("", url.Values{}).Encode() }\n',
    }
    assert edges_in(graph_of(files)) == {
        "a.a.lim.run -> a.a.lim.run",
        "a.a.f -> url.url.Values.Encode",
        "a.a.g -> url.url.Values.Encode",
        "a.a.g -> a.a.f",
    }
