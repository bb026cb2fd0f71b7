"""Every fault of the table, in memory: it ends as a quiet run, or in one typed error that says what to do."""

from functools import cache

import pytest

from tests.faults.case import CASES
from tests.faults.in_memory import tried

QUIET = next(case for case in CASES if case.name == "quiet")


@cache
def quiet_s(seed):
    """How long the run takes to which nothing happens."""
    return tried(QUIET, seed).seconds


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_leaves_no_hole_no_hang_and_no_payment_without_a_reason(case):
    found = tried(case, 0, quiet_s(0))
    assert found.faults() == []


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nor_does_it_at_other_times_and_with_other_work(case):
    for seed in range(1, 21):
        found = tried(case, seed, quiet_s(seed))
        assert found.faults() == [], seed
