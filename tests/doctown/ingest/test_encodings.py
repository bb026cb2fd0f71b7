"""The encodings of texts, and where their letters lie in the file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doctown.ingest.encodings import Text, decoded, places

WORDS = "Größe: naïve café — “so” and so on, in a text that is for the most part plain ASCII.\n" * 3


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        (WORDS.encode(), "UTF-8", WORDS),
        (WORDS.encode("utf-8-sig"), "UTF-8", "\ufeff" + WORDS),
        (b"\xff\xfe" + WORDS.encode("utf-16-le"), "UTF-16-LE", WORDS),
        (b"\xfe\xff" + WORDS.encode("utf-16-be"), "UTF-16-BE", WORDS),
        (WORDS.encode("utf-32"), "UTF-32-LE", WORDS),
        (WORDS.encode("cp1252"), "cp1252", WORDS),
        ("# -*- coding: koi8-r -*-\nпривет\n".encode("koi8-r"), "koi8-r", "# -*- coding: koi8-r -*-\nпривет\n"),
        (
            '#!/usr/bin/python\n# coding=shift_jis\n"日本"\n'.encode("shift_jis"),
            "shift_jis",
            '#!/usr/bin/python\n# coding=shift_jis\n"日本"\n',
        ),
        ('<?xml version="1.0" encoding="ISO-8859-1"?>\n<a>é</a>\n'.encode("latin-1"), "iso8859-1", None),
        ('<html><meta charset="windows-1251">\nпривет\n'.encode("cp1251"), "cp1251", None),
    ],
)
def test_a_text_is_read_in_its_encoding(data, encoding, text):
    found = decoded(data)
    assert isinstance(found, Text)
    assert found.encoding == encoding
    assert text is None or found.data.decode() == text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("привет, мир\n".encode("cp1251"), "not UTF-8: byte 0, and its encoding is declared nowhere"),
        (b"x = '\xe9\x01'\n", "not UTF-8: byte 5, and its encoding is declared nowhere"),
        (b"# coding: shift_jis\n\xff\xff\n", "not UTF-8: byte 20, nor shift_jis, which it declares"),
        (b"# coding: rot13\n\xe9\xe9\xe9\xe9\xe9\n", "not UTF-8: byte 16, and its encoding is declared nowhere"),
        (b"\xff\xfea\x00\x00", "not text: UTF-16-LE by its byte order mark, but broken"),
        (b"\xff\xfea\x00\x00\x00", "not text: UTF-16-LE by its byte order mark, but broken"),
        ("some words of text".encode("utf-16-le"), "not UTF-8: perhaps UTF-16 without a byte order mark"),
        (b"a\0b", "binary: holds a NUL byte"),
    ],
)
def test_what_cannot_be_told_says_why(data, reason):
    assert decoded(data) == reason


letters = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


@given(letters, st.sampled_from(["utf-16-le", "utf-16-be", "utf-32-le"]))
def test_letters_are_found_again_in_the_file(text, encoding):
    mark = "\ufeff".encode(encoding)
    data = mark + text.encode(encoding)
    found = decoded(data)
    if isinstance(found, Text):  # "\ufeff\0" is a mark of another
        offsets = [len(text[:at].encode()) for at in range(len(text) + 1)]
        assert list(places(found, offsets)) == [len(mark + text[:at].encode(encoding)) for at in range(len(text) + 1)]


@given(st.binary())
def test_every_file_is_a_text_or_has_a_short_reason(data):
    found = decoded(data)
    if isinstance(found, Text):
        assert "\0" not in found.data.decode()
        assert list(places(found, [0, len(found.data)])) == [found.skip, len(data)]
    else:
        assert 0 < len(found) < 100
