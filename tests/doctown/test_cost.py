import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doctown.cost import WorkerPace, always_on_month, compared, dollars, embedding_cost, step_cost
from doctown.prices import shipped_prices

PACE = WorkerPace(start_s=10.0, tokens_per_s=100.0)


def test_a_worker_costs_its_start_what_it_runs_and_its_idle_timeout_rounded_up():
    cost = embedding_cost([250], 1, PACE, 5.0, 0.5)
    assert (cost.workers, cost.seconds, cost.billed_s, cost.usd) == (1, 12.5, 18, 9.0)


def test_more_workers_are_faster_and_cost_as_much_more_as_their_starts_and_ends():
    one, four = (embedding_cost([1_000] * 8, workers, PACE, 5.0, 0.01) for workers in (1, 4))
    assert (one.seconds, four.seconds) == (90.0, 30.0)
    assert four.billed_s - one.billed_s == 3 * 15


def test_there_are_never_more_workers_than_batches():
    assert embedding_cost([10, 10], 30, PACE, 5.0, 1.0).workers == 2
    assert embedding_cost([], 30, PACE, 5.0, 1.0).usd == 0


def test_without_a_price_the_seconds_are_known_and_the_dollars_are_not():
    assert step_cost(60.2, 10, 5, None).billed_s == 76
    assert step_cost(60.2, 10, 5, None).usd is None


@given(st.lists(st.integers(1, 100_000), min_size=1, max_size=60), st.integers(1, 20))
def test_no_number_of_workers_does_less_than_the_work_or_ends_before_the_longest_batch(batches, workers):
    cost = embedding_cost(batches, workers, PACE, 5.0, 1.0)
    assert cost.billed_s >= sum(batches) / 100 + 15 * cost.workers - 1e-6
    assert cost.billed_s <= sum(batches) / 100 + 16 * cost.workers
    assert cost.seconds >= 10 + max(*batches, sum(batches) / workers) / 100 - 1e-6
    assert cost.billed_s >= embedding_cost(batches, 1, PACE, 5.0, 1.0).billed_s - 1


def test_machines_that_are_always_on_are_compared_by_the_month():
    month = always_on_month(shipped_prices(), embeds=True, builds=False)
    assert (month.least, month.most) == (30, 50)
    found = compared(month, 0.01, 3600.0)
    assert found["runs_a_month_of_equal_cost"] == {"least": 3000, "most": 5000}
    assert found["usd_while_it_ran"]["least"] == pytest.approx(30 / 730, rel=1e-3)
    both = always_on_month(shipped_prices(), embeds=True, builds=True)
    assert (both.least, both.most) == (80, 150)
    assert compared(both, 0.0, 1.0)["runs_a_month_of_equal_cost"] is None


@pytest.mark.parametrize(
    ("usd", "told"),
    [
        (0, "$0.00"),
        (12.345, "$12.35"),
        (1234.5, "$1,234.50"),
        (0.25, "$0.25"),
        (0.0123, "$0.0123"),
        (0.00016, "$0.000160"),
    ],
)
def test_dollars_are_told_as_precisely_as_they_are_few(usd, told):
    assert dollars(usd) == told


@given(st.floats(1e-9, 1e6))
def test_dollars_keep_two_digits_that_count(usd):
    shown = float(dollars(usd)[1:].replace(",", ""))
    assert math.isclose(shown, usd, rel_tol=0.05, abs_tol=0.005 if usd > 0.1 else 0)
