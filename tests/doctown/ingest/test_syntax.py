"""Syntax trees, and spans that lie within each other."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_sitter import Point, Range

from doctown.ingest.facts import DoesNotParse
from doctown.ingest.syntax import Nesting, captures, parsed, parsed_within


@st.composite
def nested_spans(draw):
    """Spans of which any two are apart or one lies within the other, in any order; some are empty, some are equal."""
    spans: list[tuple[int, int]] = []
    waiting = [(0, draw(st.integers(0, 40)))]
    while waiting and len(spans) < 25:
        low, high = waiting.pop()
        cuts = sorted(draw(st.lists(st.integers(low, high), min_size=2, max_size=6)))
        for start, end in zip(cuts[::2], cuts[1::2], strict=False):
            spans.append((start, end))
            if start < end:
                waiting.append((start, end))
    return draw(st.permutations(spans))


def holding(spans, byte):
    """The naive answer: those that hold `byte`, the smallest first; of equal ones the later."""
    found = [at for at, (start, end) in enumerate(spans) if start <= byte < end]
    return sorted(found, key=lambda at: (spans[at][1] - spans[at][0], -at))


@given(nested_spans())
@settings(derandomize=True, deadline=None, max_examples=300)
def test_spans_are_found_as_by_looking_at_each(spans):
    nesting = Nesting(spans)
    for byte in range(-1, 45):
        wanted = holding(spans, byte)
        assert nesting.innermost(byte) == (wanted[0] if wanted else None)
        assert list(nesting.all_around(byte)) == wanted


@given(nested_spans())
@settings(derandomize=True, deadline=None)
def test_each_span_lies_within_the_smallest_around_it(spans):
    nesting = Nesting(spans)
    for at, (start, end) in enumerate(spans):
        around = nesting.around[at]
        if start < end and around is not None:
            assert spans[around][0] <= start and end <= spans[around][1]
            assert around in holding(spans, start)


def test_no_spans_hold_nothing():
    assert Nesting([]).innermost(0) is None
    assert list(Nesting([]).all_around(0)) == []


def test_a_hundred_thousand_spans_within_each_other_are_asked_at_once_from_anywhere():
    many = 100_000
    nesting = Nesting((at, 2 * many - at) for at in range(many))
    assert all(nesting.innermost(2 * many + at) is None for at in range(many))
    assert nesting.innermost(many) == many - 1


@pytest.mark.parametrize(
    ("code", "line"), [("x = (\n", 1), ("a = 1\n)\n", 2), ("a\nb\ndef f(:\n  pass\n", 3), ("if x:\nelse\n", 1)]
)
def test_what_does_not_parse_says_on_which_line(code, line):
    with pytest.raises(DoesNotParse) as raised:
        parsed("python", code.encode())
    assert abs(raised.value.line - line) <= 1


def test_captures_are_in_the_order_of_the_text():
    found = captures("python", parsed("python", b"f(g(1), h(2))\nk()\n"))
    assert [node.text for node in found["call"]] == [b"f(g(1), h(2))", b"g(1)", b"h(2)", b"k()"]


def test_a_tree_too_deep_to_search_is_searched_from_above():
    deep = 40_000
    found = captures("python", parsed("python", b"f(\n" * deep + b")" * deep))
    assert 0 < len(found["call"]) < deep
    assert [node.start_byte for node in found["call"]][:3] == [0, 3, 6]


def test_a_part_of_a_text_is_parsed_in_its_place():
    text = b"no rust here:\nf(x.g())\nnor here"
    start = text.index(b"f(")
    end = text.index(b"\nnor")
    whole = text + b";"
    part = Range(Point(1, 0), Point(1, end - start), start, end)
    root = parsed_within("rust", whole, [part, Range(Point(9, 0), Point(9, 1), len(text), len(whole))])
    assert root is not None
    calls = captures("rust", root)["call"]
    assert [(one.start_byte, one.start_point.row) for one in calls] == [(start, 1), (start + 2, 1)]
    assert parsed_within("rust", whole, [part]) is None
