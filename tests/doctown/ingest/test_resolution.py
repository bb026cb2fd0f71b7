"""From facts to symbols and edges: ids, names, order, and what follows from what."""

import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from doctown.ingest import rules
from doctown.ingest.facts import Definition, FileFacts
from doctown.ingest.python.facts import facts_of
from doctown.ingest.resolution import in_order, module_name, resolved, symbols_of
from doctown.model import symbol_id

ROOT = Path(__file__).parents[3]


def sources(folder: str) -> dict[str, bytes]:
    paths = sorted((ROOT / folder).rglob("*.py"))
    return {path.relative_to(ROOT / folder).as_posix(): path.read_bytes() for path in paths}


SAMPLES = sources("tests/samples/python_graph")
OWN = sources("doctown")


def facts(files):
    return [facts_of(path, files[path]) for path in sorted(files)]


def of(**files):
    return resolved(facts({name.replace("__", "/") + ".py": code.encode() for name, code in files.items()}))


@pytest.fixture(scope="module", params=[SAMPLES, OWN], ids=["samples", "own"])
def found(request):
    return resolved(facts(request.param))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a.py", "a"),
        ("src/pkg/mod.py", "src.pkg.mod"),
        ("pkg/__init__.py", "pkg"),
        ("a/b/__init__.pyi", "a.b"),
        ("__init__.py", "__init__"),
        ("pkg/index.py", "pkg.index"),
        ("web/index.js", "web"),
        ("web/index.tsx", "web"),
        ("src/net/mod.rs", "src.net"),
        ("script", "script"),
        ("a.b/c.d.py", "a.b.c.d"),
        (".hidden", ".hidden"),
        ("new\nline\udcff.py", "new\nline\udcff"),
    ],
)
def test_a_module_is_named_by_its_path(path, name):
    assert module_name(path) == name


def test_names_are_qualified_by_what_encloses_them_and_ids_come_from_them():
    code = b"class A:\n  def f(self):\n    def g(): return lambda: 0\n"
    symbols = symbols_of(facts_of("p/__init__.py", code))
    assert [one.qualified_name for one in symbols] == ["p", "p.A", "p.A.f", "p.A.f.g", "p.A.f.g.<lambda1>"]
    for one in symbols:
        assert one.id == symbol_id("p/__init__.py", one.qualified_name, one.kind, 0)
    assert [one.parent_id for one in symbols] == [None, *(one.id for one in symbols[:-1])]


def test_equal_names_are_counted_in_the_order_of_the_text():
    code = b"def f(): pass\nif x:\n  def f(): pass\nclass f: pass\ndef f(): pass\n"
    symbols = in_order(symbols_of(facts_of("a.py", code)))
    wanted = [symbol_id("a.py", "a.f", kind, n) for kind, n in [("function", 0), ("function", 1), ("class", 0)]]
    assert [one.id for one in symbols[1:4]] == wanted
    assert symbols[4].id == symbol_id("a.py", "a.f", "function", 2)


def test_a_very_long_name_is_cut_and_the_ids_stay_apart():
    code = "class " + "A" * 50_000 + ":\n" + "".join(f"  def {'b' * 2_000}{at}(self): pass\n" for at in range(300))
    symbols = symbols_of(facts_of("a.py", code.encode()))
    assert max(len(one.qualified_name) for one in symbols) == 1_000
    assert len({one.id for one in symbols}) == len(symbols) == 302


def test_symbols_stand_in_the_order_of_the_text_a_parent_before_what_it_encloses(found):
    place = {one.id: at for at, one in enumerate(found.symbols)}
    assert len(place) == len(found.symbols)
    assert [one.path for one in found.symbols] == sorted(one.path for one in found.symbols)
    for one in found.symbols:
        assert (one.parent_id is None) == (one.kind == "module")
        if one.parent_id is not None:
            parent = found.symbols[place[one.parent_id]]
            assert place[one.parent_id] < place[one.id]
            assert parent.start_byte <= one.start_byte <= one.end_byte <= parent.end_byte
            assert one.qualified_name == f"{parent.qualified_name}.{one.name}"


def test_every_edge_is_whole_and_its_confidence_follows_from_its_rule_and_its_candidates(found):
    ids = {one.id for one in found.symbols}
    for edge in found.edges:
        assert edge.source in ids
        assert (edge.target in ids) != bool(edge.external)
        assert (edge.target is None) != (edge.external is None)
        assert edge.confidence == rules.CONFIDENCE[edge.resolution] / edge.candidates
        assert (edge.line is None) == (edge.start_byte is None) == (edge.kind == "contains")
        assert edge.kind in ("contains", "calls", "imports", "inherits")


def test_a_site_has_an_edge_for_each_of_its_candidates(found):
    # `f().g()` is two sites that start at one byte: there may be more edges than one has candidates, never fewer.
    sites = Counter((one.source, one.kind, one.start_byte) for one in found.edges if one.kind != "contains")
    distinct = {(one.source, one.kind, one.start_byte, one.target, one.external) for one in found.edges}
    assert len(distinct) == len(found.edges)
    for edge in found.edges:
        if edge.kind != "contains":
            assert sites[edge.source, edge.kind, edge.start_byte] >= edge.candidates


def test_every_symbol_but_a_module_is_contained_once(found):
    contained = [(one.source, one.target) for one in found.edges if one.kind == "contains"]
    assert sorted(contained) == sorted((one.parent_id, one.id) for one in found.symbols if one.parent_id)


@pytest.mark.parametrize("files", [SAMPLES, OWN], ids=["samples", "own"])
def test_every_call_is_counted_once_by_where_it_leads_or_why_nowhere(files):
    read = facts(files)
    calls = resolved(read).calls
    sites = sum(site.kind == "calls" for file in read for site in file.references)
    assert calls.resolved + calls.external + sum(calls.unresolved.values()) == sites
    assert sum(calls.by_rule.values()) == calls.resolved + calls.external
    assert all(calls.unresolved.values())
    assert list(calls.by_rule) == sorted(calls.by_rule) and list(calls.unresolved) == sorted(calls.unresolved)


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("nowhere()\n", rules.UNKNOWN_NAME),
        ("def f(a): a()\n", rules.UNKNOWN_VALUE),
        ("def f(a): a.strange()\n", rules.UNKNOWN_RECEIVER),
        ("class A:\n def go(self): pass\nclass B:\n def go(self): pass\ndef f(a): a.go()\n", rules.SEVERAL_METHODS),
        ("import os\nos.getcwd().strange()\n", rules.FROM_OUTSIDE),
        ("class A: pass\nA().lost()\n", rules.NO_MEMBER),
        ("class A(unknown.B): pass\nA().lost()\n", rules.UNKNOWN_BASE),
        ("def f(a): a[0]()\n", rules.COMPUTED),
    ],
)
def test_a_call_that_leads_nowhere_says_why(code, cause):
    assert of(a=code).calls.unresolved.get(cause) == 1


def test_a_call_of_several_things_has_an_edge_for_each():
    found = of(a="if x:\n  def f(): pass\nelse:\n  def f(): pass\nf()\n")
    edges = [one for one in found.edges if one.kind == "calls"]
    assert [one.candidates for one in edges] == [2, 2]
    assert {one.confidence for one in edges} == {rules.CONFIDENCE[rules.OWN_SCOPE] / 2}
    assert (found.calls.resolved, found.calls.ambiguous) == (1, 1)


def test_rules_stand_from_the_surest_to_the_weakest_and_say_no_more_than_one():
    assert all(0 < value <= 1 for value in rules.CONFIDENCE.values())
    assert rules.CONFIDENCE[rules.SYNTAX] == max(rules.CONFIDENCE.values())
    assert rules.CONFIDENCE[rules.UNIQUE_NAME] == min(rules.CONFIDENCE.values())


def test_nothing_comes_of_no_files():
    assert resolved([]).symbols == resolved([]).edges == ()


def test_files_of_a_language_without_a_resolver_have_symbols_and_no_more():
    plain = FileFacts("a.x", "x", (Definition("module", "a", None, 1, 1, 0, 1),), (), (), (), (), (), None)
    assert [one.name for one in resolved([plain]).symbols] == ["a"]


# The same again


@given(st.randoms(use_true_random=False))
@settings(derandomize=True, deadline=None, max_examples=3)
def test_the_order_in_which_facts_were_found_does_not_matter(chance: random.Random):
    paths = sorted(SAMPLES)
    shuffled = chance.sample(paths, len(paths))
    read = {path: facts_of(path, SAMPLES[path]) for path in shuffled}
    assert resolved([read[path] for path in paths]) == resolved(facts(SAMPLES))


def test_a_change_in_one_file_leaves_the_facts_of_the_others_and_equals_a_clean_run():
    before = facts(SAMPLES)
    changed = sorted(SAMPLES)[7]
    files = SAMPLES | {changed: SAMPLES[changed] + b"\n\ndef added():\n    return added()\n"}
    clean = facts(files)
    kept = [facts_of(one.path, files[one.path]) if one.path == changed else one for one in before]
    assert [one for one in clean if one.path != changed] == [one for one in before if one.path != changed]
    assert resolved(kept) == resolved(clean)
    assert resolved(before) == resolved(facts(SAMPLES))


def test_facts_are_values_so_that_they_can_be_kept():
    one = facts(OWN)[5]
    copied = replace(one, definitions=tuple(replace(of) for of in one.definitions))
    assert copied == one and hash(copied.definitions[0]) == hash(one.definitions[0])
