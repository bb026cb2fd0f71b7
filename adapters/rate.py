"""How fast an endpoint may be asked: so many requests at once, so many in ten seconds, and a rest when it says so.

One `Rate` per operation. What is asked, and what an answer means, is left to `adapters.runpod`.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self

WINDOW_S = 10.0
MAX_REST_S = 60.0
"""A server that asks for a longer rest is asked again after this."""

Sleep = Callable[[float], Awaitable[object]]


def loop_now() -> float:
    """Seconds by the clock of the running event loop, by which everything here waits."""
    return asyncio.get_running_loop().time()


class Rate:
    """A place to wait in before each request of one operation; an async context manager around the request."""

    def __init__(
        self, at_once: int, per_window: int, now: Callable[[], float] = loop_now, sleep: Sleep = asyncio.sleep
    ) -> None:
        """`at_once` requests may be under way, `per_window` begin within any WINDOW_S seconds."""
        self._free = asyncio.Semaphore(at_once)
        self._begun: deque[float] = deque(maxlen=per_window)
        self._not_before = 0.0
        self._now, self._sleep = now, sleep

    def rest(self, seconds: float) -> None:
        """Begin no request for so long: the server said that there were too many."""
        self._not_before = max(self._not_before, self._now() + seconds)

    async def __aenter__(self) -> Self:
        await self._free.acquire()
        try:
            while (wait_s := self._wait_s()) > 0:
                await self._sleep(wait_s)
        except BaseException:
            self._free.release()
            raise
        self._begun.append(self._now())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._free.release()

    def _wait_s(self) -> float:
        full = len(self._begun) == self._begun.maxlen
        opens = self._begun[0] + WINDOW_S if full else 0.0
        return max(opens, self._not_before) - self._now()


def asked_rest_s(retry_after: str, unix_now: float) -> float:
    """Seconds that a `Retry-After` asks for, in either of its forms, at most MAX_REST_S; 0 where it says nothing."""
    text = retry_after.strip()
    if text.isascii() and text.isdecimal():
        return min(float(text[:9]), MAX_REST_S)
    try:
        return min(max(parsedate_to_datetime(text).timestamp() - unix_now, 0.0), MAX_REST_S)
    except (ValueError, OverflowError, TypeError):
        return 0.0
