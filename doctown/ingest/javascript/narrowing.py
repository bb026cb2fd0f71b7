"""What a condition says of the names in it: `x instanceof T` holds in what is done if it is true."""

from collections.abc import Iterator

from tree_sitter import Node

from doctown.ingest.facts import Annotated, Expression
from doctown.ingest.javascript.expressions import expression_of
from doctown.ingest.words import named, text_of

_MOST = 16
_EXITS = frozenset({"return_statement", "throw_statement", "continue_statement", "break_statement"})


def narrowed_in(node: Node) -> Iterator[tuple[Node, Expression, Node]]:
    """The names that are known better in a part of `node`, what they are there, and that part."""
    if node.type == "binary_expression":
        condition, where = node.child_by_field_name("left"), node.child_by_field_name("right")
    else:
        condition, where = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
    if where is not None:
        for name, value in _said(condition):
            yield name, value, where


def narrowed_after(node: Node) -> Iterator[tuple[Node, Expression]]:
    """The names that are known better after an `if` whose body does not go on, and what they are there."""
    condition = _plain(node.child_by_field_name("condition"))
    if condition is None or node.child_by_field_name("alternative") is not None:
        return
    parts = [condition]
    while parts[-1].type == "binary_expression" and _operator(parts[-1]) == "||" and len(parts) < _MOST:
        left = _plain(parts[-1].child_by_field_name("left"))
        right = _plain(parts[-1].child_by_field_name("right"))
        parts[-1:] = [one for one in (right, left) if one is not None]
    for part in parts:
        if part.type == "unary_expression" and _operator(part) == "!":
            yield from _said(part.child_by_field_name("argument"))


def exits(body: Node | None) -> bool:
    """Whether nothing after it is reached from within."""
    if body is not None and body.type == "statement_block":
        body = next(iter(reversed(named(body))), None)
    return body is not None and body.type in _EXITS


def _said(condition: Node | None) -> Iterator[tuple[Node, Expression]]:
    """The names of which something is said if it is true."""
    left = _plain(condition)
    for _ in range(_MOST):
        if left is None or left.type != "binary_expression":
            return
        one, is_last = left, True
        if _operator(left) == "&&":
            right = _plain(left.child_by_field_name("right"))
            left, is_last = _plain(left.child_by_field_name("left")), False
            if right is None or right.type != "binary_expression":
                continue
            one = right
        if _operator(one) == "instanceof":
            name = one.child_by_field_name("left")
            if name is not None and name.type == "identifier":
                yield name, Annotated(expression_of(one.child_by_field_name("right")))
        if is_last:
            return


def _operator(node: Node) -> str:
    return text_of(node.child_by_field_name("operator"))


def _plain(node: Node | None) -> Node | None:
    for _ in range(_MOST):
        if node is None or node.type != "parenthesized_expression":
            return node
        node = next(iter(named(node)), None)
    return node
