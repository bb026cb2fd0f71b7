"""The words that describe a definition: its place, its signature in one line, and the comment that stands above it."""

import re
from collections.abc import Callable, Iterator
from typing import TypedDict

from tree_sitter import Node

MAX_SIGNATURE = 500
_LOOKED_AT = 4_000  # bytes of a definition: what is written in more is cut
_MOST_COMMENTS = 500  # lines of them above one definition


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


def comments_above(node: Node, attached: frozenset[str]) -> list[Node]:
    """The comments right above `node`, in their order; nodes of the kinds `attached` may stand between."""
    found: list[Node] = []
    below, above = node, node.prev_named_sibling
    while above is not None and (_is_comment(above) or above.type in attached) and len(found) < _MOST_COMMENTS:
        before = above.prev_sibling
        follows_code = before is not None and before.end_point.row == above.start_point.row and before.is_named
        if below.start_point.row - _last_row(above) > 1 or (follows_code and not _is_comment(before)):
            break
        if _is_comment(above):
            found.append(above)
        below, above = above, above.prev_named_sibling
    return found[::-1]


def _last_row(node: Node) -> int:
    """The last row with something of `node`: a line comment may hold the end of its line."""
    return node.end_point.row if node.end_point.column else node.end_point.row - 1


def _is_comment(node: Node | None) -> bool:
    return node is not None and node.type.endswith("comment")


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
