"""A Python expression, summed up as far as resolution can follow it. What goes deeper than that is unknown."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from doctown.ingest.facts import (
    Annotated,
    Called,
    Collection,
    DoesNotParse,
    Either,
    Element,
    Entered,
    Expression,
    Member,
    Name,
    Subscript,
    Unknown,
    Value,
)
from doctown.ingest.syntax import parsed

_DEEPEST = 12
_MOST = 8
"""Alternatives and elements that are looked at."""
_LITERALS = {
    "string": "builtins.str",
    "concatenated_string": "builtins.str",
    "integer": "builtins.int",
    "float": "builtins.float",
    "true": "builtins.bool",
    "false": "builtins.bool",
    "list_comprehension": "builtins.list",
    "set_comprehension": "builtins.set",
    "dictionary_comprehension": "builtins.dict",
    "not_operator": "builtins.bool",
    "comparison_operator": "builtins.bool",
}
_DISPLAYS = {
    "list": "builtins.list",
    "tuple": "builtins.tuple",
    "set": "builtins.set",
    "expression_list": "builtins.tuple",
}
_WRAPPED = frozenset({"parenthesized_expression", "await", "type", "parenthesized_list_splat"})
_FORWARD = re.compile(r"[A-Za-z_][\w.\[\], |\"']*")


def text_of(node: Node) -> str:
    """The source of `node`."""
    return (node.text or b"").decode("utf-8", "replace")


def named(node: Node) -> list[Node]:
    """The named children of `node` but for comments."""
    return [child for child in node.named_children if child.type != "comment"]


def expression_of(node: Node | None, depth: int = 0) -> Expression:
    """What resolution can follow of `node`."""
    if node is None or depth > _DEEPEST:
        return Unknown()
    kind, inside = node.type, depth + 1
    if kind == "identifier":
        return Name(text_of(node))
    if kind == "dotted_name":
        return _dotted(text_of(node))
    if kind == "attribute":
        return Member(
            expression_of(node.child_by_field_name("object"), inside),
            text_of(node.child_by_field_name("attribute") or node),
        )
    if kind == "call":
        return Called(expression_of(node.child_by_field_name("function"), inside))
    if kind == "subscript":
        of, *arguments = named(node) or [node]
        return Subscript(expression_of(of, inside), _several(arguments, inside))
    if kind in _WRAPPED:
        return expression_of(next(iter(named(node)), None), inside)
    if kind == "string" and text_of(node)[:1] in "bB":
        return Value("builtins.bytes")
    if kind in _LITERALS:
        return Value(_LITERALS[kind])
    if kind in _DISPLAYS:
        return Collection(_DISPLAYS[kind], _several(named(node), inside))
    if kind == "dictionary":
        pairs = [pair.child_by_field_name("value") for pair in named(node) if pair.type == "pair"]
        return Collection("builtins.dict", _several([value for value in pairs if value is not None], inside))
    if kind == "conditional_expression":
        parts = named(node)
        return Either(_several(parts[:1] + parts[2:], inside))
    if kind == "boolean_operator":
        return Either(_several(named(node), inside))
    if kind == "named_expression":
        return expression_of(node.child_by_field_name("value"), inside)
    if kind == "assignment":  # a = b = value: the inner one stands for its value
        return expression_of(node.child_by_field_name("right"), inside)
    return Unknown()


def _several(nodes: list[Node], depth: int) -> tuple[Expression, ...]:
    return tuple(expression_of(node, depth) for node in nodes[:_MOST])


def _dotted(text: str) -> Expression:
    first, *rest = re.sub(r"\s", "", text).split(".")
    found: Expression = Name(first)
    for name in rest[:_DEEPEST]:
        found = Member(found, name)
    return found


def annotation_of(node: Node | None, depth: int = 0) -> Expression:
    """What the annotation `node` says, read from a string too."""
    if node is None or depth > _DEEPEST:
        return Unknown()
    kind, inside = node.type, depth + 1
    if kind in ("type", "parenthesized_expression"):
        return annotation_of(next(iter(named(node)), None), inside)
    if kind == "string":
        return _forward(node, inside)
    if kind in ("generic_type", "subscript"):
        of, *arguments = named(node) or [node]
        if arguments and arguments[0].type == "type_parameter":
            arguments = named(arguments[0])
        return Subscript(
            annotation_of(of, inside), tuple(annotation_of(argument, inside) for argument in arguments[:_MOST])
        )
    if kind in ("union_type", "binary_operator"):
        return Either(tuple(annotation_of(part, inside) for part in named(node)[:_MOST]))
    if kind == "member_type":
        return _dotted(text_of(node))
    return expression_of(node, inside) if kind in ("identifier", "attribute", "dotted_name") else Unknown()


def _forward(node: Node, depth: int) -> Expression:
    """A type in a string, as it is written for names that come later."""
    text = "".join(text_of(part) for part in node.children if part.type == "string_content").strip()
    if len(text) > 200 or not _FORWARD.fullmatch(text):
        return Unknown()
    try:
        root = parsed("python", text.encode())
    except DoesNotParse:
        return Unknown()
    statement = next(iter(named(root)), None)
    if statement is None or statement.type != "expression_statement":
        return Unknown()
    return annotation_of(next(iter(named(statement)), None), depth)


def targets_of(target: Node, value: Node | None, of: Expression, depth: int = 0) -> Iterator[tuple[Node, Expression]]:
    """The names and members that an assignment to `target` gives a value, and that value: `of`, written as `value`."""
    kind = target.type
    if depth > _DEEPEST:
        return
    if kind in ("identifier", "attribute"):
        yield target, of
        return
    if kind in ("list_splat_pattern", "list_splat"):
        for inner in named(target):
            yield from targets_of(inner, None, Unknown(), depth + 1)
        return
    if kind not in ("pattern_list", "tuple_pattern", "list_pattern", "tuple", "list", "parenthesized_expression"):
        return
    parts = named(target)
    values = named(value) if value is not None and value.type in ("expression_list", "tuple", "list") else []
    for at, part in enumerate(parts):
        written = values[at] if len(values) == len(parts) else None
        yield from targets_of(part, written, expression_of(written), depth + 1)


def elements_of(target: Node, iterated: Node | None) -> Iterator[tuple[Node, Expression]]:
    """The names that a loop over `iterated` gives a value, and that value."""
    parts = named(target) if target.type in ("pattern_list", "tuple_pattern") else []
    callee = iterated.child_by_field_name("function") if iterated is not None and iterated.type == "call" else None
    arguments = iterated.child_by_field_name("arguments") if callee is not None and iterated is not None else None
    given = named(arguments) if arguments is not None else []
    if callee is not None and parts:
        name = text_of(callee)
        if name == "enumerate" and len(parts) == 2 and given:
            yield from targets_of(parts[0], None, Value("builtins.int"))
            yield from targets_of(parts[1], None, Element(expression_of(given[0])))
            return
        if name == "zip" and len(parts) == len(given):
            for part, argument in zip(parts, given, strict=True):
                yield from targets_of(part, None, Element(expression_of(argument)))
            return
        if name.endswith(".items") and len(parts) == 2:
            yield from targets_of(parts[0], None, Unknown())
            yield from targets_of(parts[1], None, Subscript(expression_of(callee.child_by_field_name("object")), ()))
            return
    yield from targets_of(target, None, Unknown() if parts else Element(expression_of(iterated)))


def aliased_by(pattern: Node) -> Expression:
    """What `... as name` gives the name, in a `with` or an `except`."""
    value = next(iter(named(pattern)), None)
    if pattern.parent is not None and pattern.parent.type == "with_item":
        return Entered(expression_of(value))
    if value is not None and value.type == "tuple":
        return Either(tuple(Annotated(expression_of(one)) for one in named(value)[:_MOST]))
    return Annotated(expression_of(value))
