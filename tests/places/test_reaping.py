"""Reaping: what dead runs left at an endpoint in memory, by a clock that jumps and records on a real store."""

import asyncio
import functools
import socket
import time

from adapters.remote_jobs import RemoteJobs, work_key
from adapters.settings import Settings
from adapters.store import store_at
from places.reaping import YOUNG_S, reap
from runpod_workers.emulator.terms import Terms
from tests.fakes.memory_endpoint import MemoryEndpoint
from tests.fakes.memory_scenario import Client
from tests.fakes.virtual_time import run_virtually

ELSEWHERE = "another-machine/1/1"


class Place:
    """An endpoint with one worker that takes a hundred seconds a job, and a store."""

    def __init__(self, endpoint, settings):
        self.endpoint, self.settings, self.client = endpoint, settings, Client(endpoint)
        self.store = store_at(settings.store_url)

    async def submitted(self, owner, n=1, process=ELSEWHERE, since=None, **more):
        """A job that `owner` has put on record."""
        job_id = await self.client.submit({"x": n})
        key = self.key(n)
        jobs = RemoteJobs(self.store, owner, process, now=lambda: since or time.time())
        jobs.claim(key, self.endpoint.address)
        jobs.note(key, job_id, self.endpoint.address, **more)
        return job_id

    def key(self, n=1):
        return work_key(self.endpoint.address, "embed", {"x": n})

    async def reaped(self, *over):
        async def are_over(owners):
            return owners & set(over)

        found = await reap(self.settings, are_over, self.endpoint.transport())
        return sorted((one.owner, one.done) for one in found)

    async def state(self, job_id):
        answer = await self.client.status(job_id)
        return answer.json().get("status") if answer.status_code == 200 else answer.status_code

    def on_record(self):
        return sorted(job.job_id for _, job in RemoteJobs(self.store).records())


def placed(test):
    """Runs a test with a `Place`, in virtual time."""

    @functools.wraps(test)
    def run(tmp_path):
        async def main():
            async with MemoryEndpoint(lambda _: {"did": 1}, lambda _: 100.0, Terms(workers=1)) as endpoint:
                await test(Place(endpoint, Settings(cache=str(tmp_path))))

        run_virtually(main())

    del run.__wrapped__
    run.__annotations__ = {}
    return run


@placed
async def test_the_jobs_of_a_run_that_is_over_are_cancelled_whether_they_wait_or_run(place):
    running, waiting = [await place.submitted("dead", n) for n in (1, 2)]
    await asyncio.sleep(5)
    assert [await place.state(job) for job in (running, waiting)] == ["IN_PROGRESS", "IN_QUEUE"]
    assert await place.reaped("dead") == [("dead", "cancelled")] * 2
    assert [await place.state(job) for job in (running, waiting)] == ["CANCELLED"] * 2
    assert place.on_record() == []


@placed
async def test_a_run_that_lives_keeps_its_jobs(place):
    job = await place.submitted("alive")
    assert await place.reaped("dead") == []
    assert await place.state(job) in ("IN_QUEUE", "IN_PROGRESS") and place.on_record() == [job]


@placed
async def test_a_process_of_this_machine_that_is_gone_needs_no_one_to_say_so(place):
    job = await place.submitted("who knows", process=f"{socket.gethostname()}/999999999/1")
    assert await place.reaped() == [("who knows", "cancelled")]
    assert await place.state(job) == "CANCELLED"


@placed
async def test_a_result_that_is_there_already_is_left_for_whoever_repeats_the_run(place):
    job = await place.submitted("dead")
    await asyncio.sleep(150)
    assert await place.state(job) == "COMPLETED"
    assert await place.reaped("dead") == [("dead", "left")]
    assert place.on_record() == [job]


@placed
async def test_a_job_another_living_run_waits_for_goes_over_to_that_run(place):
    job = await place.submitted("dead")
    other = RemoteJobs(place.store, "alive", ELSEWHERE)
    assert other.claim(place.key()).job.job_id == job
    assert await place.reaped("dead") == []
    assert await place.state(job) in ("IN_QUEUE", "IN_PROGRESS")
    ((_, record),) = RemoteJobs(place.store).records()
    assert record.owner == "alive"


@placed
async def test_a_record_whose_job_has_expired_is_forgotten_and_nobody_is_asked(place):
    await place.submitted("alive", since=time.time() - 100, ttl_s=50)
    asked = sum(place.endpoint.requests.values())
    assert await place.reaped() == [("alive", "forgotten")]
    assert place.on_record() == [] and sum(place.endpoint.requests.values()) == asked


@placed
async def test_a_job_the_endpoint_does_not_know_is_forgotten_unless_it_is_young(place):
    await place.submitted("dead", 1)
    await place.submitted("dead", 2, since=time.time() - 2 * YOUNG_S)
    await place.endpoint.restart()
    assert await place.reaped("dead") == [("dead", "forgotten"), ("dead", "left")]
    assert len(place.on_record()) == 1


@placed
async def test_what_fails_at_one_endpoint_keeps_no_other_from_being_reaped(place):
    job = await place.submitted("dead")
    stranger = RemoteJobs(place.store, "dead", ELSEWHERE)
    address = "https://stranger.example/v2/x"
    stranger.claim(work_key(address, "embed", {}), address)
    stranger.note(work_key(address, "embed", {}), "theirs", address)
    assert await place.reaped("dead") == [("dead", "cancelled"), ("dead", "failed")]
    assert await place.state(job) == "CANCELLED" and place.on_record() == ["theirs"]


@placed
async def test_records_that_cannot_be_read_are_passed_over(place):
    job = await place.submitted("dead")
    place.store.put("remote-jobs/x/broken", b"{", "application/json")
    assert await place.reaped("dead") == [("dead", "cancelled")]
    assert await place.state(job) == "CANCELLED"
