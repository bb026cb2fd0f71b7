"""The workers of one endpoint: real processes of the unmodified SDK, started on demand and ended when idle.

A worker's end, however it comes, is noticed by its process and nothing else: silence is no sign of death. A worker
whose process ends before it ever asked for a job counts as unhealthy, and the next one is started after a while.
What a worker is told and says is left to `http`, what becomes of its jobs to `states`.
"""

import asyncio
import contextlib
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runpod_workers.emulator.states import Queue

_log = logging.getLogger(__name__)

CONTAINER = str(Path(__file__).with_name("container.py"))
TICK_S = 0.5
MAX_PAUSE_S = 30.0


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


@dataclass(slots=True)
class Worker:
    """A worker, its process, and what it writes. `ready` once it has asked for a job; `ending` once it gets no more."""

    id: str
    log: Path
    process: asyncio.subprocess.Process
    since: float
    idle_since: float
    ready: bool = False
    ending: bool = False


class Workers:
    """The processes of one endpoint, between none and `most`."""

    def __init__(
        self,
        queue: Queue,
        command: Sequence[str],
        environment_of: Callable[[str], Mapping[str, str]],
        most: int,
        logs: Path,
        idle_s: float = 5.0,
    ) -> None:
        """`environment_of` gives the whole environment of the worker of a name; `logs` is a folder."""
        self.bell = Bell()
        self._queue, self._command, self._environment_of = queue, command, environment_of
        self._most, self._logs, self._idle_s = most, logs, idle_s
        self._living: dict[str, Worker] = {}
        self._watching: set[asyncio.Task[None]] = set()
        self._started = 0
        self._failed_starts = 0
        self._not_before = 0.0
        self._seconds = 0.0
        self._over = False

    @property
    def seconds(self) -> float:
        """How long workers have lived, all together."""
        return self._seconds + sum(time.monotonic() - worker.since for worker in self._living.values())

    def health(self) -> dict[str, int]:
        """Workers by state, as `/health` tells."""
        ready = [worker for worker in self._living.values() if worker.ready]
        idle = sum(self._queue.is_idle(worker.id) for worker in ready)
        starting = len(self._living) - len(ready)
        failing = 1 if self._failed_starts else 0
        return {
            "idle": idle,
            "initializing": 0 if failing else starting,
            "ready": idle,
            "running": len(ready) - idle,
            "throttled": 0,
            "unhealthy": failing,
        }

    def asking(self, worker_id: str) -> bool:
        """Note that a worker asks for a job; whether it may have one."""
        worker = self._living.get(worker_id)
        if worker is None or worker.ending:
            return False
        worker.ready, self._failed_starts = True, 0
        return True

    def without_work(self) -> int:
        """How many workers there are, those that are starting included, that hold no job."""
        return sum(self._queue.is_idle(worker.id) for worker in self._living.values() if not worker.ending)

    async def supervise(self) -> None:
        """Start and end workers until `end` is called; afterwards none is left."""
        try:
            while not self._over:
                now = time.monotonic()
                if self._queue.expire(now):
                    self.bell.ring()
                self._end_idle_and_spent(now)
                await self._start_missing(now)
                await self.bell.wait(TICK_S)
        finally:
            for worker in self._living.values():
                _kill(worker)
            await asyncio.gather(*self._watching)

    def end(self) -> None:
        """Have `supervise` come to its end. (Cancelling it instead could lose a process that is just being started.)"""
        self._over = True
        self.bell.ring()

    async def _start_missing(self, now: float) -> None:
        wanted = min(self._most, self._queue.open_jobs())
        if self._failed_starts:
            wanted = min(wanted, 1)
        while len(self._living) < wanted and now >= self._not_before:
            self._started += 1
            name = f"worker-{self._started}"
            try:
                worker = await self._started_worker(name, now)
            except OSError as error:  # no memory, no process or no folder for it now: later there may be
                _log.warning("%s could not be started: %s", name, error)
                self._note_failed_start(now)
                return
            self._living[name] = worker
            watching = asyncio.create_task(self._watch(worker))
            self._watching.add(watching)
            watching.add_done_callback(self._watching.discard)

    async def _started_worker(self, name: str, now: float) -> Worker:
        log = self._logs / f"{name}.log"
        with log.open("wb") as written:  # no pipe: the heartbeat would hold it, and a pipe's end is waited for
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", CONTAINER, *self._command),
                stdin=asyncio.subprocess.PIPE,  # its end tells the container that we are gone
                stdout=written,
                stderr=asyncio.subprocess.STDOUT,
                env=self._environment_of(name),
                start_new_session=True,
            )
        return Worker(name, log, process, now, now)

    def _note_failed_start(self, now: float) -> None:
        self._failed_starts += 1
        self._not_before = now + min(2.0 ** min(self._failed_starts, 10), MAX_PAUSE_S)

    async def _watch(self, worker: Worker) -> None:
        """Wait until a worker's process ends, then clear away what is left of it."""
        code = await worker.process.wait()
        _kill(worker)
        del self._living[worker.id]
        now = time.monotonic()
        self._seconds += now - worker.since
        self._queue.lose(worker.id, now)
        if not worker.ending:
            _log.warning("%s ended by itself with code %s, having said:\n%s", worker.id, code, _last_lines(worker.log))
            if not worker.ready:
                self._note_failed_start(now)
        worker.log.unlink(missing_ok=True)
        self.bell.ring()

    def _end_idle_and_spent(self, now: float) -> None:
        for worker in self._living.values():
            if not worker.ready or not self._queue.is_idle(worker.id):
                worker.idle_since = now
            too_idle = now - worker.idle_since > self._idle_s and not self._queue.open_jobs()
            if (too_idle or self._queue.is_spent(worker.id)) and not worker.ending:
                _kill(worker)


def _kill(worker: Worker) -> None:
    """End a worker's whole session at once: all it works on is over, or will be given to another."""
    if worker.process.returncode is None:
        worker.ending = True
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(worker.process.pid, signal.SIGKILL)


def _last_lines(log: Path) -> str:
    try:
        lines = log.read_text(errors="replace").splitlines()[-10:]
    except OSError:
        return "  (what it said is gone)"
    # A terminal shows this, and what a worker says may come from a repository.
    shown = ("".join(c if c.isprintable() else "?" for c in line[:500]) for line in lines if line.strip())
    return "\n".join("  " + line for line in shown)
