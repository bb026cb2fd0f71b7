"""Where a reference leads: the answer that every language's resolver gives."""

from collections.abc import Iterable

from msgspec import Struct


class Target(Struct, frozen=True, gc=False):
    """A definition (`at`: file and index) or something outside (`external`, a dotted name), and the rule.

    `source` is the definition from which the edge leads there, where that is not what the site lies in.
    """

    at: tuple[int, int] | None
    external: str | None
    rule: str
    source: tuple[int, int] | None = None


class Unresolved(Struct, frozen=True, gc=False):
    """Nothing that could be named without guessing, and why."""

    cause: str


def distinct(targets: Iterable[Target]) -> list[Target]:
    """The first of those that lead to the same place."""
    every = list(targets)
    if len(every) < 2:
        return every
    found: dict[object, Target] = {}
    for target in every:
        found.setdefault((target.at, target.external), target)
    return list(found.values())
