"""The graph of code against an answer key: small packages under tests/samples/<language>_graph, each with its key.

A key, `expected.toml`, was written from the samples. Those of Python were checked against the calls Python makes when
they run.

    must, declared   edges that have to be there; a declared one is right though no run makes it (an abstract method)
    must_not         edges that must not be there: no run makes them, or nothing in the code says what is called
    may              edges that are true when it runs, or arguable; neither asked for nor held against the graph
    calls            by caller, every call it makes of something in the sample

An edge is a line of text: `CALLER KIND CALLEE`, `external` before a callee outside of the sample, `@LINE` after one of
which there are several (a line of the one that is meant), and `at LINE` for the site.
"""

import json
import re
import shutil
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import main
from tests.fakes.caches import link_cache

SAMPLES = Path(__file__).parents[1] / "samples"
CASES = sorted(path.parent.relative_to(SAMPLES).as_posix() for path in SAMPLES.glob("*_graph/*/expected.toml"))
GRAPHS = sorted({case.partition("/")[0] for case in CASES})
ENDINGS = (".py", ".go", ".js", ".jsx", ".cjs", ".mjs", ".ts", ".tsx", ".cts", ".mts", ".rs")
"""Files of which none may be skipped."""
LINE = re.compile(
    r"(?P<caller>\S+) (?P<kind>contains|calls|imports|inherits) (?P<external>external )?"
    r"(?P<callee>[^\s@]+)(?:@(?P<inside>\d+))?(?: at (?P<site>\d+))?"
)
PRECISION, RECALL = 0.97, 0.90


@dataclass
class Graph:
    """What ingest wrote about one sample."""

    symbols: dict[str, dict]
    edges: list[dict]
    skipped: list[dict]

    @cached_property
    def names(self):
        return {symbol["qualified_name"] for symbol in self.symbols.values()}

    @cached_property
    def by_caller(self):
        edges = defaultdict(list)
        for edge in self.edges:
            edges[self.symbols[edge["source"]]["qualified_name"], edge["kind"]].append(edge)
        return edges

    def find(self, wanted: re.Match) -> list[dict]:
        """The edges that a line of a key describes."""
        return [edge for edge in self.by_caller[wanted["caller"], wanted["kind"]] if self._is(edge, wanted)]

    def _is(self, edge, wanted):
        if wanted["site"] and edge["line"] != int(wanted["site"]):
            return False
        if wanted["external"]:
            return edge["external"] == wanted["callee"]
        target = self.symbols.get(edge["target"])
        if target is None or target["qualified_name"] != wanted["callee"]:
            return False
        return not wanted["inside"] or target["start_line"] <= int(wanted["inside"]) <= target["end_line"]

    def calls(self, caller: str) -> set[str]:
        """What a caller calls within the sample."""
        targets = (edge["target"] for edge in self.by_caller[caller, "calls"])
        return {self.symbols[target]["qualified_name"] for target in targets if target is not None}

    def seen(self, caller: str, kind: str) -> list[str]:
        """What there is in place of an edge that is missing."""
        return [
            f"{self.symbols[edge['target']]['qualified_name'] if edge['target'] else 'external ' + edge['external']}"
            f" at {edge['line']} ({edge['resolution']}, {edge['confidence']})"
            for edge in self.by_caller[caller, kind]
        ]


@dataclass
class Key:
    """What has to be in the graph of one sample."""

    must: list[str] = field(default_factory=list)
    declared: list[str] = field(default_factory=list)
    must_not: list[str] = field(default_factory=list)
    may: list[str] = field(default_factory=list)
    calls: dict[str, list[str]] = field(default_factory=dict)

    def names(self):
        """The names of the sample that the key speaks of."""
        for text in (*self.must, *self.declared, *self.must_not, *self.may):
            wanted = parsed(text)
            yield wanted["caller"]
            if not wanted["external"]:
                yield wanted["callee"]
        for caller, callees in self.calls.items():
            yield caller
            yield from callees


def parsed(text: str) -> re.Match:
    wanted = LINE.fullmatch(text)
    assert wanted, f"not a line of a key: {text}"
    return wanted


def key_of(case: str) -> Key:
    return Key(**tomllib.loads((SAMPLES / case / "expected.toml").read_text()))


@pytest.fixture(scope="module")
def graph_of(model_cache, tmp_path_factory):
    """The graph of a sample, made once: the sample alone, without its key, in a plain folder."""
    home = tmp_path_factory.mktemp("samples")
    (home / "cache").mkdir()
    link_cache(model_cache, home / "cache")
    made = {}

    def rows(file):
        return [json.loads(line) for line in file.read_text().splitlines()]

    def graph(case):
        if case not in made:
            folder, out = home / case, home / f"{case}.out"
            folder.parent.mkdir(exist_ok=True)
            shutil.copytree(SAMPLES / case, folder, ignore=shutil.ignore_patterns("expected.toml", "__pycache__"))
            runner = CliRunner(env={"DOCTOWN_CACHE": str(home / "cache")})
            done = runner.invoke(main, ["ingest", str(folder), "--out", str(out)])
            assert done.exit_code == 0, done.output
            symbols = {row["id"]: row for row in rows(out / "symbols.jsonl")}
            made[case] = Graph(symbols, rows(out / "edges.jsonl"), rows(out / "skipped.jsonl"))
        return made[case]

    return graph


@pytest.mark.parametrize("case", CASES)
def test_a_sample_has_the_edges_of_its_key_and_none_that_it_forbids(graph_of, case):
    graph, key = graph_of(case), key_of(case)
    problems = []
    for text in (*key.must, *key.declared):
        wanted = parsed(text)
        if not graph.find(wanted):
            problems.append(f"missing: {text}")
            problems += [f"    there is {seen}" for seen in graph.seen(wanted["caller"], wanted["kind"])]
    for text in key.must_not:
        problems += [
            f"wrong: {text} (line {edge['line']}, {edge['resolution']}, {edge['confidence']})"
            for edge in graph.find(parsed(text))
        ]
    assert not problems, "\n".join([case, *problems])


@pytest.mark.parametrize("case", CASES)
def test_every_name_a_key_speaks_of_is_a_symbol(graph_of, case):
    missing = sorted(set(key_of(case).names()) - graph_of(case).names)
    assert not missing, "\n".join([case, *missing])


@pytest.mark.parametrize("case", CASES)
def test_every_edge_of_a_sample_is_well_formed(graph_of, case):
    graph = graph_of(case)
    assert [row for row in graph.skipped if row["path"].endswith(ENDINGS)] == []
    for edge in graph.edges:
        assert edge["source"] in graph.symbols, edge
        assert (edge["target"] is None) != (edge["external"] is None), edge
        assert edge["target"] is None or edge["target"] in graph.symbols, edge
        assert 0 <= edge["confidence"] <= 1 and edge["candidates"] >= 1 and edge["resolution"], edge
        assert (edge["line"] is None) == (edge["kind"] == "contains"), edge
        caller = graph.symbols[edge["source"]]
        if edge["kind"] == "inherits":  # in Rust that may be said apart from the type, in its file
            caller = next(
                one for one in graph.symbols.values() if one["path"] == caller["path"] and not one["parent_id"]
            )
        if edge["line"] is not None:
            assert caller["start_line"] <= edge["line"] <= caller["end_line"], edge


def test_a_unique_name_is_trusted_less_than_a_known_receiver(graph_of):
    graph = graph_of("python_graph/common_names")
    (guessed,) = graph.find(parsed("cache.use.unknown_but_unique calls cache.stores.Shelf.evict_oldest"))
    known = graph.find(parsed("cache.use.known calls cache.stores.Shelf.append"))
    assert known and all(guessed["confidence"] < edge["confidence"] for edge in known)


@pytest.mark.parametrize("graphs", GRAPHS)
def test_over_all_samples_calls_are_precise_and_few_are_missed(graph_of, graphs):
    right, missing, wrong = 0, [], []
    for case in (one for one in CASES if one.startswith(f"{graphs}/")):
        graph, key = graph_of(case), key_of(case)
        neither = {(wanted["caller"], wanted["callee"]) for wanted in map(parsed, key.may)}
        for caller, callees in key.calls.items():
            expected, found = set(callees), graph.calls(caller)
            extra = {callee for callee in found - expected if (caller, callee) not in neither}
            right += len(expected & found)
            missing += [f"missing: {case}: {caller} calls {callee}" for callee in sorted(expected - found)]
            wrong += [f"wrong: {case}: {caller} calls {callee}" for callee in sorted(extra)]
    precision = right / max(1, right + len(wrong))
    recall = right / max(1, right + len(missing))
    summary = f"precision {precision:.3f}, recall {recall:.3f} over {right + len(missing)} calls"
    print(summary)
    assert precision >= PRECISION and recall >= RECALL, "\n".join([summary, *wrong, *missing])
