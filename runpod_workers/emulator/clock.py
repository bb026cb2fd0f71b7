"""The time that everything here goes by, which is the event loop's, and the bell by which waiting parts are woken."""

import asyncio
import contextlib


def now() -> float:
    """Seconds, by the loop that runs: a test may run a loop whose clock jumps."""
    return asyncio.get_running_loop().time()


class Bell:
    """Rung when something has changed; whoever waits is woken."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        """Wake all who wait."""
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self, timeout_s: float) -> None:
        """Until it rings, or for so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._event.wait()
