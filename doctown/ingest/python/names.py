"""What a name stands for: Python's scopes, in the order in which Python looks, and imports followed to their end."""

from collections.abc import Sequence
from typing import TypeAlias

from doctown.ingest.facts import MODULE, Attribute, Binding, Defined, FileFacts, Imported
from doctown.ingest.python.bindings import Bound
from doctown.ingest.python.definitions import CLASSES
from doctown.ingest.python.modules import Modules, public
from doctown.ingest.python.values import At

_MOST_ATTRIBUTES = 32
"""Assignments to one `self.name` that are looked at."""
_MOST_STARS = 200
"""Modules that are looked through for one name, from one `import *` to the next."""
_MOST_HOPS = 50
"""Modules through which a name is handed on."""

_Names: TypeAlias = dict[tuple[int, str], Bound | list[Binding]]


class Tables:
    """The facts of all Python files, by what is asked of them. A file is known by its number."""

    def __init__(self, files: Sequence[FileFacts]) -> None:
        self.files = files
        self.modules = Modules([file.path for file in files])
        self._bound: list[dict[tuple[int, str], Bound | list[Binding]]] = [
            {**file.bindings_by_name()} for file in files
        ]
        """By file, scope and name. What was asked for once is no list any more."""
        self._elsewhere = [{(scope, name): other for scope, name, other in file.elsewhere} for file in files]
        self._attributes = [file.attributes_by_name() for file in files]
        self._exported = [None if file.exported is None else frozenset(file.exported) for file in files]
        self._stars: dict[int, list[tuple[str, int]]] = {}

    def _of(self, file: int, scope: int, name: str) -> Bound | None:
        found = self._bound[file].get((scope, name))
        if isinstance(found, list):
            found = self._bound[file][scope, name] = Bound(found, self.files[file].arms)
        return found

    def bound(self, file: int, scope: int, name: str, at: int | None = None) -> Sequence[Binding]:
        """What `name` may be bound to in just this scope: seen at byte `at`, or with None from elsewhere, later."""
        of = self._of(file, scope, name)
        return () if of is None else of.later() if at is None else of.seen_at(at)

    def _bound_around(self, file: int, scope: int, name: str, at: int | None) -> Sequence[Binding]:
        """What `name` may be bound to in this scope, seen from byte `at` in a scope within it, and run at any time."""
        of = self._of(file, scope, name)
        return () if of is None else (() if at is None else of.within(at)) or of.later()

    def attributes(self, of: At, name: str) -> Sequence[Attribute]:
        """What methods of the class assign to `self.name`."""
        return self._attributes[of[0]].get((of[1], name), ())[:_MOST_ATTRIBUTES]

    def visible(self, file: int, scope: int, name: str, at: int | None) -> Sequence[Binding]:
        """What `name` is bound to where it stands: in the innermost scope that binds it, classes seen only from within
        themselves.
        """
        definitions, names, elsewhere = self.files[file].definitions, self._bound[file], self._elsewhere[file]
        inner: int | None = scope
        while inner is not None:
            if elsewhere and (other := elsewhere.get((inner, name))) is not None and other < inner:
                inner = other
                continue
            if (inner, name) in names and (inner == scope or definitions[inner].kind not in CLASSES):
                found = (self.bound if inner == scope else self._bound_around)(file, inner, name, at)
                if found:
                    return found
            inner = definitions[inner].parent
        return ()

    def star_places(self, file: int, name: str) -> list[str]:
        """The places from which `import *` may have brought `name` into the module: those that have it themselves."""
        found: list[str] = []
        seen = {file}
        waiting = self._stars_of(file)[::-1]
        while waiting and len(seen) <= _MOST_STARS:
            place, source = waiting.pop()
            if source in seen or not self._gives(source, name):
                continue
            seen.add(source)
            if self.bound(source, MODULE, name) or self.modules.below(place, name) is not None:
                found.append(place)
            else:
                waiting += self._stars_of(source)[::-1]
        return found

    def _stars_of(self, file: int) -> list[tuple[str, int]]:
        """The modules of the repository whose names are all taken over, by place and file, each once."""
        if file not in self._stars:
            found: dict[tuple[str, int], None] = {}
            for star in self.files[file].star_imports:
                for place in self.modules.places(self.files[file].path, star.module, star.level):
                    if (source := self.modules.file_at(place)) is not None:
                        found[place, source] = None
            self._stars[file] = list(found)
        return self._stars[file]

    def _gives(self, file: int, name: str) -> bool:
        exported = self._exported[file]
        return name in exported if exported is not None else bool(public([name]))

    def origins(self, file: int, of: Imported) -> "list[At | str]":
        """What an import brings, followed to where it is defined; a dotted name for what is outside."""
        found: dict[At | str, None] = {}
        seen: set[tuple[str, str | None]] = set()
        waiting = [(file, of)]
        while waiting and len(seen) <= _MOST_HOPS:
            here, brought = waiting.pop()
            path = self.files[here].path
            places = self.modules.places(path, brought.module, brought.level)
            if not places and (dotted := self.modules.dotted(path, brought.module, brought.level, brought.name)):
                found[dotted] = None
            for place in places:
                if (place, brought.name) not in seen:
                    seen.add((place, brought.name))
                    ends, on = self._origins_in(place, brought.name)
                    found.update(dict.fromkeys(ends))
                    waiting += on[::-1]
        return list(found)

    def _origins_in(self, place: str, name: str | None) -> "tuple[list[At | str], list[tuple[int, Imported]]]":
        """Where `name` of the module at `place` is defined, and what the module itself imports it from."""
        file = self.modules.file_at(place)
        whole: list[At | str] = [] if file is None else [(file, MODULE)]
        if name is None:
            return whole, []
        ends: list[At | str] = []
        on: list[tuple[int, Imported]] = []
        sources = [] if file is None else [file]
        if file is not None and not self.bound(file, MODULE, name) and self.modules.below(place, name) is None:
            stars = self.star_places(file, name)
            sources = [source for star in stars if (source := self.modules.file_at(star)) is not None]
        for source in sources:
            for binding in self.bound(source, MODULE, name):
                if isinstance(binding.value, Defined):
                    ends.append((source, binding.value.index if binding.symbol is None else binding.symbol))
                elif isinstance(binding.value, Imported):
                    on.append((source, binding.value))
                elif binding.symbol is not None:
                    ends.append((source, binding.symbol))
        if not ends and not on and (inner := self.modules.below(place, name)) is not None:
            below = self.modules.file_at(inner)
            ends = [] if below is None else [(below, MODULE)]
            return ends, on
        return (ends, on) if ends or on else (whole, on)
