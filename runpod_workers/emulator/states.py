"""The queue of one endpoint and the states of its jobs, as RunPod has them. Pure: time is an argument, in seconds.

IN_QUEUE -> IN_PROGRESS -> COMPLETED | FAILED, and CANCELLED from both; a job whose worker vanishes goes back into the
queue once, then it is FAILED. A job that is older than its ttl, and a result that was kept long enough, are forgotten.
Who the workers are and what becomes of them is left to `workers`.
"""

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from doctown.wire import CANCELLED, COMPLETED, EXECUTION_TIMEOUT_TEXT, FAILED, IN_PROGRESS, IN_QUEUE, TERMINAL

MAX_RETRIES = 1
LOST_TEXT = f"job timed out after {MAX_RETRIES} retries"


@dataclass(frozen=True, slots=True)
class Times:
    """How long things last where a job says nothing else, in seconds."""

    execution_s: float = 600
    ttl_s: float = 86_400
    kept_s: float = 1800
    """A result of `/run`."""
    kept_sync_s: float = 60
    """A result of `/runsync`."""


@dataclass(slots=True)
class Job:
    """One job. `worker` is who holds it or held it last."""

    id: str
    input: Any
    execution_s: float
    ttl_s: float
    kept_s: float
    created: float
    status: str = IN_QUEUE
    worker: str | None = None
    started: float | None = None
    finished: float | None = None
    answer: dict[str, Any] = field(default_factory=dict)
    """`output` and `error`, as far as there are any."""
    retries: int = 0

    def record(self) -> dict[str, Any]:
        """What `/status` answers: times in milliseconds, what is not there left out."""
        found: dict[str, Any] = {"id": self.id, "status": self.status} | self.answer
        if self.started is not None:
            found |= {"delayTime": round(1000 * (self.started - self.created)), "workerId": self.worker}
            if self.finished is not None:
                found["executionTime"] = round(1000 * (self.finished - self.started))
        return found | ({"retries": self.retries} if self.retries else {})


class Queue:
    """The jobs of one endpoint."""

    def __init__(self, times: Times | None = None) -> None:
        self._times = times or Times()
        self._jobs: dict[str, Job] = {}
        self._waiting: deque[str] = deque()
        self._held: dict[str, set[str]] = {}
        self._stops: dict[str, list[str]] = {}
        self.ended: Counter[str] = Counter()
        """How many jobs ended in each state, those forgotten since included."""
        self.submitted = 0
        self.texts = 0
        """The chunks in the inputs of jobs that are COMPLETED."""

    def submit(self, job_id: str, body: Mapping[str, Any], now: float, *, sync: bool = False) -> Job:
        """Put a job into the queue. `body` has `input`, and a `policy` with `executionTimeout` and `ttl` in ms."""
        policy, times = body.get("policy") or {}, self._times
        job = Job(
            id=job_id,
            input=body["input"],
            execution_s=policy.get("executionTimeout", 1000 * times.execution_s) / 1000,
            ttl_s=policy.get("ttl", 1000 * times.ttl_s) / 1000,
            kept_s=times.kept_sync_s if sync else times.kept_s,
            created=now,
        )
        self._jobs[job_id] = job
        self._waiting.append(job_id)
        self.submitted += 1
        return job

    def get(self, job_id: str) -> Job | None:
        """The job, unless it is unknown or forgotten."""
        return self._jobs.get(job_id)

    def take(self, worker: str, now: float) -> Job | None:
        """Give the job that has waited longest to `worker`."""
        if not self._waiting:
            return None
        job = self._jobs[self._waiting.popleft()]
        job.status, job.worker, job.started = IN_PROGRESS, worker, now
        self._held.setdefault(worker, set()).add(job.id)
        return job

    def finish(self, worker: str, job_id: str, body: Mapping[str, Any] | None, now: float) -> None:
        """What `worker` reports of a job: `output` or `error`, or progress. None: a result that was not accepted.

        Reports of a job that is over, or that another worker holds by now, change nothing.
        """
        job = self._jobs.get(job_id)
        progress = body is not None and body.get("status") == IN_PROGRESS
        if not progress:
            self._held.get(worker, set()).discard(job_id)
        if job is None or job.status != IN_PROGRESS or job.worker != worker:
            return
        job.answer = {name: body[name] for name in ("output", "error") if body and body.get(name) is not None}
        if not progress:
            self._end(job, FAILED if "error" in job.answer else COMPLETED, now)

    def cancel(self, job_id: str, now: float) -> Job | None:
        """Cancel a job that is not over yet; the worker that has it is told to stop."""
        job = self._jobs.get(job_id)
        if job is not None and job.status not in TERMINAL:
            self._end(job, CANCELLED, now)
        return job

    def stops(self, worker: str) -> list[str]:
        """The jobs `worker` is to stop, each told once."""
        return self._stops.pop(worker, [])

    def lose(self, worker: str, now: float) -> None:
        """`worker` is gone: its jobs go back to the front of the queue, or are FAILED if that happened before."""
        self._stops.pop(worker, None)
        for job in [self._jobs[name] for name in self._held.pop(worker, ()) if name in self._jobs]:
            if job.status != IN_PROGRESS or job.worker != worker:
                continue
            if job.retries == MAX_RETRIES:
                job.answer = {"error": LOST_TEXT}
                self._end(job, FAILED, now)
            else:
                job.status, job.started, job.answer, job.retries = IN_QUEUE, None, {}, job.retries + 1
                self._waiting.appendleft(job.id)

    def expire(self, now: float) -> bool:
        """End what ran too long and forget what is too old; whether anything changed."""
        changed = False
        for job in list(self._jobs.values()):
            if job.status == IN_PROGRESS and job.started is not None and now - job.started > job.execution_s:
                job.answer = {"error": EXECUTION_TIMEOUT_TEXT}
                self._end(job, FAILED, now)
                changed = True
            kept = job.ttl_s if job.finished is None else job.kept_s
            if now - (job.created if job.finished is None else job.finished) > kept:
                self._forget(job)
                changed = True
        return changed

    def is_idle(self, worker: str) -> bool:
        """Whether `worker` holds no job."""
        return not self._held.get(worker)

    def is_spent(self, worker: str) -> bool:
        """Whether all that `worker` still works on is over for everybody else: it may be ended."""
        held = self._held.get(worker, ())
        return bool(held) and not any(self._is_with(worker, job_id) for job_id in held)

    def waiting_jobs(self) -> int:
        """How many jobs wait."""
        return len(self._waiting)

    def open_jobs(self) -> int:
        """How many jobs wait or run."""
        return sum(1 for _ in self._open())

    def counts(self) -> dict[str, int]:
        """Jobs by status, as far as they ever came."""
        return dict(self.ended + Counter(job.status for job in self._open()))

    def _open(self) -> Iterator[Job]:
        return (job for job in self._jobs.values() if job.status not in TERMINAL)

    def _is_with(self, worker: str, job_id: str) -> bool:
        job = self._jobs.get(job_id)
        return job is not None and job.status == IN_PROGRESS and job.worker == worker

    def _end(self, job: Job, status: str, now: float) -> None:
        self._leave(job)
        job.status, job.finished = status, now
        self.ended[status] += 1
        if status == COMPLETED and isinstance(job.input, Mapping) and isinstance(job.input.get("chunks"), list):
            self.texts += len(job.input["chunks"])

    def _forget(self, job: Job) -> None:
        self._leave(job)
        del self._jobs[job.id]

    def _leave(self, job: Job) -> None:
        """Take a job out of the queue, or tell its worker to stop it unless that has just reported it."""
        if job.status == IN_QUEUE:
            self._waiting.remove(job.id)
        elif job.status == IN_PROGRESS and job.worker and job.id in self._held.get(job.worker, ()):
            self._stops.setdefault(job.worker, []).append(job.id)
