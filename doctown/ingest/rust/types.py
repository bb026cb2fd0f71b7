"""A Rust type or path, summed up as far as resolution can follow it. What goes deeper than that is unknown.

A reference to something is taken as the thing itself: Rust does so wherever a member is named. What a path starts with
is a name of its own: `crate`, `self::`, `super::super`, `::name`, `module::`.
"""

from tree_sitter import Node

from doctown.ingest.facts import Callable, Collection, Either, Expression, Member, Name, Subscript, Unknown
from doctown.ingest.words import named, text_of

DEEPEST = 40
_MOST = 16
_THROUGH = frozenset(
    {"reference_type", "pointer_type", "bracketed_type", "parenthesized_type", "abstract_type", "dynamic_type"}
)
"""Types that are as another one, as far as members go: its only child but for lifetimes and the like."""
_NO_TYPES = frozenset({"lifetime", "mutable_specifier", "visibility_modifier", "removed_trait_bound", "use_bounds"})


def type_of(node: Node | None, depth: int = 0) -> Expression:
    """What the type `node` is."""
    if node is None or depth > DEEPEST:
        return Unknown()
    inner = depth + 1
    match node.type:
        case "type_identifier" | "primitive_type" | "identifier" | "crate" | "super" | "self" | "metavariable":
            return Name(text_of(node))
        case "scoped_type_identifier" | "scoped_identifier":
            return path_of(node, inner)
        case "generic_type" | "generic_type_with_turbofish":
            of = type_of(node.child_by_field_name("type"), inner)
            return Subscript(of, _arguments_of(node.child_by_field_name("type_arguments"), inner))
        case "tuple_type":
            return Collection("tuple", tuple(type_of(one, inner) for one in named(node)[:_MOST]))
        case "array_type":
            return Collection("list", (type_of(node.child_by_field_name("element"), inner),))
        case "function_type":
            result = node.child_by_field_name("return_type")
            return Callable(None if result is None else type_of(result, inner))
        case "qualified_type" | "higher_ranked_trait_bound":
            return type_of(node.child_by_field_name("type"), inner)
        case "bounded_type" | "trait_bounds":
            parts = tuple(type_of(one, inner) for one in _types_in(node)[:_MOST])
            return parts[0] if len(parts) == 1 else Either(parts)
    return type_of(next(iter(_types_in(node)), None), inner) if node.type in _THROUGH else Unknown()


def _types_in(node: Node) -> list[Node]:
    return [one for one in named(node) if one.type not in _NO_TYPES]


def _arguments_of(node: Node | None, depth: int) -> tuple[Expression, ...]:
    """Type arguments, without lifetimes; of `Item = T` the `T`."""
    found = [one.child_by_field_name("type") if one.type == "type_binding" else one for one in named(node)]
    return tuple(type_of(one, depth) for one in found if one is not None and one.type != "lifetime")[:_MOST]


def path_of(node: Node | None, depth: int = 0) -> Expression:
    """What the path `node` is: the members of something, one after the other."""
    if node is None or depth > DEEPEST:
        return Unknown()
    if node.type in ("scoped_identifier", "scoped_type_identifier"):
        path, name = node.child_by_field_name("path"), text_of(node.child_by_field_name("name"))
        if path is None:
            return Name(f"::{name}")
        of = _head_of(path) or path_of(path, depth + 1)
        if name == "super" and isinstance(of, Name):
            return Name("super" if of.name == "self::" else f"{of.name}::super")
        return Member(of, name)
    if node.type == "self":
        return Name("self::")
    return type_of(node, depth + 1)


def _head_of(path: Node) -> Expression | None:
    """What a path starts with, if that is a small word: no local name is meant, though there may be one."""
    word = text_of(path) if path.type == "identifier" else ""
    return Name(f"{word}::") if word[:1].islower() else None


def base_of(of: Expression) -> Expression:
    """A type without its arguments."""
    while isinstance(of, Subscript):
        of = of.of
    return of


def replaced(of: Expression, name: str, by: Expression) -> Expression:
    """The type with the bare name replaced, where it stands by itself or as an argument."""
    match of:
        case Name(called) if called == name:
            return by
        case Subscript(whole, arguments):
            return Subscript(replaced(whole, name, by), tuple(replaced(one, name, by) for one in arguments))
        case Collection(kind, parts):
            return Collection(kind, tuple(replaced(one, name, by) for one in parts))
        case Either(parts):
            return Either(tuple(replaced(one, name, by) for one in parts))
    return of
