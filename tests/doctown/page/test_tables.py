"""What the page holds of a docpack: ids become indices, places whole numbers, and what leads nowhere becomes -1."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doctown.model import Chunk, Edge, Skipped, Symbol, SymbolContext
from doctown.page.tables import (
    GRAIN,
    LONGEST_CODE,
    LONGEST_NAME,
    LONGEST_PATH,
    LONGEST_WORDS,
    about_of,
    contents_of,
    details_of,
    repository_name,
    tables_of,
)
from tests.fakes.docpacks import docpack_of

CHUNK = Chunk("c0", "a/b.py", "python", 1, 10, 0, 90, ("s0",), 9, "def f():\n    pass\n")
SYMBOL = Symbol("s0", "function", (), "f", "a.b.f", "python", "a/b.py", 1, 2, 0, 20, "def f()", "Does it.", None)
CONTEXT = SymbolContext("s0", "def f()", "Does it.", (), (), (), (), (), None, 0.5, "f, in a/b.py")
CLUSTER = {"id": 7, "label": "topic", "keywords": ["k"], "size": 1, "parent_id": None, "representative": ["c0"]}
POINT = {"chunk_id": "c0", "x": 0.25, "y": 0.75, "cluster": 7}


class Rows:
    """A docpack that is nothing but the rows and values it is given."""

    def __init__(self, **entries):
        self._entries = {name.replace("_", "."): value for name, value in entries.items()}
        rows = {"symbols.jsonl": [], "chunks.jsonl": [], "edges.jsonl": []}
        self._entries = rows | self._entries
        self.manifest = {"repository": {"name": "r"}, "entries": {name: {} for name in self._entries}}

    def rows(self, name, kind):
        assert all(isinstance(row, kind) for row in self._entries[name])
        return self._entries[name]

    def json(self, name):
        return self._entries[name]


def edge(source, target, kind="calls"):
    return Edge(source, target, None if target else "json.dumps", kind, 1, 0, "import", 0.9, 1)


def evidence_of(sources, targets, sites=1):
    return {"from": sources, "to": targets, "sure": [90], "line": [1], "rule": [0], "sites": [sites]}


def symbols(*names):
    return [replace(SYMBOL, id=name, name=name, qualified_name=f"a.b.{name}") for name in names]


def tables(**entries):
    pack = Rows(**entries)
    return tables_of(pack, contents_of(pack))


def embedded(points=(POINT,), clusters=(CLUSTER,), memberships=(), labels=(), **entries):
    drawn = {"points": list(points), "labels": list(labels)}
    found = {"clusters": list(clusters), "memberships": list(memberships)}
    return tables(**{"chunks_jsonl": [CHUNK], "map_json": drawn, "clusters_json": found} | entries)


def test_chunks_become_columns_of_one_length():
    found = tables_of(pack := docpack_of(60), contents_of(pack))["chunks"]
    lengths = {len(column) for name, column in found.items() if name not in {"languages", "noise"}}
    assert lengths == {60}
    assert all(0 <= place <= GRAIN for axis in "xy" for place in found[axis])


@given(st.floats(allow_nan=False) | st.integers() | st.none() | st.text() | st.booleans())
def test_any_place_is_moved_into_the_map(place):
    found = embedded(points=[POINT | {"x": place}])["chunks"]["x"][0]
    assert isinstance(found, int) and 0 <= found <= GRAIN
    if isinstance(place, float) and 0 <= place <= 1:
        assert abs(found / GRAIN - place) <= 1 / GRAIN


def test_a_chunk_without_a_point_lies_in_the_middle_without_a_topic():
    found = embedded(points=[])["chunks"]
    assert (found["x"], found["y"], found["topic"]) == ([GRAIN // 2], [GRAIN // 2], [-1])


def test_a_topic_is_known_by_its_place_in_the_list_and_not_by_its_id():
    found = embedded(clusters=[CLUSTER | {"id": 3, "parent_id": 7}, CLUSTER], labels=[{"cluster": 7, "x": 0, "y": 1}])
    assert found["chunks"]["topic"] == [1]
    below, above = found["topics"]
    assert (below["parent"], above["parent"]) == (1, -1)
    assert (below["place"], above["place"]) == (None, [0, GRAIN])
    assert above["best"] == [0]


def test_topics_and_examples_that_do_not_exist_are_left_out():
    found = embedded(
        points=[POINT | {"cluster": 99}], clusters=[CLUSTER | {"parent_id": 98, "representative": ["none", "c0"]}]
    )
    assert found["chunks"]["topic"] == [-1]
    assert found["topics"][0]["parent"] == -1 and found["topics"][0]["best"] == [0]


def test_chunks_at_the_edge_of_their_topic_are_marked():
    found = embedded(memberships=[{"chunk_id": "c0", "cluster": 7, "strength": 0.1, "noise": True}])
    assert found["chunks"]["noise"] == [0]


def test_without_vectors_folders_take_the_place_of_topics():
    found = tables(chunks_jsonl=[CHUNK, replace(CHUNK, id="c1", path="top.py")], symbols_jsonl=[SYMBOL])
    assert [topic["label"] for topic in found["topics"]] == ["top folder", "a/"]
    assert sorted(found["chunks"]["topic"]) == [0, 1]


def test_an_edge_that_leads_out_of_the_repository_or_nowhere_is_not_drawn():
    edges = [edge("f", "g"), edge("f", "g"), edge("f", None), edge("f", "gone"), edge("gone", "f")]
    found = tables(symbols_jsonl=symbols("f", "g"), edges_jsonl=edges)
    assert found["edges"] == {"rules": ["import"], "calls": evidence_of([0], [1], sites=2)}


def test_kinds_of_edges_that_are_not_shown_are_left_out():
    found = tables(
        symbols_jsonl=symbols("f", "g"), edges_jsonl=[edge("f", "g", "contains"), edge("g", "f", "inherits")]
    )
    assert found["edges"] == {"rules": ["import"], "inherits": evidence_of([1], [0])}


def test_what_is_alike_comes_out_of_the_contexts():
    contexts = [replace(CONTEXT, symbol_id="f", related=("g", "gone")), replace(CONTEXT, symbol_id="gone")]
    found = tables(symbols_jsonl=symbols("f", "g"), contexts_jsonl=contexts)["edges"]
    assert found == {"rules": [], "related": {"from": [0], "to": [1], "sure": [0]}}


def test_a_qualified_name_is_left_out_where_its_parent_says_it():
    inner = replace(SYMBOL, id="s1", name="g", qualified_name="a.b.f.g", parent_id="s0")
    other = replace(SYMBOL, id="s2", name="h", qualified_name="elsewhere.h", parent_id="s0")
    found = tables(symbols_jsonl=[SYMBOL, inner, other])["symbols"]
    assert found["qualified"] == ["a.b.f", "", "elsewhere.h"]
    assert found["parent"] == [-1, 0, 0]


@given(st.lists(st.integers(-1, 6), min_size=1, max_size=7))
def test_parents_are_no_circle_whatever_the_rows_say(parents):
    rows = [replace(SYMBOL, id=f"s{at}", parent_id=f"s{parent}") for at, parent in enumerate(parents)]
    assert all(parent < own for own, parent in enumerate(tables(symbols_jsonl=rows)["symbols"]["parent"]))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_centrality_is_measured_against_the_highest(ranks):
    rows = symbols(*(f"s{at}" for at in range(len(ranks))))
    contexts = [replace(CONTEXT, symbol_id=f"s{at}", centrality=rank) for at, rank in enumerate(ranks)]
    found = tables(symbols_jsonl=rows, contexts_jsonl=contexts)["symbols"]["centrality"]
    assert max(found) == (10_000 if max(ranks) > 0 else 0) and min(found) >= 0


@pytest.mark.parametrize(
    ("line", "named", "home"),
    [(1, ("c0",), 0), (15, ("c0", "c1"), 1), (99, ("c1",), 1), (15, (), 1), (99, (), 0)],
)
def test_a_symbol_is_at_home_where_its_first_line_is(line, named, home):
    chunks = [
        replace(
            CHUNK, id=f"c{at}", start_line=1 + 10 * at, end_line=10 + 10 * at, symbol_ids=("s0",) * (f"c{at}" in named)
        )
        for at in range(2)
    ]
    pack = Rows(chunks_jsonl=chunks, symbols_jsonl=[replace(SYMBOL, start_line=line)])
    assert contents_of(pack).home == [home]


def test_a_symbol_of_a_file_without_chunks_has_no_home():
    pack = Rows(chunks_jsonl=[CHUNK], symbols_jsonl=[replace(SYMBOL, id="other", path="empty.py")])
    assert contents_of(pack).home == [-1]
    assert tables_of(pack, contents_of(pack))["files"] == ["a/b.py", "empty.py"]


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("some words\n\n## A heading\n", "A heading"),
        ("---\n\nsome words\n", "some words"),
        ("\n---\n", ""),
        ("x" * 200, "x" * 80),
    ],
)
def test_a_chunk_without_symbols_is_called_by_its_heading(text, heading):
    found = tables(chunks_jsonl=[replace(CHUNK, symbol_ids=(), text=text)])["chunks"]
    assert found["heading"] == [heading]


def test_a_chunk_with_symbols_needs_no_heading():
    assert tables(chunks_jsonl=[CHUNK], symbols_jsonl=[SYMBOL])["chunks"]["heading"] == [""]


def test_details_are_the_code_and_the_words_of_the_symbols_at_home_there():
    second = replace(CHUNK, id="c1", start_line=11, end_line=20, symbol_ids=("s0",), text="more\n")
    pack = Rows(chunks_jsonl=[CHUNK, second], symbols_jsonl=[SYMBOL], contexts_jsonl=[CONTEXT])
    assert list(details_of(contents_of(pack))) == [
        [CHUNK.text, [[0, "def f()", "Does it.", "f, in a/b.py"]]],
        ["more\n", []],
    ]


def test_every_symbol_has_its_words_once():
    contents = contents_of(docpack_of(60))
    told = [detail[0] for _, details in details_of(contents) for detail in details]
    assert sorted(told) == list(range(len(contents.symbols)))


@pytest.mark.parametrize(
    ("repository", "name"),
    [
        ({"name": "harbour", "url": "https://x/y.git"}, "harbour"),
        ({"url": "https://example.org/acme/quay.git/"}, "quay"),
        ({"name": "", "url": None}, "repository"),
        ({}, "repository"),
        (None, "repository"),
    ],
)
def test_a_repository_is_called_by_its_name_or_the_end_of_its_url(repository, name):
    assert repository_name({"repository": repository}) == name


def test_about_counts_what_is_there_and_what_was_left_out():
    pack = docpack_of(60)
    about = about_of(pack, contents_of(pack))
    assert about["name"] == "harbour" and about["embedded"] is True
    assert about["counts"]["chunks"] == 60 and about["counts"]["files"] == 5
    assert (about["skipped"], about["skipped_total"]) == ([("minified", 1), ("binary", 1)], 2)
    assert about["model"].startswith("all-MiniLM-L6-v2 · ")


def test_about_a_docpack_without_vectors_stats_and_skipped_files():
    pack = Rows(chunks_jsonl=[CHUNK])
    about = about_of(pack, contents_of(pack))
    assert about["embedded"] is False and about["model"] is None
    assert (about["counts"]["lines"], about["languages"], about["skipped_total"]) == (None, {}, 0)


def test_reasons_for_leaving_files_out_are_told_the_commonest_first():
    skipped = [Skipped(f"{at}.bin", "binary" if at % 3 else "too large") for at in range(9)]
    pack = Rows(skipped_jsonl=skipped)
    assert about_of(pack, contents_of(pack))["skipped"] == [("binary", 6), ("too large", 3)]


def test_names_and_texts_of_any_length_are_cut():
    long = "x" * 50_000
    chunk = replace(CHUNK, text=long, path=long)
    symbol = replace(SYMBOL, name=long, qualified_name=long, doc=long, signature=long)
    pack = Rows(chunks_jsonl=[chunk], symbols_jsonl=[symbol])
    contents = contents_of(pack)
    found = tables_of(pack, contents)
    assert len(found["symbols"]["name"][0]) == LONGEST_NAME and found["symbols"]["name"][0].endswith("…")
    assert len(found["files"][0]) == len(found["symbols"]["qualified"][0]) == LONGEST_PATH
    ((text, ((_, signature, doc, _),)),) = details_of(contents)
    assert (len(text), len(signature), len(doc)) == (LONGEST_CODE, LONGEST_WORDS, LONGEST_WORDS)


def test_topics_know_their_most_typical_symbols_where_the_docpack_tells_them():
    found = embedded(clusters=[CLUSTER | {"symbols": ["gone", "s0"]}], symbols_jsonl=[SYMBOL])
    assert found["topics"][0]["symbols"] == [0]
    assert embedded()["topics"][0]["symbols"] == []
