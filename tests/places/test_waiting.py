"""Waiting for a job: the deadlines of queue and run, what is unknown or cut, and what is told of an endpoint."""

import pytest

from doctown.errors import BackendUnavailable, ExecutionTimedOut, NoWorkers, StepTimedOut, WorkerLost
from places.waiting import Waiting
from places.waits import Waits
from places.worker_health import STARTING, state_of
from tests.fakes.clocked_endpoint import ClockedEndpoint

QUEUED, RUNNING, DONE = ({"status": status} for status in ("IN_QUEUE", "IN_PROGRESS", "COMPLETED"))


def queued_until(starts, ends=float("inf")):
    """Records of a job that starts and ends at these times."""
    return lambda job, seconds: QUEUED if seconds < starts else RUNNING if seconds < ends else DONE


def waiting_at(endpoint, **waits):
    return Waiting(endpoint.client, Waits(**waits), endpoint.now, endpoint.sleep)


async def waited(endpoint, age_s=0.0, **waits):
    return await waiting_at(endpoint, **waits).ended("work", "job-1", age_s)


@pytest.mark.parametrize("holds", [True, False])
async def test_a_job_is_waited_for_and_its_end_noticed_soon(holds):
    endpoint = ClockedEndpoint(queued_until(50, 100), holds=holds)
    assert (await waited(endpoint))["status"] == "COMPLETED"
    assert endpoint.seconds < 104
    assert endpoint.count("status-sync") + endpoint.count("status") < (14 if holds else 80)


async def test_a_long_poll_that_is_answered_at_once_is_not_asked_in_a_hot_loop():
    def at_once(job, seconds):
        return RUNNING | {"status": "IN_PROGRESS"} if seconds < 100 else DONE

    endpoint = ClockedEndpoint(at_once)  # each answer comes at once, whatever it was asked to wait
    await waited(endpoint)
    assert len(endpoint.asked) < 100


async def test_a_job_may_be_unknown_while_it_is_young_and_not_later():
    endpoint = ClockedEndpoint(lambda job, seconds: None if seconds < 20 else DONE)
    assert await waited(endpoint) is not None
    endpoint = ClockedEndpoint(lambda job, seconds: None)
    assert await waited(endpoint) is None and 31 < endpoint.seconds < 40
    endpoint = ClockedEndpoint(lambda job, seconds: None)
    assert await waited(endpoint, age_s=1000) is None and endpoint.seconds == 0


async def test_a_job_that_was_seen_and_is_not_any_more_is_gone_at_once():
    endpoint = ClockedEndpoint(lambda job, seconds: RUNNING if seconds < 5 else None)
    assert await waited(endpoint) is None and endpoint.seconds < 7


CAUSES = [
    ({"initializing": 2}, "still starting"),
    ({"throttled": 2}, "throttled"),
    ({"running": 2}, "busy with other jobs"),
    ("nonsense", "does not say"),
]


@pytest.mark.parametrize(("workers", "cause"), CAUSES)
async def test_a_job_that_waits_too_long_says_why(workers, cause):
    endpoint = ClockedEndpoint(queued_until(2000), lambda seconds: workers)
    with pytest.raises(NoWorkers, match=f"waited 9.. s for a worker: .*{cause}"):
        await waited(endpoint)
    assert 900 < endpoint.seconds < 925


HOPELESS = [({"idle": 0, "running": 0}, 300, "most workers"), ({"unhealthy": 3}, 15, "fail when they start")]


@pytest.mark.parametrize(("workers", "after_s", "cause"), HOPELESS)
async def test_an_endpoint_whose_workers_never_come_is_told_early(workers, after_s, cause, caplog):
    endpoint = ClockedEndpoint(queued_until(2000), lambda seconds: workers)
    with pytest.raises(NoWorkers, match=cause):
        await waited(endpoint)
    assert after_s <= endpoint.seconds < after_s + 25
    assert caplog.text.count("Jobs wait, and") == 1
    assert endpoint.asked[1][0] == "status" and endpoint.asked[2] == ("health", 0)


async def test_an_endpoint_that_scales_from_zero_is_no_reason_for_a_warning(caplog):
    endpoint = ClockedEndpoint(queued_until(60, 61), lambda seconds: {"initializing": 1} if seconds > 10 else {})
    await waited(endpoint)
    assert not caplog.records


async def test_workers_are_looked_at_now_and_then_however_many_wait():
    endpoint = ClockedEndpoint(queued_until(300, 301))
    waiting = waiting_at(endpoint)
    for name in ("a", "b", "c"):
        endpoint.seconds = 0 if name == "a" else endpoint.seconds
        await waiting.ended(name, "job-1", 0)
    assert endpoint.count("health") <= 300 / 15 + 2


async def test_a_cold_start_of_minutes_is_waited_for():
    endpoint = ClockedEndpoint(queued_until(600, 601), lambda seconds: {"initializing": 1} if seconds > 50 else {})
    assert (await waited(endpoint))["status"] == "COMPLETED"


async def test_running_has_a_deadline_of_its_own():
    endpoint = ClockedEndpoint(queued_until(800))
    with pytest.raises(ExecutionTimedOut):
        await waited(endpoint)
    assert 800 + 660 < endpoint.seconds < 800 + 690


async def test_a_job_whose_worker_was_lost_begins_anew():
    def record_at(job, seconds):
        return RUNNING if seconds < 500 or 600 < seconds < 1100 else QUEUED if seconds < 601 else DONE

    assert (await waited(ClockedEndpoint(record_at)))["status"] == "COMPLETED"


async def test_an_endpoint_that_forgets_the_ttl_is_not_waited_for_for_ever():
    endpoint = ClockedEndpoint(lambda job, seconds: QUEUED if int(seconds / 400) % 2 else RUNNING)
    with pytest.raises(StepTimedOut, match="neither"):
        await waited(endpoint)
    assert endpoint.seconds < 2300


async def test_an_endpoint_may_be_away_for_a_while():
    endpoint = ClockedEndpoint(lambda job, seconds: 503 if 10 < seconds < 60 else RUNNING if seconds < 100 else DONE)
    assert (await waited(endpoint))["status"] == "COMPLETED"
    endpoint = ClockedEndpoint(lambda job, seconds: 503 if seconds > 10 else RUNNING)
    with pytest.raises(BackendUnavailable):
        await waited(endpoint)
    assert 65 < endpoint.seconds < 95


async def test_a_job_far_slower_than_the_others_is_cut_once():
    endpoint = ClockedEndpoint(lambda job, seconds: DONE if job != "slow" and seconds % 10 > 9 else RUNNING)
    waiting = waiting_at(endpoint)
    for n in range(6):
        endpoint.seconds = 10.0 * n
        await waiting.ended(f"work {n}", f"job-{n}", 0)
    began = endpoint.seconds
    with pytest.raises(WorkerLost, match="it was cut"):
        await waiting.ended("slow work", "slow", 0)
    assert 60 < endpoint.seconds - began < 90
    with pytest.raises(ExecutionTimedOut):
        await waiting.ended("slow work", "slow", 0)


def test_a_worker_that_starts_beside_one_that_fails_is_hope():
    assert state_of({"workers": {"unhealthy": 1, "initializing": 1, "running": 0}}) == STARTING


def test_a_job_is_sent_with_the_times_it_may_take():
    assert Waits(queue_s=100, execution_s=50).policy == {"executionTimeout": 50_000, "ttl": 260_000}
