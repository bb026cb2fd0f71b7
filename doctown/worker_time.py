"""The seconds that workers of an endpoint are billed for, from what its jobs' records say. Pure.

RunPod bills a worker from its start to its end: container and model load, what it runs, the idle time before it goes.
A record tells when its job was taken, by whom, and for how long. The rest is inferred. A worker starts when the jobs
waiting or running become more than the workers there are, as with REQUEST_COUNT and a value of 1; it goes when it has
been idle for the idle timeout, or later, when there are as few jobs as workers. docs/cost.md says what that can miss.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from statistics import median


@dataclass(frozen=True, slots=True)
class JobTimes:
    """A job as its client knows it; times in seconds by one clock. None: not known, or not come yet.

    `work` names what it did, for an embed job its batch. A job that is still open has run, or waited, until now.
    """

    job_id: str
    step: str
    work: str
    submitted: float
    status: str
    waited_s: float
    """Until it was taken, or until it was given up."""
    worker: str | None = None
    execution_s: float | None = None
    """None: no worker is known to have taken it."""
    is_shared: bool = False
    """Another run submitted it, and pays for it."""

    @property
    def started(self) -> float:
        """When it was taken, or given up."""
        return self.submitted + self.waited_s

    @property
    def ended(self) -> float:
        """When it was over."""
        return self.started + (self.execution_s or 0.0)


@dataclass(frozen=True, slots=True)
class WorkerTime:
    """One worker's seconds. `worker` is None for one that came and took none of the jobs."""

    worker: str | None
    start_s: float
    execution_s: float
    idle_s: float
    jobs: tuple[str, ...]
    """The ids of those it took."""

    @property
    def billed_s(self) -> int:
        """In all, rounded up to the next second."""
        return math.ceil(round(self.start_s + self.execution_s + self.idle_s, 6))


class _Life:
    """What is known of one worker: its jobs, the first taken first, and from when to when it had one."""

    def __init__(self, worker: str, jobs: Iterable[JobTimes]) -> None:
        self.worker, self.jobs = worker, sorted(jobs, key=lambda job: job.started)
        self.first, self.last = self.jobs[0].started, -math.inf
        self.execution_s = 0.0
        """In which it held a job: one may run while another waits beside it."""
        for job in self.jobs:
            ended = job.ended
            self.execution_s += max(0.0, ended - max(job.started, self.last))
            self.last = max(self.last, ended)


def workers_of(jobs: Iterable[JobTimes], idle_s: float, most_seen: int = 0) -> list[WorkerTime]:
    """The workers that took the jobs of one endpoint, in the order of their first, then those that took none.

    `idle_s` is the endpoint's idle timeout; `most_seen` how many workers it has said to have, at most, at once.
    """
    own = sorted((job for job in jobs if not job.is_shared), key=lambda job: (job.submitted, job.job_id))
    lives, changes = _lives(own), _changes(own)
    at_once, shown = _most_at_once(lives, idle_s), min(max(_sums(changes), default=0), most_seen)
    births = _births(changes, lives, max(at_once, shown), idle_s)
    starts = [life.first - birth for life, birth in zip(lives, births, strict=False) if birth <= life.first]
    usual_s = median(starts) if starts else max((job.waited_s for job in own), default=0.0)
    ends = _ends(lives, own, idle_s)
    found = []
    for life, birth in zip_longest(lives, births[: len(lives)]):
        is_known = birth is not None and birth <= life.first
        start_s = life.first - birth if is_known else min(usual_s, life.jobs[0].waited_s)
        idle = max(0.0, ends[life.worker] - life.first - life.execution_s)
        found.append(WorkerTime(life.worker, start_s, life.execution_s, idle, tuple(job.job_id for job in life.jobs)))
    spare = max(0, shown - at_once)
    return found + [WorkerTime(None, usual_s, 0.0, idle_s, ())] * spare


def _lives(jobs: Sequence[JobTimes]) -> list[_Life]:
    of: dict[str, list[JobTimes]] = {}
    for job in jobs:
        if job.execution_s is not None:
            of.setdefault(job.worker or f"of job {job.job_id}", []).append(job)
    return sorted((_Life(*one) for one in of.items()), key=lambda life: (life.first, life.worker))


def _most_at_once(lives: Sequence[_Life], idle_s: float) -> int:
    """The most workers that are known to have lived at the same time."""
    changes = sorted(change for life in lives for change in ((life.first, 1), (life.last + idle_s, -1)))
    return max(_sums(changes), default=0)


def _changes(jobs: Sequence[JobTimes]) -> list[tuple[float, int]]:
    """When there was one job more, waiting or running, and when one less."""
    return sorted(change for job in jobs for change in ((job.submitted, 1), (job.ended, -1)))


def _sums(changes: Iterable[tuple[float, int]]) -> Iterable[int]:
    total = 0
    for _, change in changes:
        total += change
        yield total


def _births(changes: Iterable[tuple[float, int]], lives: Sequence[_Life], most: int, idle_s: float) -> list[float]:
    """When workers were called for, one after the other: jobs were more than workers, and those not yet `most`."""
    gone = sorted(life.last + idle_s for life in lives)
    births: list[float] = []
    open_jobs = 0
    for at, change in changes:
        open_jobs += change
        while change > 0 and len(births) - bisect_left(gone, at) < min(open_jobs, most):
            births.append(at)
    return births


def _ends(lives: Sequence[_Life], jobs: Sequence[JobTimes], idle_s: float) -> dict[str, float]:
    """When each worker went. One that was idle while jobs were still taken elsewhere was given none: it was ending."""
    last_taken = max((job.started for job in jobs if job.execution_s is not None), default=0.0)
    staying = sum(life.last >= last_taken for life in lives)
    job_ends = sorted((job.ended for job in jobs), reverse=True)
    ends = {}
    for life in sorted(lives, key=lambda life: life.last):
        ends[life.worker] = life.last + idle_s
        if life.last >= last_taken:
            # It is one too many once there are fewer jobs than workers.
            if staying <= len(job_ends):
                ends[life.worker] = max(ends[life.worker], job_ends[staying - 1])
            staying -= 1
    return ends
