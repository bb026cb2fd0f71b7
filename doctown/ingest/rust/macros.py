"""What macros are given, read as the code that it most often is.

To the grammar `name!(a, b.c())` is a list of words. It is read once more as a call, `name (a, b.c())`, or with curly
brackets as statements; byte for byte in its place, so that what is found stands where it is. What is neither is left
alone.
"""

from collections.abc import Sequence

from tree_sitter import Node, Point, Range

from doctown.ingest.syntax import captures, parsed_within
from doctown.ingest.words import named

_MOST = 5_000
"""Macros of one file that are read."""
_MOST_BYTES = 50_000
"""Of one of them: what is longer is a table of data."""
_DEEPEST = 4
"""Macros within what macros are given."""
_CURLY = ord("{")
_FAR = Point(2**32 - 1, 0)
"""Behind every line: where the `;` stands that closes what is read."""
_NOT_AGAIN = frozenset({"comment", "statement"})
"""Comments are found already; a text is cut before a macro, not within what it is given."""


class Macros:
    """Reads the macros of one file. `arguments` are the expressions that one is given, by where it starts."""

    def __init__(self, data: bytes, found: dict[str, list[Node]]) -> None:
        self.arguments: dict[int, Sequence[Node]] = {}
        self._data = bytearray(data)
        self._left = _MOST
        self._found = found
        now = found.get("call", [])
        for _ in range(_DEEPEST):
            now = self._read_all([node for node in now if node.type == "macro_invocation"])
        for nodes in found.values():
            nodes.sort(key=lambda node: (node.start_byte, -node.end_byte))

    def _read_all(self, macros: Sequence[Node]) -> list[Node]:
        """Read them, and give what is called in what was read."""
        trees = [(one, tree) for one in macros if (tree := _given(one)) is not None][: self._left]
        self._left -= len(trees)
        for macro, tree in trees:
            if self._data[tree.start_byte] != _CURLY:
                self._rewrite(macro, tree)
        data = bytes(self._data) + b";"
        closing = Range(_FAR, _FAR, len(data) - 1, len(data))
        calls: list[Node] = []
        for macro, tree in trees:
            if data[tree.start_byte] == _CURLY:
                inside = tree.children[0].end_point, tree.children[-1].start_point
                root = parsed_within("rust", data, [Range(*inside, tree.start_byte + 1, tree.end_byte - 1)])
            else:
                whole = Range(macro.start_point, tree.end_point, macro.start_byte, tree.end_byte)
                root = parsed_within("rust", data, [whole, closing])
            if root is not None and data[tree.start_byte] != _CURLY:
                call = next(iter(named(next(iter(named(root)), None))), None)
                self.arguments[macro.start_byte] = named(call and call.child_by_field_name("arguments"))
            for name, nodes in captures("rust", root).items() if root is not None else ():
                if name not in _NOT_AGAIN:
                    own = [one for one in nodes if one.start_byte > macro.start_byte]
                    self._found.setdefault(name, []).extend(own)
                    calls += own if name == "call" else []
        return calls

    def _rewrite(self, macro: Node, tree: Node) -> None:
        """As a call: without the `!`, with round brackets, and with `,` for `;`."""
        name = macro.child_by_field_name("macro")
        assert name is not None
        self._data[name.end_byte : tree.start_byte] = b" " * (tree.start_byte - name.end_byte)
        self._data[tree.start_byte], self._data[tree.end_byte - 1] = b"()"
        for one in tree.children:
            if one.type == ";":
                self._data[one.start_byte] = ord(",")


def _given(macro: Node) -> Node | None:
    tree = next((one for one in named(macro) if one.type == "token_tree"), None)
    return tree if tree is not None and 2 < tree.end_byte - tree.start_byte <= _MOST_BYTES else None
