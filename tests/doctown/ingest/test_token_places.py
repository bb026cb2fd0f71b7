"""Where tokens lie: asked by line or within one, the answer is that of the whole text."""

from bisect import bisect_left

from hypothesis import given
from hypothesis import strategies as st

from doctown.ingest.token_places import TokenPlaces
from tests.fakes.tokenizer import Marks, Words

PIECES = st.sampled_from(["word ", "(a, b)", "\n", "\r\n", "    ", "é漢🙂 ", "x" * 20, "\u2028", "\n\n"])
TEXTS = st.lists(PIECES, max_size=30).map("".join)


def places_of(text, tokens):
    data = text.encode()
    ends = [at for at, byte in enumerate(data) if byte == ord("\n")]
    wanted = [len(text[:start].encode()) for start in tokens.starts(text)]
    return data, TokenPlaces(data, ends, tokens), wanted


@given(TEXTS)
def test_as_many_tokens_start_before_a_byte_as_in_the_whole_text(text):
    data, places, wanted = places_of(text, Words())
    for byte in range(len(data) + 1):
        assert places.before(byte) == bisect_left(wanted, byte)


@given(TEXTS)
def test_each_token_starts_where_it_does_in_the_whole_text(text):
    data, places, wanted = places_of(text, Words())
    assert [places.byte_of(number) for number in range(len(wanted))] == wanted
    assert places.byte_of(len(wanted)) == places.byte_of(len(wanted) + 100) == len(data)


def test_several_tokens_that_start_at_one_letter_are_all_counted_and_a_line_end_with_its_line():
    _, places, _ = places_of("é\n漢a", Marks())
    assert [places.before(byte) for byte in (0, 2, 3, 6, 7)] == [0, 3, 3, 6, 7]
