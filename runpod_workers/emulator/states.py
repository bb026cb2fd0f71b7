"""The queue of one endpoint and the states of its jobs, as RunPod has them. Pure: time is an argument, in seconds.

IN_QUEUE -> IN_PROGRESS -> COMPLETED | FAILED, and CANCELLED from both; a job whose worker vanishes goes back into the
queue once, then it is FAILED. A job that is older than its ttl, and a result that was kept long enough, are forgotten.
What a job is stands in `jobs`; who the workers are and what becomes of them is left to `workers`.
"""

import heapq
from collections import Counter, deque
from collections.abc import Mapping
from typing import Any

from doctown.wire import CANCELLED, COMPLETED, EXECUTION_TIMEOUT_TEXT, FAILED, IN_PROGRESS, IN_QUEUE, TIMED_OUT
from runpod_workers.emulator.jobs import Job
from runpod_workers.emulator.terms import Terms

LOST_TEXT = "job timed out after {} retries"


class Queue:
    """The jobs of one endpoint."""

    def __init__(self, terms: Terms | None = None) -> None:
        self.terms = terms or Terms()
        self._jobs: dict[str, Job] = {}
        self._waiting: deque[str] = deque()
        self._unhurried: set[str] = set()
        """Those waiting that call for no worker."""
        self._again: deque[str] = deque()
        self._held: dict[str, set[str]] = {}
        self._stops: dict[str, list[str]] = {}
        self._deadlines: list[tuple[float, int, str]] = []
        self._pushed = 0
        self._counts: Counter[str] = Counter()
        self._ended: list[Job] = []
        self.submitted = 0
        self.forgotten = 0
        """How many jobs were forgotten before they had come to an end."""
        self.retried = 0
        """How often a job went back into the queue."""
        self.texts = 0
        """The chunks in the inputs of jobs that are COMPLETED."""

    def submit(self, job_id: str, body: Mapping[str, Any], now: float, *, sync: bool = False) -> Job:
        """Put a job into the queue. `body` has `input`, and a `policy` with `executionTimeout` and `ttl` in ms."""
        self.submitted += 1
        job = Job.submitted(job_id, self.submitted, body, self.terms, now, sync=sync)
        self._jobs[job_id] = job
        self._counts[IN_QUEUE] += 1
        self._wait(job)
        return job

    def get(self, job_id: str) -> Job | None:
        """The job, unless it is unknown or forgotten."""
        return self._jobs.get(job_id)

    def take(self, worker: str, now: float) -> Job | None:
        """Give the job that has waited longest to `worker`, or one that is to be delivered twice."""
        job = self._next_again(worker) or self._next_waiting(now)
        if job is None:
            return None
        before = job.status
        job.give_to(worker, now)
        self._count(before, job.status)
        self._held.setdefault(worker, set()).add(job.id)
        self._note_deadline(job)
        return job

    def deliver_again(self, job_id: str) -> None:
        """Give a running job to the next other worker that asks as well; the first result is taken."""
        self._again.append(job_id)

    def add_chunk(self, worker: str, job_id: str, chunk: Any) -> None:
        """What the generator of a running job has yielded."""
        if (job := self._live_with(worker, job_id)) is not None:
            job.chunks.append(chunk)

    def finish(self, worker: str, job_id: str, body: Mapping[str, Any] | None, now: float) -> None:
        """What `worker` reports of a job: `output` or `error`, or progress. None: a result that was not accepted.

        Reports of a job that is over, or that another worker holds by now, change nothing.
        """
        job = self._live_with(worker, job_id)
        progress = body is not None and body.get("status") == IN_PROGRESS
        if not progress:
            self._held.get(worker, set()).discard(job_id)
        if job is None:
            return
        job.answer = {name: body[name] for name in ("output", "error") if body and body.get(name) is not None}
        if progress:
            return
        if "error" in job.answer and job.retries < self.terms.error_retries:
            self._queue_again(job, now)
        else:
            self._end(job, FAILED if "error" in job.answer else COMPLETED, now)

    def fail(self, job_id: str, error: str, now: float) -> None:
        """End a job without output, as the platform does."""
        if (job := self._open_job(job_id)) is not None:
            job.answer = {"error": error}
            self._end(job, FAILED, now)

    def time_out(self, job_id: str, now: float) -> None:
        """End a job as TIMED_OUT: a state that RunPod's documents have, and its endpoints show rarely if ever."""
        if (job := self._open_job(job_id)) is not None:
            job.answer = {}
            self._end(job, TIMED_OUT, now)

    def cancel(self, job_id: str, now: float) -> Job | None:
        """Cancel a job that is not over yet; the worker that has it is told to stop."""
        if (job := self._open_job(job_id)) is not None:
            self._end(job, CANCELLED, now)
        return self._jobs.get(job_id)

    def retry(self, job_id: str, now: float) -> bool:
        """Put a job that failed into the queue once more, as if it were new; False: it is none or has not failed."""
        job = self._jobs.get(job_id)
        if job is None or job.status not in (FAILED, TIMED_OUT):
            return False
        self._count(job.status, IN_QUEUE)
        self.retried += 1
        job.queue_again(now)
        job.created, job.retries = now, 0
        self._wait(job)
        return True

    def purge(self, now: float) -> int:
        """Cancel all jobs that wait; how many they were."""
        waiting = list(self._waiting)
        for job_id in waiting:
            self._end(self._jobs[job_id], CANCELLED, now)
        return len(waiting)

    def stops(self, worker: str) -> list[str]:
        """The jobs `worker` is to stop, each told once."""
        return self._stops.pop(worker, [])

    def lose(self, worker: str, now: float) -> None:
        """`worker` is gone: its jobs go back to the front of the queue, or are FAILED if that happened before."""
        self._stops.pop(worker, None)
        for job_id in sorted(self._held.pop(worker, ()), key=self._number, reverse=True):
            self._lose_job(worker, job_id, now)

    def drop(self, worker: str, job_id: str, now: float) -> None:
        """`worker` has lost one of its jobs and lives on."""
        self._held.get(worker, set()).discard(job_id)
        self._lose_job(worker, job_id, now)

    def forget(self, job_id: str) -> None:
        """Delete a job, whatever its state: it is unknown from now on."""
        job = self._jobs.pop(job_id, None)
        if job is None:
            return
        if not job.is_over:
            self._leave(job)
            self._counts[job.status] -= 1
            self.forgotten += 1
            self._ended.append(job)

    def expire(self, now: float) -> bool:
        """End what ran too long and forget what is too old; whether anything changed."""
        changed = False
        while self._deadlines and self._deadlines[0][0] < now:
            when, _, job_id = heapq.heappop(self._deadlines)
            job = self._jobs.get(job_id)
            if job is None or job.deadline() != when:
                continue
            changed = True
            if job.status == IN_PROGRESS and when < job.created + job.ttl_s:
                self.fail(job_id, EXECUTION_TIMEOUT_TEXT, now)
            else:
                self.forget(job_id)
        return changed

    def ended(self) -> list[Job]:
        """The jobs that came to an end, or were forgotten before, since this was asked the last time."""
        found, self._ended = self._ended, []
        return found

    def holds(self, worker: str, job_id: str) -> bool:
        """Whether `worker` works on a job whose result is awaited."""
        return self._live_with(worker, job_id) is not None

    def is_idle(self, worker: str) -> bool:
        """Whether `worker` holds no job."""
        return not self._held.get(worker)

    def is_spent(self, worker: str) -> bool:
        """Whether all that `worker` still works on is over for everybody else: it may be ended."""
        held = self._held.get(worker, ())
        return bool(held) and not any(self._live_with(worker, job_id) for job_id in held)

    def yielded(self, worker: str) -> None:
        """`worker` says that it does nothing any more: what it was told to stop it has stopped."""
        held = self._held.get(worker, set())
        self._held[worker] = {job_id for job_id in held if self._live_with(worker, job_id)}

    def waiting_jobs(self) -> int:
        """How many jobs wait."""
        return len(self._waiting)

    def on_offer(self) -> int:
        """How many deliveries are to be made: of jobs that wait, and of those that are to be delivered twice."""
        return len(self._waiting) + len(self._again)

    def oldest_wait_s(self, now: float) -> float:
        """How long the job at the front has waited."""
        return now - self._jobs[self._waiting[0]].created if self._waiting else 0.0

    def load(self) -> int:
        """How many jobs, waiting or running, call for a worker."""
        return self.open_jobs() - len(self._unhurried)

    def open_jobs(self) -> int:
        """How many jobs wait or run."""
        return self._counts[IN_QUEUE] + self._counts[IN_PROGRESS]

    def counts(self) -> dict[str, int]:
        """Jobs by status; those that were over before they were forgotten count on."""
        return {status: count for status, count in self._counts.items() if count}

    def newest(self, most: int) -> list[Job]:
        """The jobs that were submitted last and are known, the newest first."""
        return [job for _, job in zip(range(most), reversed(self._jobs.values()), strict=False)]

    def _next_again(self, worker: str) -> Job | None:
        for _ in range(len(self._again)):
            job = self._jobs.get(self._again.popleft())
            if job is None or job.status != IN_PROGRESS:
                continue
            if worker not in job.holders:
                return job
            self._again.append(job.id)
        return None

    def _next_waiting(self, now: float) -> Job | None:
        for place, job_id in enumerate(self._waiting):
            if self._jobs[job_id].not_before <= now:
                del self._waiting[place]
                self._unhurried.discard(job_id)
                return self._jobs[job_id]
        return None

    def _wait(self, job: Job, *, first: bool = False) -> None:
        (self._waiting.appendleft if first else self._waiting.append)(job.id)
        if not job.calls_for_workers:
            self._unhurried.add(job.id)
        self._note_deadline(job)

    def _open_job(self, job_id: str) -> Job | None:
        job = self._jobs.get(job_id)
        return job if job is not None and not job.is_over else None

    def _number(self, job_id: str) -> int:
        job = self._jobs.get(job_id)
        return job.number if job is not None else 0

    def _live_with(self, worker: str, job_id: str) -> Job | None:
        """The job, if it runs and `worker` may report its result."""
        job = self._jobs.get(job_id)
        return job if job is not None and job.status == IN_PROGRESS and worker in job.holders else None

    def _lose_job(self, worker: str, job_id: str, now: float) -> None:
        job = self._live_with(worker, job_id)
        if job is None:
            return
        job.holders.discard(worker)
        if job.holders:  # it was delivered twice, and the other goes on
            job.worker = min(job.holders)
        elif job.retries < self.terms.loss_retries:
            self._queue_again(job, now)
        else:
            self.fail(job_id, LOST_TEXT.format(self.terms.loss_retries), now)

    def _queue_again(self, job: Job, now: float) -> None:
        self._count(job.status, IN_QUEUE)
        job.queue_again(now + self.terms.requeue_s)
        job.retries += 1
        self.retried += 1
        self._wait(job, first=True)

    def _end(self, job: Job, status: str, now: float) -> None:
        self._leave(job)
        self._count(job.status, status)
        job.status, job.finished = status, now
        if status == COMPLETED:
            self.texts += job.texts()
            job.body = {name: kept for name, kept in job.body.items() if name != "input"}  # it is never run again
        self._ended.append(job)
        self._note_deadline(job)

    def _leave(self, job: Job) -> None:
        """Take a job out of the queue, or tell its workers to stop it unless they have just reported it."""
        if job.status == IN_QUEUE:
            self._waiting.remove(job.id)
            self._unhurried.discard(job.id)
        for worker in job.holders:
            if job.id in self._held.get(worker, ()):
                self._stops.setdefault(worker, []).append(job.id)
        job.holders.clear()

    def _count(self, before: str, after: str) -> None:
        self._counts[before] -= 1
        self._counts[after] += 1

    def _note_deadline(self, job: Job) -> None:
        self._pushed += 1  # no two entries are compared further
        heapq.heappush(self._deadlines, (job.deadline(), self._pushed, job.id))
        if len(self._deadlines) > 2 * len(self._jobs) + 1000:  # most are of times that do not matter any more
            self._deadlines = [(job.deadline(), n, job.id) for n, job in enumerate(self._jobs.values())]
            heapq.heapify(self._deadlines)
