"""Reaping: the remote jobs that nobody waits for any more are cancelled, and their records removed.

A run that is cancelled cancels its jobs itself, and one that is killed finds them again when it is repeated. What is
left is the run that died and is not repeated. Its jobs that wait or run are cancelled; the result of one that is done
costs nothing and stays on record, for whoever needs it, until it has expired. Which run is over is for the caller to
say: only Prefect, or whoever else starts runs, knows.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import httpx

from adapters.liveness import is_gone
from adapters.remote_jobs import RemoteJob, RemoteJobs
from adapters.runpod import RunPodClient
from adapters.settings import Settings
from adapters.store import store_of
from doctown.errors import DoctownError
from doctown.wire import COMPLETED, TERMINAL
from places.waits import Waits

_log = logging.getLogger(__name__)

AT_ONCE = 20
"""Cancels: RunPod takes no more at a time."""
YOUNG_S = Waits().young_s
"""An endpoint may not know a job yet that it was just given."""
Over = Callable[[AbstractSet[str]], Awaitable[AbstractSet[str]]]
"""Which of these owners, runs by their names, are over."""


@dataclass(frozen=True, slots=True)
class Reaped:
    """What was done about one record: `cancelled`, `forgotten` (there is no such job any more), `left` (its result is
    there to be fetched, or it is too young to be known), or `failed` for `reason`.
    """

    job_id: str
    address: str
    owner: str
    done: str
    reason: str = ""


async def reap(
    settings: Settings,
    over: Over,
    transport: httpx.AsyncBaseTransport | None = None,
    *,
    only_owners: AbstractSet[str] | None = None,
) -> list[Reaped]:
    """Cancel the jobs on record whose owner is over and for which no living run waits, and say what was done.

    `transport` takes the place of the network; records of others than `only_owners` are left alone. What cannot be
    done for one job does not keep it from the others.

    Raises StoreUnavailable: the records cannot be read.
    """
    jobs = RemoteJobs(store_of(settings), owner="reaper")
    records = await asyncio.to_thread(
        lambda: [(key, job) for key, job in jobs.records() if only_owners is None or job.owner in only_owners]
    )
    outlived = [(key, job) for key, job in records if jobs.age_s(job) > job.ttl_s]
    for key, job in outlived:
        await asyncio.to_thread(jobs.forget, key, job.job_id)
    done = [_reaped(job, "forgotten") for _, job in outlived if job.job_id is not None]
    living = [(key, job) for key, job in records if job.job_id is not None and jobs.age_s(job) <= job.ttl_s]
    is_over = await over({job.owner for _, job in living})
    orphans = [(key, job) for key, job in living if job.owner in is_over or is_gone(job.process)]
    for address in sorted({job.address for _, job in orphans}):
        of_address = [(key, job) for key, job in orphans if job.address == address]
        done += await _reap_at(address, of_address, jobs, settings, transport)
    return done


async def _reap_at(
    address: str,
    orphans: Iterable[tuple[str, RemoteJob]],
    jobs: RemoteJobs,
    settings: Settings,
    transport: httpx.AsyncBaseTransport | None,
) -> list[Reaped]:
    try:
        client = RunPodClient(address, settings.runpod_api_key, settings.key_hosts, transport=transport)
    except DoctownError as error:  # an address that may not have the key, say
        return [_reaped(job, "failed", str(error)) for _, job in orphans]
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(key: str, job: RemoteJob) -> Reaped | None:
        async with turn:
            try:
                return await _reap_one(client, key, job, jobs)
            except DoctownError as error:
                _log.warning("A job at %s that nobody waits for could not be cancelled: %s", address, error)
                return _reaped(job, "failed", str(error))

    try:
        return [found for found in await asyncio.gather(*(one(*orphan) for orphan in orphans)) if found is not None]
    finally:
        await client.aclose()


async def _reap_one(client: RunPodClient, key: str, job: RemoteJob, jobs: RemoteJobs) -> Reaped | None:
    """None: another run needs it."""
    assert job.job_id is not None
    record = await client.status(job.job_id)
    status = None if record is None else record.get("status")
    if status == COMPLETED or (record is None and jobs.age_s(job) < YOUNG_S):
        return _reaped(job, "left")
    if not await asyncio.to_thread(lambda: jobs.leave(key, job, owner_is_over=True)):
        return None
    if record is not None and status not in TERMINAL:
        await client.cancel(job.job_id)
    await asyncio.to_thread(jobs.forget, key, job.job_id)
    return _reaped(job, "forgotten" if record is None or status in TERMINAL else "cancelled")


def _reaped(job: RemoteJob, done: str, reason: str = "") -> Reaped:
    return Reaped(job.job_id or "", job.address, job.owner, done, reason)
