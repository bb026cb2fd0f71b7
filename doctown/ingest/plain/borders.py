"""Where a file may be cut: before its statements, those outside of functions before those within.

Comments and attributes right above a statement belong to it.
"""

from collections.abc import Mapping, Sequence

from tree_sitter import Node

from doctown.ingest.borders import Border, Outline
from doctown.ingest.plain.reader import FUNCTIONS
from doctown.ingest.syntax import Nesting
from doctown.ingest.words import Above

_DEEPEST = 18
_WIDEST = 1_000  # bytes of indentation that are looked through


def outline_in(data: bytes, found: Mapping[str, Sequence[Node]], above: Above) -> Outline:
    """The outline of a file whose captures are `found`."""
    borders: list[Border] = []
    nodes = found.get("statement", ())
    nesting = Nesting((node.start_byte, node.end_byte) for node in nodes)
    spans = [(node.start_byte, node.end_byte) for kind in sorted(FUNCTIONS) for node in found.get(kind, ())]
    functions = Nesting(spans)
    belongs_below = {node.start_byte for kind in ("comment", "attached") for node in found.get(kind, ())}
    depths: list[int] = []
    for at, node in enumerate(nodes):
        around = nesting.around[at]
        depths.append(0 if around is None else depths[around] + 1)
        if node.start_byte in belongs_below or depths[at] > _DEEPEST:
            continue
        starts = (spans[of][0] for of in functions.all_around(node.start_byte))
        is_unit = all(start == node.start_byte for start in starts)
        borders.append(Border(_line_start(data, above.first(node.start_byte)), depths[at], is_unit))
    return Outline(tuple(sorted(borders)))


def _line_start(data: bytes, byte: int) -> int:
    """The start of the line, if nothing but indentation stands before `byte` in it."""
    first = max(0, byte - _WIDEST)
    start = data.rfind(b"\n", first, byte) + 1 or first
    is_start = start == 0 or data[start - 1 : start] == b"\n"
    return start if is_start and not data[start:byte].strip() else byte
