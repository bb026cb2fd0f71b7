import pytest

from places.meter import LEFT, Meter


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def meter(clock):
    meter = Meter(clock)
    meter.submitted("j", "embed", "batch", 2.0)
    return meter


def only(meter):
    (job,) = meter.jobs()
    return job


def test_a_job_that_waits_has_waited_until_now(meter, clock):
    clock.now = 107.0
    job = only(meter)
    assert (job.submitted, job.waited_s, job.execution_s, job.worker) == (98.0, 9.0, None, None)


def test_what_a_record_says_goes_before_this_clock(meter, clock):
    clock.now = 120.0
    meter.heard("j", {"status": "IN_PROGRESS", "delayTime": 5000, "workerId": "w"})
    assert (only(meter).waited_s, only(meter).execution_s) == (5.0, 17.0)
    meter.heard("j", {"status": "COMPLETED", "delayTime": 5100, "executionTime": 3000, "workerId": "w"})
    clock.now = 900.0
    assert (only(meter).waited_s, only(meter).execution_s, only(meter).worker) == (5.1, 3.0, "w")


def test_what_a_record_does_not_say_is_taken_from_this_clock(meter, clock):
    clock.now = 110.0
    meter.heard("j", {"status": "IN_PROGRESS"})
    clock.now = 115.0
    meter.heard("j", {"status": "IN_PROGRESS"})
    assert (only(meter).waited_s, only(meter).execution_s) == (12.0, 5.0)
    meter.heard("j", {"status": "FAILED"})
    clock.now = 200.0
    assert only(meter).execution_s == 5.0


def test_a_job_that_is_given_up_uses_nothing_more(meter, clock):
    meter.heard("j", {"status": "IN_PROGRESS", "delayTime": 4000})
    clock.now = 110.0
    meter.left("j")
    clock.now = 500.0
    assert (only(meter).status, only(meter).execution_s) == (LEFT, 8.0)
    meter.heard("j", {"status": "CANCELLED", "delayTime": 4000, "executionTime": 7500})
    assert only(meter).execution_s == 7.5


def test_a_job_whose_worker_was_lost_waits_again(meter):
    meter.heard("j", {"status": "IN_PROGRESS", "delayTime": 1000, "workerId": "w"})
    meter.heard("j", {"status": "IN_QUEUE", "retries": 1})
    assert only(meter).execution_s is None


@pytest.mark.parametrize("odd", ["12", None, -1, True, float("nan"), float("inf"), [3]])
def test_times_that_are_none_are_passed_over(meter, odd):
    meter.heard("j", {"status": "COMPLETED", "delayTime": odd, "executionTime": odd, "workerId": odd})
    assert only(meter).execution_s is None


def test_records_of_jobs_that_are_not_its_own_and_records_that_are_none_change_nothing(meter):
    before = meter.jobs()
    meter.heard("another", {"status": "COMPLETED"})
    meter.heard("j", {})
    meter.left("another")
    assert meter.jobs() == before


def test_the_most_workers_that_run_or_start_are_counted_and_none_that_stands_by(meter):
    for workers in ({"idle": 9, "initializing": 1, "running": 2, "ready": 9}, {"running": 1}, "none", None):
        meter.counted({"workers": workers})
    assert meter.most_workers == 3
