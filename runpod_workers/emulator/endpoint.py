"""One endpoint: its jobs, its limits, its workers, what goes wrong there, and who waits for what.

Whatever changes a job says so with `changed`: those who wait for its end are woken, webhooks are sent, and workers are
started or ended. How clients ask is left to `clients`, how workers do to `worker_side`.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from runpod_workers.emulator.clock import Bell, now
from runpod_workers.emulator.faults import Fault, Faults, Moment
from runpod_workers.emulator.jobs import Job
from runpod_workers.emulator.limits import RateLimits
from runpod_workers.emulator.states import Queue
from runpod_workers.emulator.terms import Terms
from runpod_workers.emulator.webhooks import Post, deliver, may_receive
from runpod_workers.emulator.workers import Launch, Workers

_log = logging.getLogger(__name__)


class Endpoint:
    """One endpoint. It is alive while `run` runs."""

    def __init__(self, name: str, terms: Terms, faults: Faults, launch: Launch, post: Post) -> None:
        """`launch` starts what runs a worker; `post` sends a webhook."""
        self.name, self.terms, self.faults, self._post = name, terms, faults, post
        self.queue = Queue(terms)
        self.limits = RateLimits(terms)
        self.bell = Bell()
        self.workers = Workers(self.queue, terms, launch, self.changed, self.bell, self._strikes_at_start)
        self._awaited: dict[str, set[asyncio.Future[None]]] = {}
        self._delivering: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until `end` is called; afterwards no worker is left."""
        try:
            await self.workers.supervise()
        finally:
            for delivery in self._delivering:
                delivery.cancel()
            await asyncio.gather(*self._delivering, return_exceptions=True)

    def end(self) -> None:
        """Have `run` come to its end."""
        self.workers.end()

    def changed(self) -> None:
        """Something happened to a job or a worker: tell whoever waits for it."""
        for job in self.queue.ended():
            for waiting in self._awaited.pop(job.id, ()):
                if not waiting.done():
                    waiting.set_result(None)
            if job.is_over and isinstance(url := job.body.get("webhook"), str):
                self._send(url, job)
        self.workers.note_work(now())
        self.bell.ring()

    async def until_over(self, job: Job, timeout_s: float) -> None:
        """Wait for the end of a job, or for so long."""
        if job.is_over or timeout_s <= 0:
            return
        waiting = asyncio.get_running_loop().create_future()
        self._awaited.setdefault(job.id, set()).add(waiting)
        try:
            await asyncio.wait({waiting}, timeout=timeout_s)
        finally:
            if others := self._awaited.get(job.id):
                others.discard(waiting)

    def strikes(self, at: str, worker: str | None = None, job: int | None = None) -> list[Fault]:
        """The faults that are due at a moment; the moment counts by this."""
        return self.faults.due(Moment(at=at, endpoint=self.name, worker=worker, job=job), now())

    def after(self, seconds: float | None, what: Callable[[], Any]) -> None:
        """Do something so much later, or as soon as whoever asked has done what it does."""

        def happen() -> None:
            what()
            self.changed()

        asyncio.get_running_loop().call_later(seconds or 0, happen)

    def _strikes_at_start(self, worker: str) -> list[Fault]:
        return self.strikes("start", worker)

    def _send(self, url: str, job: Job) -> None:
        if not may_receive(url, self.terms):
            _log.warning("The webhook of %s leads elsewhere than this machine and is not sent.", job.id)
            return
        sending = asyncio.create_task(deliver(self._post, url, job.record(), self.terms))
        self._delivering.add(sending)
        sending.add_done_callback(self._delivering.discard)
