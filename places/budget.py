"""The budget of a run: work goes on as long as what it has used costs no more than it may.

What is used is read again every second. When it is too much the work is cancelled, and with it its jobs at their
endpoints (`places.runpod`); what was finished until then is kept. What is used is counted as if all were stopped now,
with the idle timeouts that follow.
"""

import asyncio
import math
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from adapters.rate import Sleep, loop_now
from doctown.cost import dollars
from doctown.errors import BudgetExceeded

T = TypeVar("T")

PAUSE_S = 1.0
MORE = "Raise --max-cost (DOCTOWN_MAX_COST), lower DOCTOWN_EMBED_WORKERS, or index a part with --path."


class Budget:
    """So many dollars. Any number of works may be kept within it at once."""

    def __init__(
        self,
        most_usd: float,
        spent_usd: Callable[[], float],
        now: Callable[[], float] = loop_now,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.most_usd, self._spent_usd, self._now, self._sleep = most_usd, spent_usd, now, sleep
        self._read, self._read_at = 0.0, -math.inf

    def check(self, needed_usd: float, what: str) -> None:
        """Raises BudgetExceeded: `what`, that comes now, would cost more than is left."""
        spent = self._spent_usd()
        if spent + needed_usd > self.most_usd:
            most, so_far = dollars(self.most_usd), f" after {dollars(spent)} so far" if spent else ""
            raise BudgetExceeded(
                f"{what} would cost about {dollars(needed_usd)}{so_far}, and the run may cost {most}: "
                f"none of it was started. {MORE}"
            )

    async def kept(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` gives. Raises BudgetExceeded once it has cost too much: it was cancelled, and has ended."""
        working, watching = asyncio.ensure_future(work), asyncio.ensure_future(self._exceeded())
        try:
            await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                return working.result()
            raise BudgetExceeded(
                f"The run was stopped at about {dollars(watching.result())}, and may cost {dollars(self.most_usd)}; "
                f"what was embedded until then is kept, and the next run goes on from there. {MORE}"
            )
        finally:
            working.cancel()
            watching.cancel()
            await asyncio.gather(working, watching, return_exceptions=True)

    async def _exceeded(self) -> float:
        """What was spent when it became too much. Read once a second, however many wait for that."""
        while True:
            if self._now() - self._read_at >= PAUSE_S:
                self._read, self._read_at = self._spent_usd(), self._now()
            if self._read > self.most_usd:
                return self._read
            await self._sleep(PAUSE_S)
