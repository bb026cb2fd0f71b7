"""What workers ask of RunPod: jobs, which to stop, where to leave results. The same for processes and simulated ones.

Polls are held, because the SDK asks again at once whatever it is answered; a worker that is being ended is given no
job, for the SDK would take it along into its end.
"""

import asyncio
import math
from collections.abc import Callable, Mapping
from typing import Any

from doctown.wire import IN_PROGRESS
from runpod_workers.emulator.alterations import altered
from runpod_workers.emulator.clock import now
from runpod_workers.emulator.endpoint import Endpoint
from runpod_workers.emulator.faults import Fault
from runpod_workers.emulator.jobs import Job
from runpod_workers.emulator.limits import Refused, object_in
from runpod_workers.emulator.states import LOST_TEXT

PAUSE_S = 0.2
"""Before a worker that is being ended, or is none of ours, is told that there is no job: it may ask again at once."""


class WorkerSide:
    """Answers the workers of one endpoint."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    async def take(
        self, worker: str, most: int, *, does_nothing: bool = False, is_heard: Callable[[], bool] = lambda: True
    ) -> list[dict[str, Any]]:
        """Up to `most` jobs, but no more than the worker's share."""
        endpoint, end = self._endpoint, now() + self._endpoint.terms.hold_s
        queue = endpoint.queue
        if does_nothing and endpoint.terms.believes_stops:
            queue.yielded(worker)
        while endpoint.workers.asks(worker) and is_heard():
            wanted = min(most, self._share(worker))
            if jobs := [job for _ in range(wanted) if (job := queue.take(worker, now()))]:
                offers = [self._offer(worker, job) for job in jobs]
                endpoint.changed()
                return offers
            if (left := end - now()) <= 0:
                return []
            await endpoint.bell.wait(left)
        await asyncio.sleep(PAUSE_S)
        return []

    async def stop(self, worker: str) -> list[str]:
        """The jobs that the worker is to stop."""
        endpoint, end = self._endpoint, now() + self._endpoint.terms.hold_s
        while not (jobs := endpoint.queue.stops(worker)):
            if not endpoint.workers.is_living(worker) or (left := end - now()) <= 0:
                break
            await endpoint.bell.wait(left)
        return jobs

    def ping(self, worker: str) -> None:
        """The worker lives."""
        if not self._endpoint.strikes("ping", worker):
            self._endpoint.workers.heard(worker, now())

    def chunk(self, worker: str, job_id: str, data: bytes) -> None:
        """A generator has yielded something. Raises Refused: it is not JSON, or too large."""
        body = object_in(data, self._endpoint.terms.result_bytes)
        self._endpoint.queue.add_chunk(worker, job_id, body.get("output"))
        self._endpoint.changed()

    def done(self, worker: str, job_id: str, data: bytes) -> None:
        """A result, or progress. One that is no JSON or too large leaves a COMPLETED job without output, as on RunPod.

        Raises Refused: the job is unknown, or the result not accepted.
        """
        endpoint, terms = self._endpoint, self._endpoint.terms
        job = endpoint.queue.get(job_id)
        if job is None:
            raise Refused(404, terms.unknown_text)
        limit = terms.result_sync_bytes if job_id.startswith("sync-") else terms.result_bytes
        try:
            body = object_in(data, limit)
        except Refused as refusal:
            endpoint.queue.finish(worker, job_id, None, now())
            raise Refused(terms.oversize_status if len(data) > limit else 400, str(refusal)) from None
        else:
            self._finish(worker, job, body, limit)
        finally:
            endpoint.changed()

    def _share(self, worker: str) -> int:
        """How many jobs it may have: a part if it has none, and if it has some, what those without any leave."""
        queue, without = self._endpoint.queue, self._endpoint.workers.without_work()
        if queue.is_idle(worker):
            return math.ceil(queue.on_offer() / max(1, without))
        return max(0, queue.on_offer() - without)

    def _offer(self, worker: str, job: Job) -> dict[str, Any]:
        endpoint, offer = self._endpoint, job.offer()
        if "input" not in offer:  # the SDK does not take it, and RunPod notices in the end
            endpoint.after(0, lambda: endpoint.queue.drop(worker, job.id, now()))
        for fault in endpoint.strikes("take", worker, job.number):
            if fault.do == "duplicate":
                endpoint.queue.deliver_again(job.id)
                continue
            endpoint.after(fault.seconds, lambda fault=fault: self._strike(fault, worker, job))  # type: ignore[misc]
        return offer

    def _strike(self, fault: Fault, worker: str, job: Job) -> None:
        queue, workers = self._endpoint.queue, self._endpoint.workers
        if fault.do == "cancel":
            queue.cancel(job.id, now())
        elif fault.do == "forget":
            queue.forget(job.id)
        elif fault.do == "timeout":
            queue.time_out(job.id, now())
        elif fault.do == "drain":
            workers.drain(worker)
        elif queue.holds(worker, job.id):
            {"kill": workers.kill, "hang": workers.hang, "freeze": workers.freeze}[fault.do](worker)

    def _finish(self, worker: str, job: Job, body: Mapping[str, Any], limit: int) -> None:
        queue, found = self._endpoint.queue, body
        is_result = body.get("status") != IN_PROGRESS
        faults = self._endpoint.strikes("done", worker, job.number) if is_result else []
        for fault in faults:
            if fault.do == "refuse":
                raise Refused(fault.status, "as the file of faults says")
            if fault.do == "drop":
                return
            if fault.do == "alter":
                found = altered(found, fault.alter, fault.set)
            elif fault.do == "fail":
                found = {"error": LOST_TEXT.format(1) if fault.text is None else fault.text}
        is_lost = any(fault.do == "empty" or fault.alter == "oversized" for fault in faults)
        queue.finish(worker, job.id, None if is_lost else found, now())
        for fault in faults:
            if fault.do == "forget":
                self._endpoint.after(fault.seconds, lambda: queue.forget(job.id))
        if is_result and body.get("stopPod"):
            self._endpoint.workers.drain(worker)
