"""The names that a Rust pattern brings, each with what it stands for."""

from collections.abc import Iterator

from tree_sitter import Node

from doctown.ingest.facts import Annotated, Either, Element, Expression, Key, Member, Name, Part
from doctown.ingest.rust.types import DEEPEST, base_of, path_of, type_of
from doctown.ingest.words import named, text_of

_MOST = 64
_THROUGH = frozenset({"ref_pattern", "mut_pattern", "reference_pattern", "match_pattern", "captured_pattern"})
_HOLDERS = frozenset({"Some", "Ok"})


def names_in(pattern: Node | None, value: Expression, depth: int = 0) -> Iterator[tuple[Node, Expression]]:
    """The names in `pattern`, where it is matched with `value`."""
    if pattern is None or depth > DEEPEST:
        return
    inner = depth + 1
    match pattern.type:
        case "identifier" | "shorthand_field_identifier" | "field_identifier":
            yield pattern, value
        case "tuple_pattern":
            for index, part in enumerate(named(pattern)[:_MOST]):
                yield from names_in(part, Part(value, index), inner)
        case "slice_pattern":
            for part in named(pattern)[:_MOST]:
                yield from names_in(part, Element(value), inner)
        case "tuple_struct_pattern":
            yield from _in_tuple_struct(pattern, value, inner)
        case "struct_pattern":
            of = pattern.child_by_field_name("type")
            for field in named(pattern)[1 : _MOST + 1]:
                name = field.child_by_field_name("name")
                held = _field_of(of, text_of(name), value)
                yield from names_in(field.child_by_field_name("pattern") or name, held, inner)
        case "or_pattern":
            for part in named(pattern)[:2]:
                yield from names_in(part, value, inner)
        case "parameter":
            yield from names_in(pattern.child_by_field_name("pattern"), value, inner)
    if pattern.type in _THROUGH:
        for part in named(pattern)[: 2 if pattern.type == "captured_pattern" else 1]:
            yield from names_in(_inside(part, pattern), value, inner)


def _inside(part: Node, pattern: Node) -> Node | None:
    """`mut` and the like are children too."""
    if part.type != "mutable_specifier":
        return part
    return next((one for one in named(pattern) if one.type != "mutable_specifier"), None)


def _in_tuple_struct(pattern: Node, value: Expression, depth: int) -> Iterator[tuple[Node, Expression]]:
    of = pattern.child_by_field_name("type")
    name = text_of(of)
    for index, part in enumerate(named(pattern)[1 : _MOST + 1]):
        if name in _HOLDERS:
            held: Expression = Either((Element(value), Member(value, f"{name}.{index}")))
        elif name == "Err":
            held = Key(value)
        else:
            held = _field_of(of, str(index), value)
        yield from names_in(part, held, depth)


def _field_of(of: Node | None, field: str, value: Expression) -> Expression:
    """The field of a struct or of a variant, by what is matched and by what the pattern says."""
    path = base_of(path_of(of) if of is not None and of.type.startswith("scoped") else type_of(of))
    last = path.name if isinstance(path, Name | Member) else ""
    of_variant = f"{last}.{field}"
    said: Expression = Member(path.of, of_variant) if isinstance(path, Member) else Name(of_variant)
    return Either((Member(value, of_variant), said, Member(Annotated(path), field)))
