"""Bounds of evaluation: in depth, in steps and in the number of values, so that no code can make it run long."""

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

MOST = 8
"""Values that are told apart: more possibilities than that are none."""

_DEEPEST = 24
_MOST_HOPS = 16
"""Imports of imports."""
_MOST_STEPS = 2_000
"""For one question. After many such questions there are no more than a few for each."""
_FEW_STEPS = 50


class _TooFar(Exception):
    """A question has taken more steps than it may."""


F = TypeVar("F")


class Bounds(Generic[F]):
    """Every question goes through here, and so does every question that it asks in turn; answers are some `F`."""

    def __init__(self, steps: int, same: Callable[[F], object]) -> None:
        """`steps` may be taken in all before questions become short; two answers of which `same` is equal are one."""
        self._left, self._same = steps, same
        self._kept: dict[object, tuple[F, ...]] = {}
        self._open: set[object] = set()
        self._depth = self._hops = self._steps = 0
        self._is_asked = False

    def asked(self, find: Callable[..., Iterable[F]], *arguments: Any) -> list[F]:
        """The answer to a question, which may ask others; nothing, then and for ever, to those that go too far."""
        if not self._is_asked:
            return self._first(find, *arguments)
        self._step()
        if self._depth >= _DEEPEST:
            return []
        self._depth += 1
        try:
            found = self._distinct(find(*arguments))
        finally:
            self._depth -= 1
        return found if len(found) <= MOST else []

    def _first(self, find: Callable[..., Iterable[F]], *arguments: Any) -> list[F]:
        self._is_asked = True
        self._steps = _MOST_STEPS if self._left > 0 else _FEW_STEPS
        try:
            return self.asked(find, *arguments)
        except _TooFar:
            self._kept.update(dict.fromkeys(self._open, ()))
            self._open.clear()
            return []
        finally:
            self._is_asked = False

    def once(self, key: object, find: Callable[..., Iterable[F]], *arguments: Any) -> list[F]:
        """What `find` gives, found out once; nothing while it is being found out."""
        if (kept := self._kept.get(key)) is not None:
            return list(kept)
        if key in self._open:
            return []
        self._step()
        self._open.add(key)
        found = self._distinct(find(*arguments))
        found = found if len(found) <= MOST else []
        self._open.discard(key)
        if self._depth <= _DEEPEST // 2 and self._hops <= _MOST_HOPS // 2:  # else cut short, perhaps
            self._kept[key] = tuple(found)
        return found

    def hopped(self, find: Callable[..., list[F]], *arguments: Any) -> list[F]:
        """What `find` gives after one more import; nothing after too many."""
        if self._hops >= _MOST_HOPS:
            return []
        self._hops += 1
        try:
            return find(*arguments)
        finally:
            self._hops -= 1

    def _step(self) -> None:
        self._steps, self._left = self._steps - 1, self._left - 1
        if self._steps < 0:
            raise _TooFar

    def _distinct(self, found: Iterable[F]) -> list[F]:
        every = list(found)
        if len(every) < 2:
            return every
        seen: dict[object, F] = {}
        for one in every:
            seen.setdefault(self._same(one), one)
        return list(seen.values())
