"""The graph and what matters in it."""

import networkx
import numpy as np
import pytest

from doctown.assemble.graph import centrality_of, node_link_of
from doctown.model import Edge, Symbol


def symbol(name, kind="function", parent=None, start=0):
    return Symbol(
        name, kind, (), name, f"m.{name}", "python", "m.py", 1, 2, start, start + 9, f"def {name}()", "", parent
    )


def calls(source, target, kind="calls", confidence=1.0):
    return Edge(source, target, None, kind, 1, 0, "rule", confidence, 1)


SYMBOLS = [symbol(name) for name in "abcd"]


def test_what_is_called_matters_more_and_all_shares_sum_to_one():
    found = centrality_of(SYMBOLS, [calls("a", "d"), calls("b", "d"), calls("c", "b")])
    assert found["d"] > found["b"] > found["a"] == pytest.approx(found["c"])
    assert sum(found.values()) == pytest.approx(1)


def test_containing_and_resembling_say_nothing_about_importance():
    flat = centrality_of(SYMBOLS, [calls("a", "b", "contains"), calls("a", "c", "related"), calls("d", "d")])
    assert len({round(share, 9) for share in flat.values()}) == 1


def test_a_doubtful_edge_gives_less():
    found = centrality_of(SYMBOLS, [calls("a", "b", confidence=0.9), calls("a", "c", confidence=0.1)])
    assert found["b"] > found["c"]


def test_networkx_reads_the_graph_back():
    outside = Edge("a", None, "os.path", "imports", 1, 0, "rule", 1.0, 1)
    edges = [calls("a", "b"), calls("a", "b"), calls("a", "b", "inherits"), outside]
    data = node_link_of(SYMBOLS, edges, centrality_of(SYMBOLS, edges))
    graph = networkx.node_link_graph(data, edges="edges")
    assert sorted(graph.nodes) == list("abcd")
    assert [kind for _, _, kind in graph.edges(data="kind")] == ["calls", "calls", "inherits"]
    assert all(node.keys() == {"id", "kind", "centrality"} for node in data["nodes"])


def test_no_symbols_are_an_empty_graph():
    assert centrality_of([], []) == {}
    assert node_link_of([], [], {})["nodes"] == []


def test_shares_are_those_of_networkx():
    chance = np.random.default_rng(3)
    symbols = [symbol(f"s{at}") for at in range(60)]
    ends = chance.integers(0, 60, (150, 2))
    edges = [
        calls(f"s{a}", f"s{b}", confidence=float(weight))
        for (a, b), weight in zip(ends, chance.random(150), strict=True)
    ]
    graph = networkx.DiGraph()
    graph.add_nodes_from(one.id for one in symbols)
    for edge in edges:
        if edge.source != edge.target:
            before = graph.get_edge_data(edge.source, edge.target, {"weight": 0})["weight"]
            graph.add_edge(edge.source, edge.target, weight=before + edge.confidence)
    assert centrality_of(symbols, edges) == pytest.approx(networkx.pagerank(graph, alpha=0.85, tol=1e-12), abs=1e-7)
