"""The record of remote jobs: who submits, who waits, and what becomes of what a killed run left."""

import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from adapters.remote_jobs import SUBMIT_S, RemoteJobs, this_process, work_key
from adapters.store import store_at

KEY = work_key("http://127.0.0.1:1/v2/embed", "embed", {"batch_id": "b"})


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def store(tmp_path):
    return store_at(tmp_path.as_uri())


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ours(store, clock):
    return RemoteJobs(store, now=clock)


@pytest.fixture
def theirs(store, clock):
    """Another living process: its records may be waited for."""
    return RemoteJobs(store, f"{socket.gethostname()}/{os.getppid()}", clock)


@pytest.fixture
def gone(store, clock):
    """A process that is no more."""
    process = subprocess.Popen([sys.executable, "-I", "-S", "-c", ""])
    process.wait()
    return RemoteJobs(store, f"{socket.gethostname()}/{process.pid}", clock)


def test_the_first_who_claims_submits_and_the_next_finds_the_job(ours, theirs):
    assert ours.claim(KEY) is None
    assert theirs.claim(KEY).job_id is None
    ours.note(KEY, "j")
    found = theirs.claim(KEY)
    assert found.job_id == "j" and not theirs.is_ours(found)


def test_what_is_done_is_forgotten(ours, store):
    ours.claim(KEY)
    ours.note(KEY, "j")
    ours.forget(KEY, "j")
    assert list(store.keys("remote-jobs")) == []
    assert ours.claim(KEY) is None


def test_a_newer_job_is_not_forgotten_with_an_older_one(ours, theirs):
    ours.claim(KEY)
    ours.note(KEY, "new")
    theirs.forget(KEY, "old")
    assert ours.claim(KEY).job_id == "new"


def test_the_job_of_a_killed_run_becomes_the_next_ones(ours, gone):
    gone.claim(KEY)
    gone.note(KEY, "j")
    found = ours.claim(KEY)
    assert found.job_id == "j" and ours.is_ours(found)


def test_the_intent_of_a_killed_run_is_submitted_again_and_told(ours, gone, caplog):
    gone.claim(KEY)
    assert ours.claim(KEY) is None
    assert "paid for twice" in caplog.text


def test_our_own_intent_whose_answer_was_lost_is_submitted_again(ours):
    assert ours.claim(KEY) is None
    assert ours.claim(KEY) is None


def test_an_intent_nobody_followed_is_given_up_after_a_while(ours, theirs, clock):
    theirs.claim(KEY)
    clock.now += SUBMIT_S
    assert ours.claim(KEY) is not None
    clock.now += 1
    assert ours.claim(KEY) is None


def test_an_intent_that_comes_from_the_future_is_not_waited_for(ours, store, clock):
    RemoteJobs(store, "elsewhere/1", lambda: clock.now + SUBMIT_S + 1).claim(KEY)
    assert ours.claim(KEY) is None


@pytest.mark.parametrize("pid", ["9" * 5000, "²", "x", ""])
def test_an_owner_that_is_no_process_of_ours_is_not_taken_for_gone(ours, store, pid):
    other = RemoteJobs(store, f"{socket.gethostname()}/{pid}", lambda: 1000.0)
    other.claim(KEY)
    other.note(KEY, "j")
    assert not ours.is_ours(ours.claim(KEY))


def test_of_an_owner_on_another_machine_nothing_is_assumed(ours, store, clock):
    elsewhere = RemoteJobs(store, "elsewhere/1", clock)
    elsewhere.claim(KEY)
    elsewhere.note(KEY, "j")
    assert not ours.is_ours(ours.claim(KEY))


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
    b"[" * 200_000,
]


@pytest.mark.parametrize("data", UNREADABLE)
def test_a_record_that_cannot_be_read_is_written_anew(ours, store, data):
    store.put(KEY, data, "x")
    assert ours.claim(KEY) is None
    assert ours.note(KEY, "j") == ours.claim(KEY)


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
    claimants = [RemoteJobs(store, f"elsewhere/{n}") for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda jobs: jobs.claim(KEY), claimants))
    assert found.count(None) == 1


def test_this_process_is_named_by_machine_and_id():
    assert this_process() == f"{socket.gethostname()}/{os.getpid()}"
