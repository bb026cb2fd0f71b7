"""Workers of jobs that are written down by hand; tests/places/test_bills.py compares with the emulator's account."""

import pytest

from doctown.worker_time import JobTimes, WorkerTime, workers_of


def job(worker, taken, ended, submitted=0.0, **more):
    names = {"job_id": f"{worker}-{taken:g}-{submitted:g}", "step": "embed", "work": "b", "status": "COMPLETED"}
    ran = {"worker": worker, "execution_s": ended - taken}
    return JobTimes(submitted=submitted, waited_s=taken - submitted, **(names | ran | more))


def parts(worker: WorkerTime):
    return worker.worker, worker.start_s, worker.execution_s, worker.idle_s


def test_a_cold_worker_is_billed_from_the_submit_that_called_it_until_its_idle_timeout_is_over():
    (one,) = workers_of([job("a", 12, 20.5)], idle_s=5)
    assert parts(one) == ("a", 12, 8.5, 5)
    assert one.billed_s == 26


def test_a_warm_worker_has_no_start():
    (one,) = workers_of([job("a", 0.1, 4)], idle_s=5)
    assert one.start_s == pytest.approx(0.1)


def test_what_lies_between_two_jobs_is_idle():
    (one,) = workers_of([job("a", 10, 20), job("a", 23, 30, submitted=22)], idle_s=5)
    assert parts(one) == ("a", 10, 17, 3 + 5)


def test_a_job_that_waits_in_its_worker_beside_another_is_not_counted_twice():
    (one,) = workers_of([job("a", 10, 20), job("a", 10, 30)], idle_s=5)
    assert one.execution_s == 20


def test_each_worker_of_a_burst_is_called_by_its_own_job():
    jobs = [job("a", 10, 15, submitted=0), job("b", 11, 15, submitted=2), job("a", 15, 20, submitted=3)]
    assert [worker.start_s for worker in workers_of(jobs, idle_s=5)] == [10, 9]


def test_a_worker_that_is_the_second_on_its_machine_was_called_when_the_first_had_gone():
    first, second = workers_of([job("a", 10, 20), job("b", 112, 120, submitted=100)], idle_s=5)
    assert parts(first) == ("a", 10, 10, 5)
    assert parts(second) == ("b", 12, 8, 5)


def test_the_last_workers_stay_as_long_as_there_are_as_many_jobs():
    jobs = [job("a", 10, 20), job("b", 10, 50), job("b", 10.5, 60)]
    by_name = {worker.worker: worker for worker in workers_of(jobs, idle_s=5)}
    assert by_name["a"].idle_s == 30  # until b has one job only
    assert by_name["b"].idle_s == 5


def test_a_worker_that_is_given_nothing_while_others_are_was_ending():
    jobs = [job("a", 10, 20), job("b", 10, 50), job("b", 50, 60), job("b", 50.5, 70)]
    assert workers_of(jobs, idle_s=5)[0].idle_s == 5


def test_a_worker_that_came_for_nothing_is_counted_where_the_endpoint_has_shown_it():
    jobs = [job("a", 10, 12), job("a", 12, 14)]
    assert len(workers_of(jobs, idle_s=5)) == 1
    spare = workers_of(jobs, idle_s=5, most_seen=7)[1:]
    assert [parts(worker) for worker in spare] == [(None, 10, 0, 5)]


def test_jobs_of_other_runs_are_theirs_to_pay():
    assert workers_of([job("a", 1, 2, is_shared=True)], idle_s=5) == []


def test_jobs_that_nobody_took_cost_nothing():
    assert workers_of([job(None, 9, 9, execution_s=None, status="CANCELLED")], idle_s=5) == []
