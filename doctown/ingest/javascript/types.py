"""A TypeScript type, summed up as far as resolution can follow it, and the types that JSDoc comments give."""

import re
from collections.abc import Mapping

from tree_sitter import Node

from doctown.ingest.facts import (
    Annotated,
    Awaited,
    Callable,
    Called,
    Collection,
    Either,
    Element,
    Expression,
    Itself,
    Made,
    Member,
    Name,
    Part,
    Record,
    Subscript,
    Unknown,
)
from doctown.ingest.syntax import tree
from doctown.ingest.words import named, text_of

_DEEPEST = 40
_MOST = 24
_PLAIN: Mapping[str, str] = {"string": "String", "number": "Number", "boolean": "Boolean", "bigint": "BigInt"}
_TRANSPARENT = frozenset({"Partial", "Required", "Readonly", "NonNullable", "Pick", "Omit", "Extract", "Exclude"})
"""Types of types whose members are those of what they are given first."""


def type_of(node: Node | None, depth: int = 0) -> Expression:
    """What the type `node` is."""
    if node is None or depth > _DEEPEST:
        return Unknown()
    inner = depth + 1
    parts = named(node)
    match node.type:
        case "type_identifier" | "identifier":
            return Name(text_of(node))
        case "nested_type_identifier" | "nested_identifier" | "member_expression":
            return Member(type_of(parts[0], inner), text_of(parts[-1])) if len(parts) > 1 else Unknown()
        case "call_expression":
            return Name(import_name(node))
        case "predefined_type":
            return Name(_PLAIN[text_of(node)]) if text_of(node) in _PLAIN else Unknown()
        case "this_type":
            return Itself(Name("this"))
        case "generic_type":
            return _generic(node, inner)
        case "array_type":
            return Collection("list", (type_of(parts[0], inner),)) if parts else Unknown()
        case "tuple_type":
            return Collection("tuple", tuple(type_of(_within_tuple(one), inner) for one in parts[:_MOST]))
        case "union_type" | "intersection_type":
            return Either(tuple(type_of(one, inner) for one in parts[:_MOST]))
        case "function_type":
            return Callable(returns_of(node, inner))
        case "constructor_type":
            return Callable(type_of(node.child_by_field_name("type"), inner))
        case "object_type":
            return Record(tuple(_members_of(parts, inner)))
        case "type_query":
            return Itself(value_of(parts[0], inner)) if parts else Unknown()
        case "lookup_type" if len(parts) > 1:
            return _looked_up(parts[0], parts[1], inner)
        case "literal_type" | "template_literal_type":
            return _literal(parts)
        case "type_annotation" | "parenthesized_type" | "readonly_type" | "optional_type" | "rest_type":
            return type_of(parts[-1] if parts else None, inner)
    return Unknown()


def value_of(node: Node, depth: int = 0) -> Expression:
    """What `typeof` is asked of: a name, or members of it."""
    parts = named(node)
    if node.type == "member_expression" and len(parts) > 1 and depth < _DEEPEST:
        return Member(value_of(parts[0], depth + 1), text_of(parts[-1]))
    return Name(import_name(node)) if node.type == "call_expression" else Name(text_of(node))


def import_name(call: Node) -> str:
    """The name under which the module is bound that `import("x")` or `require("x")` brings."""
    return f"{text_of(call.child_by_field_name('function'))}({specifier_in(call)})"


def specifier_in(call: Node) -> str:
    """The module that a call of `require` or `import` names, or an import takes from; empty where it is no string."""
    given = call.child_by_field_name("source") or next(iter(named(call.child_by_field_name("arguments"))), None)
    return text_of(given)[1:-1] if given is not None and given.type == "string" else ""


def _generic(node: Node, depth: int) -> Expression:
    arguments = named(node.child_by_field_name("type_arguments"))[:_MOST]
    of = node.child_by_field_name("name") or next(iter(named(node)), None)
    name = text_of(of)
    types = tuple(type_of(one, depth) for one in arguments)  # each once: they lie within each other
    given = types[0] if types else Unknown()
    if name in _TRANSPARENT:
        return given
    if name == "ReturnType" and isinstance(given, Itself):
        return Itself(Called(given.of))
    if name == "InstanceType" and isinstance(given, Itself):
        return Itself(Made(given.of))
    if name == "Awaited":
        return Itself(Awaited(Annotated(given)))
    return Subscript(type_of(of, depth), types)


def with_arguments(of: Expression, node: Node, depth: int = 0) -> Expression:
    """`of` with the type arguments that stand in `node`, if it has some."""
    arguments = named(node.child_by_field_name("type_arguments"))[:_MOST]
    return Subscript(of, tuple(type_of(one, depth) for one in arguments)) if arguments else of


def _looked_up(of: Node, key: Node, depth: int) -> Expression:
    whole = Annotated(type_of(of, depth))
    inside = next(iter(named(key)), key)
    if inside.type == "string":
        return Itself(Member(whole, text_of(inside)[1:-1]))
    if inside.type == "number" and text_of(inside).isdigit():
        return Itself(Part(whole, int(text_of(inside)[:4]), True))
    return Itself(Element(whole)) if text_of(key) == "number" else Unknown()


def _literal(parts: list[Node]) -> Expression:
    kinds = {"string": "String", "number": "Number", "true": "Boolean", "false": "Boolean"}
    kind = kinds.get(parts[0].type) if parts else "String"
    return Name(kind) if kind else Unknown()


def _within_tuple(part: Node) -> Node:
    return part.child_by_field_name("type") or part


def _members_of(parts: list[Node], depth: int) -> "list[tuple[str, Expression]]":
    found: list[tuple[str, Expression]] = []
    for one in parts[:_MOST]:
        name = text_of(one.child_by_field_name("name"))
        if one.type == "property_signature":
            found.append((name, type_of(one.child_by_field_name("type"), depth)))
        elif one.type == "method_signature":
            found.append((name, Callable(returns_of(one, depth))))
    return found


def returns_of(function: Node, depth: int = 0) -> Expression | None:
    """The declared type of what a function gives; None where none is."""
    of_type = function.child_by_field_name("return_type")
    if of_type is None:
        return None
    if of_type.type in ("type_predicate_annotation", "asserts_annotation", "type_predicate", "asserts"):
        return Name("Boolean")
    return type_of(of_type, depth)


# JSDoc

_TAG = re.compile(r"@(param|arg|argument|returns?|type)\b\s*\{")
_AFTER = re.compile(r"\s*\[?([\w$.]+)")
_MOST_TAGS = 50
_LONGEST = 300


class Documented:
    """The types in a JSDoc comment."""

    def __init__(self, comment: str) -> None:
        self.parameters: dict[str, Expression] = {}
        self.returns: Expression | None = None
        self.type: Expression | None = None
        for number, found in enumerate(_TAG.finditer(comment)):
            if number >= _MOST_TAGS or (text := _braced(comment, found.end())) is None:
                break
            of_type = _of_text(text)
            if found[1].startswith("return"):
                self.returns = of_type
            elif found[1] == "type":
                self.type = of_type
            elif name := _AFTER.match(comment, found.end() + len(text) + 1):
                self.parameters[name[1]] = of_type


def _braced(comment: str, start: int) -> str | None:
    """What stands from there on until the bracket is closed."""
    depth = 1
    for at in range(start, min(len(comment), start + _LONGEST)):
        depth += {"{": 1, "}": -1}.get(comment[at], 0)
        if depth == 0:
            return comment[start:at]
    return None


def _of_text(text: str) -> Expression:
    """The type that a text says; what is JSDoc's own way of saying it is said in TypeScript's before."""
    plain = re.sub(r"\n\s*\*", " ", text).strip().removeprefix("...").strip("?!= ")
    plain = re.sub(r"\b(Array|Object|Promise|Map|Set)\.<", r"\1<", plain)
    plain = re.sub(r"\bObject<([^<>]*,)", r"Record<\1", plain)
    root = tree("typescript", f"let _: {plain}".encode())
    if root.has_error:
        return Unknown()
    declaration = next(iter(named(next(iter(named(root)), None))), None)
    return Unknown() if declaration is None else type_of(declaration.child_by_field_name("type"))
