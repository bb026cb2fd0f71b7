"""A JavaScript or TypeScript expression, summed up as far as resolution can follow it."""

from collections.abc import Iterator, Mapping, Sequence

from tree_sitter import Node

from doctown.ingest.facts import (
    Annotated,
    Anonymous,
    Awaited,
    Called,
    Collection,
    Either,
    Element,
    Expression,
    Made,
    Member,
    Name,
    Part,
    Record,
    Unknown,
    Value,
)
from doctown.ingest.javascript.types import import_name, specifier_in, type_of, with_arguments
from doctown.ingest.words import named, text_of

_DEEPEST = 40
_MOST = 16
_MOST_MEMBERS = 64
FUNCTIONS = frozenset({"arrow_function", "function_expression", "generator_function"})
"""Functions that are values."""
_LITERALS: Mapping[str, str] = {
    "string": "String",
    "template_string": "String",
    "number": "Number",
    "regex": "RegExp",
    "true": "Boolean",
    "false": "Boolean",
}
_SAME = ("Object.freeze", "Object.seal")
"""Functions that give what they are given."""
_OF_BOOL = frozenset(["==", "!=", "===", "!==", "<", "<=", ">", ">=", "in", "instanceof"])
_MAPPED = frozenset({"map", "flatMap"})


def unwrapped(node: Node | None) -> Node | None:
    """The expression without what changes nothing about which value it is."""
    for _ in range(_MOST):
        if node is None:
            return None
        if node.type == "assignment_expression":
            node = node.child_by_field_name("right")
        elif node.type == "call_expression" and text_of(node.child_by_field_name("function"))[:20] in _SAME:
            node = next(iter(named(node.child_by_field_name("arguments"))), None)
        elif node.type in ("parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression"):
            node = next(iter(named(node)), None)
        else:
            return node
    return node


def expression_of(node: Node | None, depth: int = 0) -> Expression:
    """What the expression `node` is."""
    if node is None or depth > _DEEPEST:
        return Unknown()
    inner = depth + 1
    match node.type:
        case "identifier" | "this" | "super" | "type_identifier" | "shorthand_property_identifier":
            return Unknown() if (name := text_of(node)) == "undefined" else Name(name)
        case "member_expression" | "nested_identifier":
            of, last = node.child_by_field_name("object"), node.child_by_field_name("property")
            return Member(expression_of(of, inner), text_of(last))
        case "subscript_expression":
            return _subscript(node, inner)
        case "call_expression":
            return _call(node, inner)
        case "new_expression":
            return made_by(node, inner)
        case "await_expression":
            return Awaited(expression_of(next(iter(named(node)), None), inner))
        case "parenthesized_expression" | "non_null_expression" | "satisfies_expression":
            return expression_of(next(iter(named(node)), None), inner)
        case "sequence_expression":
            return expression_of(named(node)[-1], inner)
        case "as_expression":
            parts = named(node)
            return expression_of(parts[0], inner) if len(parts) < 2 else Annotated(type_of(parts[1], inner))
        case "type_assertion":
            return Annotated(type_of(next(iter(named(named(node)[0])), None), inner))
        case "assignment_expression":
            return expression_of(node.child_by_field_name("right"), inner)
        case "ternary_expression":
            arms = (node.child_by_field_name("consequence"), node.child_by_field_name("alternative"))
            return Either(tuple(expression_of(arm, inner) for arm in arms))
        case "binary_expression":
            return _binary(node, inner)
        case "arrow_function" | "function_expression" | "generator_function" | "class":
            return Anonymous(node.start_byte)
        case "object":
            return Record(tuple(members_of(node, inner)))
        case "array":
            parts = named(node)[:_MOST]
            return Collection("list", tuple(_part(one, inner) for one in parts))
        case "unary_expression":
            return Value("Boolean") if text_of(node.child_by_field_name("operator")) == "!" else Unknown()
    return Value(_LITERALS[node.type]) if node.type in _LITERALS else Unknown()


def _part(node: Node, depth: int) -> Expression:
    if node.type == "spread_element":
        return Element(expression_of(next(iter(named(node)), None), depth))
    return expression_of(node, depth)


def _subscript(node: Node, depth: int) -> Expression:
    of, index = expression_of(node.child_by_field_name("object"), depth), node.child_by_field_name("index")
    if index is not None and index.type == "string":
        return Member(of, text_of(index)[1:-1])
    if index is not None and index.type == "number" and text_of(index).isdigit():
        return Part(of, int(text_of(index)[:4]), True)
    return Element(of)


def made_by(node: Node, depth: int = 0) -> Expression:
    """What `new` makes."""
    return Made(with_arguments(expression_of(node.child_by_field_name("constructor"), depth), node, depth))


def _call(node: Node, depth: int) -> Expression:
    """What a call gives; of some functions that the language has itself, by what they are given."""
    function, given = node.child_by_field_name("function"), named(node.child_by_field_name("arguments"))
    if function is None:
        return Unknown()
    if function.type == "import" or (function.type == "identifier" and text_of(function) == "require"):
        return Name(import_name(node)) if specifier_in(node) else Unknown()
    if function.type == "member_expression" and given:
        of, name = function.child_by_field_name("object"), text_of(function.child_by_field_name("property"))
        whole = f"{text_of(of)}.{name}" if of is not None and of.type == "identifier" else ""
        if whole in _SAME:
            return expression_of(given[0], depth)
        if whole in ("Object.values", "Array.from"):
            return Collection("list", (Element(expression_of(given[0], depth)),))
        if whole == "Array.of":
            return Collection("list", tuple(expression_of(one, depth) for one in given[:_MOST]))
        if whole == "Promise.all":
            return _all_of(given[0], depth)
        if whole == "Promise.resolve":
            return Awaited(expression_of(given[0], depth))
        if name in _MAPPED and given[0].type in FUNCTIONS:
            called = Called(expression_of(given[0], depth))
            return Collection("list", (Element(called) if name == "flatMap" else called,))
    return Called(expression_of(function, depth))


def _all_of(given: Node, depth: int) -> Expression:
    if given.type != "array":
        return Collection("list", (Awaited(Element(expression_of(given, depth))),))
    return Collection("tuple", tuple(Awaited(_part(one, depth)) for one in named(given)[:_MOST]))


def _binary(node: Node, depth: int) -> Expression:
    operator = text_of(node.child_by_field_name("operator"))
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if operator in ("||", "??"):
        return Either((expression_of(left, depth), expression_of(right, depth)))
    if operator == "&&":
        return expression_of(right, depth)
    return Value("Boolean") if operator in _OF_BOOL else Unknown()


def members_of(node: Node, depth: int = 0) -> Iterator[tuple[str, Expression]]:
    """The members of an object that is written out, by name. A function starts where its member does."""
    for one in named(node)[:_MOST_MEMBERS]:
        if one.type == "shorthand_property_identifier":
            yield text_of(one), Name(text_of(one))
        elif one.type == "method_definition":
            function = Anonymous(one.start_byte)
            yield key_text(one.child_by_field_name("name")), Called(function) if accessor(one) == "get" else function
        elif one.type == "pair":
            value = one.child_by_field_name("value")
            is_function = value is not None and (held := unwrapped(value)) is not None and held.type in FUNCTIONS
            of = Anonymous(one.start_byte) if is_function else expression_of(value, depth)
            yield key_text(one.child_by_field_name("key")), of


def key_text(node: Node | None) -> str:
    """The name that a key gives; nothing for one that is computed."""
    if node is None or node.type == "computed_property_name":
        return ""
    return text_of(node)[1:-1] if node.type == "string" else text_of(node)


def accessor(method: Node) -> str:
    """`get` or `set`, of a method that is one."""
    return next((child.type for child in method.children if child.type in ("get", "set")), "")


def paired(pattern: Node | None, value: Expression, depth: int = 0) -> Iterator[tuple[Node, Expression]]:
    """The names of a pattern, each with its part of the value."""
    if pattern is None or depth > _DEEPEST:
        return
    inner = depth + 1
    match pattern.type:
        case "identifier" | "shorthand_property_identifier_pattern":
            yield pattern, value
        case "assignment_pattern" | "object_assignment_pattern":
            left, given = pattern.child_by_field_name("left"), pattern.child_by_field_name("right")
            yield from paired(left, _or(value, expression_of(given, inner)), inner)
        case "rest_pattern":
            yield from paired(next(iter(named(pattern)), None), value if depth == 0 else Unknown(), inner)
        case "array_pattern":
            for index, one in _elements(pattern):
                yield from paired(one, Part(value, index, True), inner)
        case "object_pattern":
            for one in named(pattern):
                yield from _paired_member(one, value, inner)


def _paired_member(one: Node, value: Expression, depth: int) -> Iterator[tuple[Node, Expression]]:
    if one.type == "pair_pattern":
        of, name = one.child_by_field_name("value"), key_text(one.child_by_field_name("key"))
        yield from paired(of, Member(value, name) if name else Unknown(), depth)
    elif one.type == "object_assignment_pattern":
        left = one.child_by_field_name("left")
        given = expression_of(one.child_by_field_name("right"), depth)
        yield from paired(left, _or(Member(value, text_of(left)), given), depth)
    elif one.type == "rest_pattern":
        yield from paired(next(iter(named(one)), None), Unknown(), depth)
    else:
        yield from paired(one, Member(value, text_of(one)), depth)


def _or(value: Expression, default: Expression) -> Expression:
    return default if value == Unknown() else value if default == Unknown() else Either((value, default))


def _elements(pattern: Node) -> Sequence[tuple[int, Node]]:
    """The parts of an array pattern with their places: some may be left out."""
    found: list[tuple[int, Node]] = []
    index = 0
    for child in pattern.children:
        if child.type == ",":
            index += 1
        elif child.is_named and not child.type.endswith("comment"):
            found.append((index, child))
    return found
