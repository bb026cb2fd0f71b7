"""What a Python file defines: modules, classes, functions, lambdas, and the words that describe them."""

import ast
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from tree_sitter import Node

from doctown.ingest.facts import Definition, Expression
from doctown.ingest.python.expressions import annotation_of, expression_of, named, text_of
from doctown.ingest.words import one_line, place_of

_ENUMS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "ReprEnum"})

CLASSES = frozenset({"class", "enum", "interface"})
"""The kinds of definitions that are classes."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The node of a definition that has names of its own, and the bytes in which those hold."""

    node: Node
    body: tuple[int, int]


@lru_cache(maxsize=8)  # asked for every definition of a file
def is_test_file(path: str) -> bool:
    """Whether the file holds tests, by its name and folder."""
    *folders, name = path.split("/")
    stem, _, ending = name.rpartition(".")
    if ending not in ("py", "pyi"):
        return False
    by_name = stem.startswith("test_") or stem.endswith("_test") or stem == "conftest"
    return by_name or not {"test", "tests"}.isdisjoint(folders)


def span_of(node: Node) -> Node:
    """The node of a class or function with its decorators."""
    around = node.parent
    return around if around is not None and around.type == "decorated_definition" else node


def decorators_of(node: Node) -> tuple[Expression, ...]:
    """What stands after each `@`, the topmost first."""
    around = span_of(node)
    if around is node:
        return ()
    return tuple(expression_of(next(iter(named(one)), None)) for one in named(around) if one.type == "decorator")


def last_names(decorators: Iterable[Expression]) -> set[str]:
    """The last name of each decorator, called or not."""
    return {str(getattr(one, "name", getattr(getattr(one, "callee", None), "name", ""))) for one in decorators}


def bases_of(node: Node) -> list[Node]:
    """The nodes of a class's bases, without keywords such as `metaclass=`."""
    inside = node.child_by_field_name("superclasses")
    plain = [] if inside is None else named(inside)
    return [base for base in plain if base.type not in ("keyword_argument", "list_splat", "dictionary_splat")]


def base_expression(node: Node) -> Expression:
    """What a base is, without its type arguments."""
    if node.type == "subscript":
        return expression_of(next(iter(named(node)), None))
    return expression_of(node)


def class_of(node: Node, parent: int, path: str, data: bytes) -> Definition:
    """The definition of a class."""
    name = text_of(node.child_by_field_name("name") or node)
    bases = bases_of(node)
    of_bases = {re.split(r"[\[(]", text_of(base), maxsplit=1)[0].rpartition(".")[2] for base in bases}
    kind = "enum" if of_bases & _ENUMS else "interface" if "Protocol" in of_bases else "class"
    return Definition(
        kind=kind,
        name=name,
        parent=parent,
        **place_of(span_of(node)),
        signature=_signature(node, data),
        doc=docstring_of(node.child_by_field_name("body")),
        roles=("test",) if is_test_file(path) and name.startswith("Test") else (),
        decorators=decorators_of(node),
        bases=tuple(base_expression(base) for base in bases),
    )


def function_of(node: Node, parent: int, in_class: bool, path: str, data: bytes) -> Definition:
    """The definition of a function, method or constructor."""
    name = text_of(node.child_by_field_name("name") or node)
    kind = ("constructor" if name == "__init__" else "method") if in_class else "function"
    returns = node.child_by_field_name("return_type")
    return Definition(
        kind=kind,
        name=name,
        parent=parent,
        **place_of(span_of(node)),
        signature=_signature(node, data),
        doc=docstring_of(node.child_by_field_name("body")),
        roles=("test",) if is_test_file(path) and name.startswith("test") else (),
        decorators=decorators_of(node),
        returns=annotation_of(returns) if returns is not None else None,
    )


def lambda_of(node: Node, parent: int, number: int, data: bytes) -> Definition:
    """The definition of the `number`-th anonymous function of what encloses it."""
    body = node.child_by_field_name("body")
    end = body.start_byte if body else node.end_byte
    return Definition(
        kind="function",
        name=f"<lambda{number}>",
        parent=parent,
        **place_of(node),
        signature=one_line(data, node.start_byte, end),
        returned=(expression_of(body),),
    )


def variable_of(kind: str, name: str, parent: int, statement: Node, data: bytes) -> Definition:
    """The definition of a constant, variable, field or type by the statement that first assigns it."""
    signature = one_line(data, statement.start_byte, statement.end_byte, 200)
    return Definition(kind=kind, name=name, parent=parent, **place_of(statement), signature=signature)


def scope_of(node: Node) -> Scope:
    """The scope that a class, function or lambda opens."""
    body = node.child_by_field_name("body") or node
    return Scope(node, (body.start_byte, node.end_byte))


def docstring_of(body: Node | None) -> str:
    """The documentation that a module, class or function opens with, its indentation removed."""
    first = next(iter(named(body)), None) if body is not None else None
    if first is None or first.type != "expression_statement":
        return ""
    string = next(iter(named(first)), None)
    if string is None or string.type not in ("string", "concatenated_string"):
        return ""
    try:
        with warnings.catch_warnings(action="ignore"):  # of an escape that is none: not ours to print
            found = ast.literal_eval(text_of(string))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return ""
    return _cleaned(found) if isinstance(found, str) else ""


def _cleaned(text: str) -> str:
    """As `inspect.cleandoc` does it."""
    first, *rest = text.expandtabs().splitlines() or [""]
    margin = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=0)
    lines = [first.strip(), *(line[margin:].rstrip() for line in rest)]
    return "\n".join(lines).strip("\n")


def _signature(node: Node, data: bytes) -> str:
    """The text from `class`, `def` or `async def` to before the colon, in one line."""
    body = node.child_by_field_name("body")
    colon = max((child.start_byte for child in node.children if child.type == ":"), default=node.end_byte)
    return one_line(data, node.start_byte, min(colon, body.start_byte if body else node.end_byte))
