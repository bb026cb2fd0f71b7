"""A Rust expression, summed up as far as resolution can follow it. What goes deeper than that is unknown."""

from collections.abc import Mapping, Sequence

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
    Member,
    Name,
    Subscript,
    Unknown,
    Value,
)
from doctown.ingest.rust.types import DEEPEST, path_of, type_of
from doctown.ingest.words import named, text_of

_MOST = 16
_LITERALS = {
    "string_literal": "std.str",
    "raw_string_literal": "std.str",
    "char_literal": "std.char",
    "boolean_literal": "std.bool",
    "integer_literal": "std.i32",
    "float_literal": "std.f64",
}
_OF_BOOL = frozenset({"==", "!=", "<", "<=", ">", ">=", "&&", "||"})
_THROUGH = frozenset(
    {"parenthesized_expression", "unary_expression", "reference_expression", "unsafe_block"}
    | {"async_block", "const_block", "expression_statement", "else_clause", "let_chain"}
)
"""Expressions that are as the last one within them, as far as members go."""
MOST_GIVEN = 3
_TEXTS = {"format": "std.string.String", "stringify": "std.str", "concat": "std.str", "env": "std.str"}


class Expressions:
    """Sums up expressions; `read` has what could be read of macros, by where they start: what they are given."""

    def __init__(self, read: Mapping[int, Sequence[Node]]) -> None:
        self._read = read

    def of(self, node: Node | None, depth: int = 0) -> Expression:
        """What the expression `node` is."""
        if node is None or depth > DEEPEST:
            return Unknown()
        inner = depth + 1
        match node.type:
            case "identifier" | "self" | "metavariable":
                return Name(text_of(node))
            case "scoped_identifier":
                return path_of(node, inner)
            case "field_expression":
                of = self.of(node.child_by_field_name("value"), inner)
                return Member(of, text_of(node.child_by_field_name("field")))
            case "generic_function":
                return self.of(node.child_by_field_name("function"), inner)
            case "call_expression":
                return self._call(node, inner)
            case "await_expression":
                return Awaited(self.of(next(iter(named(node)), None), inner))
            case "try_expression":
                return Element(self.of(next(iter(named(node)), None), inner))
            case "index_expression":
                whole, *index = named(node)
                of = self.of(whole, inner)
                return of if index and index[0].type == "range_expression" else Subscript(of, (Unknown(),))
            case "struct_expression":
                return _made(node.child_by_field_name("name"), inner)
            case "type_cast_expression":
                return Annotated(type_of(node.child_by_field_name("type"), inner))
            case "tuple_expression":
                return Collection("tuple", self._all(named(node), inner))
            case "array_expression":
                return Collection("list", self._all(named(node)[:1], inner))
            case "closure_expression":
                return Anonymous(node.start_byte)
            case "binary_expression":
                is_bool = text_of(node.child_by_field_name("operator")) in _OF_BOOL
                return Value("std.bool") if is_bool else self.of(node.child_by_field_name("left"), inner)
            case "macro_invocation":
                return self._macro(node, inner)
        return self._block(node, inner)

    def element_of(self, node: Node | None) -> Expression:
        """What a loop over `node` gives."""
        if node is not None and node.type == "range_expression":
            return Value("std.usize")
        return Element(self.of(node))

    def _block(self, node: Node, depth: int) -> Expression:
        """What is as something within it."""
        match node.type:
            case "block":
                last = named(node)[-1:]
                return self.of(last[0], depth) if last and not text_of(last[0]).endswith(";") else Unknown()
            case "if_expression":
                branches = [node.child_by_field_name("consequence"), node.child_by_field_name("alternative")]
                return Either(self._all([one for one in branches if one is not None], depth))
            case "match_expression":
                arms = [one for one in named(node.child_by_field_name("body")) if one.type == "match_arm"]
                values = [one.child_by_field_name("value") for one in arms[:_MOST]]
                return Either(self._all([one for one in values if one is not None], depth))
        if node.type in _LITERALS:
            return Value(_LITERALS[node.type])
        return self.of(next(reversed(named(node)), None), depth) if node.type in _THROUGH else Unknown()

    def _all(self, nodes: Sequence[Node], depth: int) -> tuple[Expression, ...]:
        return tuple(self.of(one, depth) for one in nodes[:_MOST])

    def _call(self, node: Node, depth: int) -> Expression:
        """What a call gives, with what it is given."""
        given = named(node.child_by_field_name("arguments"))[:MOST_GIVEN]
        callee = self.of(node.child_by_field_name("function"), depth)
        return Called(callee, self._all(given, depth))

    def _macro(self, node: Node, depth: int) -> Expression:
        name = text_of(node.child_by_field_name("macro")).rpartition("::")[2]
        if name == "vec":
            return Collection("list", self._all(self._read.get(node.start_byte, ())[:1], depth))
        return Value(_TEXTS[name]) if name in _TEXTS else Unknown()


def _made(name: Node | None, depth: int) -> Expression:
    """What `T { ... }` makes: a `T`, or what the variant `T` is one of."""
    made = Annotated(type_of(name, depth))
    if name is None or name.type != "scoped_type_identifier":
        return made
    return Either((made, path_of(name, depth)))
