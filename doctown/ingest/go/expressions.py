"""A Go expression or type, summed up as far as resolution can follow it. What goes deeper than that is unknown.

A pointer to something is taken as the thing itself: Go does so wherever a member is named.
"""

from collections.abc import Sequence

from tree_sitter import Node

from doctown.ingest.facts import (
    Annotated,
    Anonymous,
    Callable,
    Called,
    Collection,
    Either,
    Element,
    Expression,
    Member,
    Name,
    Record,
    Subscript,
    Unknown,
    Value,
)
from doctown.ingest.words import named, text_of

_DEEPEST = 40
_MOST = 16
_LITERALS = {
    "interpreted_string_literal": "builtin.string",
    "raw_string_literal": "builtin.string",
    "int_literal": "builtin.int",
    "float_literal": "builtin.float64",
    "imaginary_literal": "builtin.complex128",
    "rune_literal": "builtin.rune",
    "true": "builtin.bool",
    "false": "builtin.bool",
    "iota": "builtin.int",
}
_OF_BOOL = frozenset({"==", "!=", "<", "<=", ">", ">=", "&&", "||"})


def expression_of(node: Node | None, depth: int = 0) -> Expression:
    """What the expression `node` is."""
    if node is None or depth > _DEEPEST:
        return Unknown()
    inner = depth + 1
    match node.type:
        case "identifier" | "type_identifier" | "package_identifier" | "field_identifier":
            return Name(text_of(node))
        case "selector_expression":
            of = expression_of(node.child_by_field_name("operand"), inner)
            return Member(of, text_of(node.child_by_field_name("field")))
        case "call_expression":
            return _call_of(node, inner)
        case "type_conversion_expression":
            return Called(type_of(node.child_by_field_name("type"), inner))
        case "composite_literal":
            return Annotated(type_of(node.child_by_field_name("type"), inner))
        case "type_assertion_expression":
            return Annotated(type_of(node.child_by_field_name("type"), inner))
        case "parenthesized_expression":
            return expression_of(next(iter(named(node)), None), inner)
        case "unary_expression":
            operand, operator = node.child_by_field_name("operand"), text_of(node.child_by_field_name("operator"))
            whole = expression_of(operand, inner)
            return Value("builtin.bool") if operator == "!" else Element(whole) if operator == "<-" else whole
        case "binary_expression":
            is_bool = text_of(node.child_by_field_name("operator")) in _OF_BOOL
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if is_bool or left is None or right is None:
                return Value("builtin.bool")
            return expression_of(right if left.type in _LITERALS else left, inner)
        case "index_expression":
            index = node.child_by_field_name("index")
            argument = type_of(index, inner) if index is not None else Unknown()
            return Subscript(expression_of(node.child_by_field_name("operand"), inner), (argument,))
        case "slice_expression":
            return expression_of(node.child_by_field_name("operand"), inner)
        case "func_literal":
            return Anonymous(node.start_byte)
    if node.type in _LITERALS:
        return Value(_LITERALS[node.type])
    return type_of(node, inner) if node.type.endswith("_type") else Unknown()


def _call_of(node: Node, depth: int) -> Expression:
    """What a call gives; of the functions that the language has itself, by what they are given."""
    function, given = node.child_by_field_name("function"), named(node.child_by_field_name("arguments"))
    if function is not None and function.type == "identifier" and given:
        match text_of(function):
            case "new" | "make":
                return Annotated(type_of(given[0], depth))
            case "append" | "min" | "max":
                return expression_of(given[0], depth)
            case "len" | "cap" | "copy":
                return Value("builtin.int")
            case "recover":
                return Value("builtin.any")
    return Called(expression_of(function, depth))


def type_of(node: Node | None, depth: int = 0) -> Expression:
    """What the type `node` is."""
    if node is None or depth > _DEEPEST:
        return Unknown()
    inner = depth + 1
    match node.type:
        case "type_identifier" | "identifier" | "package_identifier":
            return Name(text_of(node))
        case "qualified_type":
            return Member(Name(text_of(node.child_by_field_name("package"))), text_of(node.child_by_field_name("name")))
        case "selector_expression":
            return expression_of(node, inner)
        case "generic_type":
            arguments = named(node.child_by_field_name("type_arguments"))[:_MOST]
            of = type_of(node.child_by_field_name("type"), inner)
            return Subscript(of, tuple(type_of(one, inner) for one in arguments))
        case "pointer_type" | "parenthesized_type" | "parenthesized_expression" | "unary_expression":
            return type_of(next(iter(named(node)), None), inner)
        case "slice_type" | "array_type" | "implicit_length_array_type":
            return Collection("list", (type_of(node.child_by_field_name("element"), inner),))
        case "map_type":
            key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
            return Collection("map", (type_of(key, inner), type_of(value, inner)))
        case "channel_type":
            element = type_of(node.child_by_field_name("value"), inner)
            return Collection("channel", (element, element))
        case "function_type":
            return Callable(results_of(node, inner))
        case "struct_type":
            return Record(tuple(_members_of(node, inner)))
        case "type_elem" | "type_constraint":
            parts = named(node)[:_MOST]
            return type_of(parts[0], inner) if len(parts) == 1 else Either(tuple(type_of(one, inner) for one in parts))
    return Unknown()


def _members_of(struct: Node, depth: int) -> Sequence[tuple[str, Expression]]:
    fields = [one for group in named(struct)[:1] for one in named(group) if one.type == "field_declaration"]
    found: list[tuple[str, Expression]] = []
    for field in fields:
        of_type = type_of(field.child_by_field_name("type"), depth)
        names = [text_of(name) for name in field.children_by_field_name("name")]
        found += [(name, of_type) for name in names or [last_name(of_type)]]
    return found


def results_of(function: Node, depth: int = 0) -> Expression | None:
    """The type of what a function gives: of several values a collection of them; None where it gives nothing."""
    result = function.child_by_field_name("result")
    if result is None:
        return None
    if result.type != "parameter_list":
        return type_of(result, depth)
    types: list[Expression] = []
    for one in named(result):
        number = max(1, len(one.children_by_field_name("name")))
        types += [type_of(one.child_by_field_name("type"), depth)] * number
    return types[0] if len(types) == 1 else Collection("tuple", tuple(types[:_MOST]))


def last_name(of: Expression) -> str:
    """The name by which an embedded type is a field."""
    while isinstance(of, Subscript):
        of = of.of
    return of.name if isinstance(of, Name | Member) else ""
