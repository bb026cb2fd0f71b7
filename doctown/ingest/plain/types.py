"""What declared types say: an expression that stands for a type means whatever is of that type."""

from collections.abc import Sequence
from typing import Protocol

from doctown.ingest import rules
from doctown.ingest.bounds import Bounds
from doctown.ingest.facts import (
    Callable,
    Collection,
    Either,
    Expression,
    Itself,
    Record,
    Subscript,
    TypeParameter,
)
from doctown.ingest.plain.language import Language
from doctown.ingest.plain.tables import Tables
from doctown.ingest.plain.values import (
    At,
    Found,
    Function,
    Instance,
    Outside,
    OutsideInstance,
    Parameter,
    Several,
    Shape,
    Thing,
    Value,
    changed,
)


class Evaluator(Protocol):
    """What is asked of `meanings.Meanings`."""

    tables: Tables
    language: Language
    bounds: Bounds[Found]

    def of(self, file: int, scope: int, at: int | None, expression: Expression) -> list[Found]:
        """Everything that `expression` may stand for there."""
        ...


class Types:
    """Evaluates types."""

    def __init__(self, meanings: Evaluator) -> None:
        self._meanings = meanings
        self._tables = meanings.tables

    def declared(self, file: int, scope: int, at: int | None, of_type: Expression) -> list[Found]:
        """What is of the type that `of_type` stands for there."""
        return self._meanings.bounds.asked(self._declared, file, scope, at, of_type)

    def _declared(self, file: int, scope: int, at: int | None, of_type: Expression) -> list[Found]:
        return [Found(value, rules.ANNOTATED) for value in self._values(file, scope, at, of_type)]

    def _values(self, file: int, scope: int, at: int | None, of_type: Expression) -> Sequence[Value]:
        match of_type:
            case Subscript(of, arguments):
                given = tuple(self._all(file, scope, at, one) for one in arguments)
                return [one for found in self._meanings.of(file, scope, at, of) for one in self._with(found, given)]
            case Collection("tuple", parts):
                return [Several(tuple(self._all(file, scope, at, part) for part in parts))]
            case Collection(kind, parts):
                held = [self._all(file, scope, at, part) for part in parts]
                name = self._meanings.language.collections.get(kind, "")
                return [OutsideInstance(name, held[-1] if held else (), held[0] if len(held) > 1 else ())]
            case Either(parts):
                return [value for part in parts for value in self._all(file, scope, at, part)]
            case Callable(returns):
                return [Function(() if returns is None else self._all(file, scope, at, returns))]
            case Itself(of):
                return [found.value for found in self._meanings.of(file, scope, at, of)]
            case Record(members):
                return [Shape(tuple((name, self._all(file, scope, at, one)) for name, one in members))]
        return [value for found in self._meanings.of(file, scope, at, of_type) for value in self.instances(found.value)]

    def _all(self, file: int, scope: int, at: int | None, of_type: Expression) -> tuple[Value, ...]:
        return tuple(found.value for found in self.declared(file, scope, at, of_type))

    def _with(self, found: Found, arguments: tuple[tuple[Value, ...], ...]) -> Sequence[Value]:
        """What is of a type with type arguments."""
        if isinstance(found.value, Outside):
            return self._meanings.language.outside_instances(found.value, arguments)
        made = self.instances(found.value)
        if isinstance(found.value, Thing) and self._tables.definition(found.value.at).is_alias:
            return self.within(tuple(made), Instance(found.value.at, rules.ANNOTATED, arguments))
        return [Instance(one.of, one.how, arguments) if isinstance(one, Instance) else one for one in made]

    def instances(self, value: Value) -> Sequence[Value]:
        """What is of the type `value`; nothing where that is no type."""
        match value:
            case Thing(at):
                of = self._tables.definition(at)
                if of.is_alias and of.stands_for is not None:
                    return [one.value for one in self.declared(at[0], at[1], of.start_byte, of.stands_for)]
                return [Instance(at, rules.ANNOTATED)] if self._tables.is_type(at) else []
            case Outside():
                return self._meanings.language.outside_instances(value, ())
            case Parameter():
                return [value]
        return []

    def itself(self, at: At) -> Instance:
        """An instance of the type, seen from within it."""
        return Instance(at, rules.SELF)

    def underlying(self, of: Instance) -> tuple[Value, ...]:
        """What an instance of a named type is besides: what that type is made of."""
        made = self._tables.definition(of.of)
        if made.stands_for is None:
            return ()
        values = tuple(one.value for one in self.declared(of.of[0], of.of[1], made.start_byte, made.stands_for))
        return self.within(values, of)

    def parameter(self, file: int, scope: int, of: TypeParameter) -> list[Found]:
        """What a type parameter stands for: of a type, itself; of a function, what it is bound by."""
        start = self._tables.definition((file, scope)).start_byte
        bound = () if of.bound is None else self._all(file, scope, start, of.bound)
        if of.of is None:
            return [Found(Parameter((file, -1), of.index, bound), rules.OWN_SCOPE)]
        _, around = self._tables.module_around(file, scope)
        owners = [one.value for one in self._meanings.of(file, around, None, of.of)]
        return [
            Found(Parameter(owner.at, of.index, bound), rules.OWN_SCOPE) for owner in owners if isinstance(owner, Thing)
        ]

    def within(self, values: tuple[Value, ...], of: Instance) -> tuple[Value, ...]:
        """The values, with what is of a type parameter of the instance's type replaced by what that is here."""

        def change(value: Value) -> tuple[Value, ...]:
            if isinstance(value, Parameter) and value.of == of.of and value.index < len(of.arguments):
                return of.arguments[value.index]
            return (value,)

        return changed(values, change) if of.arguments else values
