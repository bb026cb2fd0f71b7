"""Masking: equal length, equal lines, nothing else touched, and what is told names no secret."""

from hypothesis import given
from hypothesis import strategies as st

from doctown.ingest.secrets import (
    SecretPlace,
    Span,
    counted_by_kind,
    masked,
    note_on_secrets,
    secrets_stats,
)
from tests.fakes.canaries import private_key


def spans_of(data, *secrets, kind="k"):
    return [Span(data.index(one), data.index(one) + len(one), kind) for one in secrets]


def test_a_secret_becomes_as_many_asterisks_and_is_told_by_its_line():
    data = b'import os\r\n\r\nKEY = "secret-0123456789"  # here\r\n'
    made, places = masked("a.py", data, spans_of(data, b"secret-0123456789"))
    assert made == b'import os\r\n\r\nKEY = "*****************"  # here\r\n'
    assert places == (SecretPlace("a.py", 3, "k"),)


def test_a_secret_that_stands_elsewhere_too_is_masked_there_as_well():
    data = b"a = abcdefghijklmn\nb = xabcdefghijklmny\n"
    made, places = masked("a", data, spans_of(data, b"abcdefghijklmn"))
    assert made == b"a = **************\nb = x**************y\n"
    assert [place.line for place in places] == [1, 2]


def test_a_short_secret_is_masked_only_where_it_was_found():
    data = b"https://user:pass@host the pass word"
    assert masked("a", data, spans_of(data, b"pass"))[0] == b"https://user:****@host the pass word"


def test_of_secrets_within_each_other_the_outer_one_is_told():
    data = b"x = aaaabbbbccccdddd\n"
    made, places = masked("a", data, [Span(8, 12, "inner"), Span(4, 20, "outer"), Span(4, 12, "first")])
    assert made == b"x = ****************\n"
    assert places == (SecretPlace("a", 1, "outer"),)


def test_a_key_of_several_lines_keeps_what_makes_it_code():
    rows = private_key().split("\n")
    data = ("key = (\n" + "\n".join(f'    "{row}\\n"' for row in rows) + "\n)\n").encode()
    start = data.index(b"-----BEGIN")
    end = data.index(b'KEY-----\\n"\n)') + 8
    made, _ = masked("a.py", data, [Span(start, end, "private-key")])
    assert len(made) == len(data)
    assert not any(row.encode()[:16] in made for row in rows)
    written = {}
    exec(compile(made, "a.py", "exec"), written)
    assert written["key"].count("\n") == len(rows)


def test_a_span_that_cuts_a_character_masks_it_whole():
    data = "é = 漢字".encode()
    made, _ = masked("a", data, [Span(1, 6, "k")])
    assert len(made) == len(data)
    assert made.decode() == "*" * 8 + "字"


@given(st.text(max_size=300), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), max_size=6))
def test_whatever_is_masked_is_as_long_has_the_same_lines_and_stays_text(text, pairs):
    data = text.encode()
    spans = [Span(min(pair), min(max(pair), len(data)), "k") for pair in pairs if min(pair) < len(data)]
    made, places = masked("a", data, spans)
    assert len(made) == len(data)
    made.decode()
    assert [at for at, byte in enumerate(made) if byte == 10] == [
        at for at, byte in enumerate(data) if byte == 10 and made[at] == 10
    ]
    assert made.count(b"\n") == data.count(b"\n")
    assert bool(places) == any(span.start < span.end for span in spans)


def test_what_is_told_counts_kinds_and_names_a_few_places():
    places = [SecretPlace(f"f{n}.py", n, "jwt" if n % 2 else "github-pat") for n in range(1, 6)]
    assert counted_by_kind(places) == {"jwt": 3, "github-pat": 2}
    stats = secrets_stats(places, are_masked=True)
    assert stats["masked"] is True and len(stats["places"]) == 5
    assert stats["places"][0] == {"path": "f1.py", "line": 1, "kind": "jwt"}
    (note,) = note_on_secrets(places, are_masked=True)
    assert note.startswith("5 secrets were masked") and "f1.py:1 (jwt)" in note and note.endswith("and others.")
    (note,) = note_on_secrets(places[:1], are_masked=False)
    assert note.startswith("1 secret was found and kept")
    assert not list(note_on_secrets([], are_masked=True))


def test_the_statistics_list_a_thousand_places_and_count_all():
    stats = secrets_stats([SecretPlace("a", n, "k") for n in range(2_000)], are_masked=True)
    assert len(stats["places"]) == 1_000 and stats["kinds"] == {"k": 2_000}
