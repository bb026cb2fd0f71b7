import pytest
from hypothesis import given
from hypothesis import strategies as st

from doctown.blob import Stored
from doctown.retention import DAY_S, FOLDERS, Retention, expired

NOW = 1_800_000_000.0
SEGMENT = "vectors/m/r/e/1.seg"


def goes(key, days, keep):
    return [one.key for one in expired([Stored(key, 1, NOW - days * DAY_S)], keep, NOW)] == [key]


@pytest.mark.parametrize(
    ("key", "days", "is_gone"),
    [
        ("ingested/x.jsonl", 6.9, False),
        ("ingested/x.jsonl", 7.1, True),
        ("remote-jobs/a/b", 1.9, False),
        ("remote-jobs/a/b", 2.1, True),
        ("under-way/a/1/keys", 2.1, True),
        (SEGMENT, 9_999, False),
        ("docpacks/x.docpack", 9_999, False),
        ("engines/x", 9_999, False),
        ("something-else/x", 9_999, False),
    ],
)
def test_with_nothing_said_what_was_read_and_traces_go_and_nothing_else(key, days, is_gone):
    assert goes(key, days, Retention()) == is_gone


def test_a_docpack_that_is_linked_and_a_segment_of_an_engine_in_use_never_go():
    keep = Retention(vectors_days=1, docpacks_days=1, engines=("vectors/m/r/e",), linked=("docpacks/a",))
    assert not goes(SEGMENT, 99, keep) and goes("vectors/m/r/e2/1.seg", 99, keep)
    assert not goes("docpacks/a", 99, keep) and goes("docpacks/ab", 99, keep)


@given(st.sampled_from(FOLDERS), st.floats(0, 1e4), st.floats(0, 1e4))
def test_what_is_kept_was_written_no_longer_ago_than_it_says(folder, days, age):
    keep = Retention(days, days, days, days)
    assert goes(f"{folder}/x", age, keep) == (NOW - (NOW - age * DAY_S) > days * DAY_S)
