"""What one name is bound to in one scope, and which of it may hold at a place.

However often a name is bound, and wherever it is asked for, only the last few bindings before that place are looked at.
"""

from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter

from doctown.ingest.facts import Arm, Binding
from doctown.ingest.syntax import Nesting

_MOST = 32
"""Bindings that may hold at one place. More have too many values for any of them to be known."""
_LOOKED_AT = 256
_BYTE = attrgetter("at")


class Bound:
    """The bindings of one name in one scope, of a file with those arms."""

    __slots__ = ("_arms", "_bytes", "_extents", "_held", "_later", "_plain")  # there are very many of them

    def __init__(self, bindings: Sequence[Binding], arms: Sequence[tuple[Arm, ...]]) -> None:
        self._arms = arms
        plain = [one for one in bindings if one.extent is None]
        if len(plain) > 1:
            plain.sort(key=_BYTE)
        self._plain = tuple(plain)
        self._bytes = tuple(map(_BYTE, plain))
        self._held: tuple[Binding, ...] = ()
        self._extents: Nesting | None = None
        if len(plain) < len(bindings):
            self._held = tuple(one for one in bindings if one.extent is not None)
            self._extents = Nesting([one.extent for one in self._held if one.extent is not None])
        self._later: Sequence[Binding] | None = None

    def within(self, at: int) -> Sequence[Binding]:
        """The binding of the smallest comprehension around byte `at`, if there is one."""
        found = None if self._extents is None else self._extents.innermost(at)
        return () if found is None else (self._held[found],)

    def seen_at(self, at: int) -> Sequence[Binding]:
        """Which may hold at byte `at` of the scope: the last, and what its conditions leave of the others."""
        if within := self.within(at):
            return within
        reached = self._back_from(bisect_left(self._bytes, at), at, is_excluding=True)
        return reached or self._back_from(len(self._plain), at)

    def later(self) -> Sequence[Binding]:
        """Which may hold when all of the scope has run."""
        if self._later is None:
            self._later = self._back_from(len(self._plain), None)
        return self._later

    def _back_from(self, end: int, at: int | None, is_excluding: bool = False) -> Sequence[Binding]:
        kept: list[Binding] = []
        replaced: set[Arm] = set()
        for one in reversed(self._plain[max(0, end - _LOOKED_AT) : end]):
            if not one.arms:
                kept.append(one)
                break
            arms = self._arms[one.arms]
            if is_excluding and at is not None and any(arm.excludes(at) for arm in arms):
                continue
            if not replaced.isdisjoint(arms):
                continue  # wherever this was done, a later one is done too
            kept.append(one)
            if len(kept) == _MOST or (at is not None and all(arm.holds(at) for arm in arms)):
                break
            replaced.add(arms[-1])
        return kept
