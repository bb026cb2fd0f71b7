"""Project files, which say how the code around them is named: `go.mod`, `package.json`, `tsconfig.json`, `Cargo.toml`.

One is read alone and as written: what a pattern, a path or an `extends` in it leads to is for the resolver of
the language. What is no proper file of its kind says nothing.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from doctown.ingest.facts import ProjectFile

_MAX_BYTES = 1_000_000
_MAX_ENTRIES = 10_000
_DEEPEST = 8


def project_file_of(path: str, data: bytes) -> ProjectFile | None:
    """The project file at `path`, if it is one by its name and says something."""
    name = path.rpartition("/")[2]
    read = _READERS.get("tsconfig.json" if _TSCONFIG.fullmatch(name) else name)
    if read is None or len(data) > _MAX_BYTES:
        return None
    try:
        entries = tuple(read(data.decode()))[:_MAX_ENTRIES]
    except (ValueError, RecursionError):  # of JSON and TOML; no UTF-8
        return None
    return ProjectFile(path, entries) if entries else None


def _json(text: str) -> Iterator[tuple[str, str]]:
    yield from _flat("", json.loads(text), 0)


def _json_with_comments(text: str) -> Iterator[tuple[str, str]]:
    """JSON in which comments and a comma before a closing bracket are allowed."""
    plain = _COMMENT.sub(lambda found: found[0] if found[0].startswith('"') else "", text)
    closed = _LAST_COMMA.sub(lambda found: found[0] if found[0].startswith('"') else found[1], plain)
    yield from _flat("", json.loads(closed), 0)


# What is not closed goes to the end, so that nothing is looked through twice.
_STRING = r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)'
_COMMENT = re.compile(_STRING + r"|//[^\n]*|/\*(?:.*?\*/|.*)", re.DOTALL)
_LAST_COMMA = re.compile(_STRING + r"|,\s*+([}\]])", re.DOTALL)


def _toml(text: str) -> Iterator[tuple[str, str]]:
    yield from _flat("", tomllib.loads(text), 0)


def _flat(key: str, value: Any, depth: int) -> Iterator[tuple[str, str]]:
    """The plain values within `value`: of an object under `key.name`, of a list under `key`, each its own entry."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, bool | int):
        yield key, str(value).lower()
    elif depth < _DEEPEST and isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(f"{key}.{name}" if key else str(name), inner, depth + 1)
    elif depth < _DEEPEST and isinstance(value, list):
        for inner in value:
            yield from _flat(key, inner, depth + 1)


_GO_BLOCK = re.compile(r"(\w+)\s*\(\s*")


def _go_mod(text: str) -> Iterator[tuple[str, str]]:
    """A directive (`module`, `require`, `replace`, `use`) and its arguments, of `go.mod` or `go.work`, line by line."""
    block = ""
    for line in text.splitlines():
        said = line.split("//")[0].strip()
        if opened := _GO_BLOCK.fullmatch(said):
            block = opened[1]
        elif said == ")":
            block = ""
        elif said:
            directive, _, rest = (block, "", said) if block else said.partition(" ")
            yield directive, " ".join(rest.replace('"', "").replace("`", "").split())


_TSCONFIG = re.compile(r"tsconfig(\.[\w-]+)+\.json")
"""Which others extend."""
_READERS: Mapping[str, Callable[[str], Iterator[tuple[str, str]]]] = {
    "go.mod": _go_mod,
    "go.work": _go_mod,
    "package.json": _json,
    "tsconfig.json": _json_with_comments,
    "jsconfig.json": _json_with_comments,
    "Cargo.toml": _toml,
}


def path_along(*parts: str) -> str:
    """The path below the root of the repository that its parts lead to."""
    found: list[str] = []
    for part in (piece for one in parts for piece in one.split("/")):
        if part == "..":
            del found[-1:]
        elif part not in ("", "."):
            found.append(part)
    return "/".join(found)
