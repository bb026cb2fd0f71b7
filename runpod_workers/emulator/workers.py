"""The workers of one endpoint: started on demand, watched, and ended when idle, spent or silent.

What runs a worker is its `Body`: a process of the unmodified SDK (`processes`), or what a test puts in its place. A
worker whose body ends before it ever asked for a job counts as unhealthy, and the next one is started after a while.
What a worker is told and says is left to `worker_side`, what becomes of its jobs to `states`.
"""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from runpod_workers.emulator.billing import IDLE, RUNNING, Ledger
from runpod_workers.emulator.clock import Bell, now
from runpod_workers.emulator.faults import Fault
from runpod_workers.emulator.scaling import Load, wanted_workers
from runpod_workers.emulator.states import Queue
from runpod_workers.emulator.terms import REQUEST_COUNT, Terms

_log = logging.getLogger(__name__)

TICK_S = 0.5
MAX_PAUSE_S = 30.0


class Body(Protocol):
    """What runs a worker."""

    async def wait(self) -> int:
        """Its exit status, once it has ended."""

    def kill(self) -> None:
        """End it at once, and whatever belongs to it."""

    def drain(self) -> None:
        """Ask it to end when it has finished what it runs."""

    def hang(self) -> None:
        """Stop it where it stands; its heartbeat goes on."""

    def last_words(self) -> str:
        """What it wrote last."""


Launch = Callable[[str], Awaitable[Body]]
"""Starts a worker of a name. Raises OSError: not now."""


@dataclass(slots=True)
class Worker:
    """A worker. `is_ready` once it has asked for a job; `is_ending` once it gets no more."""

    id: str
    born: float
    idle_since: float
    spent_since: float = math.inf
    heard: float | None = None
    """When its heartbeat was heard last."""
    is_mute: bool = False
    is_throttled: bool = False
    is_ready: bool = False
    is_ending: bool = False
    body: Body | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when it is to be gone."""


class Workers:
    """Between the least and the most workers that the terms allow."""

    def __init__(
        self,
        queue: Queue,
        terms: Terms,
        launch: Launch,
        changed: Callable[[], None],
        bell: Bell,
        strikes: Callable[[str], list[Fault]],
    ) -> None:
        """`changed` is called when workers have changed something; `strikes` gives the faults of a worker's start."""
        self.ledger = Ledger()
        self._queue, self._terms, self._launch, self._changed = queue, terms, launch, changed
        self._bell, self._strikes = bell, strikes
        self._living: dict[str, Worker] = {}
        self._lives: set[asyncio.Task[None]] = set()
        self._started = 0
        self._last_start = -math.inf
        self._failed_starts = 0
        self._not_before = -math.inf
        self._is_over = False

    def health(self) -> dict[str, int]:
        """Workers by state, as `/health` tells."""
        living = self._living.values()
        idle = sum(one.is_ready and not one.is_ending and self._queue.is_idle(one.id) for one in living)
        running = sum(one.is_ready and not self._queue.is_idle(one.id) for one in living)
        throttled = sum(one.is_throttled for one in living)
        failing = 1 if self._failed_starts else 0
        return {
            "idle": idle,
            "initializing": 0 if failing else sum(not one.is_ready for one in living) - throttled,
            "ready": idle,
            "running": running,
            "throttled": throttled,
            "unhealthy": failing,
        }

    def ready(self) -> list[str]:
        """The names of those that take jobs."""
        return [worker.id for worker in self._living.values() if worker.is_ready and not worker.is_ending]

    def asks(self, name: str) -> bool:
        """Note that a worker asks for a job; whether it may have one."""
        worker = self._living.get(name)
        if worker is None or worker.is_ending:
            return False
        if not worker.is_ready:
            worker.is_ready, self._failed_starts, worker.idle_since = True, 0, now()
            self.ledger.turn_to(name, IDLE, now())
        return True

    def is_living(self, name: str) -> bool:
        """Whether a worker is there and not being ended."""
        worker = self._living.get(name)
        return worker is not None and not worker.is_ending

    def heard(self, name: str, when: float) -> None:
        """Note the heartbeat of a worker."""
        worker = self._living.get(name)
        if worker is not None and not worker.is_mute:
            worker.heard = when

    def without_work(self) -> int:
        """How many workers there are, those that are starting included, that hold no job."""
        return sum(
            self._queue.is_idle(worker.id)
            for worker in self._living.values()
            if not (worker.is_ending or worker.is_throttled)
        )

    def note_work(self, when: float) -> None:
        """Jobs were taken or finished: who works, and who is idle since now."""
        for worker in self._living.values():
            is_idle = self._queue.is_idle(worker.id)
            if not is_idle or not worker.is_ready:
                worker.idle_since = when
            if worker.is_ready:
                self.ledger.turn_to(worker.id, IDLE if is_idle else RUNNING, when)
            worker.spent_since = min(worker.spent_since, when) if self._queue.is_spent(worker.id) else math.inf

    def kill(self, name: str) -> None:
        """End a worker at once: it goes as a machine does that is lost."""
        if (worker := self._living.get(name)) is not None:
            worker.over.set()
            if worker.body is not None:
                worker.body.kill()

    def drain(self, name: str) -> None:
        """Have a worker end when it has finished what it runs; it is given no more."""
        worker = self._living.get(name)
        if worker is None or worker.is_ending:
            return
        worker.is_ending = True
        if worker.body is None:
            worker.over.set()
        else:
            worker.body.drain()
            asyncio.get_running_loop().call_later(self._terms.drain_s, self.kill, name)
        self._bell.ring()

    def hang(self, name: str) -> None:
        """Stop what a worker does, but not its heartbeat."""
        if (worker := self._living.get(name)) is not None and worker.body is not None:
            worker.body.hang()

    def freeze(self, name: str) -> None:
        """Stop a worker, and hear its heartbeat no more."""
        if (worker := self._living.get(name)) is not None:
            worker.heard, worker.is_mute = now(), True
            self.hang(name)

    async def supervise(self) -> None:
        """Start and end workers until `end` is called; afterwards none is left."""
        try:
            while not self._is_over:
                if self._queue.expire(now()):
                    self._changed()
                self._end_some(now())
                self._start_missing(now())
                await self._bell.wait(TICK_S)
        finally:
            for worker in self._living.values():
                worker.is_ending = True
                self.kill(worker.id)
            await asyncio.gather(*self._lives)

    def end(self) -> None:
        """Have `supervise` come to its end. (Cancelling it instead could lose a process that is just being started.)"""
        self._is_over = True
        self._bell.ring()

    def _wanted(self, when: float) -> int:
        load = Load(
            jobs=self._queue.load(),
            waiting=self._queue.waiting_jobs(),
            oldest_wait_s=self._queue.oldest_wait_s(when),
            workers=len(self._living),
            since_start_s=when - self._last_start,
        )
        wanted = wanted_workers(self._terms, load)
        return min(wanted, 1) if self._failed_starts else wanted

    def _start_missing(self, when: float) -> None:
        while len(self._living) < self._wanted(when) and when >= self._not_before:
            self._started += 1
            self._last_start = when
            worker = Worker(f"worker-{self._started}", when, when)
            self._living[worker.id] = worker
            living = asyncio.create_task(self._live(worker))
            self._lives.add(living)
            living.add_done_callback(self._lives.discard)

    async def _live(self, worker: Worker) -> None:
        """A worker's whole life, and what is left to do after it."""
        code = None
        if await self._has_machine(worker):
            try:
                worker.body = await self._launch(worker.id)
            except OSError as error:  # no memory, no process or no folder for it now: later there may be
                _log.warning("%s could not be started: %s", worker.id, error)
            else:
                if worker.over.is_set():
                    worker.body.kill()
                code = await worker.body.wait()
                worker.body.kill()
        del self._living[worker.id]
        self.ledger.end(worker.id, now())
        self._queue.lose(worker.id, now())
        if not worker.is_ending:
            if worker.body is not None:
                words = worker.body.last_words()
                _log.warning("%s ended by itself with code %s, having said:\n%s", worker.id, code, words)
            if not worker.is_ready:
                self._failed_starts += 1
                self._not_before = now() + min(2.0 ** min(self._failed_starts, 10), MAX_PAUSE_S)
        self._changed()

    async def _has_machine(self, worker: Worker) -> bool:
        """Wait for a machine and for its cold start; False: it is not wanted any more, or is to fail."""
        faults = self._strikes(worker.id)
        for fault in faults:
            if fault.do == "throttle":
                worker.is_throttled = True
                await _set_within(worker.over, fault.seconds)
                worker.is_throttled = False
        if worker.over.is_set():
            return False
        self.ledger.start(worker.id, now())
        delays = sum(fault.seconds or 0 for fault in faults if fault.do == "delay")
        if cold_s := self._terms.cold_start_s + delays:
            await _set_within(worker.over, cold_s)
        return not worker.over.is_set() and not any(fault.do == "fail" for fault in faults)

    def _end_some(self, when: float) -> None:
        """End the idle, the spent, the silent, and those that wait for a machine when there is nothing to do."""
        terms = self._terms
        self.note_work(when)
        needed = self._wanted(when) if terms.scaler == REQUEST_COUNT else terms.workers_min
        surplus = sum(not worker.is_ending for worker in self._living.values()) - needed
        for worker in list(self._living.values()):
            is_silent = worker.heard is not None and 0 < terms.heartbeat_s < when - worker.heard
            if is_silent:
                _log.warning("%s has been silent for %s s and is taken for dead.", worker.id, terms.heartbeat_s)
            if is_silent or when - worker.spent_since > terms.stop_grace_s:
                worker.is_ending = True
                self.kill(worker.id)
            elif worker.is_throttled and not self._queue.load():
                worker.is_ending = True
                worker.over.set()
            elif surplus > 0 and when - worker.idle_since > terms.idle_s and not self._queue.waiting_jobs():
                surplus -= not worker.is_ending
                self.drain(worker.id)


async def _set_within(event: asyncio.Event, seconds: float | None) -> None:
    """Wait until `event` is set, or for so long; without a time, for ever."""
    waiting = asyncio.ensure_future(event.wait())
    await asyncio.wait({waiting}, timeout=seconds)
    waiting.cancel()
