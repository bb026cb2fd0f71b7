"""What a name stands for: Python's scopes, in the order in which Python looks, and imports followed to their end."""

from collections.abc import Iterable, Sequence

from doctown.ingest.facts import MODULE, Attribute, Binding, Defined, FileFacts, Imported
from doctown.ingest.python.modules import Modules, public
from doctown.ingest.python.values import At

CLASSES = frozenset({"class", "enum", "interface"})


class Tables:
    """The facts of all Python files, by what is asked of them. A file is known by its number."""

    def __init__(self, files: Sequence[FileFacts]) -> None:
        self.files = files
        self.modules = Modules([file.path for file in files])
        self._bindings: list[dict[tuple[int, str], list[Binding]]] = []
        self._elsewhere = [{(scope, name): other for scope, name, other in file.elsewhere} for file in files]
        self._attributes: list[dict[tuple[int, str], list[Attribute]]] = []
        for file in files:
            bindings: dict[tuple[int, str], list[Binding]] = {}
            for binding in file.bindings:
                bindings.setdefault((binding.scope, binding.name), []).append(binding)
            attributes: dict[tuple[int, str], list[Attribute]] = {}
            for attribute in file.attributes:
                attributes.setdefault((attribute.owner, attribute.name), []).append(attribute)
            self._bindings.append(bindings)
            self._attributes.append(attributes)

    def bound(self, file: int, scope: int, name: str, at: int | None = None) -> list[Binding]:
        """What `name` may be bound to in just this scope: seen at byte `at`, or with None from elsewhere, later."""
        return live(self._bindings[file].get((scope, name), ()), at)

    def _bound_around(self, file: int, scope: int, name: str, at: int | None) -> list[Binding]:
        """What `name` may be bound to in this scope, seen from byte `at` in a scope within it, and run at any time."""
        bindings = self._bindings[file].get((scope, name), ())
        return _within(bindings, at) or live(bindings, None)

    def attributes(self, of: At, name: str) -> Sequence[Attribute]:
        """What methods of the class assign to `self.name`."""
        return self._attributes[of[0]].get((of[1], name), ())

    def visible(self, file: int, scope: int, name: str, at: int | None) -> list[Binding]:
        """What `name` is bound to where it stands: in the innermost scope that binds it, classes seen only from within
        themselves.
        """
        definitions = self.files[file].definitions
        inner: int | None = scope
        while inner is not None:
            if (other := self._elsewhere[file].get((inner, name))) is not None and other < inner:
                inner = other
                continue
            if inner == scope or definitions[inner].kind not in CLASSES:
                found = (self.bound if inner == scope else self._bound_around)(file, inner, name, at)
                if found:
                    return found
            inner = definitions[inner].parent
        return []

    def star_places(self, file: int, name: str) -> list[str]:
        """The places from which `import *` may have brought `name` into the module."""
        places = []
        for star in self.files[file].star_imports:
            for place in self.modules.places(self.files[file].path, star.module, star.level):
                source = self.modules.file_at(place)
                if source is not None and source != file and self._gives(source, name):
                    places.append(place)
        return places

    def _gives(self, file: int, name: str) -> bool:
        exported = self.files[file].exported
        return name in exported if exported is not None else bool(public([name]))

    def star_outside(self, file: int) -> bool:
        """Whether the module takes over names of a module that is not in the repository."""
        path = self.files[file].path
        return any(not self.modules.places(path, star.module, star.level) for star in self.files[file].star_imports)

    def origins(self, file: int, of: Imported) -> "list[At | str]":
        """What an import brings, followed to where it is defined; a dotted name for what is outside."""
        path = self.files[file].path
        places = self.modules.places(path, of.module, of.level)
        if not places:
            dotted = self.modules.dotted(path, of.module, of.level)
            return [f"{dotted}.{of.name}" if of.name else dotted]
        found: list[At | str] = []
        for place in places:
            for one in self._origins_in(place, of.name, frozenset()):
                if one not in found:
                    found.append(one)
        return found

    def _origins_in(self, place: str, name: str | None, seen: frozenset[tuple[str, str]]) -> "list[At | str]":
        file = self.modules.file_at(place)
        if name is None or (place, name) in seen:
            return [] if file is None else [(file, MODULE)]
        seen |= {(place, name)}
        found: list[At | str] = []
        for binding in self.bound(file, MODULE, name) if file is not None else []:
            found += self._origins_of(file or 0, binding, seen)
        if not found and (inner := self.modules.below(place, name)) is not None:
            found = self._origins_in(inner, None, seen)
        if not found and file is not None:
            for star in self.star_places(file, name):
                found += self._origins_in(star, name, seen)
        return found or ([(file, MODULE)] if file is not None else [])

    def _origins_of(self, file: int, binding: Binding, seen: frozenset[tuple[str, str]]) -> "list[At | str]":
        if isinstance(binding.value, Defined):
            return [(file, binding.value.index)]
        if not isinstance(binding.value, Imported):
            return [] if binding.symbol is None else [(file, binding.symbol)]
        of, path = binding.value, self.files[file].path
        places = self.modules.places(path, of.module, of.level)
        if not places:
            dotted = self.modules.dotted(path, of.module, of.level)
            return [f"{dotted}.{of.name}" if of.name else dotted]
        found: list[At | str] = []
        for place in places:
            if of.name is not None and (place, of.name) in seen:
                continue
            found += self._origins_in(place, of.name, seen)
        return found


def live(bindings: Sequence[Binding], at: int | None) -> list[Binding]:
    """Which of the bindings of one name in one scope may hold: the last, and what its conditions leave of the others.

    `at` is the byte where the name stands in that scope; None where it is looked at from elsewhere.
    """
    if within := _within(bindings, at):
        return within
    plain = [one for one in bindings if one.extent is None]
    if at is not None:
        reached = [one for one in plain if one.at < at and not _excluded(one, at)]
        plain = reached or plain
    kept: list[Binding] = []
    for one in sorted(plain, key=lambda one: -one.at):
        if any(_replaces(later, one) for later in kept):
            continue
        kept.append(one)
        if at is not None and all(arm.holds(at) for arm in one.arms):
            break
    return kept


def _within(bindings: Sequence[Binding], at: int | None) -> list[Binding]:
    """The binding of the smallest comprehension around `at`, if there is one."""
    holding = [one for one in bindings if at is not None and one.extent and one.extent[0] <= at < one.extent[1]]
    return [max(holding, key=lambda one: one.extent or (0, 0))] if holding else []


def _excluded(binding: Binding, at: int) -> bool:
    return any(arm.excludes(at) for arm in binding.arms)


def _replaces(later: Binding, earlier: Binding) -> bool:
    """Whether wherever `earlier` was done, `later` is done too."""
    return later.arms == earlier.arms[: len(later.arms)]


def last_names(expressions: Iterable[object]) -> set[str]:
    """The last name of each decorator, called or not."""
    return {str(getattr(one, "name", getattr(getattr(one, "callee", None), "name", ""))) for one in expressions}
