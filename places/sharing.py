"""Sharing: which texts a run embeds, and which it leaves to a run that began with them before it.

What is left to another is waited for after one's own work. A run that gives no sign of life any more is not waited for;
its texts are announced anew, and embedded by whoever does that first. The announcements are `adapters.under_way`'s.
"""

import asyncio
import contextlib
from collections.abc import Callable
from collections.abc import Set as AbstractSet

from adapters.rate import Sleep, loop_now
from adapters.under_way import Announcement, UnderWay
from doctown.errors import StoreUnavailable

BEAT_S = 15.0
DEAD_S = 60.0
"""So long without a new sign of life, which comes every BEAT_S, and a run is taken for gone."""
STALLED_S = 1_800.0
"""So long without one more text from a run that lives, and it is not waited for: it may embed for another engine."""
LOOK_S = 1.0


class Sharing:
    """The share of one run. Close it: others are to embed what it has announced and not embedded."""

    def __init__(self, under_way: UnderWay, now: Callable[[], float] = loop_now, sleep: Sleep = asyncio.sleep) -> None:
        self._under_way, self._now, self._sleep = under_way, now, sleep
        self._others: list[Announcement] = []
        self._given_up: set[str] = set()
        self._beating: asyncio.Task[None] | None = None

    async def left_to_others(self, whose: str, keys: AbstractSet[str]) -> AbstractSet[str]:
        """Announce `keys`; those of them that another run has announced before and is embedding now."""
        before = await asyncio.to_thread(self._under_way.announce, whose, keys)
        self._others = [other for other in before if other.place not in self._given_up]
        if self._beating is None:
            self._beating = asyncio.create_task(self._beat())
        return keys & frozenset().union(*(other.keys for other in self._others))

    async def wait(self, keys: AbstractSet[str], found: Callable[[AbstractSet[str]], AbstractSet[str]]) -> None:
        """Until those of `keys` that were left to others are `found`, or nobody embeds them any more."""
        for other in self._others:
            await self._wait_for(other, other.keys & keys, found)
        self._others = []

    async def _wait_for(
        self, other: Announcement, missing: AbstractSet[str], found: Callable[[AbstractSet[str]], AbstractSet[str]]
    ) -> None:
        heard = came = self._now()
        while left := missing - await asyncio.to_thread(found, missing):
            now = self._now()
            if len(left) < len(missing):
                missing, came = left, now
            again = await asyncio.to_thread(self._under_way.again, other)
            if again is None:
                return
            if now - came > STALLED_S:
                self._given_up.add(other.place)
                return
            if again.sign != other.sign:
                other, heard = again, now
            elif now - heard > DEAD_S:
                await asyncio.to_thread(self._under_way.remove, other)
                return
            await self._sleep(LOOK_S)

    async def aclose(self) -> None:
        """Take back what was announced."""
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.wait({self._beating})
            with contextlib.suppress(StoreUnavailable):  # it is found out by our silence, then
                await asyncio.to_thread(self._under_way.withdraw)

    async def _beat(self) -> None:
        while True:
            await self._sleep(BEAT_S)
            with contextlib.suppress(StoreUnavailable):
                await asyncio.to_thread(self._under_way.live)
