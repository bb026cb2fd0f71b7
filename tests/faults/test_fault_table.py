"""Every fault of the table, in memory: it ends as a quiet run, or in one typed error that says what to do."""

import random
from functools import cache
from types import NoneType

import pytest

from doctown.errors import DoctownError
from tests.faults.case import CASES
from tests.faults.in_memory import tried
from tests.faults.outcome import CANARY

QUIET = next(case for case in CASES if case.name == "quiet")


@cache
def quiet_s(seed):
    """How long the run takes to which nothing happens."""
    return tried(QUIET, seed).seconds


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_leaves_no_hole_no_hang_and_no_payment_without_a_reason(case):
    found = tried(case, 0, quiet_s(0))
    assert found.faults() == []
    assert found.never_struck == []


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nor_does_it_at_other_times_and_with_other_work(case):
    for seed in range(1, 21):
        found = tried(case, seed, quiet_s(seed))
        assert found.faults() == [], seed


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", range(60))
def test_faults_together_end_whole_or_in_a_typed_error_and_the_next_run_is_whole(seed):
    passing = [case for case in CASES if not case.error and case.rules_and_terms[0]]
    picked = random.Random(seed).sample(passing, 3)
    rules = [rule for case in picked for rule in case.rules_and_terms[0]]
    found = tried(QUIET, seed, quiet_s(seed), rules)
    what = [case.name for case in picked], found.error
    assert found.is_whole or found.is_mended, what
    assert isinstance(found.error, DoctownError | NoneType), what
    assert not {"?", "more often than explained"} & set(found.again), (what, found.again)
    assert (found.left_later, found.records_left) == (0, 0), what
    assert found.seconds - found.quiet_s < 3600, what
    assert CANARY not in found.told, what
