"""Syntax trees, by tree-sitter: grammars, the queries beside them as data, and spans that lie within each other."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any

from tree_sitter import Language, Node, Parser, Query, QueryCursor, Range

from doctown.ingest.covers import covered
from doctown.ingest.facts import DoesNotParse

_GRAMMARS = {
    "go": ("tree_sitter_go", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "python": ("tree_sitter_python", "language"),
    "rust": ("tree_sitter_rust", "language"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
}
"""For each language that has symbols the package with its grammar, and the function there that gives it."""

_QUERIES = {
    "javascript": ("ecmascript", "jsx", "javascript"),
    "tsx": ("ecmascript", "jsx", "typescript"),
    "typescript": ("ecmascript", "typescript"),
}
"""The queries of a language, in `queries`, where it is not just the one that is called as it is."""

LANGUAGES = frozenset(_GRAMMARS)
PACKAGES = frozenset(package for package, _ in _GRAMMARS.values())
"""The packages that grammars are in."""

_DEEPEST = 4_000
"""Levels of a tree that are searched. Below some 30,000 a search takes time by the square, and misses what is there."""


@cache
def _language(language: str) -> Language:
    package, function = _GRAMMARS[language]
    grammar: Any = import_module(package)
    return Language(getattr(grammar, function)())


@cache
def _query(language: str) -> Query:
    folder = files("doctown.ingest").joinpath("queries")
    names = _QUERIES.get(language, (language,))
    return Query(_language(language), "".join(folder.joinpath(f"{name}.scm").read_text("utf-8") for name in names))


def tree(language: str, data: bytes) -> Node:
    """The root of the tree of `data`, whether it is right or not."""
    return Parser(_language(language)).parse(data).root_node


def parsed(language: str, data: bytes) -> Node:
    """The root of the tree of `data`. Raises DoesNotParse."""
    root = tree(language, data)
    if not root.has_error:
        return root
    if (patched := covered(language, data)) != data and not (other := tree(language, patched)).has_error:
        return other
    raise DoesNotParse(_first_error(root).start_point.row + 1)


def parsed_within(language: str, data: bytes, ranges: Sequence[Range]) -> Node | None:
    """The root of the tree of those parts of `data`, one after the other; None where they do not parse."""
    root = Parser(_language(language), included_ranges=list(ranges)).parse(data).root_node
    return None if root.has_error else root


def _first_error(node: Node) -> Node:
    while not (node.is_error or node.is_missing):
        within = next((child for child in node.children if child.has_error or child.is_missing), None)
        if within is None:
            break
        node = within
    return node


def captures(language: str, root: Node) -> dict[str, list[Node]]:
    """The nodes of each capture of the language's query, in the order of the text."""
    cursor = QueryCursor(_query(language))
    cursor.set_max_start_depth(_DEEPEST)
    found = cursor.captures(root)
    return {name: sorted(nodes, key=lambda node: (node.start_byte, -node.end_byte)) for name, nodes in found.items()}


class Nesting:
    """Spans of bytes of which any two are apart or one lies within the other. Spans are known by their number."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._spans = list(spans)
        order = sorted(range(len(self._spans)), key=lambda at: (self._spans[at][0], -self._spans[at][1], at))
        self.around: list[int | None] = [None] * len(order)
        """For each span the smallest that it lies within."""
        self._bytes: list[int] = []
        """Where the smallest span that holds a byte changes: as many bytes as two for each span, however deep."""
        self._from_there: list[int | None] = []
        open_spans: list[int] = []
        for at in order:
            self._close(open_spans, self._spans[at][0])
            self.around[at] = open_spans[-1] if open_spans else None
            open_spans.append(at)
            self._change(self._spans[at][0], at)
        self._close(open_spans, None)

    def _close(self, open_spans: list[int], until: int | None) -> None:
        while open_spans and (until is None or self._spans[open_spans[-1]][1] <= until):
            end = self._spans[open_spans.pop()][1]
            self._change(end, open_spans[-1] if open_spans else None)

    def _change(self, byte: int, at: int | None) -> None:
        self._bytes.append(byte)
        self._from_there.append(at)

    def innermost(self, byte: int) -> int | None:
        """The smallest span that holds `byte`."""
        place = bisect_right(self._bytes, byte) - 1
        return self._from_there[place] if place >= 0 else None

    def all_around(self, byte: int) -> Iterator[int]:
        """Every span that holds `byte`, the smallest first."""
        at = self.innermost(byte)
        while at is not None:
            yield at
            at = self.around[at]
