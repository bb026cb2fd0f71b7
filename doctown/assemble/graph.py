"""The graph of symbols: which matter (PageRank), and the graph as networkx's node-link data.

Called, imported and inherited symbols gain from those that name them, by the confidence of the edge. Containment says
nothing about importance, and being alike is no evidence: `contains` and `related` carry no weight.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from doctown.model import Edge, Symbol

DAMPING = 0.85
_WEIGHTLESS = frozenset({"contains", "related"})


def centrality_of(symbols: Sequence[Symbol], edges: Iterable[Edge]) -> dict[str, float]:
    """PageRank of each symbol (id to share; all shares sum to 1)."""
    import networkx

    graph = networkx.DiGraph()
    graph.add_nodes_from(symbol.id for symbol in symbols)
    weights: dict[tuple[str, str], float] = {}
    for edge in edges:
        if edge.target is not None and edge.kind not in _WEIGHTLESS and edge.target != edge.source:
            pair = edge.source, edge.target
            weights[pair] = weights.get(pair, 0.0) + edge.confidence
    graph.add_weighted_edges_from((source, target, weight) for (source, target), weight in weights.items())
    found: dict[str, float] = networkx.pagerank(graph, alpha=DAMPING, max_iter=200, tol=1e-9) if symbols else {}
    return found


def node_link_of(symbols: Sequence[Symbol], edges: Iterable[Edge], centrality: Mapping[str, float]) -> dict[str, Any]:
    """The graph for `networkx.node_link_graph(..., edges="edges")`; edges that leave the repository are not in it."""
    import networkx

    graph = networkx.MultiDiGraph()
    for symbol in symbols:
        graph.add_node(symbol.id, kind=symbol.kind, centrality=centrality[symbol.id])
    for edge in edges:
        if edge.target is not None:
            graph.add_edge(edge.source, edge.target, kind=edge.kind)
    data: dict[str, Any] = networkx.node_link_data(graph, edges="edges")
    return data
