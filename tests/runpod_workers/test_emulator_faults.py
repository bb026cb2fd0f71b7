"""The file of faults: what it may say, what it is told that it may not, and when a rule strikes."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doctown.errors import InvalidSettings
from runpod_workers.emulator.faults import Faults, Moment, read_faults

ROOT = Path(__file__).parents[2]


def struck(rule, moments, began=0.0):
    """Which of the moments, (time, what of Moment), the rule strikes."""
    rules, _ = read_faults(f'[[fault]]\nat = "run"\ndo = "reset"\n{rule}')
    faults = Faults(rules, began)
    return [n for n, (time, more) in enumerate(moments, 1) if faults.due(Moment(at="run", **more), time)]


def at_zero(count):
    return [(0.0, {})] * count


def test_a_rule_that_says_nothing_of_when_strikes_each_time():
    assert struck("", at_zero(3)) == [1, 2, 3]


def test_rules_strike_the_nth_every_nth_and_so_often():
    assert struck("nth = 2", at_zero(5)) == [2]
    assert struck("nth = [1, 4]", at_zero(5)) == [1, 4]
    assert struck("every = 3", at_zero(7)) == [3, 6]
    assert struck("times = 2", at_zero(5)) == [1, 2]
    assert struck("every = 2\ntimes = 1", at_zero(7)) == [2]


def test_rules_strike_within_their_time_which_begins_with_the_emulator():
    assert struck("after_s = 2\nuntil_s = 4", [(n, {}) for n in (11, 12, 13, 14)], began=10.0) == [2, 3]


def test_rules_count_only_the_moments_of_what_they_mean():
    moments = [(0.0, {"job": n, "worker": f"w{n % 2}"}) for n in (1, 2, 3, 4, 1)]
    assert struck("job = 1", moments) == [1, 5]
    assert struck("job = [1, 4]", moments) == [1, 4, 5]
    assert struck('worker = "w1"\nnth = 2', moments) == [3]
    assert struck('endpoint = "other"', moments) == []


@given(st.integers(0, 1000), st.floats(0, 1))
def test_chances_are_those_of_the_seed(seed, chance):
    rule = f"chance = {chance}\nseed = {seed}"
    assert struck(rule, at_zero(50)) == struck(rule, at_zero(50))
    assert chance > 0 or struck(rule, at_zero(50)) == []


def test_a_chance_is_about_as_likely_as_it_says():
    assert 200 < len(struck("chance = 0.25", at_zero(1000))) < 300


def test_all_rules_of_a_moment_are_due_in_the_order_of_the_file_and_are_counted():
    rules, _ = read_faults('[[fault]]\nat="run"\ndo="delay"\nseconds=1\n[[fault]]\nat="run"\ndo="reset"\nnth=2')
    faults = Faults(rules)
    assert [[fault.do for fault in faults.due(Moment(at="run"), 0)] for _ in range(2)] == [
        ["delay"],
        ["delay", "reset"],
    ]
    assert [told["struck"] for told in faults.report()] == [2, 1]


WRONG = {
    "x = 1": "'x', which means nothing",
    "fault = 3": r"begin each with \[\[fault\]\]",
    "settings = 3": r"begin them with \[settings\]",
    "[": "is no TOML",
    "[settings]\nworker = 3": "no setting 'worker'; there are execution_s, ",
    "[settings]\nworkers = 1.5": "setting workers is 1.5; it must be a whole number",
    "[settings]\nkept_s = -1": "setting kept_s is -1; it must be a number that is not negative",
    "[settings]\nscaler = 'x'": "it must be REQUEST_COUNT or QUEUE_DELAY",
    "[settings]\nscaler_value = 0": "a number above 0",
    "[settings]\nkey = 3": "it must be a text",
    "[settings]\nrate_limits = 1": "it must be true or false",
    "[[fault]]\ndo = 'reset'": "Fault 1: at is missing; it must be one of run, ",
    "[[fault]]\nat = 'rum'": "Fault 1: at is 'rum'; it must be one of run, ",
    "[[fault]]\nat = 'run'\ndo = 'kill'": "at 'run' is 'kill'; it must be one of answer, reset",
    "[[fault]]\nat = 'run'\ndo = 'answer'": "needs status",
    "[[fault]]\nat = 'run'\ndo = 'answer'\nstatus = 42": "status is 42; it must be an HTTP status",
    "[[fault]]\nat = 'run'\ndo = 'reset'\nseconds = 1": "'seconds', which means nothing there; it may have accepted",
    "[[fault]]\nat = 'start'\ndo = 'delay'": "needs seconds",
    "[[fault]]\nat = 'start'\ndo = 'delay'\nseconds = 'x'": "seconds is 'x'; it must be a number of seconds",
    "[[fault]]\nat = 'done'\ndo = 'alter'": "needs alter or set",
    "[[fault]]\nat = 'done'\ndo = 'alter'\nalter = 'x'": "it must be one of nan, ",
    "[[fault]]\nat = 'run'\ndo = 'reset'\nnth = 0": "nth is 0; it must be a number from 1",
    "[[fault]]\nat = 'run'\ndo = 'reset'\njob = []": "a list of such",
    "[[fault]]\nat = 'run'\ndo = 'reset'\nchance = nan": "between 0 and 1",
    "[[fault]]\nat = 'run'\ndo = 'reset'\nseed = 1" + "0" * 400: "a whole number",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_a_file_of_faults_may_not_say_is_one_sentence(text):
    with pytest.raises(InvalidSettings, match=WRONG[text]) as raised:
        read_faults(text)
    assert "\n" not in str(raised.value)


def test_the_documents_tell_every_moment_and_every_fault():
    told = (ROOT / "docs" / "emulator.md").read_text()
    from runpod_workers.emulator.alterations import ALTERATIONS
    from runpod_workers.emulator.faults import AT

    for name in {*AT, *(do for known in AT.values() for do in known), *ALTERATIONS}:
        assert f"`{name}`" in told
    (example,) = re.findall(r"```toml\n(.*?)```", told, re.DOTALL)
    rules, terms = read_faults(example)
    assert len(rules) == 3 and terms.kept_s == 5
