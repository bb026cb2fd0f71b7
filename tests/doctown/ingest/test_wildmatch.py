"""Patterns as regular expressions; `test_patterns` compares them with git."""

import re

import pytest

from doctown.ingest.wildmatch import expression_of


def matches(pattern, path):
    return re.compile(expression_of(pattern), re.DOTALL).fullmatch(path) is not None


@pytest.mark.parametrize(
    ("pattern", "matched", "not_matched"),
    [
        (b"*.py", [b"a.py", b".py"], [b"a/b.py", b"a.pyc"]),
        (b"a*b*c", [b"abc", b"axbxbxc"], [b"ab/c", b"axc"]),
        (b"a/*/c", [b"a/b/c", b"a//c"], [b"a/c", b"a/b/b/c"]),
        (b"**/c", [b"c", b"a/c", b"a/b/c"], [b"ac", b"c/a"]),
        (b"a/**", [b"a/", b"a/b/c"], [b"a", b"b/a/"]),
        (b"a/**/c", [b"a/c", b"a/b/b/c"], [b"a/bc"]),
        (b"a/**/b/**/*c", [b"a/b/c", b"a/x/b/y/zc"], [b"a/b", b"a/c"]),
        (b"a**c", [b"ac", b"abbc"], [b"a/c"]),
        (b"**\\/c", [b"a/c"], [b"c"]),
        (b"[a-c]", [b"b"], [b"d", b"[a-c]"]),
        (b"[!a-c]", [b"d"], [b"b", b"/"]),
        (b"[]-]", [b"]", b"-"], [b"a"]),
        (b"[[:digit:]x]", [b"7", b"x"], [b"d"]),
        (b"\\*", [b"*"], [b"a"]),
        (b"?", [b"\n", b"\xff"], [b"/", b"ab"]),
    ],
)
def test_what_a_pattern_matches(pattern, matched, not_matched):
    assert all(matches(pattern, path) for path in matched)
    assert not any(matches(pattern, path) for path in not_matched)


@pytest.mark.parametrize("pattern", [b"[", b"[a", b"[a-", b"[!", b"[]", b"a\\", b"[[:no:]]", b"[\\"])
def test_a_malformed_pattern_has_no_expression(pattern):
    assert expression_of(pattern) is None
