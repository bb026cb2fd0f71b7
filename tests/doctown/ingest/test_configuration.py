"""doctown.toml: what it may say, and one sentence for everything else."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doctown.errors import BadRequest
from doctown.ingest.configuration import MAX_BYTES, configuration_of, patterns_of
from doctown.steps import Limits


def test_what_may_be_said():
    said = configuration_of(
        b'include = ["src/", "docs/**/*.md"]\nexclude = ["*.sql", "!vendor/mine/"]\n[limits]\nmax_files = 10\n'
    )
    assert said.include == ["src/", "docs/**/*.md"]
    assert said.exclude == ["*.sql", "!vendor/mine/"]
    assert said.narrowed(Limits()) == Limits(max_files=10)
    assert configuration_of(b"") == configuration_of(b"\xef\xbb\xbf# nothing\n")


def test_limits_are_lowered_and_never_raised():
    said = configuration_of(b"[limits]\nmax_files = 999999999\nmax_file_bytes = 5\n")
    assert said.narrowed(Limits()) == Limits(max_file_bytes=5)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"inculde = []\n", ["unknown field 'inculde'", "include, exclude, limits"]),
        (b"[limits]\nmax_bytes = 1\n", ["limits.max_bytes", "max_file_bytes, max_files, max_total_bytes"]),
        (b'include = "src"\n', ["include", "list"]),
        (b"include = [1]\n", ["include.0", "string"]),
        (b"[limits]\nmax_files = 0\n", ["limits.max_files", "greater"]),
        (b"[limits]\nmax_files = true\n", ["limits.max_files", "integer"]),
        (b"limits = 3\n", ["limits"]),
        (b"include = [", ["no TOML"]),
        (b"\xff", ["no TOML"]),
        (b"a = " + b"[" * 16_000, ["no TOML"]),
        (b"a." * 8_000 + b"a = 1", ["unknown field 'a'"]),
        (b"#" * (MAX_BYTES + 1), ["larger than 16,384 bytes"]),
        (b'exclude = ["a[b"]\n', ["'a[b'", "no pattern"]),
        (b'exclude = [""]\n', ["no pattern"]),
        (b'exclude = ["a\\nb"]\n', ["no pattern"]),
        (b"exclude = [" + b'"a",' * 1_001 + b"]\n", ["exclude", "1000"]),
        (b'"\\u001b[2J" = 1\n', ["unknown field"]),
    ],
)
def test_a_mistake_is_one_sentence(data, words):
    with pytest.raises(BadRequest) as found:
        configuration_of(data)
    said = str(found.value)
    assert all(word in said for word in ["doctown.toml", *words]), said
    assert said.endswith(".") and len(said) < 300 and said.isprintable()


@given(st.binary(max_size=200))
def test_every_file_is_understood_or_refused(data):
    with contextlib.suppress(BadRequest):
        configuration_of(data)


def test_patterns_that_are_asked_for_are_checked_alike():
    assert [one.text for one in patterns_of(("a/", "#b"), "--exclude", "--exclude")] == ["a/", "#b"]
    with pytest.raises(BadRequest, match="--exclude"):
        patterns_of(("!",), "--exclude", "--exclude")
