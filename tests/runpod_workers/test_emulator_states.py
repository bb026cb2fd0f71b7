"""The states of jobs, as pure rules over time."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runpod_workers.emulator.states import LOST_TEXT, Queue, Times

BODY = {"input": {"chunks": [{}, {}, {}]}}
DONE = {"output": {"x": 1}}


@pytest.fixture
def queue():
    return Queue()


def running(queue, job_id="j", worker="w", now=1.0):
    queue.submit(job_id, BODY, now - 1)
    return queue.take(worker, now)


def test_a_job_goes_from_the_queue_through_a_worker_to_its_result(queue):
    job = queue.submit("j", BODY, 10.0)
    assert job.record() == {"id": "j", "status": "IN_QUEUE"}
    assert queue.take("w", 12.5) is job
    assert job.record() == {"id": "j", "status": "IN_PROGRESS", "delayTime": 2500, "workerId": "w"}
    queue.finish("w", "j", DONE, 13.0)
    assert job.record() == {
        "id": "j",
        "status": "COMPLETED",
        "output": {"x": 1},
        "delayTime": 2500,
        "executionTime": 500,
        "workerId": "w",
    }
    assert queue.texts == 3 and queue.counts() == {"COMPLETED": 1}


def test_the_job_that_waited_longest_is_taken_first(queue):
    for name in "abc":
        queue.submit(name, BODY, 0)
    assert [queue.take("w", 1).id for _ in range(3)] == ["a", "b", "c"]
    assert queue.take("w", 1) is None


def test_a_result_with_an_error_is_a_failure_that_keeps_its_output(queue):
    job = running(queue)
    queue.finish("w", "j", {"output": {"error_kind": "ModelInvalid"}, "error": "It is not."}, 2)
    assert job.status == "FAILED"
    assert job.record()["output"] == {"error_kind": "ModelInvalid"} and job.record()["error"] == "It is not."
    assert queue.texts == 0


def test_a_result_that_was_not_accepted_leaves_a_completed_job_without_output(queue):
    job = running(queue)
    queue.finish("w", "j", None, 2)
    assert job.status == "COMPLETED" and "output" not in job.record()


def test_progress_is_shown_while_a_job_runs_and_changes_no_state(queue):
    job = running(queue)
    queue.finish("w", "j", {"status": "IN_PROGRESS", "output": "half"}, 2)
    assert job.record()["output"] == "half" and job.status == "IN_PROGRESS" and not queue.is_idle("w")
    queue.finish("w", "j", DONE, 3)
    queue.finish("w", "j", {"status": "IN_PROGRESS", "output": "late"}, 4)
    assert job.record()["output"] == {"x": 1}


def test_a_queued_job_that_is_cancelled_is_never_taken(queue):
    queue.submit("j", BODY, 0)
    assert queue.cancel("j", 1).status == "CANCELLED"
    assert queue.take("w", 2) is None


def test_a_running_job_that_is_cancelled_is_stopped_once_and_its_late_result_ignored(queue):
    job = running(queue)
    queue.cancel("j", 2)
    assert queue.stops("w") == ["j"] and queue.stops("w") == []
    assert queue.is_spent("w")
    queue.finish("w", "j", DONE, 3)
    assert job.status == "CANCELLED" and "output" not in job.record() and queue.texts == 0
    assert queue.is_idle("w") and not queue.is_spent("w")


def test_cancelling_what_is_over_changes_nothing(queue):
    running(queue)
    queue.finish("w", "j", DONE, 2)
    assert queue.cancel("j", 3).status == "COMPLETED"
    assert queue.cancel("unknown", 3) is None


def test_a_worker_with_another_live_job_is_not_spent(queue):
    running(queue, "a")
    running(queue, "b")
    queue.cancel("a", 2)
    assert not queue.is_spent("w")
    queue.cancel("b", 2)
    assert queue.is_spent("w")


def test_the_job_of_a_lost_worker_is_first_in_the_queue_once_and_failed_the_second_time(queue):
    job = running(queue)
    queue.submit("later", BODY, 1)
    queue.lose("w", 2)
    assert job.record() == {"id": "j", "status": "IN_QUEUE", "retries": 1}
    assert queue.take("v", 3) is job
    queue.lose("v", 4)
    assert job.status == "FAILED" and job.record()["error"] == LOST_TEXT and "output" not in job.record()


def test_the_late_result_of_a_worker_that_was_lost_is_not_taken_for_the_new_ones(queue):
    job = running(queue)
    queue.lose("w", 2)
    assert queue.take("v", 3) is job
    queue.finish("w", "j", DONE, 4)
    assert job.status == "IN_PROGRESS"


def test_a_job_that_runs_too_long_fails_and_is_stopped(queue):
    queue.submit("j", BODY | {"policy": {"executionTimeout": 5000}}, 0)
    job = queue.take("w", 100)
    assert not queue.expire(105)
    assert queue.expire(105.1)
    assert job.status == "FAILED" and job.record()["error"] == "executionTimeout exceeded"
    assert queue.stops("w") == ["j"] and queue.is_spent("w")


@pytest.mark.parametrize("taken", [True, False])
def test_a_job_older_than_its_ttl_is_forgotten_even_while_it_runs(queue, taken):
    queue.submit("j", BODY | {"policy": {"ttl": 10_000}}, 0)
    if taken:
        queue.take("w", 1)
    queue.expire(10.1)
    assert queue.get("j") is None and queue.take("w", 11) is None
    assert queue.is_spent("w") == taken
    queue.finish("w", "j", DONE, 12)
    assert queue.is_idle("w")


@pytest.mark.parametrize(("sync", "kept_s"), [(False, 1800), (True, 60)])
def test_a_result_is_kept_for_half_an_hour_or_a_minute(queue, sync, kept_s):
    queue.submit("j", BODY, 0, sync=sync)
    queue.take("w", 0)
    queue.finish("w", "j", DONE, 100)
    queue.expire(100 + kept_s)
    assert queue.get("j") is not None
    queue.expire(100.1 + kept_s)
    assert queue.get("j") is None and queue.counts() == {"COMPLETED": 1}


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["submit", "take", "finish", "fail", "cancel", "lose", "expire", "stops"]),
        st.integers(0, 5),
        st.sampled_from(["w", "v"]),
        st.floats(0, 4),
    ),
    max_size=60,
)


@given(OPERATIONS)
def test_whatever_happens_no_job_is_lost_run_by_two_or_changed_after_its_end(operations):
    queue, jobs, over, now = Queue(Times(execution_s=10, ttl_s=1e9, kept_s=1e9)), [], {}, 0.0
    for what, at, worker, passed in operations:
        now += passed
        job_id = jobs[at % len(jobs)].id if jobs else "none"
        if what == "submit":
            jobs.append(queue.submit(f"j{len(jobs)}", BODY, now))
        elif what == "take":
            queue.take(worker, now)
        elif what in ("finish", "fail"):
            queue.finish(worker, job_id, DONE if what == "finish" else {"error": "x"}, now)
        elif what == "cancel":
            queue.cancel(job_id, now)
        elif what == "lose":
            queue.lose(worker, now)
        elif what == "expire":
            queue.expire(now)
        else:
            assert len(stopped := queue.stops(worker)) == len(set(stopped))
        for job in jobs:
            if job.id in over:
                assert job.record() == over[job.id]
            elif job.status not in ("IN_QUEUE", "IN_PROGRESS"):
                over[job.id] = job.record()
        assert queue.counts() == dict(Counter(job.status for job in jobs))
        assert queue.waiting_jobs() == sum(job.status == "IN_QUEUE" for job in jobs)
        assert queue.texts == 3 * sum(job.status == "COMPLETED" for job in jobs)
    waiting = [job for job in jobs if job.status == "IN_QUEUE"]
    taken = [queue.take("u", now) for _ in waiting]
    assert {id(job) for job in taken} == {id(job) for job in waiting} and queue.take("u", now) is None
