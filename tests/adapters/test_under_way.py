"""Texts under way, in a folder and in a bucket: one of several runs embeds a text, and a dead run keeps none."""

import os
import socket
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from adapters.under_way import FOLDER, UnderWay

WHOSE = "model 1 engine"


@pytest.fixture
def another(store):
    """A run of another living process."""
    return UnderWay(store, f"{socket.gethostname()}/{os.getppid()}")


def left(found, keys):
    return set().union(*(one.keys for one in found)) & set(keys)


def test_what_was_announced_before_is_left_to_who_announced_it(store, another):
    assert UnderWay(store).announce(WHOSE, {"a", "b"}) == []
    assert left(another.announce(WHOSE, {"b", "c"}), "bc") == {"b"}
    assert left(UnderWay(store).announce(WHOSE, {"c", "d"}), "cd") == {"c"}


def test_other_engines_and_other_texts_are_nobodys_before(store, another):
    UnderWay(store).announce(WHOSE, {"a"})
    assert another.announce("another engine", {"a"}) == [] and another.announce(WHOSE, {"b"}) == []


def test_of_many_who_announce_at_once_each_text_is_embedded_by_exactly_one(store):
    wanted = [{str(text) for text in range(first, first + 6)} for first in range(0, 16, 2)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda keys: keys - left(UnderWay(store).announce(WHOSE, keys), keys), wanted))
    times = Counter(key for ours in found for key in ours)
    assert set(times) == set().union(*wanted) and set(times.values()) == {1}


def test_what_is_withdrawn_is_anybodys_and_leaves_nothing(store, another):
    ours = UnderWay(store)
    ours.announce(WHOSE, {"a"})
    (before,) = another.announce(WHOSE, {"a"})
    ours.withdraw()
    assert another.again(before) is None
    another.withdraw()
    assert list(store.keys(FOLDER)) == []


def test_a_run_that_is_announced_twice_leaves_nothing_to_itself(store):
    ours = UnderWay(store)
    assert ours.announce(WHOSE, {"a"}) == ours.announce(WHOSE, {"a"}) == []


def test_a_sign_of_life_changes_while_the_run_lives_and_only_then(store, another):
    ours = UnderWay(store)
    ours.announce(WHOSE, {"a"})
    (seen,) = another.announce(WHOSE, {"a"})
    assert another.again(seen).sign == seen.sign
    ours.live()
    assert another.again(seen).sign != seen.sign
    another.remove(seen)
    assert another.again(seen) is None


def test_what_a_killed_run_of_this_machine_announced_is_nobodys(store, another):
    process = subprocess.Popen([sys.executable, "-I", "-S", "-c", ""])
    process.wait()
    UnderWay(store, f"{socket.gethostname()}/{process.pid}").announce(WHOSE, {"a"})
    assert another.announce(WHOSE, {"a"}) == []


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b'{"process": "x", "keys": 3}', b"[" * 100_000])
def test_an_announcement_that_cannot_be_read_holds_nobody_up(store, data):
    ours = UnderWay(store)
    ours.announce(WHOSE, {"a"})
    (key,) = [key for key in store.keys(FOLDER) if key.endswith("/keys")]
    store.put(key, data, "")
    assert UnderWay(store).announce(WHOSE, {"a"}) == []
