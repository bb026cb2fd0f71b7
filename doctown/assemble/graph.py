"""The graph of symbols: which matter (PageRank), and the graph as networkx's node-link data.

Called, imported and inherited symbols gain from those that name them, by the confidence of the edge. Containment says
nothing about importance, and being alike is no evidence: `contains` and `related` carry no weight.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from doctown.model import Edge, Symbol

DAMPING = 0.85
MAX_ROUNDS, CLOSE_ENOUGH = 200, 1e-9
_WEIGHTLESS = frozenset({"contains", "related"})


def centrality_of(symbols: Sequence[Symbol], edges: Iterable[Edge]) -> dict[str, float]:
    """PageRank of each symbol (id to share; all shares sum to 1), by rounds over arrays: Page and Brin 1998.

    What a symbol gives goes to those it names, by weight; one that names nobody gives to all alike.
    """
    if not symbols:
        return {}
    number = {symbol.id: at for at, symbol in enumerate(symbols)}
    weighty = [
        (number[edge.source], number[edge.target], edge.confidence)
        for edge in edges
        if edge.target is not None and edge.kind not in _WEIGHTLESS and edge.target != edge.source
    ]
    n = len(number)
    sources, targets = (np.array([edge[end] for edge in weighty], np.int64) for end in (0, 1))
    weights = np.array([edge[2] for edge in weighty], np.float64)
    given = np.bincount(sources, weights, n)
    parts = weights / given[sources]
    shares = np.full(n, 1 / n)
    for _ in range(MAX_ROUNDS):
        received = np.bincount(targets, parts * shares[sources], n) + shares[given == 0].sum() / n
        before, shares = shares, DAMPING * received + (1 - DAMPING) / n
        if np.abs(shares - before).sum() < n * CLOSE_ENOUGH:
            break
    shares /= shares.sum()
    return {name: float(shares[at]) for name, at in number.items()}


def node_link_of(symbols: Sequence[Symbol], edges: Iterable[Edge], centrality: Mapping[str, float]) -> dict[str, Any]:
    """The graph for `networkx.node_link_graph(..., edges="edges")`; edges that leave the repository are not in it."""
    parallel: Counter[tuple[str, str]] = Counter()
    links: dict[str, list[dict[str, Any]]] = {symbol.id: [] for symbol in symbols}
    for edge in edges:
        if edge.target is not None:
            pair = edge.source, edge.target
            links[edge.source].append(
                {"source": edge.source, "target": edge.target, "key": parallel[pair], "kind": edge.kind}
            )
            parallel[pair] += 1
    return {
        "directed": True,
        "multigraph": True,
        "graph": {},
        "nodes": [{"id": one.id, "kind": one.kind, "centrality": centrality[one.id]} for one in symbols],
        "edges": [link for of_one in links.values() for link in of_one],
    }
