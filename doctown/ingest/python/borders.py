"""Where a Python file may be cut: between its statements, those of modules and classes before those within functions.

Comments right above a statement belong to it, and so do its decorators.
"""

from tree_sitter import Node

from doctown.ingest.borders import Border, Outline

_DEEPEST = 18
_WITHOUT_BODY = frozenset(
    {"assert_statement", "break_statement", "continue_statement", "delete_statement", "expression_statement"}
    | {"future_import_statement", "global_statement", "import_from_statement", "import_statement"}
    | {"nonlocal_statement", "pass_statement", "raise_statement", "return_statement", "type_alias_statement"}
)
"""Most statements."""


def outline_in(data: bytes, root: Node) -> Outline:
    """The outline of a Python file, of the tree `root` that `data` was parsed into."""
    borders: list[Border] = []
    waiting = [(root, 0, True)]
    while waiting:
        node, depth, is_unit = waiting.pop()
        comment: Node | None = None
        previous: Node | None = None
        for child in node.named_children:
            kind = child.type
            if kind == "comment":
                follows = previous is not None and previous.end_point.row == child.start_point.row
                is_next = comment is not None and previous is not None and _right_below(previous, child)
                comment = comment if is_next else None if follows else child
            else:
                first = (
                    comment if comment is not None and previous is not None and _right_below(previous, child) else child
                )
                borders.append(Border(_line_start(data, first.start_byte), depth, is_unit))
                comment = None
                if depth < _DEEPEST and kind not in _WITHOUT_BODY:
                    waiting += _bodies(child, depth, is_unit)
            previous = child
    return Outline(tuple(sorted(borders)))


def _bodies(statement: Node, depth: int, is_unit: bool) -> list[tuple[Node, int, bool]]:
    """The blocks of a statement, how deep they lie, and whether what is in them stands for itself."""
    if statement.type == "decorated_definition":
        statement = statement.child_by_field_name("definition") or statement
    stays = is_unit and statement.type != "function_definition"
    blocks = [child for child in statement.named_children if child.type == "block"]
    for clause in statement.named_children:
        if clause.type.endswith("_clause"):
            blocks += [child for child in clause.named_children if child.type == "block"]
    return [(block, depth + 1, stays) for block in blocks]


def _right_below(upper: Node, lower: Node) -> bool:
    return lower.start_point.row - upper.end_point.row <= 1


def _line_start(data: bytes, byte: int) -> int:
    """The start of the line, if nothing but indentation stands before `byte` in it."""
    start = data.rfind(b"\n", 0, byte) + 1
    return start if not data[start:byte].strip() else byte
