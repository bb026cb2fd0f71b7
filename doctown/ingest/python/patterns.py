"""How single pieces of a Python statement are read: parameters, patterns of a `match`, lists of strings, guards."""

from collections.abc import Iterator

from tree_sitter import Node

from doctown.ingest.facts import Annotated, Collection, Either, Expression, Unknown, Value
from doctown.ingest.python.expressions import annotation_of, expression_of, named, text_of

_TYPE_MAKERS = frozenset({"TypeVar", "NewType", "ParamSpec", "TypeVarTuple", "TypeAliasType"})
_DEEPEST_PATTERN = 12


def parameter_of(node: Node) -> tuple[Node | None, Expression]:
    """The name of a parameter, and what it stands for."""
    kind = node.type
    if kind == "identifier":
        return node, Unknown()
    of_type = node.child_by_field_name("type")
    name = node.child_by_field_name("name") or next(iter(named(node)), None)
    if kind in ("list_splat_pattern", "dictionary_splat_pattern"):
        return name, Value("builtins.dict" if kind.startswith("dict") else "builtins.tuple")
    if kind == "typed_parameter" and name is not None and name.type.endswith("splat_pattern"):
        kind_of = "builtins.dict" if name.type.startswith("dict") else "builtins.tuple"
        inner = next(iter(named(name)), None)
        return inner, Collection(kind_of, (Annotated(annotation_of(of_type)),))
    if of_type is not None:
        return name, Annotated(annotation_of(of_type))
    if kind == "default_parameter":
        default = expression_of(node.child_by_field_name("value"))
        return name, default if not isinstance(default, Value) else Unknown()
    return None, Unknown()


def makes_type(right: Node | None) -> bool:
    """Whether what is assigned is a type of one's own making, such as `TypeVar("T")`."""
    callee = right.child_by_field_name("function") if right is not None and right.type == "call" else None
    return callee is not None and text_of(callee).rpartition(".")[2] in _TYPE_MAKERS


def strings_of(node: Node | None) -> tuple[str, ...] | None:
    """The strings of a list or tuple that is written out; None for anything else."""
    if node is None or node.type not in ("list", "tuple"):
        return None
    strings = [part for part in named(node) if part.type == "string"]
    return tuple(
        "".join(text_of(part) for part in string.children if part.type == "string_content") for string in strings
    )


def captured(clause: Node) -> Iterator[tuple[Node, Expression]]:
    """The names that a `case` gives a value."""
    waiting = [child for child in named(clause) if child.type == "case_pattern"]
    while waiting:
        node = waiting.pop()
        inside = named(node)
        if node.type == "case_pattern" and len(inside) == 1 and inside[0].type == "dotted_name":
            if "." not in text_of(inside[0]):
                yield inside[0], Unknown()
        elif node.type == "splat_pattern" and inside:
            yield inside[-1], Unknown()
        elif node.type == "class_pattern":
            waiting += inside[1:]
        elif node.type == "keyword_pattern":
            waiting += [part for part in inside[1:] if part.type != "identifier"]
            yield from ((part, Unknown()) for part in inside[1:] if part.type == "dotted_name")
        elif node.type == "as_pattern" and len(inside) > 1:
            yield inside[-1], _matched(inside[0])
            waiting.append(inside[0])
        else:
            waiting += inside


def _matched(pattern: Node, depth: int = 0) -> Expression:
    """What a value is that matched the pattern."""
    if depth > _DEEPEST_PATTERN:
        return Unknown()
    if pattern.type == "case_pattern" and len(named(pattern)) == 1:
        return _matched(named(pattern)[0], depth + 1)
    if pattern.type == "class_pattern":
        return Annotated(expression_of(named(pattern)[0]))
    if pattern.type == "union_pattern":
        return Either(tuple(_matched(part, depth + 1) for part in named(pattern)[:8]))
    return Unknown()


def is_main_guard(statement: Node) -> bool:
    """Whether the statement is `if __name__ == "__main__":`."""
    condition = statement.child_by_field_name("condition")
    text = text_of(condition) if condition is not None else ""
    return statement.type == "if_statement" and "__name__" in text and "__main__" in text
