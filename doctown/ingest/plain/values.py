"""What an expression may stand for, as far as the plain ladder follows it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

At: TypeAlias = tuple[int, int]
"""A definition, or another scope: the number of its file, and its index there."""


@dataclass(frozen=True, slots=True)
class Thing:
    """What is defined there, itself. `receiver` is the instance through which a method was reached."""

    at: At
    receiver: "Instance | None" = None


@dataclass(frozen=True, slots=True)
class Space:
    """A package, module or namespace: what is bound in those scopes."""

    scopes: tuple[At, ...]


@dataclass(frozen=True, slots=True)
class Instance:
    """Something of the type defined there; `how` that is known is a word of a resolution.

    `arguments` are, for each of its type parameters, what is of that type.
    """

    of: At
    how: str
    arguments: tuple[tuple["Value", ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something of the type that is the parameter with that number of the type `of`; at least one of `bound`."""

    of: At
    index: int
    bound: tuple["Value", ...] = ()


@dataclass(frozen=True, slots=True)
class Outside:
    """Something that is not in the repository, by its dotted name."""

    name: str


@dataclass(frozen=True, slots=True)
class OutsideInstance:
    """Something of an outside type, of an unknown one where `name` is empty; what it holds, and by what it is asked.

    `parts`: of what is written out, what each of its parts may be.
    """

    name: str
    elements: tuple["Value", ...] = ()
    keys: tuple["Value", ...] = ()
    parts: tuple[tuple["Value", ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Function:
    """A function that is not known but for what it gives."""

    returns: tuple["Value", ...] = ()


@dataclass(frozen=True, slots=True)
class Several:
    """Several values at once: what each may be."""

    parts: tuple[tuple["Value", ...], ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """Something of no type with a name: what each of its members may be."""

    members: tuple[tuple[str, tuple["Value", ...]], ...]


Value: TypeAlias = Thing | Space | Instance | Parameter | Outside | OutsideInstance | Function | Several | Shape


@dataclass(frozen=True, slots=True)
class Found:
    """A value, and the rule that found it."""

    value: Value
    rule: str


def same(found: Found) -> object:
    """What is equal for two that count as one: of instances the type, however it is known."""
    value = found.value
    if isinstance(value, Instance):
        return "instance", value.of
    return ("thing", value.at) if isinstance(value, Thing) else value


_DEEPEST = 4


def changed(
    values: tuple[Value, ...], change: Callable[[Value], tuple[Value, ...]], depth: int = 0
) -> tuple[Value, ...]:
    """The values with `change` made to each and to what they hold; what lies too deep within is left out."""
    if depth > _DEEPEST:
        return ()
    found: list[Value] = []
    for value in values:
        found += (_changed_within(one, change, depth + 1) for one in change(value))
    return tuple(dict.fromkeys(found))


def _changed_within(value: Value, change: Callable[[Value], tuple[Value, ...]], depth: int) -> Value:
    match value:
        case Instance(_, _, arguments) if arguments:
            return replace(value, arguments=tuple(changed(one, change, depth) for one in arguments))
        case OutsideInstance(_, elements, keys, parts) if elements or keys:
            held, asked = changed(elements, change, depth), changed(keys, change, depth)
            return replace(value, elements=held, keys=asked, parts=tuple(changed(one, change, depth) for one in parts))
        case Function(returns) if returns:
            return Function(changed(returns, change, depth))
        case Several(parts):
            return Several(tuple(changed(part, change, depth) for part in parts))
        case Shape(members):
            return Shape(tuple((name, changed(of, change, depth)) for name, of in members))
    return value


def known_by(value: Value, how: str) -> Value:
    """The value, known in that way; so are the parts of several."""
    match value:
        case Instance(of, _, arguments):
            return Instance(of, how, arguments)
        case Several(parts):
            return Several(tuple(tuple(known_by(one, how) for one in part) for part in parts))
    return value
