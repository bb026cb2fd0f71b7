"""The facts of all files of a family of languages, by what is asked of them: what names are bound to, where."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from doctown.ingest.facts import (
    ALL_NAMES,
    MODULE,
    Attribute,
    Binding,
    Definition,
    FileFacts,
    Own,
    Receiver,
    TypeParameter,
)
from doctown.ingest.plain.reader import CLASSES, FUNCTIONS, OBJECTS
from doctown.ingest.plain.values import At
from doctown.ingest.syntax import Nesting

_EVERYWHERE = (0, 1 << 60)
_WITHIN = (TypeParameter, Own, Receiver)
"""What names stand for that are seen from within a type though they are none of its members."""
_MOST = 16
"""Bindings of one name in one place, and assignments to one field, that are looked at."""


class Tables:
    """A file is known by its number."""

    def __init__(self, files: Sequence[FileFacts], closed: frozenset[str] = frozenset()) -> None:
        """From within definitions of the kinds `closed` names around them are not seen."""
        self.files, self._closed = files, closed
        self._bindings = [file.bindings_by_name() for file in files]
        self._attributes = [file.attributes_by_name() for file in files]
        self._anonymous: list[dict[int, int]] = []
        self._extents: dict[tuple[int, int, str], _ByExtent] = {}
        for file in files:
            self._anonymous.append(
                {
                    of.start_byte: index
                    for index, of in enumerate(file.definitions)
                    if of.kind in FUNCTIONS or of.name.startswith("<")
                }
            )

    def definition(self, at: At) -> Definition:
        """The definition there."""
        return self.files[at[0]].definitions[at[1]]

    def is_type(self, at: At) -> bool:
        """Whether what is defined there is a type."""
        of = self.definition(at)
        return of.kind in CLASSES or of.is_type

    def anonymous(self, file: int, byte: int) -> int | None:
        """The function, or the definition without a name, that starts at that byte."""
        return self._anonymous[file].get(byte)

    def bound(self, at: At, name: str) -> Sequence[Binding]:
        """What `name` is bound to in just that scope, seen from elsewhere."""
        return self._bindings[at[0]].get((at[1], name), ())[:_MOST]

    def members(self, of: At, name: str) -> Sequence[Binding]:
        """What `name` is bound to in a definition as its member."""
        return () if self.definition(of).kind in FUNCTIONS else self.bound(of, name)

    def in_module(self, file: int, name: str, at: int | None) -> Sequence[Binding]:
        """What `name` is bound to at byte `at` in the module."""
        found = self.bound((file, MODULE), name)
        if at is None or all(one.extent is None for one in found):
            return found
        return self._by_extent(file, MODULE, name).seen(at)

    def attributes(self, of: At, name: str) -> Sequence[Attribute]:
        """What methods of the type assign to its field `name`."""
        return self._attributes[of[0]].get((of[1], name), ())[:_MOST]

    def visible(self, file: int, scope: int, name: str, at: int | None) -> Sequence[Binding]:
        """What `name` is bound to at byte `at` in the innermost scope within the module that binds it."""
        definitions = self.files[file].definitions
        inner: int | None = scope
        while inner is not None and inner != MODULE:
            found = self._bindings[file].get((inner, name))
            if found and definitions[inner].kind in CLASSES | OBJECTS:
                found = [one for one in found if one.symbol is None and isinstance(one.value, _WITHIN)]
            if found and (seen := found[:_MOST] if at is None else self._by_extent(file, inner, name).seen(at)):
                return seen
            if definitions[inner].kind in self._closed:
                return ()
            inner = definitions[inner].parent
        return ()

    def _by_extent(self, file: int, scope: int, name: str) -> "_ByExtent":
        key = (file, scope, name)
        if key not in self._extents:
            self._extents[key] = _ByExtent(self._bindings[file][scope, name])
        return self._extents[key]

    def scopes_around(self, file: int, scope: int) -> Iterator[At]:
        """The scopes around a place whose names are seen there, the innermost first."""
        inner: int | None = scope
        while inner is not None:
            yield file, inner
            of = self.files[file].definitions[inner]
            inner = None if of.kind in self._closed else of.parent

    def module_around(self, file: int, scope: int) -> At:
        """The module or namespace that a scope is, or lies in."""
        for around in self.scopes_around(file, scope):
            if around[1] == MODULE or self.definition(around).kind == "namespace":
                return around
        return file, MODULE

    def all_names(self, at: At) -> Sequence[Binding]:
        """The imports that bring all names of something into that scope."""
        return self._bindings[at[0]].get((at[1], ALL_NAMES), ())


class _ByExtent:
    """The bindings of one name in one scope, asked by byte."""

    def __init__(self, bindings: Sequence[Binding]) -> None:
        within: dict[tuple[int, int], list[Binding]] = {}
        for binding in bindings:
            within.setdefault(binding.extent or _EVERYWHERE, []).append(binding)
        self._nesting = Nesting(within)
        self._bindings = [sorted(one, key=lambda binding: binding.at) for one in within.values()]
        self._starts = [[binding.at for binding in one] for one in self._bindings]

    def seen(self, at: int) -> Sequence[Binding]:
        """Those of the smallest extent that holds the byte: of several, one after the other, the last before it."""
        for extent in self._nesting.all_around(at):
            starts = self._starts[extent]
            if before := bisect_right(starts, at):
                first = bisect_left(starts, starts[before - 1])
                return self._bindings[extent][first:before][:_MOST]
        return ()
