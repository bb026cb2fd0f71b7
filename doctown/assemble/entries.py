"""From facts and vectors to the entries of a docpack. Everything is computed here, in one order; nothing is read.

Equal material gives equal bytes, whatever the number of threads, as long as the caller keeps numerical libraries on one
(`tasks.assemble` does): what runs side by side here does not share its sums.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from doctown.assemble.clusters import MIN_CHUNKS, Topics, favouring_topics, makers_of, one_topic, topics_of
from doctown.assemble.contexts import Knowledge, contexts_of
from doctown.assemble.evidence import WEIGHTS, evidence_of
from doctown.assemble.graph import centrality_of, node_link_of
from doctown.assemble.layout import Places, layout_of, nearness_of, principal_components
from doctown.assemble.maps import map_of, unit_square
from doctown.assemble.neighbours import Neighbours, neighbours_of
from doctown.assemble.related import home_chunks, related_edges
from doctown.assemble.standing import Standings, standings_of
from doctown.assemble.topics import clusters_json, clusters_of
from doctown.docpack import npy_bytes
from doctown.embed.vectors import Rows
from doctown.model import Chunk, Edge, Symbol
from doctown.rows import canonical_json, jsonl_of

NEIGHBOURS = 30
MAP_DIMENSIONS, MAP_EPOCHS, MAP_MIN_DISTANCE = 2, 200, 0.1

PARAMETERS: Mapping[str, Any] = {
    "neighbours": NEIGHBOURS,
    "evidence": asdict(WEIGHTS),
    "map_epochs": MAP_EPOCHS,
    "map_min_distance": MAP_MIN_DISTANCE,
}
"""What the manifest says of how this was computed, beside the seed."""

STAGES = 6


@dataclass(frozen=True, slots=True)
class Material:
    """What was ingested, row i of `chunks` having row i of `vectors`; None where nothing was embedded."""

    symbols: Sequence[Symbol]
    edges: Sequence[Edge]
    chunks: Sequence[Chunk]
    vectors: Rows | None
    stats: bytes
    skipped: bytes


@dataclass(frozen=True, slots=True)
class Understanding:
    """The entries of a docpack but the manifest, and the labels of its topics with their chunks, the largest first:
    the broad ones, and those that are part of none.
    """

    entries: Mapping[str, bytes]
    topics: tuple[str, ...]
    topic_sizes: tuple[int, ...]


def understanding_of(of: Material, seed: int, done: Callable[[], None], threads: int = 1) -> Understanding:
    """Compute everything. `done` is called STAGES times, as each stage is finished; it may raise to stop.

    Without vectors there is the graph and a context for each symbol, but no topics, no map and no `related` edges.
    """
    if of.vectors is None:
        return _without_meaning(of, done)
    symbols = {symbol.id: symbol for symbol in of.symbols}
    neighbours = neighbours_of(of.vectors, NEIGHBOURS, threads)
    done()
    standings = standings_of(of.chunks, symbols, neighbours)
    topics, places = _laid_out(of, of.vectors, symbols, neighbours, standings, seed, done)
    edges = [*of.edges, *related_edges(of.chunks, symbols, neighbours)]
    centrality = centrality_of(of.symbols, edges)
    done()
    home = home_chunks(of.chunks, symbols)
    clusters = clusters_of(of.chunks, of.vectors, symbols, home, centrality, topics, standings)
    done()
    topic = {name: int(topics.of[at]) for name, at in home.items()}
    labels = tuple(cluster.label for cluster in clusters)
    entries = {
        **_graph_entries(of, Knowledge(symbols, centrality, topic, labels), edges),
        "embeddings.npy": npy_bytes(of.vectors),
        "clusters.json": canonical_json(clusters_json(of.chunks, topics, clusters)),
        "map.json": canonical_json(map_of([chunk.id for chunk in of.chunks], places, topics)),
    }
    done()
    top = sorted((cluster for cluster in clusters if cluster.parent_id is None), key=lambda cluster: -cluster.size)
    return Understanding(entries, tuple(one.label for one in top), tuple(one.size for one in top))


def _without_meaning(of: Material, done: Callable[[], None]) -> Understanding:
    for _ in range(STAGES - 1):
        done()
    symbols = {symbol.id: symbol for symbol in of.symbols}
    known = Knowledge(symbols, centrality_of(of.symbols, of.edges), {}, ())
    entries = _graph_entries(of, known, of.edges)
    done()
    return Understanding(entries, (), ())


def _graph_entries(of: Material, known: Knowledge, edges: Sequence[Edge]) -> dict[str, bytes]:
    """The entries that need no vectors."""
    return {
        "symbols.jsonl": jsonl_of(of.symbols),
        "edges.jsonl": jsonl_of(edges),
        "chunks.jsonl": jsonl_of(of.chunks),
        "graph.json": canonical_json(node_link_of(of.symbols, edges, known.centrality)),
        "contexts.jsonl": jsonl_of(contexts_of(known, edges)),
        "skipped.jsonl": of.skipped,
        "stats.json": canonical_json(json.loads(of.stats)),
    }


def _laid_out(
    of: Material,
    vectors: Rows,
    symbols: Mapping[str, Symbol],
    neighbours: Neighbours,
    standings: Standings,
    seed: int,
    done: Callable[[], None],
) -> tuple[Topics, Places]:
    """The topics, and the places on the map."""
    start = principal_components(vectors, MAP_DIMENSIONS)
    if len(of.chunks) < MIN_CHUNKS or not start.any():
        # Too few, or all alike: there is no structure to lay out, and UMAP would invent one.
        done()
        done()
        return one_topic(len(of.chunks)), unit_square(start)
    makers = makers_of(standings)
    graph, tree = evidence_of(of.chunks, symbols, of.edges, neighbours, makers, WEIGHTS)
    topics = topics_of(graph, tree, makers, standings, vectors, seed)
    done()
    nearness = nearness_of(favouring_topics(neighbours, topics.of))
    places = layout_of(nearness, start, MAP_MIN_DISTANCE, MAP_EPOCHS, seed)
    done()
    return topics, unit_square(places)
