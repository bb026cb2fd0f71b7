"""Nested .gitignore rules, given as text per folder."""

import time

import pytest

from doctown.ingest.ignore import Ignore
from doctown.ingest.patterns import encoded


@pytest.mark.parametrize(
    ("rules", "path", "is_folder", "ignored"),
    [
        ("*.log", "a.log", False, True),
        ("*.log", "deep/a.log", False, True),
        ("*.log", "a.logs", False, False),
        ("/a.txt", "a.txt", False, True),
        ("/a.txt", "b/a.txt", False, False),
        ("build/", "build", True, True),
        ("build/", "build", False, False),
        ("build/", "a/build", True, True),
        ("a/b", "a/b", False, True),
        ("a/b", "c/a/b", False, False),
        ("**/b", "x/y/b", False, True),
        ("a/**/b", "a/x/y/b", False, True),
        ("*.log\n!keep.log", "keep.log", False, False),
        ("!keep.log\n*.log", "keep.log", False, True),
        ("# *.py", "a.py", False, False),
        ("\\#a", "#a", False, True),
        ("a[0-9].py", "a1.py", False, True),
        ("caf\udcff", "caf\udcff", False, True),
    ],
)
def test_a_rule_says_what_git_says(rules, path, is_folder, ignored):
    assert Ignore({"": encoded(rules)}).ignores(path, is_folder=is_folder) is ignored


def test_rules_hold_below_their_folder_only():
    ignore = Ignore({"sub": b"*.log\n/top.txt"})
    assert ignore.ignores("sub/a.log")
    assert ignore.ignores("sub/deep/a.log")
    assert ignore.ignores("sub/top.txt")
    assert not ignore.ignores("sub/deep/top.txt")
    assert not ignore.ignores("a.log")
    assert not ignore.ignores("subs/a.log")


def test_the_deepest_folder_that_says_anything_decides():
    ignore = Ignore({"": b"*.log", "sub": b"!*.log", "sub/deep": b"# nothing said"})
    assert ignore.ignores("a.log")
    assert not ignore.ignores("sub/a.log")
    assert not ignore.ignores("sub/deep/a.log")
    assert ignore.rule("sub/a.py") is None


def test_without_rules_nothing_is_ignored():
    assert not Ignore().ignores("anything")


def test_a_rule_that_is_no_pattern_is_passed_over_and_the_others_hold():
    ignore = Ignore({"": b"!\n/\n[\n\\\n*.log"})
    assert ignore.ignores("a.log") and not ignore.ignores("a.py")


def test_an_absurd_rule_costs_no_time():
    started = time.monotonic()
    ignore = Ignore({"": b"*a" * 60 + b"b\n" + b"**/a/" * 20 + b"b\n*.log"})
    assert not ignore.ignores("a" * 255)
    assert not ignore.ignores("a/" * 200 + "c")
    assert ignore.ignores("x.log")
    assert time.monotonic() - started < 5


def test_what_git_info_exclude_says_counts_least():
    ignore = Ignore({"": b"!kept.log\n"})
    ignore.add_exclude(b"*.log\n/build/\n")
    assert ignore.ignores("sub/a.log") and ignore.ignores("build", is_folder=True)
    assert not ignore.ignores("kept.log")
    rule = ignore.rule("build", is_folder=True)
    assert (rule.source, rule.line, rule.text) == (".git/info/exclude", 2, "/build/")
