"""Contexts: what an engineer needs to know about a symbol, bounded."""

from doctown.assemble.contexts import MAX_TEXT, Knowledge, contexts_of
from doctown.model import Edge, Symbol


def symbol(name, kind="function", parent=None, doc=""):
    return Symbol(name, kind, (), name, f"m.{name}", "python", "m.py", 3, 9, 0, 9, f"def {name}()", doc, parent)


def edge(source, target, kind="calls", external=None):
    return Edge(source, target, external, kind, 1, 0, "rule", 1.0, 1)


def contexts(symbols, edges, topic=None):
    known = {found.id: found for found in symbols}
    centrality = {name: (at + 1) / 100 for at, name in enumerate(known)}
    found = contexts_of(Knowledge(known, centrality, topic or {}, ["drawing"]), edges)
    return {context.symbol_id: context for context in found}


def test_both_ends_of_a_call_know_of_it():
    found = contexts(
        [symbol("a"), symbol("b")], [edge("a", "b"), edge("a", "b"), edge("a", None, external="os.getcwd")]
    )
    assert found["a"].calls == ("b", "os.getcwd")
    assert found["b"].called_by == ("a",)
    assert "calls: m.b, os.getcwd" in found["a"].text
    assert "called by: m.a" in found["b"].text


def test_callers_are_listed_by_their_weight():
    found = contexts([symbol("a"), symbol("b"), symbol("c")], [edge("a", "c"), edge("b", "c")])
    assert found["c"].called_by == ("b", "a")


def test_whoever_calls_a_constructor_calls_its_class():
    symbols = [symbol("K", "class"), symbol("init", "constructor", "K"), symbol("f")]
    found = contexts(symbols, [edge("f", "init")])
    assert found["K"].called_by == found["init"].called_by == ("f",)
    assert "in: class m.K" in found["init"].text


def test_bases_imports_likeness_and_topic_are_said():
    edges = [edge("a", "b", "inherits"), edge("a", None, "imports", "json"), edge("a", "c", "related")]
    found = contexts([symbol("a", "class", doc="Draws."), symbol("b"), symbol("c")], edges, {"a": 0})["a"]
    assert (found.inherits, found.imports, found.related, found.cluster) == (("b",), ("json",), ("c",), 0)
    for line in ("Draws.", "inherits: m.b", "imports: json", "related: m.c", "topic: drawing", "class m.a (m.py:3-9)"):
        assert line in found.text.split("\n")


def test_a_text_is_never_longer_than_it_may_be():
    many = [symbol(f"f{at}", doc="word " * 999) for at in range(300)]
    found = contexts([*many, symbol("all", doc="x" * 9999)], [edge("all", other.id) for other in many])
    assert all(len(context.text) <= MAX_TEXT for context in found.values())
    assert "and 288 more" in found["all"].text
    assert len(found["all"].calls) == 300
