"""What a Python expression may stand for, as far as resolution is concerned."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from doctown.ingest.bounds import MOST

At: TypeAlias = tuple[int, int]
"""A definition: the number of its file, and its index there."""


@dataclass(frozen=True, slots=True)
class Module:
    """A module or package of the repository, by its place."""

    place: str


@dataclass(frozen=True, slots=True)
class Thing:
    """A class or function itself. `receiver` is the class through which a method was reached."""

    at: At
    receiver: At | None = None


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance of a class of the repository; `how` that is known is a word of a resolution."""

    of: At
    how: str


@dataclass(frozen=True, slots=True)
class Super:
    """`super()` in a method of the class."""

    of: At


@dataclass(frozen=True, slots=True)
class Outside:
    """Something that is not in the repository, by its dotted name."""

    name: str


@dataclass(frozen=True, slots=True)
class OutsideInstance:
    """An instance of an outside class; of an unknown one where `name` is empty. `elements` is what it holds."""

    name: str
    elements: tuple["Value", ...] = ()


Value: TypeAlias = Module | Thing | Instance | Super | Outside | OutsideInstance


@dataclass(frozen=True, slots=True)
class Found:
    """A value, and the rule that found it."""

    value: Value
    rule: str


def same(found: Found) -> object:
    """What is equal for two that count as one: of instances the class, however it is known."""
    return ("instance", found.value.of) if isinstance(found.value, Instance) else found.value


_DEEPEST = 3


def holding(name: str, held: Iterable[Value]) -> OutsideInstance:
    """An instance of an outside class that holds those: not many, and not endlessly much within each other."""
    return OutsideInstance(name, tuple(dict.fromkeys(_shallow(one, _DEEPEST) for one in held))[:MOST])


def _shallow(value: Value, depth: int) -> Value:
    if not isinstance(value, OutsideInstance) or not value.elements:
        return value
    within = value.elements if depth else ()
    return OutsideInstance(value.name, tuple(_shallow(one, depth - 1) for one in within))
