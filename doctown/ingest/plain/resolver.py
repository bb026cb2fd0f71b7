"""The plain ladder: from references to targets, each with its rule, or the cause why there is none.

The same for every language of it; what a language does in its own way it says in a `Language`.
"""

import re
from collections.abc import Iterable, Sequence

from doctown.ingest import rules
from doctown.ingest.facts import (
    MODULE,
    Called,
    Expression,
    FileFacts,
    Implements,
    Imported,
    Member,
    Name,
    ProjectFile,
    Reference,
    Subscript,
)
from doctown.ingest.plain.language import Language
from doctown.ingest.plain.meanings import Meanings
from doctown.ingest.plain.reader import CLASSES
from doctown.ingest.plain.tables import Tables
from doctown.ingest.plain.values import (
    At,
    Found,
    Function,
    Instance,
    Outside,
    OutsideInstance,
    Parameter,
    Shape,
    Space,
    Thing,
)
from doctown.ingest.targets import Target, Unresolved, distinct

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SHORTEST_UNUSUAL = 8
_CALLABLE = frozenset({"function", "method", "constructor", "macro"})


class Resolver:
    """Resolution over all facts of the files of a family of languages."""

    def __init__(
        self, language: type[Language], project_files: Sequence[ProjectFile], files: Sequence[FileFacts]
    ) -> None:
        self._tables = Tables(files, language.closed)
        self._language = language(self._tables, project_files)
        self._meanings = Meanings(self._tables, self._language)
        self._methods = _methods_by_name(files)

    def targets(self, file: int, site: Reference) -> "list[Target] | Unresolved":
        """Where the site leads: to several targets if it may be any of them; to none if it is no call after all."""
        if isinstance(site.of, Imported):
            return self._imported(file, site.scope, site.of)
        if site.kind == "inherits":
            return self._base(file, site, site.of)
        return self._called(file, site, site.of)

    def _imported(self, file: int, scope: int, of: Imported) -> list[Target]:
        targets = [Target(at, None, rules.IMPORT) for at in self._meanings.named_by(file, scope, of)]
        for one in [] if targets else self._meanings.imported(file, scope, of):
            if isinstance(one.value, Outside):
                targets.append(Target(None, one.value.name, rules.IMPORT))
            elif isinstance(one.value, Thing):
                targets.append(Target(one.value.at, None, rules.IMPORT))
            elif isinstance(one.value, Space):
                modules = self._language.modules_of(file, one.value)
                targets += [Target(at, None, rules.IMPORT) for at in modules if at != (file, MODULE)]
        return distinct(targets)

    def _base(self, file: int, site: Reference, base: Expression) -> "list[Target] | Unresolved":
        if isinstance(base, Implements):
            return self._implemented(file, site, base)
        scope = self._tables.definition((file, site.scope)).parent or MODULE
        targets = []
        for one in self._meanings.of(file, scope, site.start_byte, base):
            if isinstance(one.value, Thing) and one.value.at != (file, site.scope):
                targets.append(Target(one.value.at, None, one.rule))
            elif isinstance(one.value, Outside):
                targets.append(Target(None, one.value.name, one.rule))
        return distinct(targets) or Unresolved(rules.UNKNOWN_VALUE)

    def _implemented(self, file: int, site: Reference, said: Implements) -> "list[Target] | Unresolved":
        """From the type to what it is said to derive from; nothing where the type is not of the repository."""
        if said.whatever:
            return []
        types = [one.value for one in self._meanings.of(file, site.scope, None, said.type)]
        bases = self._meanings.of(file, site.scope, None, said.base)
        targets = []
        for of in (one.at for one in types if isinstance(one, Thing)):
            for base in bases:
                if isinstance(base.value, Thing):
                    targets.append(Target(base.value.at, None, base.rule, of))
                elif isinstance(base.value, Outside):
                    targets.append(Target(None, base.value.name, base.rule, of))
        return distinct(targets) if bases else Unresolved(rules.UNKNOWN_VALUE)

    def _called(self, file: int, site: Reference, callee: Expression) -> "list[Target] | Unresolved":
        found = self._meanings.of(file, site.scope, site.start_byte, callee)
        if found and not self._language.types_are_called and all(self._is_type(one) for one in found):
            return []
        targets = distinct(target for one in found for target in self._target(one))
        if self._language.makes(callee) and not any(target.at for target in targets):
            return []
        if targets:
            return targets
        if any(isinstance(one.value, OutsideInstance) for one in found):
            return Unresolved(rules.FROM_OUTSIDE)
        if isinstance(callee, Member):
            return self._by_receiver(file, site, callee)
        if found:
            return Unresolved(rules.UNKNOWN_VALUE)
        if isinstance(callee, Name):
            is_bound = self._tables.visible(file, site.scope, callee.name, site.start_byte)
            return Unresolved(rules.UNKNOWN_VALUE if is_bound else rules.UNKNOWN_NAME)
        return Unresolved(rules.COMPUTED if isinstance(callee, Called | Subscript) else rules.UNKNOWN_VALUE)

    def _is_type(self, found: Found) -> bool:
        value = found.value
        if isinstance(value, Thing):
            return self._tables.definition(value.at).kind in CLASSES
        return isinstance(value, Parameter) or self._language.is_type(value)

    def _target(self, found: Found) -> Iterable[Target]:
        value = found.value
        if isinstance(value, Outside):
            yield Target(None, value.name, found.rule)
        elif isinstance(value, Thing):
            kind = self._tables.definition(value.at).kind
            if kind in _CALLABLE:
                yield Target(value.at, None, found.rule)
            elif kind in self._language.called_types and self._language.types_are_called:
                yield Target(self._run_by(value.at), None, found.rule)

    def _run_by(self, at: At) -> At:
        """What runs when the type is called: its constructor, if it has one."""
        for name in self._language.constructors:
            for binding in self._tables.bound(at, name):
                if binding.symbol is not None:
                    return at[0], binding.symbol
        return at

    def _by_receiver(self, file: int, site: Reference, callee: Member) -> "list[Target] | Unresolved":
        """A member of a receiver of which no member of that name is known to be something that can be called."""
        receivers = self._meanings.of(file, site.scope, site.start_byte, callee.of)
        values = [one.value for one in receivers]
        if any(isinstance(value, OutsideInstance) for value in values):
            return Unresolved(rules.FROM_OUTSIDE)
        if any(isinstance(value, Space) for value in values):
            return Unresolved(rules.UNKNOWN_VALUE)
        types = [value.of for value in values if isinstance(value, Instance)]
        types += [value.at for value in values if isinstance(value, Thing)]
        if types:
            if any(self._meanings.members.has(of, callee.name) for of in types):
                return Unresolved(rules.UNKNOWN_VALUE)
            outside = [self._meanings.members.outside_bases(of) for of in types]
            return Unresolved(rules.UNKNOWN_BASE if any(any(one) for one in outside) else rules.NO_MEMBER)
        if any(isinstance(value, Shape | Function) for value in values):
            return Unresolved(rules.UNKNOWN_VALUE)
        return self._by_unique_name(file, callee.name)

    def _by_unique_name(self, file: int, name: str) -> "list[Target] | Unresolved":
        methods = [at for at in self._methods.get(name, ()) if self._language.is_seen(file, at)]
        if not methods or name in self._language.common_methods or not is_unusual(name):
            return Unresolved(rules.UNKNOWN_RECEIVER)
        if len(methods) > 1:
            return Unresolved(rules.SEVERAL_METHODS)
        return [Target(methods[0], None, rules.UNIQUE_NAME)]


def is_unusual(name: str) -> bool:
    """Whether a name is long enough, and of enough words, to say by itself what is meant."""
    return len(name) >= _SHORTEST_UNUSUAL and len(_WORD.findall(name)) > 1


def _methods_by_name(files: Sequence[FileFacts]) -> dict[str, list[At]]:
    """Whatever may be meant by `unknown.name(...)`: the methods, fields and functions of modules of each name."""
    found: dict[str, list[At]] = {}
    for number, file in enumerate(files):
        for index, of in enumerate(file.definitions):
            if of.kind in ("method", "field") or (of.kind == "function" and of.parent == MODULE):
                found.setdefault(of.name, []).append((number, index))
    return {
        name: methods
        for name, methods in found.items()
        if any(files[file].definitions[index].kind == "method" for file, index in methods)
    }
