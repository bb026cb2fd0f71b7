"""Waiting for a job of an endpoint to be over: by long poll where it is offered, else by polls that grow rarer.

A job that is queued and one that runs have deadlines of their own, and a job that was just accepted may be unknown
for a while. What is done with a job that is given up is left to `places.runpod`.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

from adapters.rate import Sleep, loop_now
from adapters.runpod import RunPodClient
from doctown.errors import BackendUnavailable, ExecutionTimedOut, NoWorkers, StepTimedOut, WorkerLost
from doctown.wire import COMPLETED, IN_QUEUE, TERMINAL
from places.meter import Meter
from places.waits import Waits
from places.worker_health import WorkerHealth

FIRST_WAIT_S = 1.0
_ENOUGH, _LATEST = 5, 50
"""Jobs that must be over before another can be called slow, and how many of the latest are compared with."""


class Waiting:
    """Waits for the jobs of one endpoint."""

    def __init__(
        self,
        client: RunPodClient,
        waits: Waits,
        now: Callable[[], float] = loop_now,
        sleep: Sleep = asyncio.sleep,
        meter: Meter | None = None,
    ) -> None:
        """`meter` is told what is heard of jobs and workers."""
        self._client, self._waits, self._now, self._sleep = client, waits, now, sleep
        self._meter = meter or Meter(now)
        self._health = WorkerHealth(client, waits, now, self._meter.counted)
        self._ran_s: deque[float] = deque(maxlen=_LATEST)
        self._cut: set[str] = set()

    async def ended(self, work: str, job_id: str, submitted_ago_s: float) -> Mapping[str, Any] | None:
        """The record of the job when it is over; None: the endpoint does not know it (any more).

        `work` names what the job does: jobs for the same work are cut as stragglers only once.

        Raises:
            NoWorkers, StepTimedOut, ExecutionTimedOut, WorkerLost: given up; the job is to be cancelled.
            BackendUnavailable: nothing was heard of the endpoint for too long; the job may go on.
        """
        job = _Watched(self._now(), submitted_ago_s, self._waits)
        while True:
            asked = self._now()
            try:
                record = await self._client.awaited(job_id, self._hold_s(asked - job.started))
            except BackendUnavailable:
                if self._now() - job.heard > self._waits.unheard_s:
                    raise
            else:
                if job.is_unknown(record, self._now()):
                    return None
                if record is not None:
                    self._meter.heard(job_id, record)
                    if str(record.get("status")) in TERMINAL:
                        self._note(record, job)
                        return record
                    await self._check(job, record, work)
            now = self._now()
            await self._sleep(max(0.0, self._pause_s(now - job.started) - (now - asked)))

    async def _check(self, job: "_Watched", record: Mapping[str, Any], work: str) -> None:
        now = self._now()
        job.note(record, now)
        if now - job.started + job.age_s > self._waits.ttl_s + self._waits.young_s:
            raise StepTimedOut(f"{self._client.address} says neither that the job is over nor that it has expired.")
        if job.queued_since is not None:
            await self._health.look()
            if now - job.queued_since > self._waits.queue_s:
                raise NoWorkers(f"A job waited {now - job.queued_since:,.0f} s for a worker: {self._health.cause}.")
        elif job.running_since is not None:
            ran_s = now - job.running_since
            if ran_s > self._waits.execution_s + self._waits.late_s:
                raise ExecutionTimedOut
            if work not in self._cut and ran_s > self._straggles_after_s():
                self._cut.add(work)
                raise WorkerLost(f"A job ran {ran_s:,.0f} s and the others {median(self._ran_s):,.0f}: it was cut.")

    def _straggles_after_s(self) -> float:
        if len(self._ran_s) < _ENOUGH:
            return float("inf")
        return max(self._waits.straggler_s, self._waits.straggler_times * median(self._ran_s))

    def _note(self, record: Mapping[str, Any], job: "_Watched") -> None:
        if record.get("status") != COMPLETED:
            return
        told_ms = record.get("executionTime")
        if isinstance(told_ms, int | float) and told_ms >= 0:
            self._ran_s.append(told_ms / 1000)
        elif job.running_since is not None:
            self._ran_s.append(self._now() - job.running_since)

    def _hold_s(self, waited_s: float) -> float:
        """How long the endpoint may hold its answer: at first not long, so that a queue is noticed early."""
        return FIRST_WAIT_S if waited_s < FIRST_WAIT_S else self._waits.long_poll_s

    def _pause_s(self, waited_s: float) -> float:
        """A tenth of what was waited already, within bounds, and never twice the same."""
        least, most = self._waits.least_pause_s, self._waits.most_pause_s
        return min(max(least, waited_s / 10), most) * random.uniform(0.8, 1.2)


class _Watched:
    """What is known of a job that is waited for."""

    def __init__(self, now: float, age_s: float, waits: Waits) -> None:
        self.started, self.heard, self.age_s = now, now, age_s
        self.queued_since: float | None = None
        self.running_since: float | None = None
        self._waits, self._was_seen = waits, False

    def is_unknown(self, record: Mapping[str, Any] | None, now: float) -> bool:
        """Whether the job is gone: it was seen and is not any more, or is too old to be still on its way."""
        self.heard = now
        if record is not None:
            self._was_seen = True
            return False
        return self._was_seen or now - self.started + self.age_s > self._waits.young_s

    def note(self, record: Mapping[str, Any], now: float) -> None:
        """It is queued, or it runs; one whose worker was lost is queued again, and its time begins anew."""
        if record.get("status") == IN_QUEUE:
            self.queued_since, self.running_since = self.queued_since or now, None
        else:
            self.queued_since, self.running_since = None, self.running_since or now
