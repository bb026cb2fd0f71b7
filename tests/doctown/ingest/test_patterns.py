"""git's patterns: compared with git itself over generated rules, and what they cost."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doctown.errors import LimitExceeded
from doctown.ingest import patterns
from doctown.ingest.ignore import Ignore
from doctown.ingest.patterns import Patterns, Work, encoded, pattern_of, patterns_in, place_of, spelled_out
from tests.fakes.repositories import git
from tests.fakes.trees import RULED, make_tree, paths_of, pattern, put

ends = st.sampled_from(["\n", "\n", "\n", "\r\n", " \n", "\\ \n", "  \r\n", "\t\n", "\n\n# a\n"])
rules = st.lists(st.tuples(pattern, ends).map("".join), max_size=5).map("".join).map(encoded)
ruled = st.fixed_dictionaries({"": rules}, optional=dict.fromkeys(RULED[1:], rules))


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    return make_tree(tmp_path_factory.mktemp("ignore"))


def as_git_says(tree, asked):
    """By path: the file and line of the rule that decides, or None."""
    stdin = b"\0".join(path.encode("utf-8", "surrogateescape") for path, _ in asked)
    said = git(tree, "check-ignore", "--stdin", "-z", "-v", "-n", "--no-index", stdin=stdin + b"\0", ok=(0, 1))
    fields = said.split("\0")
    return {
        path: (source, int(line)) if source else None
        for source, line, _, path in zip(*(fields[at::4] for at in range(4)), strict=False)
    }


def as_we_say(ignore, path, is_folder):
    parts = path.split("/")
    for depth in range(1, len(parts) + 1):
        is_last = depth == len(parts)
        rule = ignore.rule("/".join(parts[:depth]), is_folder=is_folder or not is_last)
        if is_last or (rule is not None and not rule.is_negative):
            return (rule.source, rule.line) if rule else None
    return None


def compare(tree, rules, exclude):
    put(tree, ".gitignore", rules)
    (tree / ".git" / "info" / "exclude").write_bytes(exclude)
    ignore = Ignore(rules)
    ignore.add_exclude(exclude)
    asked = paths_of(tree)
    wanted = as_git_says(tree, asked)
    assert len(wanted) == len(asked)
    assert {path: as_we_say(ignore, path, is_folder) for path, is_folder in asked} == wanted


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules=ruled, exclude=rules)
def test_the_rule_that_decides_is_the_one_git_names(tree, rules, exclude):
    compare(tree, rules, exclude)


@pytest.mark.long
@settings(max_examples=5_000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules=ruled, exclude=rules)
def test_the_rule_that_decides_is_the_one_git_names_over_many_trees(tree, rules, exclude):
    compare(tree, rules, exclude)


@pytest.mark.parametrize(
    ("line", "path", "matches"),
    [
        ("a**/b", "a/x/b", True),
        ("a**/b", "ab", True),
        ("x/**/b", "x/b", True),
        ("**/b/**", "a/b/c", True),
        ("**/b/**", "b", False),
        ("a*b*c", "aXbYbZc", True),
        ("*a/b*c/**/d", "xa/bxc/y/d", True),
        ("[a-c]x", "bx", True),
        ("[!/]x", "/x", False),
        ("?", "é", False),
        ("??", "é", True),
        ("new\nline", "new\nline", True),
    ],
)
def test_a_pattern_matches_as_in_git(line, path, matches):
    one = Patterns([pattern_of(line.encode(), "f", 1)], Work())
    name = path.rpartition("/")[2].encode()
    assert (one.last(path.encode(), name, is_folder=False) is not None) is matches
    assert (one.matching(path.encode(), name, is_folder=False) != []) is matches


def test_trailing_spaces_go_unless_they_are_escaped():
    assert [one.text for one in patterns_in(b"a  \nb\\ \nc\\\\ \nd \\  \n  \n", "f")] == [
        "a",
        "b\\ ",
        "c\\\\",
        "d \\ ",
        "",
    ]


def test_a_file_that_is_too_long_ends_with_a_whole_line():
    data = b"a" * (patterns.MAX_BYTES - 3) + b"\nbcdef\n"
    assert [one.text[:3] for one in patterns_in(data, "f")] == ["aaa"]


@given(st.text("*ab/?[", min_size=1, max_size=60), st.text("ab/", min_size=1, max_size=60))
def test_no_pattern_takes_long(line, path):
    one = Patterns([pattern_of(line.encode(), "f", 1)], Work())
    started = time.monotonic()
    one.last(path.encode(), path.rpartition("/")[2].encode(), is_folder=True)
    assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("*a" * 200 + "b", "a" * 4_000),
        ("**/a/" * 200 + "b", "a/" * 2_000 + "c"),
        ("/**/*a*a*a/" * 50 + "b", "aaaa/" * 800 + "c"),
        ("**/*" * 100 + "x", "a/" * 2_000),
        ("**/" * 680 + "b", "a/" * 2_000 + "c"),
        ("*a" * 1_000 + "b", "a" * 4_000),
        ("*a" * 200_000 + "b", "a" * 4_000),
    ],
)
def test_an_absurd_pattern_costs_no_time(line, path):
    one = Patterns([pattern_of(line.encode(), "f", 1)], Work())
    started = time.monotonic()
    assert one.last(path.encode(), path.rpartition("/")[2].encode(), is_folder=False) is None
    assert time.monotonic() - started < 2


def test_too_many_patterns_and_too_much_matching_are_refused():
    with pytest.raises(LimitExceeded, match="100,000 patterns"):
        Work().add_patterns(100_001)
    with pytest.raises(LimitExceeded, match="too long"):
        Work().add_bytes(5_000_000_001)


@pytest.mark.parametrize(
    ("line", "spelled", "place"),
    [
        ("a/b/c.py", "a/b/c.py", "a/b/c.py"),
        ("/a/b/*.py", "a/b", "a/b"),
        ("a/b*/c", "a", "a"),
        ("vendor/", "vendor", ""),
        ("/vendor/", "vendor", "vendor"),
        ("*.py", "", ""),
        ("**/a", "", ""),
    ],
)
def test_what_a_pattern_spells_out(line, spelled, place):
    one = pattern_of(line.encode(), "f", 1)
    assert (spelled_out(one), place_of(one)) == (spelled, place)
