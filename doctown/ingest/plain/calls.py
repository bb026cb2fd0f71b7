"""What calls give: by the types that functions declare, by what they return, and of what is outside by the language."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from doctown.ingest import rules
from doctown.ingest.bounds import Bounds
from doctown.ingest.facts import (
    MODULE,
    Expression,
    Member,
)
from doctown.ingest.plain.language import Language
from doctown.ingest.plain.members import Members
from doctown.ingest.plain.reader import CLASSES
from doctown.ingest.plain.tables import Tables
from doctown.ingest.plain.types import Types
from doctown.ingest.plain.values import (
    At,
    Found,
    Function,
    Instance,
    Outside,
    OutsideInstance,
    Parameter,
    Thing,
    Value,
    changed,
    known_by,
)


class Evaluator(Protocol):
    """What is asked of `meanings.Meanings`."""

    tables: Tables
    language: Language
    bounds: Bounds[Found]
    types: Types
    members: Members

    def of(self, file: int, scope: int, at: int | None, expression: Expression) -> list[Found]:
        """Everything that `expression` may stand for there."""
        ...

    def member(self, value: Value, name: str) -> list[Found]:
        """What `value.name` may stand for."""
        ...


class Calls:
    """Evaluates calls."""

    def __init__(self, meanings: Evaluator) -> None:
        self._meanings = meanings
        self._tables = meanings.tables

    def result(
        self, file: int, scope: int, at: int | None, callee: Expression, given: Sequence[Expression]
    ) -> list[Found]:
        """What a call of what `callee` stands for gives, when it is given that."""
        found: list[Found] = []
        name = callee.name if isinstance(callee, Member) else ""

        def arguments() -> list[tuple[Value, ...]]:
            return [tuple(one.value for one in self._meanings.of(file, scope, at, argument)) for argument in given]

        for receiver in self._meanings.of(file, scope, at, callee.of if isinstance(callee, Member) else callee):
            value = receiver.value
            if isinstance(value, Outside | OutsideInstance) and not (
                name and self._meanings.members.of_outside(value, name)
            ):
                known = self._meanings.language.outside_result(value, name, arguments(), self._given_back)
                if known is not None:
                    found += [Found(one, rules.RETURNED) for one in known]
                    continue
            members = self._meanings.member(value, name) if name else [receiver]
            if name in self._meanings.language.gives_same and not any(isinstance(one.value, Thing) for one in members):
                found += self._same(receiver)
                continue
            for one in members:
                made = self.called(one.value)
                found += self._inferred(one.value.at, made, arguments()) if isinstance(one.value, Thing) else made
        return found

    def _inferred(self, at: At, made: list[Found], given: Sequence[tuple[Value, ...]]) -> list[Found]:
        """What a function gives, with its type parameters replaced by what it was given for them."""
        declared = self._tables.definition(at).parameters
        known: dict[tuple[At, int], tuple[Value, ...]] = {}
        for of_type, values in zip(declared, given if len(given) <= len(declared) else (), strict=False):
            for one in self._meanings.types.declared(at[0], at[1], None, of_type):
                if isinstance(one.value, Parameter) and values:
                    known.setdefault((one.value.of, one.value.index), values)

        def change(value: Value) -> tuple[Value, ...]:
            return known.get((value.of, value.index), (value,)) if isinstance(value, Parameter) else (value,)

        if not known:
            return made
        return [replace(one, value=value) for one in made for value in changed((one.value,), change)]

    def made(self, file: int, scope: int, at: int | None, of: Expression) -> list[Found]:
        """What `new` makes of a type; of a function that is none, what this gives."""
        made = [known_by(one.value, rules.CONSTRUCTED) for one in self._meanings.types.declared(file, scope, at, of)]
        if made:
            return [Found(one, rules.CONSTRUCTED) for one in made]
        return [one for found in self._meanings.of(file, scope, at, of) for one in self.called(found.value)]

    def _same(self, of: Found) -> list[Found]:
        """What is of the type that `of` is, or else of the type of it."""
        return self.called(of.value) if isinstance(of.value, Thing) else [of]

    def _given_back(self, value: Value) -> list[Value]:
        return [one.value for one in self.called(value)]

    def called(self, value: Value) -> list[Found]:
        """What a call of `value` gives."""
        match value:
            case Thing(at) if self._tables.definition(at).kind in CLASSES:
                return [
                    Found(known_by(one, rules.CONSTRUCTED), rules.CONSTRUCTED)
                    for one in self._meanings.types.instances(value)
                ]
            case Thing(at, receiver):
                return self.returned(at, receiver)
            case Function(returns):
                return [Found(one, rules.RETURNED) for one in returns]
            case Instance():
                return [one for made in self._meanings.types.underlying(value) for one in self.called(made)]
            case Outside() | OutsideInstance():
                return [Found(OutsideInstance(""), rules.OUTSIDE_RECEIVER)]
        return []

    def returned(self, at: At, receiver: Instance | None) -> list[Found]:
        """What a call of the function gives, by its declared type or else by what it returns."""
        return self._meanings.bounds.once(("returned", at, receiver), self._returned, at, receiver)

    def _returned(self, at: At, receiver: Instance | None) -> list[Found]:
        of = self._tables.definition(at)
        if of.returns is not None:
            found = self._meanings.types.declared(at[0], at[1], of.start_byte, of.returns)  # before its parameters
        else:
            found = [one for returned in of.returned for one in self._meanings.of(at[0], at[1], of.end_byte, returned)]
        values = tuple(one.value for one in found)
        if receiver is not None:
            own = (at[0], of.parent or MODULE)
            values = tuple(
                receiver if isinstance(one, Instance) and one.how == rules.SELF and one.of == own else one
                for one in values
            )
            values = self._meanings.types.within(values, self._meanings.members.as_base(receiver, own))
        return [Found(known_by(one, rules.RETURNED), rules.RETURNED) for one in values]
