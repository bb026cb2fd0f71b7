"""The record of remote jobs: who submits, who waits, and what becomes of what a killed run left."""

import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from adapters.remote_jobs import SUBMIT_S, RemoteJobs, work_key
from adapters.store import store_at
from doctown.errors import StoreUnavailable

KEY = work_key("http://127.0.0.1:1/v2/embed", "embed", {"batch_id": "b"})


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ours(store, clock):
    return RemoteJobs(store, "run-1", now=clock)


@pytest.fixture
def theirs(store, clock):
    """Another run of another living process."""
    return RemoteJobs(store, "run-2", f"{socket.gethostname()}/{os.getppid()}", clock)


@pytest.fixture
def beside(store, clock):
    """Another run of this process."""
    return RemoteJobs(store, "run-3", now=clock)


@pytest.fixture
def gone(store, clock):
    """A run of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-I", "-S", "-c", ""])
    process.wait()
    return RemoteJobs(store, "run-4", f"{socket.gethostname()}/{process.pid}", clock)


def is_to_submit(jobs):
    return jobs.claim(KEY).job is None


def test_the_first_who_claims_submits_and_the_next_finds_the_job(ours, theirs):
    assert is_to_submit(ours)
    assert theirs.claim(KEY).job.job_id is None
    ours.note(KEY, "j")
    found = theirs.claim(KEY).job
    assert found.job_id == "j" and not theirs.is_ours(found)


def test_two_runs_of_one_process_do_not_submit_the_same_work(ours, beside):
    assert is_to_submit(ours)
    assert not is_to_submit(beside)
    ours.note(KEY, "j")
    assert beside.claim(KEY).job.job_id == "j"


def test_one_run_does_not_submit_the_same_work_twice_at_once(ours):
    assert is_to_submit(ours)
    assert not is_to_submit(ours)


def test_what_is_done_is_forgotten(ours, store):
    ours.claim(KEY)
    ours.note(KEY, "j")
    ours.forget(KEY, "j")
    assert list(store.keys("remote-jobs")) == []
    assert is_to_submit(ours)


def test_a_newer_job_is_not_forgotten_with_an_older_one(ours, theirs):
    ours.claim(KEY)
    ours.note(KEY, "new")
    theirs.forget(KEY, "old")
    assert ours.claim(KEY).job.job_id == "new"


def test_the_job_of_a_killed_run_becomes_the_next_ones(ours, gone):
    gone.claim(KEY)
    gone.note(KEY, "j")
    found = ours.claim(KEY).job
    assert found.job_id == "j" and ours.is_ours(found)


def test_a_run_that_goes_on_in_another_process_finds_its_own_jobs(ours, store, clock):
    before = RemoteJobs(store, "run-1", "elsewhere/1", clock)
    before.claim(KEY)
    before.note(KEY, "j")
    found = ours.claim(KEY).job
    assert ours.is_ours(found) and ours.leave(KEY, found)


def test_the_intent_of_a_killed_run_is_submitted_again_and_told(ours, gone, caplog):
    gone.claim(KEY)
    assert ours.claim(KEY) == (None, True)
    assert "paid for twice" in caplog.text


def test_an_intent_whose_answer_was_lost_is_submitted_again_and_the_job_stays_in_doubt(ours, theirs):
    ours.claim(KEY)
    ours.leave_unanswered(KEY)
    assert theirs.claim(KEY) == (None, True)
    theirs.note(KEY, "j", in_doubt=True)
    assert ours.claim(KEY).in_doubt


def test_an_intent_nobody_followed_is_given_up_after_a_while(ours, theirs, clock):
    theirs.claim(KEY)
    clock.now += SUBMIT_S
    assert not is_to_submit(ours)
    clock.now += 1
    assert is_to_submit(ours)


def test_an_intent_that_comes_from_the_future_is_not_waited_for(ours, store, clock):
    RemoteJobs(store, "x", "elsewhere/1", lambda: clock.now + SUBMIT_S + 1).claim(KEY)
    assert is_to_submit(ours)


@pytest.mark.parametrize("pid", ["9" * 5000, "²", "x", ""])
def test_an_owner_that_is_no_process_of_ours_is_not_taken_for_gone(ours, store, pid):
    other = RemoteJobs(store, "x", f"{socket.gethostname()}/{pid}", lambda: 1000.0)
    other.claim(KEY)
    other.note(KEY, "j")
    assert not ours.is_ours(ours.claim(KEY).job)


def test_of_an_owner_on_another_machine_nothing_is_assumed(ours, store, clock):
    elsewhere = RemoteJobs(store, "x", "elsewhere/1", clock)
    elsewhere.claim(KEY)
    elsewhere.note(KEY, "j")
    assert not ours.is_ours(ours.claim(KEY).job)


def shared(owner, *waiters):
    """The job of `owner`, for which `waiters` wait, too."""
    owner.claim(KEY)
    job = owner.note(KEY, "j")
    for waiter in waiters:
        waiter.claim(KEY)
    return job


def test_a_job_is_cancelled_only_with_the_last_who_needs_it(ours, theirs, beside, store):
    job = shared(ours, theirs, beside)
    assert not ours.leave(KEY, job)
    assert not theirs.leave(KEY, job)
    assert beside.leave(KEY, job)
    assert [key for key in store.keys("remote-jobs") if "waiting" in key] == []


def test_who_waits_beside_a_living_owner_leaves_the_job_to_it(ours, theirs):
    job = shared(ours, theirs)
    assert not theirs.leave(KEY, job)
    assert ours.leave(KEY, job)


def test_the_last_who_waits_cancels_the_job_of_a_killed_owner(ours, gone, theirs, store):
    gone.claim(KEY)
    job = gone.note(KEY, "j")
    theirs._attach(KEY)
    assert theirs.leave(KEY, job)


def test_one_who_was_killed_while_it_waited_keeps_no_job_alive(ours, gone, store):
    job = shared(ours, gone)
    assert ours.leave(KEY, job)


def test_one_who_waits_on_another_machine_keeps_a_job_no_longer_than_it_can_live(ours, store, clock):
    job = shared(ours, RemoteJobs(store, "x", "elsewhere/1", clock))
    clock.now += job.ttl_s
    assert ours.leave(KEY, job)


def test_a_job_that_another_has_replaced_is_not_ours_to_cancel(ours, theirs):
    job = shared(ours)
    theirs.note(KEY, "newer")
    assert not ours.leave(KEY, job)


UNREADABLE = [
    b"",
    b"{",
    b"[]",
    b'{"job_id": "j"}',
    b"\xff",
    b'{"job_id":1,"owner":2,"since":"x"}',
    b'{"job_id":3,"owner":"elsewhere/1","since":1}',
    b'{"job_id":"../../run","owner":"elsewhere/1","since":1}',
    b'{"job_id":"j","owner":"elsewhere/1","since":NaN}',
    b'{"job_id":null,"owner":"elsewhere/1","since":Infinity}',
    b'{"job_id":"j","owner":"elsewhere/1","since":1' + b"0" * 400 + b"}",
    b'{"job_id":"j","owner":"elsewhere/1","since":1,"ttl_s":"for ever"}',
    b"[" * 200_000,
]


@pytest.mark.parametrize("data", UNREADABLE)
def test_a_record_that_cannot_be_read_is_written_anew(ours, store, data):
    store.put(KEY, data, "x")
    assert is_to_submit(ours)
    assert ours.note(KEY, "j") == ours.claim(KEY).job


def test_the_age_of_a_job_is_never_negative(ours, clock):
    ours.claim(KEY)
    job = ours.note(KEY, "j")
    clock.now += 5
    assert ours.age_s(job) == 5
    clock.now -= 50
    assert ours.age_s(job) == 0


def test_equal_work_has_one_key_and_other_work_another():
    base = ("https://a/v2/x", "embed", {"a": 1, "b": "\ud800"})
    assert work_key(*base) == work_key(base[0], base[1], {"b": "\ud800", "a": 1})
    others = {
        work_key("https://b/v2/x", *base[1:]),
        work_key(base[0], "ingest", base[2]),
        work_key(*base[:2], {"a": 1, "b": "c"}),
    }
    assert len(others | {work_key(*base)}) == 4


def test_of_many_who_claim_at_once_one_submits(store):
    claimants = [RemoteJobs(store, f"run-{n}", f"elsewhere/{n}") for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda jobs: jobs.claim(KEY), claimants))
    assert [claim.job for claim in found].count(None) == 1


def test_of_many_who_find_an_intent_that_was_given_up_one_submits(store, clock):
    RemoteJobs(store, "first", "elsewhere/0", clock).claim(KEY)
    clock.now += SUBMIT_S + 1
    claimants = [RemoteJobs(store, f"run-{n}", f"elsewhere/{n}", clock) for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda jobs: jobs.claim(KEY), claimants))
    assert [claim.job for claim in found].count(None) == 1
    assert all(claim.in_doubt for claim in found)


def test_of_many_who_find_a_record_that_cannot_be_read_one_submits(store):
    store.put(KEY, b"{", "x")
    claimants = [RemoteJobs(store, f"run-{n}", f"elsewhere/{n}") for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda jobs: jobs.claim(KEY), claimants))
    assert [claim.job for claim in found].count(None) == 1


def test_something_that_is_no_record_in_its_place_is_one_sentence(tmp_path):
    (tmp_path / KEY).mkdir(parents=True)
    with pytest.raises(StoreUnavailable, match="remove it"):
        RemoteJobs(store_at(tmp_path.as_uri()), "run").claim(KEY)
