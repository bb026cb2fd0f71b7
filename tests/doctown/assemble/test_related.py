"""Related symbols: near in meaning, and not one another's parents."""

import numpy as np

from doctown.assemble.neighbours import neighbours_of
from doctown.assemble.related import RELATED, home_chunks, related_edges
from doctown.model import Chunk, Symbol


def symbol(name, start, end, parent=None, kind="function"):
    return Symbol(name, kind, (), name, name, "python", "m.py", 1, 1, start, end, "", "", parent)


def chunk(at, start, end, *symbols):
    return Chunk(f"c{at}", "m.py", "python", 1, 1, start, end, symbols, 5, "text")


MODULE = symbol("m", 0, 100, kind="module")
KLASS = symbol("K", 0, 50, "m", "class")
SYMBOLS = {
    s.id: s
    for s in (MODULE, KLASS, symbol("K.f", 10, 50, "K", "method"), symbol("g", 50, 70, "m"), symbol("h", 70, 99, "m"))
}
CHUNKS = [
    chunk(0, 0, 10, "m", "K"),
    chunk(1, 10, 50, "m", "K", "K.f"),
    chunk(2, 50, 70, "m", "g"),
    chunk(3, 70, 99, "m", "h"),
]


def rows(*angles):
    return np.array([[np.cos(angle), np.sin(angle)] for angle in angles], np.float32)


def test_a_symbol_is_at_home_where_it_starts():
    assert home_chunks(CHUNKS, SYMBOLS) == {"m": 0, "K": 0, "K.f": 1, "g": 2, "h": 3}


def test_alike_symbols_are_related_and_unlike_ones_are_not():
    edges = related_edges(CHUNKS, SYMBOLS, neighbours_of(rows(0, 0.2, 0.3, 2.5), 3))
    pairs = {(edge.source, edge.target) for edge in edges}
    assert {("K", "g"), ("g", "K"), ("K.f", "g"), ("g", "K.f")} == pairs
    assert all((edge.kind, edge.line, edge.candidates) == ("related", None, 1) for edge in edges)


def test_nobody_is_related_to_more_than_a_few():
    symbols = {"m": MODULE} | {f"f{at}": symbol(f"f{at}", at, at + 1, "m") for at in range(12)}
    chunks = [chunk(at, at, at + 1, "m", f"f{at}") for at in range(12)]
    edges = related_edges(chunks, symbols, neighbours_of(rows(*np.linspace(0, 0.1, 12)), 11))
    assert max(sum(edge.source == name for edge in edges) for name in symbols) == RELATED
