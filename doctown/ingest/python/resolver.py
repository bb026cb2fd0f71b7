"""From the references of Python files to their targets, each with its rule, or the cause why there is none."""

from collections.abc import Iterable, Sequence

from doctown.ingest import rules
from doctown.ingest.facts import MODULE, Called, Expression, FileFacts, Imported, Member, Name, Reference, Subscript
from doctown.ingest.python.definitions import CLASSES, last_names
from doctown.ingest.python.meanings import Meanings
from doctown.ingest.python.modules import COMMON_METHODS
from doctown.ingest.python.names import Tables
from doctown.ingest.python.values import At, Found, Instance, Module, Outside, OutsideInstance, Thing
from doctown.ingest.targets import Target, Unresolved, distinct

_MOST_SUBCLASSES = 4


class Resolver:
    """Resolution over all facts of the Python files of a repository."""

    def __init__(self, files: Sequence[FileFacts]) -> None:
        self._tables = Tables(files)
        self._meanings = Meanings(self._tables)
        self._methods = _methods_by_name(files)
        self._in_classes = frozenset(
            of.name
            for file in files
            for of in file.definitions
            if of.parent is not None and file.definitions[of.parent].kind in CLASSES
        )

    def targets(self, file: int, site: Reference) -> "list[Target] | Unresolved":
        """Where the site leads: to several targets if it may be any of them."""
        if isinstance(site.of, Imported):
            return self._imported(file, site.of)
        if site.kind == "inherits":
            return self._base(file, site, site.of)
        return self._called(file, site, site.of)

    def _imported(self, file: int, of: Imported) -> list[Target]:
        return [
            Target(None, one, rules.IMPORT) if isinstance(one, str) else Target(one, None, rules.IMPORT)
            for one in self._tables.origins(file, of)
            if one != (file, MODULE)
        ]

    def _base(self, file: int, site: Reference, base: Expression) -> "list[Target] | Unresolved":
        definition = self._tables.files[file].definitions[site.scope]
        found = self._meanings.of(file, definition.parent or MODULE, site.start_byte, base)
        targets = []
        for one in found:
            if isinstance(one.value, Thing) and one.value.at != (file, site.scope):
                targets.append(Target(one.value.at, None, one.rule))
            elif isinstance(one.value, Outside):
                targets.append(Target(None, one.value.name, one.rule))
        return distinct(targets) or Unresolved(rules.UNKNOWN_VALUE)

    def _called(self, file: int, site: Reference, callee: Expression) -> "list[Target] | Unresolved":
        found = self._meanings.of(file, site.scope, site.start_byte, callee)
        targets = distinct(target for one in found for target in self._target(one))
        if targets:
            return targets
        if isinstance(callee, Member):
            return self._by_receiver(file, site, callee, found)
        if isinstance(callee, Name):
            bound = self._tables.visible(file, site.scope, callee.name, site.start_byte)
            return Unresolved(rules.UNKNOWN_VALUE if bound else rules.UNKNOWN_NAME)
        if any(isinstance(one.value, OutsideInstance) for one in found):
            return Unresolved(rules.FROM_OUTSIDE)
        return Unresolved(rules.COMPUTED if isinstance(callee, Called | Subscript) else rules.UNKNOWN_VALUE)

    def _target(self, found: Found) -> Iterable[Target]:
        value = found.value
        if isinstance(value, Outside):
            yield Target(None, value.name, found.rule)
        elif isinstance(value, Thing):
            yield Target(self._run_by(value.at), None, found.rule)
        elif isinstance(value, Instance):
            for one in self._meanings.member(value, "__call__"):
                if isinstance(one.value, Thing):
                    yield Target(one.value.at, None, one.rule)

    def _run_by(self, at: At) -> At:
        """What runs when `at` is called: of a class its own constructor, if it has one."""
        if self._meanings.definition(at).kind in CLASSES:
            for name in ("__init__", "__new__"):
                for binding in self._tables.bound(at[0], at[1], name):
                    if binding.symbol is not None:
                        return at[0], binding.symbol
        return at

    def _by_receiver(
        self, file: int, site: Reference, callee: Member, found: Sequence[Found]
    ) -> "list[Target] | Unresolved":
        """A member of a receiver of which no member of that name is known."""
        receivers = self._meanings.of(file, site.scope, site.start_byte, callee.of)
        if any(isinstance(one.value, OutsideInstance) for one in (*receivers, *found)):
            return Unresolved(rules.FROM_OUTSIDE)
        classes = [one.value.of for one in receivers if isinstance(one.value, Instance)]
        if classes:
            return self._by_subclass(classes, callee.name)
        if receivers:
            is_module = any(isinstance(one.value, Module) for one in receivers)
            return Unresolved(rules.UNKNOWN_VALUE if is_module else rules.NO_MEMBER)
        return self._by_unique_name(callee.name)

    def _by_subclass(self, classes: Sequence[At], name: str) -> "list[Target] | Unresolved":
        """A member that a class lacks may be that of those who derive from it."""
        hierarchy = self._meanings.hierarchy
        if any(self._meanings.has_member(of, name) for of in classes):
            return Unresolved(rules.UNKNOWN_VALUE)
        targets: list[Target] = []
        for of in classes if name in self._in_classes else ():
            for derived in hierarchy.derived(of):
                for owner in hierarchy.order(derived).classes:
                    if bound := self._tables.bound(owner[0], owner[1], name):
                        targets += [
                            Target((owner[0], one.symbol), None, rules.SUBCLASS)
                            for one in bound
                            if one.symbol is not None
                        ]
                        break
        targets = [one for one in distinct(targets) if one.at is not None and self._is_function(one.at)]
        if targets:
            return targets if len(targets) <= _MOST_SUBCLASSES else Unresolved(rules.SEVERAL_METHODS)
        unknown = any(hierarchy.order(of).has_unknown or hierarchy.order(of).outside for of in classes)
        return Unresolved(rules.UNKNOWN_BASE if unknown else rules.NO_MEMBER)

    def _is_function(self, at: At) -> bool:
        return self._meanings.definition(at).kind in ("function", "method", "constructor")

    def _by_unique_name(self, name: str) -> "list[Target] | Unresolved":
        methods = self._methods.get(name, ())
        if name in COMMON_METHODS or name.startswith("__") or not methods:
            return Unresolved(rules.UNKNOWN_RECEIVER)
        if len(methods) > 1:
            return Unresolved(rules.SEVERAL_METHODS)
        return [Target(methods[0], None, rules.UNIQUE_NAME)]


def _methods_by_name(files: Sequence[FileFacts]) -> dict[str, list[At]]:
    """Whatever may be meant by `unknown.name(...)`: methods, but also functions of modules and what fields hold."""
    found: dict[str, list[At]] = {}
    for number, file in enumerate(files):
        for index, of in enumerate(file.definitions):
            if index == MODULE or of.parent is None or of.name.startswith("<"):
                continue
            if last_names(of.decorators) & {"setter", "deleter", "getter", "overload", "property", "cached_property"}:
                continue
            in_class = file.definitions[of.parent].kind in CLASSES
            if in_class or of.parent == MODULE:
                found.setdefault(of.name, []).append((number, index))
    return {
        name: methods
        for name, methods in found.items()
        if any(files[file].definitions[index].kind == "method" for file, index in methods)
    }
