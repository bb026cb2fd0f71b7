"""What a `use` brings: its tree of paths, one by one."""

from collections.abc import Iterator

from tree_sitter import Node

from doctown.ingest.facts import ALL_NAMES, Imported
from doctown.ingest.plain.reader import Import
from doctown.ingest.words import named, text_of

_DEEPEST = 40


def imports_in(use: Node) -> Iterator[Import]:
    """The imports of a `use` declaration."""
    argument = use.child_by_field_name("argument")
    if argument is not None:
        yield from _imports(argument, "", 0)


def _imports(node: Node, before: str, depth: int) -> Iterator[Import]:
    if depth > _DEEPEST:
        return
    match node.type:
        case "use_list":
            for one in named(node):
                yield from _imports(one, before, depth + 1)
        case "scoped_use_list":
            path, inside = node.child_by_field_name("path"), node.child_by_field_name("list")
            if inside is not None:
                yield from _imports(inside, _joined(before, "" if path is None else _words(path)), depth + 1)
        case "use_wildcard":
            path = next(iter(named(node)), None)
            yield Import(node, Imported(_joined(before, "" if path is None else _words(path)), 0), ALL_NAMES)
        case "use_as_clause":
            path, alias = node.child_by_field_name("path"), text_of(node.child_by_field_name("alias"))
            if path is not None:
                yield _import(path, before, None if alias == "_" else alias)
        case _:
            yield _import(node, before, text_of(node).rpartition("::")[2].strip())


def _import(node: Node, before: str, name: str | None) -> Import:
    if text_of(node) == "self" and before:
        return Import(node, Imported(before, 0), before.rpartition("::")[2] if name == "self" else name)
    return Import(node, Imported(_joined(before, _words(node)), 0), name)


def _words(node: Node) -> str:
    return "".join(text_of(node).split())


def _joined(before: str, path: str) -> str:
    return f"{before}::{path}" if before else path
