"""From facts and vectors to the entries of a docpack. Everything is computed here, in one order; nothing is read.

Equal material gives equal bytes, whatever the number of threads, as long as the caller keeps numerical libraries on one
(`tasks.assemble` does): what runs side by side here does not share its sums.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Any

from doctown.assemble.clusters import MIN_CHUNKS, Topics, favouring_files, members_of, one_topic, topics_of
from doctown.assemble.contexts import Knowledge, contexts_of
from doctown.assemble.graph import centrality_of, node_link_of
from doctown.assemble.labels import keywords_of, labels_of, weights_of
from doctown.assemble.layout import Places, layout_of, nearness_of, principal_components
from doctown.assemble.maps import map_of, unit_square
from doctown.assemble.neighbours import Neighbours, neighbours_of
from doctown.assemble.related import home_chunks, related_edges
from doctown.docpack import npy_bytes
from doctown.embed.vectors import Rows
from doctown.model import Chunk, Cluster, Edge, Symbol
from doctown.rows import canonical_json, jsonl_of

NEIGHBOURS = 30
TOPIC_DIMENSIONS, TOPIC_EPOCHS = 5, 200
MAP_DIMENSIONS, MAP_EPOCHS, MAP_MIN_DISTANCE = 2, 200, 0.1
REPRESENTATIVES = 5

PARAMETERS: Mapping[str, Any] = {
    "neighbours": NEIGHBOURS,
    "topic_dimensions": TOPIC_DIMENSIONS,
    "topic_epochs": TOPIC_EPOCHS,
    "map_epochs": MAP_EPOCHS,
    "map_min_distance": MAP_MIN_DISTANCE,
}
"""What the manifest says of how this was computed, beside the seed."""

STAGES = 6


@dataclass(frozen=True, slots=True)
class Material:
    """What was ingested, row i of `chunks` having row i of `vectors`."""

    symbols: Sequence[Symbol]
    edges: Sequence[Edge]
    chunks: Sequence[Chunk]
    vectors: Rows
    stats: bytes
    skipped: bytes


@dataclass(frozen=True, slots=True)
class Understanding:
    """The entries of a docpack but the manifest, and the labels of its topics, the largest first."""

    entries: Mapping[str, bytes]
    topics: tuple[str, ...]


def understanding_of(of: Material, seed: int, done: Callable[[], None], threads: int = 1) -> Understanding:
    """Compute everything. `done` is called STAGES times, as each stage is finished; it may raise to stop."""
    symbols = {symbol.id: symbol for symbol in of.symbols}
    neighbours = neighbours_of(of.vectors, NEIGHBOURS, threads)
    done()
    topics, places = _laid_out(of, neighbours, seed, done, threads)
    clusters = _clusters_of(of, topics, symbols)
    done()
    edges = [*of.edges, *related_edges(of.chunks, symbols, neighbours)]
    centrality = centrality_of(of.symbols, edges)
    done()
    labels = tuple(cluster.label for cluster in clusters)
    home = home_chunks(of.chunks, symbols)
    topic = {name: int(topics.of[at]) for name, at in home.items()}
    contexts = contexts_of(Knowledge(symbols, centrality, topic, labels), edges)
    entries = {
        "symbols.jsonl": jsonl_of(of.symbols),
        "edges.jsonl": jsonl_of(edges),
        "chunks.jsonl": jsonl_of(of.chunks),
        "embeddings.npy": npy_bytes(of.vectors),
        "clusters.json": canonical_json(_clusters_json(of.chunks, topics, clusters)),
        "map.json": canonical_json(map_of([chunk.id for chunk in of.chunks], places, topics)),
        "graph.json": canonical_json(node_link_of(of.symbols, edges, centrality)),
        "contexts.jsonl": jsonl_of(contexts),
        "skipped.jsonl": of.skipped,
        "stats.json": canonical_json(json.loads(of.stats)),
    }
    done()
    return Understanding(entries, labels)


def _laid_out(
    of: Material, neighbours: Neighbours, seed: int, done: Callable[[], None], threads: int
) -> tuple[Topics, Places]:
    """The topics, and the places on the map. The two layouts run side by side."""
    start = principal_components(of.vectors, TOPIC_DIMENSIONS)
    if len(of.chunks) < MIN_CHUNKS or not start.any():
        # Too few, or all alike: there is no structure to lay out, and UMAP would invent one.
        done()
        done()
        return one_topic(len(of.chunks)), unit_square(start[:, :MAP_DIMENSIONS])
    favoured = favouring_files(neighbours, [chunk.path for chunk in of.chunks])
    nearness = nearness_of(favoured)
    with ThreadPoolExecutor(min(threads, 2)) as pool:
        for_topics = pool.submit(layout_of, nearness, start, 0.0, TOPIC_EPOCHS, seed)
        flat = start[:, :MAP_DIMENSIONS]
        for_map = pool.submit(layout_of, nearness, flat, MAP_MIN_DISTANCE, MAP_EPOCHS, seed)
        topics = topics_of(for_topics.result(), favoured)
        done()
        places = unit_square(for_map.result())
        done()
    return topics, places


def _clusters_of(of: Material, topics: Topics, symbols: Mapping[str, Symbol]) -> list[Cluster]:
    weights = [
        weights_of(chunk.text, [symbols[name].name for name in chunk.symbol_ids] + [_stem_of(chunk.path)])
        for chunk in of.chunks
    ]
    keywords = keywords_of([int(topic) for topic in topics.of], weights)
    members = members_of(topics, of.vectors)
    labels = labels_of(keywords, [_stem_of(of.chunks[chunks[0]].path) for chunks in members])
    return [
        Cluster(
            id=topic,
            label=labels[topic],
            keywords=keywords[topic],
            size=len(chunks),
            parent_id=None,
            representative=tuple(of.chunks[at].id for at in chunks[:REPRESENTATIVES]),
            members=tuple(of.chunks[at].id for at in chunks),
        )
        for topic, chunks in enumerate(members)
    ]


def _stem_of(path: str) -> str:
    place = PurePosixPath(path)
    return place.parent.name if place.stem in ("__init__", "index", "mod", "__main__") else place.stem


def _clusters_json(chunks: Sequence[Chunk], topics: Topics, clusters: Sequence[Cluster]) -> dict[str, Any]:
    memberships = [
        {"chunk_id": chunk.id, "cluster": int(topic), "strength": float(strength), "noise": bool(noise)}
        for chunk, topic, strength, noise in zip(chunks, topics.of, topics.strength, topics.noise, strict=True)
    ]
    return {"clusters": [asdict(cluster) for cluster in clusters], "memberships": memberships}
