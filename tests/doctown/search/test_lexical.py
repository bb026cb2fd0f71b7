"""Search by words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doctown.search.lexical import WordIndex

TEXTS = (
    "def parseHeader(line): return line.split(':')",
    "def parse_body(stream): return stream.read()",
    "class CookieJar: holds cookies by domain",
    "class Jar: cookies, cookies, cookies and more cookies, in a text that is much longer than the others are here",
    "HTTP2 frames",
)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("parse header", 0),
        ("parse_header", 0),
        ("parseBody", 1),
        ("cookie", 2),
        ("cookie jar", 2),
        ("CookieJar", 2),
        ("http", 4),
    ],
)
def test_a_name_is_found_whole_and_by_its_parts(query, first):
    assert WordIndex(TEXTS).ranked(query, 3)[0][0] == first


def test_a_text_without_any_word_of_the_query_is_no_hit():
    found = WordIndex(TEXTS)
    assert {row for row, _ in found.ranked("cookies", 9)} == {2, 3}
    assert found.ranked("zebra", 9) == [] == WordIndex([]).ranked("cookies", 9)


def test_a_rare_word_outweighs_a_common_one():
    texts = ["common words here"] * 20 + ["common rare words"]
    assert WordIndex(texts).ranked("common rare", 1)[0][0] == 20


@given(st.lists(st.text(max_size=20), max_size=12), st.text(max_size=12), st.integers(-1, 15))
def test_hits_are_few_enough_each_once_and_ordered_by_score_then_row(texts, query, k):
    hits = WordIndex(texts).ranked(query, k)
    assert len(hits) <= max(k, 0) and len({row for row, _ in hits}) == len(hits)
    assert hits == sorted(hits, key=lambda hit: (-hit[1], hit[0])) and all(score > 0 for _, score in hits)
