"""A run's bill beside the emulator's own account, which knows when each worker began and ended."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.pace import worker_pace
from adapters.settings import Settings
from doctown.errors import BudgetExceeded, InvalidSettings
from doctown.prices import shipped_prices
from places.bills import metered_places, note_paces
from places.placement import Placement
from runpod_workers.emulator.faults import read_faults
from tests.fakes.bills import bill
from tests.fakes.metered_run import batches_of_seconds, metered_run

FEW = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SOME = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SOME
@given(
    seconds=st.lists(st.floats(0.5, 60), min_size=1, max_size=24),
    workers=st.integers(1, 6),
    cold_s=st.floats(0, 40),
    idle_s=st.sampled_from([1.0, 5.0, 30.0]),
)
def test_a_bill_is_the_account_but_for_a_hundredth_or_a_second_a_worker(seconds, workers, cold_s, idle_s):
    run = metered_run(seconds, workers, cold_s, idle_s)
    assert run.error is None
    slack_s = max(0.01 * run.account["billed_seconds"], len(run.account["workers"]))
    assert abs(run.bill["billed_seconds"] - run.account["billed_seconds"]) <= slack_s
    told = {worker["worker"] for place in run.bill["places"] for worker in place["workers"]}
    assert {one["worker"] for one in run.account["workers"] if one["execution_s"]} == told - {None}


@FEW
@given(
    seconds=st.lists(st.floats(20, 60), min_size=18, max_size=40), workers=st.integers(1, 3), cold_s=st.floats(0, 40)
)
def test_the_bill_of_a_run_of_minutes_is_the_account_within_a_hundredth(seconds, workers, cold_s):
    run = metered_run(sorted(seconds, reverse=True), workers, cold_s)
    assert run.account["usd"] >= 100 * workers * 0.00016
    assert run.bill["usd"] == pytest.approx(run.account["usd"], rel=0.01)


def test_each_worker_and_each_batch_has_its_seconds_and_its_share():
    run = metered_run([30, 20, 10, 10], workers=2, cold_s=12)
    (place,) = run.bill["places"]
    assert [(worker["start_s"], worker["jobs"]) for worker in place["workers"]] == [(12.0, 1), (12.0, 3)] or [
        (12.0, 2),
        (12.0, 2),
    ]
    assert place["seconds"]["execution"] == pytest.approx(70, abs=0.1)
    assert sum(row["usd"] for row in run.bill["batches"]) == pytest.approx(run.bill["usd"], abs=1e-5)
    assert {row["batch"] for row in run.bill["batches"]} == {one.id for one in batches_of_seconds([30, 20, 10, 10])}
    assert place["tokens_per_s"] == pytest.approx(1000, rel=0.01)
    assert run.bill["always_on"]["usd_per_month"] == {"least": 30, "most": 50}


def test_a_batch_that_was_lost_is_in_the_bill_with_its_reason():
    rules, _ = read_faults('[[fault]]\nat = "run"\ndo = "answer"\nstatus = 500\naccepted = true\nnth = [1]\n')
    run = metered_run([10, 10], rules=rules)
    assert run.error is None
    assert run.bill["perhaps_paid_twice"] == 1
    assert run.bill["lost_attempts"]["SubmitUnanswered"]["attempts"] == 1
    (row,) = (row for row in run.bill["batches"] if row["perhaps_paid_twice"])
    assert row["attempts"] == 2 and "SubmitUnanswered" in row["lost"][0]


@FEW
@given(workers=st.integers(1, 5), share=st.floats(0.2, 0.8), cold_s=st.floats(0, 20))
def test_a_run_stops_where_its_budget_ends_and_leaves_nothing_running(workers, share, cold_s):
    seconds = [20.0] * 6 * workers
    whole_usd = 0.00016 * (120 + cold_s + 5) * workers
    run = metered_run(seconds, workers, cold_s, max_cost=share * whole_usd)
    assert isinstance(run.error, BudgetExceeded) and not run.error.retryable
    assert "--max-cost" in str(run.error)
    assert run.open_jobs == 0
    assert len(run.kept) < len(seconds)
    assert run.account["usd"] <= share * whole_usd + 0.00016 * 25 * workers  # it hears of a start after 20 s at most
    over_s = run.bill["billed_seconds"] - run.account["billed_seconds"]
    assert -2 * workers <= over_s <= 6 * workers  # one that was stopped may go at once, without its idle timeout


def test_a_budget_that_is_large_enough_changes_nothing():
    run = metered_run([5.0] * 6, max_cost=1.0)
    assert run.error is None and len(run.kept) == 6


def test_a_budget_needs_a_price():
    placement = Placement(ingest="https://api.runpod.ai/v2/x")
    (place,) = metered_places(placement, Settings(), shipped_prices()).values()
    assert place.usd_per_s is None
    with pytest.raises(InvalidSettings, match=r"DOCTOWN_MAX_COST.*usd_per_vcpu_h"):
        metered_places(placement, Settings(max_cost=1.0), shipped_prices())
    with pytest.raises(InvalidSettings, match="DOCTOWN_EMBED_POOL"):
        metered_places(Placement(embed="https://api.runpod.ai/v2/x"), Settings(embed_pool="x"), shipped_prices())
    assert metered_places(Placement(), Settings(max_cost=1.0), shipped_prices()) == {}
    assert not math.isnan(shipped_prices().gpu_usd_per_s(Settings().embed_pool))


def test_how_fast_the_workers_were_is_kept_for_the_next_plan(tmp_path):
    note_paces(tmp_path, bill())
    found = worker_pace(tmp_path, "https://api.runpod.ai/v2/x")
    assert (found.start_s, found.tokens_per_s) == (10.0, 1000.0)
    nothing = bill(address="https://a")
    nothing["places"][0]["tokens_per_s"] = None
    note_paces(tmp_path, nothing)
    assert worker_pace(tmp_path, "https://a") is None
