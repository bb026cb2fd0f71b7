"""The RunPod backend: a step becomes a job of an endpoint, is waited for, and is cancelled there when the call is.

It keeps a record of every job (`adapters.remote_jobs`), so that a run that was killed finds its jobs again. How a
batch is tried once more is left to the fan-out, hiccups of single requests to `adapters.runpod`.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Mapping
from typing import Any

from adapters.remote_jobs import RemoteJob, RemoteJobs, work_key
from adapters.runpod import RunPodClient
from adapters.settings import Settings
from adapters.store import store_at
from doctown.errors import BackendUnavailable, DoctownError, StepTimedOut, WorkerLost
from doctown.steps import Progress, Q, R, Request, Step
from doctown.wire import COMPLETED, IN_QUEUE, TERMINAL, input_of, result_of

_log = logging.getLogger(__name__)

POLICY = {"executionTimeout": 600_000, "ttl": 3_600_000}
"""Milliseconds. They bound what nobody is left to cancel."""
YOUNG_S = 31.0
"""For so long a job that was accepted may still be unknown."""
CANCEL_S = 15.0
LOOK_S = 15.0
"""How long a job waits in the queue before the workers' health is looked at, and then between looks."""


class RunPodBackend:
    """Runs steps as jobs of the endpoint at `address`."""

    parallel = 3
    """RunPod's own default of workers per endpoint."""

    def __init__(self, address: str, settings: Settings, young_s: float = YOUNG_S) -> None:
        """Raises InvalidSettings: the address is none, or there is no key for it."""
        self.address = address
        self._young_s = young_s
        self._client = RunPodClient(address, settings.runpod_api_key, settings.key_hosts)
        self._jobs = RemoteJobs(store_at(settings.store_url))
        self._pauses_s = (0.05, 0.5) if self._client.is_loopback else (0.25, 3.0)
        self._abandoning: set[asyncio.Task[None]] = set()

    async def run(self, step: Step[Q, R], request: Q, progress: Progress | None = None) -> R:
        """Run one step as a job. A cancelled call cancels the job, unless another run's.

        Raises:
            DoctownError: what the step raised, under its own class, or a BackendError.
        """
        key = work_key(self.address, step.name, request.to_json())
        while (earlier := await self._claimed(key)) is not None:
            found = await self._ended(key, earlier)
            if found is not None and found["status"] == COMPLETED:
                return result_of(step, found)
        job = await self._submitted(key, request)
        record = await self._ended(key, job)
        if record is None:
            raise WorkerLost(f"{self.address} does not know the job any more: it expired or was lost.")
        return result_of(step, record)

    async def aclose(self) -> None:
        """Finish what is being cancelled and close the connections."""
        if self._abandoning:
            await asyncio.wait(self._abandoning, timeout=CANCEL_S)
        await self._client.aclose()

    async def _claimed(self, key: str) -> RemoteJob | None:
        """The job of an earlier or another run; None: this one is to submit it."""
        while True:
            found = await asyncio.to_thread(self._jobs.claim, key)
            if found is None or found.job_id is not None:
                return found
            await asyncio.sleep(self._pauses_s[1])

    async def _submitted(self, key: str, request: Request) -> RemoteJob:
        submitting = asyncio.create_task(self._submit(key, request))
        try:
            return await asyncio.shield(submitting)
        except asyncio.CancelledError:
            await self._abandon(self._cancel_when_known(key, submitting))
            raise

    async def _submit(self, key: str, request: Request) -> RemoteJob:
        try:
            job_id = await self._client.submit(input_of(request), POLICY)
        except DoctownError:
            await asyncio.to_thread(self._jobs.forget, key)
            raise
        if job_id is None:
            raise BackendUnavailable(f"{self.address} gave no answer to a job it may have taken.")
        try:
            return await asyncio.to_thread(self._jobs.note, key, job_id)
        except Exception:  # a full disk or whatever: nobody would find the job again
            await self._cancel_quietly(job_id)
            raise

    async def _ended(self, key: str, job: RemoteJob) -> Mapping[str, Any] | None:
        """The record of a job that is over; None: the endpoint does not know it. Its own record is removed."""
        try:
            record = await self._awaited(job)
        except asyncio.CancelledError:
            if self._jobs.is_ours(job):
                await self._abandon(self._cancel(key, job))
            raise
        except StepTimedOut:
            await self._cancel(key, job)
            await asyncio.to_thread(self._jobs.forget, key, job.job_id)  # whoever comes next is not to wait for it
            raise
        await asyncio.to_thread(self._jobs.forget, key, job.job_id)
        return record

    async def _awaited(self, job: RemoteJob) -> Mapping[str, Any] | None:
        assert job.job_id is not None
        started, seen, look = time.monotonic(), False, _Look(self._client)
        while True:
            record = await self._client.status(job.job_id)
            waited_s = time.monotonic() - started
            age_s = max(waited_s, self._jobs.age_s(job))  # by two clocks: whoever wrote the record may have a wrong one
            if record is None and (seen or age_s > self._young_s):
                return None
            if record is not None:
                seen = True
                if str(record.get("status")) in TERMINAL:
                    return record
                if record.get("status") == IN_QUEUE:
                    await look.at_workers(job.job_id)
            if age_s > POLICY["ttl"] / 1000 + self._young_s:
                raise StepTimedOut(f"{self.address} says neither that the job is over nor that it has expired.")
            await asyncio.sleep(self._pause_s(waited_s))

    def _pause_s(self, waited_s: float) -> float:
        """A tenth of what was waited already, within bounds, and never twice the same."""
        least, most = self._pauses_s
        return min(max(least, waited_s / 10), most) * random.uniform(0.8, 1.2)

    async def _abandon(self, cancelling: Awaitable[None]) -> None:
        """See a cancellation through, for so long, though the caller itself is being cancelled."""
        task = asyncio.ensure_future(cancelling)
        self._abandoning.add(task)
        task.add_done_callback(self._abandoning.discard)
        await asyncio.wait({task}, timeout=CANCEL_S)

    async def _cancel_when_known(self, key: str, submitting: "asyncio.Task[RemoteJob]") -> None:
        try:
            job = await submitting
        except DoctownError:
            return
        await self._cancel(key, job)

    async def _cancel(self, key: str, job: RemoteJob) -> None:
        assert job.job_id is not None
        if await self._cancel_quietly(job.job_id):
            await asyncio.to_thread(self._jobs.forget, key, job.job_id)

    async def _cancel_quietly(self, job_id: str) -> bool:
        """Whether the job is cancelled; one that could not be is told, and ends by itself."""
        try:
            await self._client.cancel(job_id)
        except DoctownError as error:
            _log.warning("A job at %s could not be cancelled and ends by itself: %s", self.address, error)
            return False
        return True


class _Look:
    """Looks at the workers now and then while a job waits: one whose workers all fail would wait for ever."""

    def __init__(self, client: RunPodClient) -> None:
        self._client = client
        self._next = time.monotonic() + LOOK_S
        self._was_hopeless = False

    async def at_workers(self, job_id: str) -> None:
        """Raises BackendUnavailable: twice in a row all workers were unhealthy. The job is cancelled then."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + LOOK_S
        workers = (await self._client.health()).get("workers")
        counts = {name: n for name, n in workers.items() if isinstance(n, int)} if isinstance(workers, dict) else {}
        is_hopeless = counts.pop("unhealthy", 0) > 0 and not any(counts.values())
        if is_hopeless and self._was_hopeless:
            await self._client.cancel(job_id)
            raise BackendUnavailable(f"Every worker of {self._client.address} fails when it starts; see its logs.")
        self._was_hopeless = is_hopeless
