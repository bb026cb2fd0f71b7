"""What a Python expression may stand for, as far as resolution is concerned."""

from collections.abc import Iterable
from typing import TypeAlias

from msgspec import Struct

from doctown.ingest.bounds import MOST

At: TypeAlias = tuple[int, int]
"""A definition: the number of its file, and its index there."""


class Module(Struct, frozen=True, gc=False):
    """A module or package of the repository, by its place."""

    place: str


class Thing(Struct, frozen=True, gc=False):
    """A class or function itself. `receiver` is the class through which a method was reached."""

    at: At
    receiver: At | None = None


class Instance(Struct, frozen=True, gc=False):
    """An instance of a class of the repository; `how` that is known is a word of a resolution."""

    of: At
    how: str


class Super(Struct, frozen=True, gc=False):
    """`super()` in a method of the class."""

    of: At


class Outside(Struct, frozen=True, gc=False):
    """Something that is not in the repository, by its dotted name."""

    name: str


class OutsideInstance(Struct, frozen=True, gc=False):
    """An instance of an outside class; of an unknown one where `name` is empty. `elements` is what it holds."""

    name: str
    elements: tuple["Value", ...] = ()


Value: TypeAlias = Module | Thing | Instance | Super | Outside | OutsideInstance


class Found(Struct, frozen=True, gc=False):
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
