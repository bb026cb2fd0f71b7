"""How many workers there are to be, and what they cost."""

import math

from hypothesis import given
from hypothesis import strategies as st

from runpod_workers.emulator.billing import IDLE, RUNNING, STARTING, Ledger
from runpod_workers.emulator.scaling import Load, wanted_workers
from runpod_workers.emulator.terms import QUEUE_DELAY, REQUEST_COUNT, Terms

LOADS = st.builds(
    Load,
    jobs=st.integers(0, 100),
    waiting=st.integers(0, 100),
    oldest_wait_s=st.floats(0, 100),
    workers=st.integers(0, 10),
    since_start_s=st.floats(0, 100),
)


@given(LOADS, st.sampled_from([REQUEST_COUNT, QUEUE_DELAY]), st.integers(0, 3), st.integers(3, 9), st.floats(0.5, 9))
def test_there_are_never_fewer_workers_than_the_least_nor_more_than_the_most(load, scaler, least, most, value):
    terms = Terms(workers_min=least, workers=most, scaler=scaler, scaler_value=value)
    assert least <= wanted_workers(terms, load) <= most
    if load.jobs:
        assert wanted_workers(terms, load) >= 1


def test_by_request_count_there_is_a_worker_for_every_so_many_jobs():
    terms = Terms(workers=9, scaler_value=4)
    assert [wanted_workers(terms, Load(jobs, 0, 0, 0, 0)) for jobs in (0, 1, 4, 5, 99)] == [0, 1, 1, 2, 9]


@given(st.lists(st.tuples(st.sampled_from([STARTING, RUNNING, IDLE, "end", "begin"]), st.floats(0, 100)), max_size=30))
def test_seconds_are_rounded_up_for_each_worker_and_what_it_did_adds_up(history):
    ledger, now, lives, began = Ledger(), 0.0, [], None
    for what, passed in history:
        now += passed
        if what == "begin" and began is None:
            ledger.start("w", now)
            began = now
        elif what == "end":
            ledger.end("w", now)
            lives += [] if began is None else [now - began]
            began = None
        elif what != "begin":
            ledger.turn_to("w", what, now)
    report = ledger.report(now)
    lives += [] if began is None else [now - began]
    assert math.isclose(report["worker_seconds"], sum(lives), abs_tol=0.01)
    assert sum(lives) - 0.01 <= report["billed_seconds"] <= sum(math.ceil(life) for life in lives)
    assert report["billed_seconds"] == sum(worker["billed_s"] for worker in report["workers"])
    assert len(report["workers"]) == len(lives)
    assert ledger.report(now) == report
