"""The words that describe a definition: its place, its signature in one line, and the comment that stands above it."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import TypedDict

from tree_sitter import Node

MAX_SIGNATURE = 500
_LOOKED_AT = 4_000  # bytes of a definition: what is written in more is cut
_MOST_ABOVE = 500  # comments and attributes above one definition
_FARTHEST = 1_000  # bytes of space between them


class Place(TypedDict):
    """Where a definition stands; what `Definition` calls it."""

    start_line: int
    end_line: int
    start_byte: int
    end_byte: int


def text_of(node: Node | None) -> str:
    """The source of `node`."""
    return ((node.text if node is not None else None) or b"").decode("utf-8", "replace")


def named(node: Node | None) -> list[Node]:
    """The named children of `node` but for comments."""
    return [] if node is None else [child for child in node.named_children if not child.type.endswith("comment")]


def place_of(node: Node) -> Place:
    """The place of `node`."""
    return {
        "start_line": node.start_point.row + 1,
        "end_line": node.end_point.row + (1 if node.end_point.column else 0),
        "start_byte": node.start_byte,
        "end_byte": node.end_byte,
    }


def one_line(data: bytes, start: int, end: int, most: int = MAX_SIGNATURE) -> str:
    """What stands there, in one line of at most `most` characters. Of definitions within each other little is read."""
    text = " ".join(data[start : min(end, start + _LOOKED_AT)].decode("utf-8", "ignore").split())
    line = re.sub(r"\(\s+|\s+\)|,?\s+\)", lambda found: "(" if found[0][0] == "(" else ")", text)
    is_whole = end - start <= _LOOKED_AT and len(line) <= most
    return line if is_whole else line[: most - 1] + "…"


class Above:
    """What stands right above definitions and statements and belongs to them: comments, and attributes between them.

    Asked by bytes: in a tree with many siblings, one's neighbours and parent are found by counting from the first.
    """

    def __init__(self, data: bytes, comments: Sequence[Node], attached: Sequence[Node]) -> None:
        self._data = data
        self._comments = {node.start_byte for node in comments}
        self._nodes = sorted([*comments, *attached], key=lambda node: node.start_byte)
        self._ends = [node.end_byte for node in self._nodes]

    def comments(self, start: int) -> list[Node]:
        """The comments above byte `start`, in their order."""
        return [node for node in self._all(start) if node.start_byte in self._comments]

    def attached(self, start: int) -> list[Node]:
        """What is attached to byte `start` and is no comment, in its order."""
        return [node for node in self._all(start) if node.start_byte not in self._comments]

    def first(self, start: int) -> int:
        """Where what belongs to byte `start` begins."""
        nodes = self._all(start)
        return nodes[0].start_byte if nodes else start

    def _all(self, start: int) -> list[Node]:
        found: list[Node] = []
        at = bisect_right(self._ends, start) - 1
        while at >= 0 and len(found) < _MOST_ABOVE:
            node = self._nodes[at]
            between = self._data[max(node.start_byte, node.end_byte - 1) : start]
            if start - node.end_byte > _FARTHEST or between.count(b"\n") > 1 or between[1:].strip():
                break
            line = self._data[max(0, node.start_byte - _FARTHEST) : node.start_byte].rpartition(b"\n")[2]
            if node.start_byte in self._comments and line.strip():
                break  # it stands behind something else
            found.append(node)
            start, at = node.start_byte, at - 1
        return found[::-1]


def doc_of(comments: list[Node], is_doc: Callable[[str], bool]) -> str:
    """What the comments say, without their marks; those of which `is_doc` is false are left out."""
    texts = [text_of(comment) for comment in comments]
    lines = [line for text in texts if is_doc(text) for line in _plain_lines(text)]
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[margin:].rstrip() for line in lines).strip("\n")


_LINE_MARK = re.compile(r"//[/!]?")
_STAR = re.compile(r"\s*\*(?!/) ?")


def _plain_lines(text: str) -> Iterator[str]:
    if mark := _LINE_MARK.match(text):
        yield text[mark.end() :].rstrip()
    elif text.startswith("/*"):
        inside = text.removesuffix("*/").rstrip()[2:].lstrip("*!")
        for number, line in enumerate(inside.splitlines()):
            yield line.strip() if number == 0 else _STAR.sub("", line, count=1)
    else:
        yield text.lstrip("# ")
