"""What clients ask of RunPod, and what they are answered: the same for HTTP and for the in-memory transport.

A request passes the key, the limits and the faults before anything is done. What comes out is a `Reply`, which also
says how it is to be sent where that is wrong: reset, or slowly.
"""

import asyncio
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from doctown.wire import COMPLETED, FAILED, IN_PROGRESS, IN_QUEUE
from runpod_workers.emulator.clock import now
from runpod_workers.emulator.endpoint import Endpoint
from runpod_workers.emulator.faults import Fault
from runpod_workers.emulator.jobs import Job
from runpod_workers.emulator.limits import Refused, job_in

FOREVER_S = 1e9
GARBLED = '{"id": "'
POSTED = frozenset({"run", "runsync", "cancel", "retry", "purge-queue"})
WITH_JOB = frozenset({"status", "status-sync", "stream", "cancel", "retry"})
WITHOUT_JOB = frozenset({"run", "runsync", "purge-queue", "health", "metrics", "requests"})
MOST_TOLD = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of a client."""

    endpoint: str
    operation: str
    job_id: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    authorization: str = ""
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Reply:
    """What it is answered: JSON, or a text where `body` is one."""

    status: int = 200
    body: Any = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    is_reset: bool = False
    """There is no answer: the connection ends."""
    drips_s: float = 0
    """For so long nothing but blanks comes, then the answer."""


class ClientSide:
    """Answers clients."""

    def __init__(self, endpoints: Mapping[str, Endpoint]) -> None:
        self._endpoints = endpoints
        self._answers: Mapping[str, Callable[[Endpoint, Asked], Awaitable[Any]]] = {
            "run": self._run,
            "runsync": self._runsync,
            "status": self._status,
            "status-sync": self._status_sync,
            "stream": self._stream,
            "cancel": self._cancel,
            "retry": self._retry,
            "purge-queue": self._purge,
            "health": self._health,
            "metrics": self._metrics,
            "requests": self._requests,
        }

    async def answer(self, asked: Asked) -> Reply:
        """The answer to a request for one of the operations."""
        key = asked.authorization.removeprefix("Bearer").strip()
        try:
            endpoint = self._endpoints.get(asked.endpoint)
            if not key or (endpoint is not None and endpoint.terms.key not in ("", key)):
                raise Refused(401, "unauthorized")
            if endpoint is None:
                raise Refused(404, "no such endpoint")
            endpoint.limits.enter(asked.operation, key, now(), endpoint.workers.health()["running"])
            try:
                return await self._answer_or_fault(endpoint, asked)
            finally:
                endpoint.limits.leave(asked.operation, key)
        except Refused as refusal:
            return Reply(refusal.status, str(refusal))

    async def _answer_or_fault(self, endpoint: Endpoint, asked: Asked) -> Reply:
        striking = None
        for fault in endpoint.strikes(asked.operation, job=_number(endpoint, asked)):
            if fault.do == "delay":
                await asyncio.sleep(fault.seconds or 0)
            else:
                striking = striking or fault
        if striking is None:
            return Reply(body=await self._answers[asked.operation](endpoint, asked))
        done = None
        if striking.accepted or striking.do in ("garble", "drip"):
            done = await self._answers[asked.operation](endpoint, asked)
        return _spoiled(striking, done)

    async def _run(self, endpoint: Endpoint, asked: Asked) -> Any:
        job = self._submit(endpoint, f"{uuid.uuid4()}-l1", asked)
        return {"id": job.id, "status": IN_QUEUE}

    async def _runsync(self, endpoint: Endpoint, asked: Asked) -> Any:
        job = self._submit(endpoint, f"sync-{uuid.uuid4()}-l1", asked, sync=True)
        return await self._record_within(endpoint, job, _wait_s(asked, 90, 300))

    def _submit(self, endpoint: Endpoint, job_id: str, asked: Asked, *, sync: bool = False) -> Job:
        terms = endpoint.terms
        body = job_in(asked.body, terms.runsync_bytes if sync else terms.run_bytes)
        job = endpoint.queue.submit(job_id, body, now(), sync=sync)
        happenings: Mapping[str, Callable[[], Any]] = {
            "cancel": lambda: endpoint.queue.cancel(job.id, now()),
            "forget": lambda: endpoint.queue.forget(job.id),
            "timeout": lambda: endpoint.queue.time_out(job.id, now()),
        }
        for fault in endpoint.strikes("queued", job=job.number):
            endpoint.after(fault.seconds, happenings[fault.do])
        endpoint.changed()
        return job

    async def _status(self, endpoint: Endpoint, asked: Asked) -> Any:
        return _job(endpoint, asked).record()

    async def _status_sync(self, endpoint: Endpoint, asked: Asked) -> Any:
        if not endpoint.terms.has_status_sync:
            raise Refused(404, "page not found")
        return await self._record_within(endpoint, _job(endpoint, asked), _wait_s(asked, 90, 90))

    async def _record_within(self, endpoint: Endpoint, job: Job, seconds: float) -> Any:
        await endpoint.until_over(job, seconds)
        if endpoint.queue.get(job.id) is None and not job.is_over:
            raise Refused(404, endpoint.terms.unknown_text)
        return job.record()

    async def _stream(self, endpoint: Endpoint, asked: Asked) -> Any:
        job, end = _job(endpoint, asked), now() + _wait_s(asked, 10, 300)
        while not job.chunks and not job.is_over and (left := end - now()) > 0:
            await endpoint.bell.wait(left)
        chunks, job.chunks = job.chunks, []
        return {"status": job.status, "stream": [{"output": chunk} for chunk in chunks]}

    async def _cancel(self, endpoint: Endpoint, asked: Asked) -> Any:
        job = _job(endpoint, asked)
        endpoint.queue.cancel(job.id, now())
        endpoint.changed()
        return {"id": job.id, "status": job.status}

    async def _retry(self, endpoint: Endpoint, asked: Asked) -> Any:
        job = _job(endpoint, asked)
        if not endpoint.queue.retry(job.id, now()):
            raise Refused(400, f"a job that is {job.status} cannot be retried")
        endpoint.changed()
        return {"id": job.id, "status": job.status}

    async def _purge(self, endpoint: Endpoint, asked: Asked) -> Any:
        removed = endpoint.queue.purge(now())
        endpoint.changed()
        return {"removed": removed, "status": "completed"}

    async def _health(self, endpoint: Endpoint, asked: Asked) -> Any:
        counts = endpoint.queue.counts()
        names = {"completed": COMPLETED, "failed": FAILED, "inProgress": IN_PROGRESS, "inQueue": IN_QUEUE}
        jobs = {name: counts.get(status, 0) for name, status in names.items()}
        return {"jobs": jobs | {"retried": endpoint.queue.retried}, "workers": endpoint.workers.health()}

    async def _metrics(self, endpoint: Endpoint, asked: Asked) -> Any:
        return {"workers": endpoint.workers.health(), "readyWorkers": endpoint.workers.ready()}

    async def _requests(self, endpoint: Endpoint, asked: Asked) -> Any:
        return {"requests": [{"id": job.id, "status": job.status} for job in endpoint.queue.newest(MOST_TOLD)]}


def accounting(endpoints: Mapping[str, Endpoint]) -> dict[str, Any]:
    """No part of RunPod: what was done, what it would be billed by, what went wrong on purpose."""
    every = endpoints.values()
    reports = [endpoint.workers.ledger.report(now()) for endpoint in every]
    return {
        "texts": sum(endpoint.queue.texts for endpoint in every),
        "jobs": sum(endpoint.queue.submitted for endpoint in every),
        "jobs_by_status": sum((Counter(endpoint.queue.counts()) for endpoint in every), Counter()),
        "jobs_forgotten_before_their_end": sum(endpoint.queue.forgotten for endpoint in every),
        "worker_seconds": round(sum(report["worker_seconds"] for report in reports), 3),
        "billed_seconds": sum(report["billed_seconds"] for report in reports),
        "usd": round(
            sum(one.terms.usd_per_s * report["billed_seconds"] for one, report in zip(every, reports, strict=True)), 6
        ),
        "workers": [worker for report in reports for worker in report["workers"]],
        "faults": next((endpoint.faults.report() for endpoint in every), []),
    }


def _number(endpoint: Endpoint, asked: Asked) -> int | None:
    """The number of the job that is asked for, or that a submit would have."""
    if asked.operation in ("run", "runsync"):
        return endpoint.queue.submitted + 1
    job = endpoint.queue.get(asked.job_id)
    return job.number if job is not None else None


def _job(endpoint: Endpoint, asked: Asked) -> Job:
    job = endpoint.queue.get(asked.job_id)
    if job is None or now() < job.known_from:
        raise Refused(404, endpoint.terms.unknown_text)
    return job


def _spoiled(fault: Fault, done: Any) -> Reply:
    if fault.do == "reset":
        return Reply(is_reset=True)
    if fault.do == "garble":
        return Reply(body=fault.text if fault.text is not None else GARBLED)
    if fault.do == "drip":
        return Reply(body=done, drips_s=FOREVER_S if fault.seconds is None else fault.seconds)
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return Reply(fault.status, fault.text if fault.text is not None else "as the file of faults says", headers)


def _wait_s(asked: Asked, default: float, most: float) -> float:
    try:
        return min(max(float(asked.query["wait"]) / 1000, 0), most)
    except (KeyError, ValueError):
        return default
