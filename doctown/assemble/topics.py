"""The topics as they stand in the docpack: `clusters.json`, fine topics first, then the broad ones made of them.

Chunks belong to fine topics; `members` of a broad one are those of all its fine ones. Code alone names a topic, where
it has any. Which chunks belong together is found in `doctown.assemble.clusters`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from doctown.assemble.clusters import Topics, centres_of, members_of
from doctown.assemble.labels import common_names, keywords_of, labels_of, weights_of
from doctown.assemble.standing import Standing, Standings
from doctown.embed.vectors import Rows
from doctown.model import Chunk, Cluster, Symbol

REPRESENTATIVES = 5
SYMBOLS = 5
_TYPES = frozenset({"class", "interface", "struct", "enum", "trait", "type"})
_FUNCTIONS = frozenset({"function", "method", "macro"})

Numbers = NDArray[np.int32]


def clusters_of(
    chunks: Sequence[Chunk],
    rows: Rows,
    symbols: Mapping[str, Symbol],
    home: Mapping[str, int],
    centrality: Mapping[str, float],
    topics: Topics,
    standings: Standings,
) -> list[Cluster]:
    """The rows of `clusters.json`. `home` is the chunk of each symbol, `centrality` its share in the call graph."""
    if not len(chunks):
        return []
    fine, broad = topics.of, topics.above[topics.of]
    levels = ((fine, topics.count), (broad, topics.broad))
    keywords = _keywords(chunks, symbols, levels, standings)
    found: list[Cluster] = []
    candidates = _candidates(symbols, home, centrality, standings)
    members = [own for of, count in levels for own in members_of(of, count, rows)]
    best = [own for of, count in levels for own in _symbols_of(of, count, rows, candidates)]
    labels = labels_of(keywords, [_name_of(chunks[own[0]].path) for own in members])
    for number, own in enumerate(members):
        above = int(topics.above[number]) if number < topics.count else -1
        typical = [at for at in own if standings[at] == Standing.CODE] or list(own)
        found.append(
            Cluster(
                id=number,
                label=labels[number],
                keywords=keywords[number],
                size=len(own),
                parent_id=topics.count + above if above >= 0 else None,
                representative=tuple(chunks[at].id for at in typical[:REPRESENTATIVES]),
                members=tuple(chunks[at].id for at in own),
                symbols=best[number],
            )
        )
    return found


def clusters_json(chunks: Sequence[Chunk], topics: Topics, clusters: Sequence[Cluster]) -> dict[str, Any]:
    """The value of `clusters.json`."""
    memberships = [
        {"chunk_id": chunk.id, "cluster": int(topic), "strength": float(strength), "noise": bool(noise)}
        for chunk, topic, strength, noise in zip(chunks, topics.of, topics.strength, topics.noise, strict=True)
    ]
    return {"clusters": [asdict(cluster) for cluster in clusters], "memberships": memberships}


def _keywords(
    chunks: Sequence[Chunk],
    symbols: Mapping[str, Symbol],
    levels: Sequence[tuple[Numbers, int]],
    standings: Standings,
) -> list[tuple[str, ...]]:
    """Of the fine topics, then of the broad ones, from the chunks that may name them."""
    code = standings == Standing.CODE
    named = [np.bincount(of[code & (of >= 0)], minlength=count) > 0 for of, count in levels]
    naming = code | ~named[0][levels[0][0]]
    shared = common_names([chunk.path for chunk, tells in zip(chunks, naming, strict=True) if tells])
    weights = [_weights_of(chunk, symbols) if tells else Counter() for chunk, tells in zip(chunks, naming, strict=True)]
    found, fine = [], levels[0][0]
    for (of, _), has_code in zip(levels, named, strict=True):
        own = np.where((of >= 0) & (code | ~np.r_[has_code, False][of]), of, -1)
        parts = [int(topic) for topic in fine] if of is not fine else None
        found += keywords_of([int(topic) for topic in own], weights, shared, parts)
    return found


def _weights_of(chunk: Chunk, symbols: Mapping[str, Symbol]) -> Counter[str]:
    names, parts = [_name_of(chunk.path)], [PurePosixPath(chunk.path).parent.name]
    for name in chunk.symbol_ids:
        (names if symbols[name].kind in _TYPES else parts).append(symbols[name].name)
    return weights_of(chunk.text, names, parts)


def _candidates(
    symbols: Mapping[str, Symbol], home: Mapping[str, int], centrality: Mapping[str, float], standings: Standings
) -> list[tuple[str, int, float]]:
    """Symbols that may stand for a topic, with their chunk and their weight in the call graph."""
    has_code = bool((standings == Standing.CODE).any())
    return [
        (name, at, centrality[name] ** 0.25 * (0.5 if symbols[name].name.startswith("_") else 1))
        for name, at in home.items()
        if symbols[name].kind in _TYPES | _FUNCTIONS
        and not symbols[name].name.startswith("<")
        and (standings[at] == Standing.CODE or not has_code)
    ]


def _symbols_of(
    of: Numbers, count: int, rows: Rows, candidates: Sequence[tuple[str, int, float]]
) -> list[tuple[str, ...]]:
    """For each topic the symbols that stand for it: near its middle, and central in the call graph."""
    at = np.array([place for _, place, _ in candidates], np.int64)
    topic = of[at]
    centres = centres_of(rows, of, count + 1)
    nearness = np.maximum(np.einsum("ij,ij->i", rows[at], centres[topic]), 0)
    worth = nearness * np.array([weight for _, _, weight in candidates])
    found: list[dict[str, None]] = [{} for _ in range(count + 1)]
    for place in np.lexsort((np.arange(len(at)), -worth, topic)):
        if len(found[topic[place]]) < SYMBOLS:
            found[topic[place]][candidates[place][0]] = None
    return [tuple(own) for own in found[:count]]


def _name_of(path: str) -> str:
    place = PurePosixPath(path)
    return place.parent.name if place.stem in ("__init__", "index", "mod", "__main__") else place.stem
