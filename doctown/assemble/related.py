"""Symbols alike in meaning: from the neighbours of chunks to `related` edges between the symbols they are about."""

from collections.abc import Mapping, Sequence

from doctown.assemble.neighbours import Neighbours
from doctown.model import Chunk, Edge, Symbol

RELATED = 5
MIN_COSINE = 0.5
CONFIDENCE = 0.3
RESOLUTION = "nearest in meaning"


def home_chunks(chunks: Sequence[Chunk], symbols: Mapping[str, Symbol]) -> dict[str, int]:
    """For each symbol the chunk (by index) in which it starts, or the first that holds some of it."""
    home: dict[str, int] = {}
    started: set[str] = set()
    for at, chunk in enumerate(chunks):
        for name in chunk.symbol_ids:
            starts = _starts_in(symbols[name], chunk)
            if name not in home or (starts and name not in started):
                home[name] = at
            if starts:
                started.add(name)
    return home


def _starts_in(symbol: Symbol, chunk: Chunk) -> bool:
    return chunk.start_byte <= symbol.start_byte < chunk.end_byte


def related_edges(chunks: Sequence[Chunk], symbols: Mapping[str, Symbol], neighbours: Neighbours) -> list[Edge]:
    """At most RELATED edges from the symbol each chunk is about to those of its nearest chunks."""
    about = [_subject(chunk, symbols) for chunk in chunks]
    edges: list[Edge] = []
    done: set[str] = set()
    for at, source in enumerate(about):
        if source is None or source in done:
            continue
        done.add(source)
        kin = _lineage(source, symbols)
        near: dict[str, None] = {}
        for other, cosine in zip(neighbours.indices[at], neighbours.similarities[at], strict=True):
            target = about[other]
            if cosine < MIN_COSINE or len(near) == RELATED:
                break
            if target is not None and target not in kin and source not in _lineage(target, symbols):
                near[target] = None
        edges += [Edge(source, target, None, "related", None, None, RESOLUTION, CONFIDENCE, 1) for target in near]
    return edges


def _subject(chunk: Chunk, symbols: Mapping[str, Symbol]) -> str | None:
    """The symbol a chunk is about: the first that starts in it and is no module, else the first it belongs to."""
    starting = [name for name in chunk.symbol_ids if _starts_in(symbols[name], chunk)]
    named = [name for name in starting if symbols[name].kind != "module"]
    return next(iter(named or starting or chunk.symbol_ids), None)


def _lineage(name: str, symbols: Mapping[str, Symbol]) -> set[str]:
    """The symbol and all that enclose it."""
    found: set[str] = set()
    at: str | None = name
    while at is not None and at not in found:
        found.add(at)
        at = symbols[at].parent_id
    return found
