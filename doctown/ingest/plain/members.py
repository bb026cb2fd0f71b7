"""The members of a type: its own, those it takes over from what it derives from or embeds, and who derives from it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from doctown.ingest import rules
from doctown.ingest.bounds import Bounds
from doctown.ingest.facts import MODULE, Binding, Defined, Expression, Implements
from doctown.ingest.plain.language import Language
from doctown.ingest.plain.tables import Tables
from doctown.ingest.plain.types import Types
from doctown.ingest.plain.values import At, Found, Instance, Outside, OutsideInstance, Parameter, Thing, Value

_MOST_BASES = 64
_NO_BASES: tuple[tuple[At, ...], tuple[str, ...], bool] = ((), (), False)


class Evaluator(Protocol):
    """What is asked of `meanings.Meanings`."""

    tables: Tables
    language: Language
    bounds: Bounds[Found]
    types: Types

    def of(self, file: int, scope: int, at: int | None, expression: Expression) -> list[Found]:
        """Everything that `expression` may stand for there."""
        ...

    def bound(self, file: int, binding: Binding) -> list[Found]:
        """What a binding brings."""
        ...

    def member(self, value: Value, name: str) -> list[Found]:
        """What `value.name` may stand for."""
        ...

    def called(self, value: Value) -> list[Found]:
        """What a call of `value` gives."""
        ...


class Members:
    """Finds members by name."""

    def __init__(self, meanings: Evaluator) -> None:
        self._meanings = meanings
        self._tables = meanings.tables
        self._bases: dict[At, tuple[tuple[At, ...], tuple[str, ...], bool]] = {}
        self._levels: dict[At, list[list[At]]] = {}
        self._apart: dict[At, dict[str, list[At]]] = {}
        self._derived_apart: dict[At, list[At]] = {}
        self._of_outside: dict[tuple[str, str], list[At]] = {}
        self._of_everything: dict[str, list[At]] = {}

    def prepare(self) -> None:
        """Find out whose the methods are that are written apart, and what derives from what.

        Once, before any question is asked: within one that goes too far it would be found in part only.
        """
        for file, facts in enumerate(self._tables.files):
            for index, of in enumerate(facts.definitions):
                if of.owner is not None:
                    self._add((file, index), of.parent or MODULE, of.owner)
            for site in facts.references:
                if isinstance(site.of, Implements):
                    self._derive(file, site.scope, site.of)
        for derived, base in self._meanings.language.derived():
            self._derived_apart.setdefault(derived, []).append(base)
        for file, facts in enumerate(self._tables.files):
            for index, of in enumerate(facts.definitions):
                if of.bases or (file, index) in self._derived_apart:
                    self._bases[file, index] = self._found_bases((file, index))

    def _add(self, at: At, scope: int, owner: Expression) -> None:
        """Note whose the member there is: of a type here or outside, or of whatever a type parameter of it allows."""
        name = self._tables.definition(at).name
        found = self._meanings.of(at[0], scope, None, owner) or self._meanings.of(at[0], at[1], None, owner)
        for one in found:
            if isinstance(one.value, Outside):
                self._of_outside.setdefault((one.value.name, name), []).append(at)
            elif isinstance(one.value, Parameter):
                self._add_to_bound(at, name, one.value.bound)
            for made in self._meanings.types.instances(one.value):
                if isinstance(made, Instance):
                    methods = self._apart.setdefault(made.of, {})
                    methods.setdefault(name, []).append(at)

    def _add_to_bound(self, at: At, name: str, bound: tuple[Value, ...]) -> None:
        """A member of whatever is of the types that a type parameter is bound by."""
        here = [one.of for one in bound if isinstance(one, Instance)]
        for of in here:
            methods = self._apart.setdefault(of, {})
            methods.setdefault(name, []).append(at)
        if not here and self._tables.definition(at).kind == "method":
            self._of_everything.setdefault(name, []).append(at)

    def _derive(self, file: int, scope: int, said: Implements) -> None:
        for base in self._owners(file, scope, said.base):
            for derived in self._owners(file, scope, said.type):
                self._derived_apart.setdefault(derived, []).append(base)

    def of_outside(self, of: Outside | OutsideInstance, name: str) -> list[Found]:
        """The member of an outside type that the repository adds to it."""
        called: str | None = of.name
        while called:
            if found := self._of_outside.get((called, name)):
                return [Found(Thing(at), rules.ANNOTATED) for at in found]
            called = self._meanings.language.widened.get(called)
        if isinstance(of, Outside) or not of.name:
            return []
        return [Found(Thing(at), rules.ANNOTATED) for at in self._of_everything.get(name, ())]

    def of_type(self, at: At, name: str) -> list[Found]:
        """What `T.name` stands for."""
        return self._in(Instance(at, rules.CLASS), name) or self._outside(at, name)

    def of_instance(self, of: Instance, name: str) -> list[Found]:
        """What `x.name` stands for, `x` being of that type."""
        found = self._in(of, name)
        if not found:
            found = [
                replace(one, rule=of.how)
                for made in self._meanings.types.underlying(of)
                if not isinstance(made, OutsideInstance)
                for one in self._meanings.member(made, name)
                if not isinstance(one.value, Thing) or self._is_abstract(one.value.at)
            ]
        return found or self._delegated(of, name) or self._outside(of.of, name)

    def _delegated(self, of: Instance, name: str) -> list[Found]:
        """The member of what the instance stands for, or else of everything."""
        for through in self._meanings.language.delegates:
            if name != through:
                given = [made for one in self._in(of, through) for made in self._meanings.called(one.value)]
                if found := [one for made in given for one in self._meanings.member(made.value, name)]:
                    return [replace(one, rule=rules.RETURNED) for one in found]
        return [Found(Thing(at, of), of.how) for at in self._of_everything.get(name, ())]

    def as_base(self, of: Instance, base: At) -> Instance:
        """The instance seen as one of a type that its own derives from: with the type arguments that it has as that."""
        waiting, seen = [of], {of.of}
        while waiting and len(seen) < _MOST_BASES:
            now = waiting.pop(0)
            if now.of == base:
                return now
            for one in self._instances_of_bases(now):
                if one.of not in seen:
                    seen.add(one.of)
                    waiting.append(one)
        return of

    def _instances_of_bases(self, of: Instance) -> list[Instance]:
        definition = self._tables.definition(of.of)
        found: list[Instance] = []
        for base in definition.bases:
            declared = self._meanings.types.declared(of.of[0], of.of[1], None, base)
            values = self._meanings.types.within(tuple(one.value for one in declared), of)
            found += [replace(one, how=of.how) for one in values if isinstance(one, Instance)]
        return found

    def has(self, at: At, name: str) -> bool:
        """Whether the type has such a member, though its value may be unknown."""
        return any(
            self._tables.members(owner, name) or self._tables.attributes(owner, name) or self._owned(owner).get(name)
            for level in self.levels(at)
            for owner in level
        )

    def outside_bases(self, at: At) -> tuple[tuple[str, ...], bool]:
        """What the type or one that it derives from derives from outside of the repository; whether more is unknown."""
        names: dict[str, None] = {}
        has_unknown = False
        for level in self.levels(at):
            for owner in level:
                _, outside, unknown = self._bases.get(owner, _NO_BASES)
                names.update(dict.fromkeys(outside))
                has_unknown = has_unknown or unknown
        return tuple(names), has_unknown

    def levels(self, at: At) -> list[list[At]]:
        """The type, then what it derives from, then what that derives from, each once."""
        if at not in self._levels:
            levels, seen, now = [], {at}, [at]
            while now and len(seen) < _MOST_BASES:
                levels.append(now)
                next_level = dict.fromkeys(base for one in now for base in self._bases_of(one) if base not in seen)
                now = list(next_level)
                seen |= set(now)
            self._levels[at] = levels
        return self._levels[at]

    def _in(self, of: Instance, name: str) -> list[Found]:
        for level in self.levels(of.of):
            found = [one for owner in level for one in self._own(owner, of, name)]
            if found:
                return found
        return []

    def _own(self, owner: At, of: Instance, name: str) -> list[Found]:
        """The member that is written for that type itself."""
        found: list[Found] = []
        for binding in self._tables.members(owner, name):
            if isinstance(binding.value, Defined):
                found.append(Found(Thing((owner[0], binding.value.index), of), of.how))
            else:
                values = tuple(one.value for one in self._meanings.bound(owner[0], binding))
                seen_as = of if owner == of.of else self.as_base(of, owner)
                found += [Found(one, of.how) for one in self._meanings.types.within(values, seen_as)]
        for attribute in self._tables.attributes(owner, name):
            key = (owner[0], id(attribute))
            place = (owner[0], attribute.read_in, attribute.at, attribute.value)
            assigned = self._meanings.bounds.once(key, self._meanings.of, *place)
            found += [Found(one.value, of.how) for one in assigned]
        found += [Found(Thing(at, of), of.how) for at in self._owned(owner).get(name, ())]
        return found

    def _owned(self, at: At) -> dict[str, list[At]]:
        """The methods of a type that are written apart from it, in this or other files, by name."""
        return self._apart.get(at, {})

    def _owners(self, file: int, scope: int, owner: Expression) -> list[At]:
        found = self._meanings.of(file, scope, None, owner)
        values = [made for one in found for made in self._meanings.types.instances(one.value)]
        return [one.of for one in values if isinstance(one, Instance)]

    def _bases_of(self, at: At) -> Sequence[At]:
        return self._bases.get(at, _NO_BASES)[0]

    def _found_bases(self, at: At) -> tuple[tuple[At, ...], tuple[str, ...], bool]:
        """What a type derives from here and outside, and whether there is more that is not known."""
        of = self._tables.definition(at)
        here: dict[At, None] = {}
        outside: dict[str, None] = {}
        has_unknown = False
        for base in of.bases:
            found = self._meanings.of(at[0], of.parent or MODULE, of.start_byte, base)
            has_unknown = has_unknown or not found
            for one in found:
                if isinstance(one.value, Outside):
                    outside[one.value.name] = None
                made = self._meanings.types.instances(one.value)
                here.update((instance.of, None) for instance in made if isinstance(instance, Instance))
        here.update(dict.fromkeys(self._derived_apart.get(at, ())))
        return tuple(here), tuple(outside), has_unknown

    def _outside(self, at: At, name: str) -> list[Found]:
        outside, has_unknown = self.outside_bases(at)
        if len(outside) == 1 and not has_unknown and not self.has(at, name):
            return [Found(Outside(f"{outside[0]}.{name}"), rules.OUTSIDE_BASE)]
        return []

    def _is_abstract(self, at: At) -> bool:
        """Whether it is the method of an interface."""
        parent = self._tables.definition(at).parent
        return parent is not None and self._tables.definition((at[0], parent)).kind in ("interface", "trait")
