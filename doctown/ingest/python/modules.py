"""Where an import leads: from a dotted name, and who imports it, to files of the repository.

A place is a path without its ending: `src/pkg/mod`, or `src/pkg` for a package, with `__init__.py` or without. Which
folders are on the path of a program is not written in it; a root is taken to be any folder that is no package. The
importing file's own come first.
"""

import tomllib
from collections.abc import Iterable, Sequence
from importlib.resources import files

NAMES = tomllib.loads(files("doctown.ingest.python").joinpath("names.toml").read_text("utf-8"))
BUILTINS = frozenset(NAMES["builtins"].split())
STANDARD_LIBRARY = frozenset(NAMES["standard_library"].split())
COMMON_METHODS = frozenset(NAMES["common_methods"].split())

_SOURCE_ROOTS = frozenset(
    {"", "app", "apps", "backend", "code", "lib", "libs", "python", "server", "source", "sources", "src"}
)
_MOST_PLACES = 4
MAX_DOTTED = 1_000
"""Characters of the name of something outside; a longer one is nobody's."""


class Modules:
    """The modules of a repository, by place."""

    def __init__(self, paths: Sequence[str]) -> None:
        """`paths` of Python files; a file is known by its number in them."""
        self._file_at: dict[str, int] = {}
        self._folders = {"": 0}
        self._packages: set[str] = set()
        for number, path in sorted(enumerate(paths), key=lambda one: (not one[1].endswith(".py"), one[1])):
            folder, _, name = path.rpartition("/")
            stem = name.rpartition(".")[0] or name
            if stem == "__init__":
                self._packages.add(folder)
                if self._is_ours(folder, paths):
                    self._file_at[folder] = number
            elif (place := _joined(folder, stem)) not in self._file_at:
                self._file_at[place] = number
            while folder:
                self._folders.setdefault(folder, number)
                folder = folder.rpartition("/")[0]
        self._roots_of = self._by_first_name()
        self._answers: dict[tuple[str, str, int], list[str]] = {}

    def _by_first_name(self) -> dict[str, list[str]]:
        """The roots (no packages themselves) from which something of that name can be imported, the deepest first."""
        found: dict[str, set[str]] = {}
        for place in (*self._file_at, *self._folders):
            root, _, name = place.rpartition("/")
            if place and root not in self._packages:
                found.setdefault(name, set()).add(root)
        return {name: sorted(roots, key=_depth_first) for name, roots in found.items()}

    def _is_ours(self, folder: str, paths: Sequence[str]) -> bool:
        """Whether a package's file is still to be named; one of `.py` goes before a stub, a package before a module."""
        known = self._file_at.get(folder)
        return known is None or not paths[known].rpartition("/")[2].startswith("__init__.")

    def file_at(self, place: str) -> int | None:
        """The file of the module at `place`; None for a package without `__init__.py`."""
        return self._file_at.get(place)

    def below(self, place: str, name: str) -> str | None:
        """The place of the submodule `name` of the package at `place`."""
        inner = _joined(place, name)
        return inner if self._is_place(inner) else None

    def places(self, importer: str, module: str, level: int) -> list[str]:
        """The places that `module`, imported by the file `importer` with `level` dots, may mean; the likeliest alone
        where one is.
        """
        key = (importer.rpartition("/")[0], module, level)
        if key not in self._answers:
            self._answers[key] = self._relative(*key) if level else self._absolute(*key[:2])
        return self._answers[key]

    def _relative(self, folder: str, module: str, level: int) -> list[str]:
        for _ in range(level - 1):
            if not folder:
                return []
            folder = folder.rpartition("/")[0]
        place = _joined(folder, module.replace(".", "/")) if module else folder
        return [place] if self._is_place(place) or not place else []

    def _absolute(self, folder: str, module: str) -> list[str]:
        first = module.partition(".")[0]
        parts = module.replace(".", "/")
        if not first or first in STANDARD_LIBRARY:
            return []
        roots = self._roots_of.get(first, ())
        for root in roots:
            if _holds(root, folder) and (place := self._in(root, parts)) is not None:
                return [place]
        elsewhere = [root for root in roots if not _holds(root, folder) and self._counts_elsewhere(root, first)]
        found = [(root, place) for root in elsewhere if (place := self._in(root, parts)) is not None]
        if not found:
            return []
        nearest = max(_shared(root, folder) for root, _ in found)
        return [place for root, place in found if _shared(root, folder) == nearest][:_MOST_PLACES]

    def dotted(self, importer: str, module: str, level: int, name: str | None = None) -> str:
        """What an import that leads nowhere is called: its absolute dotted name, as far as it is known."""
        around = importer.split("/")[:-1] if level else []
        kept = around[: max(0, len(around) - (level - 1))]
        return ".".join(part[:MAX_DOTTED] for part in (*kept, module, name) if part)[:MAX_DOTTED]

    def _counts_elsewhere(self, root: str, first: str) -> bool:
        """Whether others than its own files import from `root`: a lone script there is no library of theirs."""
        return root.rpartition("/")[2] in _SOURCE_ROOTS or _joined(root, first) in self._packages

    def _in(self, root: str, parts: str) -> str | None:
        place = _joined(root, parts)
        return place if self._is_place(place) else None

    def _is_place(self, place: str) -> bool:
        return place in self._file_at or (place in self._folders and place != "")


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _depth_first(folder: str) -> tuple[int, str]:
    return -folder.count("/") - bool(folder), folder


def _holds(root: str, folder: str) -> bool:
    return not root or folder == root or folder.startswith(root + "/")


def _shared(one: str, other: str) -> int:
    """How many leading folders two paths have in common."""
    count = 0
    for mine, its in zip(one.split("/"), other.split("/"), strict=False):
        if mine != its:
            break
        count += 1
    return count


def public(names: Iterable[str]) -> set[str]:
    """What `from module import *` takes over of a module without `__all__`."""
    return {name for name in names if not name.startswith("_")}
