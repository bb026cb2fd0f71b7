"""An event loop whose clock jumps: where all wait, it is at once as late as the first of them waits for.

Its time is that of `loop.time()`, and so of `asyncio.sleep` and `asyncio.timeout`. While a thread works for the loop
(`asyncio.to_thread`) the clock stands still and the loop really waits.
"""

import asyncio
import selectors


def run_virtually(main):
    """What the coroutine `main` returns, in a loop of virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)


class VirtualLoop(asyncio.SelectorEventLoop):
    """Begins at 0 seconds."""

    def __init__(self):
        self.now = 0.0
        self.in_threads = 0
        super().__init__(_JumpingSelector(self))

    def time(self):
        return self.now

    def run_in_executor(self, executor, func, *args):
        future = super().run_in_executor(executor, func, *args)
        self.in_threads += 1
        future.add_done_callback(self._left_thread)
        return future

    def _left_thread(self, _):
        self.in_threads -= 1


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self, loop):
        super().__init__()
        self._loop = loop

    def select(self, timeout=None):
        if timeout is None or timeout <= 0 or self._loop.in_threads:
            return super().select(timeout if not self._loop.in_threads or timeout == 0 else None)
        found = super().select(0)
        if not found:
            self._loop.now += timeout
        return found
