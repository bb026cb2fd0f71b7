"""The meter of one endpoint: what a run's jobs there have used, from what was heard of them.

It is told of each job when it is submitted, whenever its record is read, and when it is given up. What that is billed
for is left to `doctown.worker_time`, what it costs to `places.bills`.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.rate import loop_now
from doctown.wire import IN_PROGRESS, IN_QUEUE, TERMINAL
from doctown.worker_time import JobTimes

LEFT = "LEFT"
"""The status of a job that was given up, where its end was not heard of."""
_MOST_NAME = 100


@dataclass(slots=True)
class _Heard:
    """A job and what was last heard of it; times in seconds, `submitted` and `over` by the run's clock."""

    step: str
    work: str
    submitted: float
    is_shared: bool
    status: str = IN_QUEUE
    worker: str | None = None
    taken_after_s: float | None = None
    execution_s: float | None = None
    over: float | None = None


class Meter:
    """What a run knows of its jobs at one endpoint."""

    def __init__(self, now: Callable[[], float] = loop_now) -> None:
        self._now = now
        self._jobs: dict[str, _Heard] = {}
        self.most_workers = 0
        """That the endpoint has said to run or to start, at most, at once."""

    def submitted(self, job_id: str, step: str, work: str, ago_s: float = 0.0, *, is_shared: bool = False) -> None:
        """A job is waited for that was submitted so long ago; `is_shared`: by another run, which pays for it."""
        self._jobs.setdefault(job_id, _Heard(step, work, self._now() - ago_s, is_shared))

    def heard(self, job_id: str, record: Mapping[str, Any]) -> None:
        """A record of the job was read. What is missing there is taken from this clock."""
        job = self._jobs.get(job_id)
        if job is None or "status" not in record:
            return
        job.status = str(record.get("status"))[:_MOST_NAME]
        delay_s, execution_s = _seconds(record.get("delayTime")), _seconds(record.get("executionTime"))
        worker = record.get("workerId")
        job.worker = worker[:_MOST_NAME] if isinstance(worker, str) and worker else job.worker
        if job.status == IN_QUEUE:  # again, where its worker was lost
            job.taken_after_s = job.execution_s = None
        elif delay_s is not None:
            job.taken_after_s = delay_s
        elif job.status == IN_PROGRESS and job.taken_after_s is None:
            job.taken_after_s = self._now() - job.submitted
        if job.status in TERMINAL:
            job.over = self._now() if job.over is None else job.over
            job.execution_s = execution_s
            if execution_s is not None and job.taken_after_s is None:
                job.taken_after_s = max(0.0, job.over - job.submitted - execution_s)

    def left(self, job_id: str) -> None:
        """The job is given up, unless it is over: it uses no more from now on."""
        job = self._jobs.get(job_id)
        if job is not None and job.over is None:
            job.status, job.over = LEFT, self._now()

    def counted(self, health: Mapping[str, Any]) -> None:
        """What `/health` says of the workers. RunPod calls those idle that stand by and are not billed."""
        found = health.get("workers")
        if isinstance(found, Mapping):
            counts = [found.get(name) for name in ("initializing", "running")]
            self.most_workers = max(self.most_workers, sum(n for n in counts if isinstance(n, int) and n > 0))

    def jobs(self) -> list[JobTimes]:
        """All of them; those that are not over have waited, or run, until now."""
        return [self._times_of(job_id, job) for job_id, job in self._jobs.items()]

    def _times_of(self, job_id: str, job: _Heard) -> JobTimes:
        until_s = (self._now() if job.over is None else job.over) - job.submitted
        waited_s, execution_s = job.taken_after_s, job.execution_s
        if waited_s is not None and execution_s is None:
            execution_s = max(0.0, until_s - waited_s)
        return JobTimes(
            *(job_id, job.step, job.work, job.submitted, job.status, until_s if waited_s is None else waited_s),
            *(job.worker, execution_s, job.is_shared),
        )


def _seconds(milliseconds: Any) -> float | None:
    """None: it is no time."""
    is_time = isinstance(milliseconds, int | float) and not isinstance(milliseconds, bool)
    return milliseconds / 1000 if is_time and milliseconds >= 0 and math.isfinite(milliseconds) else None
