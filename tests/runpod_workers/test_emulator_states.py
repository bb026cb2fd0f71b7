"""The states of jobs, as pure rules over time."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from runpod_workers.emulator.states import LOST_TEXT, Queue
from runpod_workers.emulator.terms import Terms

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
    assert job.status == "FAILED" and job.record()["error"] == LOST_TEXT.format(1) and "output" not in job.record()


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


def test_a_job_is_given_no_longer_than_the_terms_allow_whatever_it_asks_for():
    queue = Queue(Terms(longest_execution_s=5, longest_ttl_s=50))
    queue.submit("j", BODY | {"policy": {"executionTimeout": 600_000, "ttl": 600_000}}, 0)
    job = queue.take("w", 10)
    queue.expire(15.1)
    assert job.record()["error"] == "executionTimeout exceeded"
    queue.submit("k", BODY | {"policy": {"ttl": 600_000}}, 100)
    queue.expire(150.1)
    assert queue.get("k") is None


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


def test_a_failed_job_is_retried_as_if_it_were_new_and_no_other(queue):
    job = running(queue)
    assert not queue.retry("j", 2)
    queue.finish("w", "j", {"error": "x", "output": 1}, 2)
    assert queue.retry("j", 3) and not queue.retry("j", 3) and not queue.retry("unknown", 3)
    assert job.record() == {"id": "j", "status": "IN_QUEUE"} and queue.counts() == {"IN_QUEUE": 1}
    assert queue.take("w", 4).offer()["input"] == BODY["input"]


def test_purging_cancels_what_waits(queue):
    running(queue, "a")
    queue.submit("b", BODY, 1)
    assert queue.purge(2) == 1 and queue.purge(3) == 0
    assert queue.counts() == {"IN_PROGRESS": 1, "CANCELLED": 1}


def test_a_job_that_is_delivered_twice_takes_the_first_result_and_survives_the_loss_of_one(queue):
    job = running(queue)
    queue.deliver_again("j")
    assert queue.take("v", 2) is job and queue.take("u", 2) is None
    queue.lose("w", 3)
    assert job.record()["workerId"] == "v" and "retries" not in job.record()
    queue.finish("v", "j", DONE, 4)
    assert job.status == "COMPLETED"


def test_both_workers_of_a_job_that_was_delivered_twice_are_told_to_stop(queue):
    running(queue)
    queue.deliver_again("j")
    queue.take("v", 2)
    queue.cancel("j", 3)
    assert queue.stops("w") == queue.stops("v") == ["j"]


def test_a_lost_job_may_be_queued_after_a_while(queue):
    queue = Queue(Terms(requeue_s=5))
    running(queue, "a")
    queue.submit("b", BODY, 1)
    queue.lose("w", 10)
    assert queue.take("v", 12).id == "b" and queue.take("v", 12) is None
    assert queue.take("v", 15).id == "a"


def test_a_worker_is_given_the_rest_of_what_was_sent_but_no_input_that_is_an_empty_object(queue):
    queue.submit("a", {"input": {}, "s3Config": {"bucketName": "b"}, "other": 1}, 0)
    assert queue.take("w", 1).offer() == {"id": "a", "s3Config": {"bucketName": "b"}}
    queue.submit("b", {"input": 0}, 0)
    assert queue.take("w", 1).offer() == {"id": "b", "input": 0}


def test_a_worker_that_says_it_does_nothing_has_stopped_what_it_was_told_to(queue):
    running(queue, "a")
    running(queue, "b")
    queue.cancel("a", 2)
    queue.yielded("w")
    assert not queue.is_idle("w") and not queue.is_spent("w")
    queue.finish("w", "b", DONE, 3)
    assert queue.is_idle("w")


def test_of_thousands_of_jobs_each_is_forgotten_in_its_time():
    queue = Queue(Terms(kept_s=100, ttl_s=1e6))
    for n in range(3000):
        queue.submit(f"j{n}", BODY, n)
        queue.take("w", n)
        queue.finish("w", f"j{n}", DONE, n)
        queue.expire(n)
        assert [queue.get(f"j{m}") is None for m in (n, n - 100, n - 101)] == [False, n < 100, True]
    queue.expire(1e9)
    assert queue.newest(9) == [] and queue.counts() == {"COMPLETED": 3000}


WORKERS = st.sampled_from(["w", "v", "u"])


class AnyHistory(RuleBasedStateMachine):
    """Whatever happens, in whatever order: each job is in one state, none is lost, and none changes once it is over."""

    def __init__(self):
        super().__init__()
        self.queue = Queue(Terms(execution_s=10, ttl_s=60, kept_s=30, requeue_s=1, error_retries=1))
        self.now, self.jobs, self.over, self.doubled, self.gone = 0.0, {}, {}, set(), set()

    names = Bundle("names")

    @rule(target=names, low=st.booleans())
    def submit(self, low):
        name = f"j{len(self.jobs)}"
        self.jobs[name] = self.queue.submit(name, BODY | {"policy": {"lowPriority": low}}, self.now)
        return name

    @rule(worker=WORKERS)
    def take(self, worker):
        job = self.queue.take(worker, self.now)
        if job is not None:
            assert job.status == "IN_PROGRESS" and worker in job.holders
            assert len(job.holders) == 1 or job.id in self.doubled

    @rule(worker=WORKERS, name=names, body=st.sampled_from([DONE, {"error": "x"}, {}, None, {"status": "IN_PROGRESS"}]))
    def report(self, worker, name, body):
        self.queue.finish(worker, name, body, self.now)
        assert not self.queue.holds(worker, name) or (body or {}).get("status") == "IN_PROGRESS"

    @rule(name=names)
    def deliver_again(self, name):
        self.queue.deliver_again(name)
        self.doubled.add(name)

    @rule(name=names)
    def cancel(self, name):
        self.queue.cancel(name, self.now)

    @rule(name=names)
    def retry(self, name):
        if self.queue.retry(name, self.now):
            assert self.over.pop(name)["status"] == "FAILED"

    @rule()
    def purge(self):
        assert self.queue.purge(self.now) == sum(one["status"] == "IN_QUEUE" for one in self.seen.values())

    @rule(name=names)
    def forget(self, name):
        self.queue.forget(name)

    @rule(worker=WORKERS)
    def lose(self, worker):
        self.queue.lose(worker, self.now)
        assert self.queue.is_idle(worker) and self.queue.stops(worker) == []

    @rule(worker=WORKERS)
    def stops(self, worker):
        told = self.queue.stops(worker)
        assert len(told) == len(set(told))
        assert not any(self.queue.holds(worker, name) for name in told)

    @rule(passed=st.floats(0, 20))
    def wait(self, passed):
        self.now += passed
        self.queue.expire(self.now)

    @invariant()
    def holds_together(self):
        known = {name: job for name, job in self.jobs.items() if self.queue.get(name) is job}
        self.seen = {name: job.record() for name, job in known.items()}
        gone = self.jobs.keys() - known.keys()
        assert self.gone <= gone
        self.gone = gone
        for name, record in self.seen.items():
            assert record == self.over.setdefault(name, record) if known[name].is_over else name not in self.over
            assert (known[name].status == "IN_PROGRESS") == bool(known[name].holders)
        counts = self.queue.counts()
        for status in ("IN_QUEUE", "IN_PROGRESS"):
            assert counts.get(status, 0) == sum(job.status == status for job in known.values())
        assert all(count > 0 for count in counts.values())
        assert sum(counts.values()) + self.queue.forgotten == self.queue.submitted == len(self.jobs)
        assert self.queue.waiting_jobs() == counts.get("IN_QUEUE", 0)
        assert self.queue.load() == sum(
            job.status == "IN_PROGRESS" or (job.status == "IN_QUEUE" and job.calls_for_workers)
            for job in known.values()
        )
        assert self.queue.texts == 3 * counts.get("COMPLETED", 0)

    def teardown(self):
        waiting = {name for name, job in self.jobs.items() if self.queue.get(name) is job and job.status == "IN_QUEUE"}
        taken = [job.id for job in iter(lambda: self.queue.take("last", self.now + 1), None)]
        assert waiting == {name for name in taken if name not in self.doubled} | (waiting & self.doubled)


AnyHistory.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestAnyHistory = AnyHistory.TestCase
