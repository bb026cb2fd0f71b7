"""The RunPod backend: a step becomes a job of an endpoint, is waited for, and is cancelled there when the call is.

It keeps a record of every job (`adapters.remote_jobs`), so that a run that was killed finds its jobs again and two
that need the same share one. How a job is waited for is left to `places.waiting`, how a batch is tried once more to
the fan-out, hiccups of single requests to `adapters.runpod`.
"""

import asyncio
import contextlib
import logging
import re
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from adapters.remote_jobs import Claim, RemoteJob, RemoteJobs, work_key
from adapters.runpod import RunPodClient
from adapters.settings import Settings
from adapters.store import store_of
from doctown.errors import DoctownError, NoWorkers, StepTimedOut, SubmitUnanswered, WorkerLost
from doctown.steps import EmbedRequest, IngestRequest, Progress, Q, R, Request, Step
from doctown.wire import COMPLETED, input_of, result_of
from places.meter import Meter
from places.waiting import Waiting
from places.waits import Waits

_log = logging.getLogger(__name__)

_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True, eq=False)
class _Call:
    """One call of `run`, and where the record of its work lies."""

    key: str
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once nobody waits for the call: what was not sent yet is not sent any more."""


class RunPodBackend:
    """Runs steps as jobs of the endpoint at `address`."""

    def __init__(
        self,
        address: str,
        settings: Settings,
        owner: str = "",
        waits: Waits | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        meter: Meter | None = None,
    ) -> None:
        """`owner` names the run that pays; `transport` takes the place of the network; `meter` is told of every job.

        Raises InvalidSettings: the address is none, or there is no key for it.
        """
        self.address, self.parallel = address, settings.embed_workers
        self._client = RunPodClient(address, settings.runpod_api_key, settings.key_hosts, transport=transport)
        self._waits = waits or Waits.of(settings, is_loopback=self._client.is_loopback)
        self._meter = meter or Meter()
        self._waiting = Waiting(self._client, self._waits, meter=self._meter)
        self._jobs = RemoteJobs(store_of(settings), owner)
        self._calls: dict[str, set[_Call]] = {}
        self._finished: dict[str, RemoteJob] = {}
        self._abandoning: set[asyncio.Task[None]] = set()

    async def run(self, step: Step[Q, R], request: Q, progress: Progress | None = None) -> R:
        """Run one step as a job, or wait for that of another call. A cancelled call cancels the job it alone needs.

        Raises:
            DoctownError: what the step raised, under its own class, or a BackendError.
        """
        call = _Call(self._key_of(step, request))
        self._calls.setdefault(call.key, set()).add(call)
        try:
            while (claim := await self._claimed(call)).job is not None:
                self._note(claim.job, step, request)
                found = await self._ended(call, claim.job)
                if found is not None and found["status"] == COMPLETED:
                    return await self._result(call.key, claim.job, step, found)
                await self._forget(call.key, claim.job)
            job = await self._submitted(call, request, claim)
            self._note(job, step, request)
            record = await self._ended(call, job)
            return await self._result(call.key, job, step, record)
        finally:
            self._was_last(call)

    async def settle(self, step: Step[Q, R], request: Q) -> bool:
        """The result is safe, or of no use: its job's record goes. Whether the work may have been paid for twice."""
        key = self._key_of(step, request)
        job = self._finished.pop(key, None)
        if job is None:
            return False
        await self._forget(key, job)
        return job.in_doubt

    async def aclose(self) -> None:
        """Finish what is being cancelled and close the connections."""
        if self._abandoning:
            await asyncio.wait(self._abandoning, timeout=self._waits.cancel_s)
        await self._client.aclose()

    def _key_of(self, step: Step[Q, R], request: Q) -> str:
        """Where the record of the work lies. A branch may have moved since another run read it: that is other work."""
        work = request.to_json()
        if isinstance(request, IngestRequest) and not _COMMIT.fullmatch(request.ref or ""):
            work["run"] = self._jobs.owner
        return work_key(self.address, step.name, work)

    async def _claimed(self, call: _Call) -> Claim:
        """With the job of an earlier or another call; without one, where this one is to submit it."""
        while True:
            claiming = asyncio.create_task(
                asyncio.to_thread(self._jobs.claim, call.key, self.address, self._waits.ttl_s)
            )
            try:
                claim = await asyncio.shield(claiming)
            except asyncio.CancelledError:  # the thread goes on: what it claims is to be left as well
                await self._abandon(self._leave_when_claimed(call, claiming))
                raise
            if claim.job is None or claim.job.job_id is not None:
                return claim
            await asyncio.sleep(self._waits.most_pause_s)

    async def _result(self, key: str, job: RemoteJob, step: Step[Q, R], record: Mapping[str, Any] | None) -> R:
        """What the job's record holds. Its own record stays until `settle` where that is a result."""
        try:
            if record is None:
                raise WorkerLost(f"{self.address} does not know the job any more, it expired or was lost; run again.")
            result = result_of(step, record)
        except DoctownError:
            await self._forget(key, job)
            raise
        retries = record.get("retries")  # of its own accord, where a worker was lost
        ran_again = isinstance(retries, int) and retries > 0
        self._finished[key] = replace(job, in_doubt=True) if ran_again else job
        return result

    def _note(self, job: RemoteJob, step: Step[Q, R], request: Q) -> None:
        """The run waits for the job from now on."""
        assert job.job_id is not None
        work = request.batch_id if isinstance(request, EmbedRequest) else ""
        age_s, is_shared = self._jobs.age_s(job), not self._jobs.is_ours(job)
        self._meter.submitted(job.job_id, step.name, work, age_s, is_shared=is_shared)

    async def _forget(self, key: str, job: RemoteJob) -> None:
        """Seen through though the call is cancelled: a thread that has not begun yet would be cancelled with it."""
        forgetting = asyncio.create_task(asyncio.to_thread(self._jobs.forget, key, job.job_id))
        try:
            await asyncio.shield(forgetting)
        except asyncio.CancelledError:
            await self._abandon(forgetting)
            raise

    async def _submitted(self, call: _Call, request: Request, claim: Claim) -> RemoteJob:
        submitting = asyncio.create_task(self._submit(call, request, claim))
        try:
            return await asyncio.shield(submitting)
        except asyncio.CancelledError:
            call.left.set()
            await self._abandon(self._leave_when_known(call, submitting))
            raise

    async def _submit(self, call: _Call, request: Request, claim: Claim) -> RemoteJob:
        key = call.key
        try:
            job_id = await self._client.submit(input_of(request), self._waits.policy, call.left)
        except DoctownError:
            await asyncio.to_thread(self._jobs.forget, key)
            raise
        if job_id is None:
            await asyncio.to_thread(self._jobs.leave_unanswered, key)
            raise SubmitUnanswered(
                f"{self.address} gave no answer to a job it may have taken; check the address and the network."
            )
        try:
            return await asyncio.to_thread(
                lambda: self._jobs.note(key, job_id, self.address, self._waits.ttl_s, in_doubt=claim.in_doubt)
            )
        except Exception:  # a full disk or whatever: nobody would find the job again
            await self._cancel_quietly(job_id)
            raise

    async def _ended(self, call: _Call, job: RemoteJob) -> Mapping[str, Any] | None:
        """The record of a job that is over; None: the endpoint does not know it."""
        assert job.job_id is not None
        try:
            return await self._waiting.ended(call.key, job.job_id, self._jobs.age_s(job))
        except asyncio.CancelledError:
            await self._abandon(self._leave(call, job))
            raise
        except (StepTimedOut, NoWorkers, WorkerLost):
            await self._abandon(self._leave(call, job))
            raise
        finally:
            self._meter.left(job.job_id)

    async def _abandon(self, leaving: Awaitable[None]) -> None:
        """See a cancellation through, for so long, though the caller itself is or will be cancelled."""
        task = asyncio.ensure_future(leaving)
        self._abandoning.add(task)
        task.add_done_callback(self._abandoning.discard)
        await asyncio.wait({task}, timeout=self._waits.cancel_s)

    async def _leave_when_claimed(self, call: _Call, claiming: "asyncio.Task[Claim]") -> None:
        try:
            job = (await claiming).job
        except DoctownError:
            return
        if job is None:
            await asyncio.to_thread(self._jobs.forget, call.key)
        elif job.job_id is not None:
            await self._leave(call, job)

    async def _leave_when_known(self, call: _Call, submitting: "asyncio.Task[RemoteJob]") -> None:
        try:
            job = await submitting
        except DoctownError:
            return
        await self._leave(call, job)

    async def _leave(self, call: _Call, job: RemoteJob) -> None:
        """The call does not need the job any more; it is cancelled if nobody does."""
        assert job.job_id is not None
        if not self._was_last(call) or not await asyncio.to_thread(self._jobs.leave, call.key, job):
            return
        if await self._cancel_quietly(job.job_id):
            await self._forget(call.key, job)
            with contextlib.suppress(DoctownError):  # how long it ran is for the bill; it is cancelled all the same
                self._meter.heard(job.job_id, await self._client.status(job.job_id) or {})

    def _was_last(self, call: _Call) -> bool:
        """The call is over; whether no other call here needs the same work."""
        calls = self._calls.get(call.key, set())
        calls.discard(call)
        if not calls:
            self._calls.pop(call.key, None)
        return not calls

    async def _cancel_quietly(self, job_id: str) -> bool:
        """Whether the job is cancelled; one that could not be is told, and ends by itself."""
        try:
            await self._client.cancel(job_id)
        except DoctownError as error:
            _log.warning("A job at %s could not be cancelled and ends by itself: %s", self.address, error)
            return False
        return True
