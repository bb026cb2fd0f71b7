"""The pool that reads files: what one file brings about is that file's, and nobody else's."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from adapters.liveness import lives
from adapters.model_files import ModelFiles, model_files
from adapters.reading_pool import Bounds, ReadingPool
from adapters.settings import Settings
from adapters.tokenizer import TokenCounter
from doctown.errors import LimitExceeded, ModelInvalid
from doctown.ingest.reading import decoded, encoded, reading_of

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "doctown-tests"  # that of `model_cache`
HOSTILE = "tests.fakes.hostile_reading"
unmasked = lambda path, data: (data, ())  # noqa: E731
GOOD = b"def f():\n    return g()\n"


@pytest.fixture(scope="module")
def files(model_cache):
    return model_files(Settings(cache=str(model_cache)), "all-MiniLM-L6-v2", lambda *_: None)


def read(files, given, bounds=None, most=2, module=HOSTILE, slow=lambda *_: None):
    """What became of each of the files, path and data."""
    with ReadingPool(files, CACHE, bounds or Bounds(), most, slow, module) as pool:
        pending = [pool.give(path, data) for path, data in given]
        while not all(one.is_over for one in pending):
            pool.wait()
        return pending


def test_what_comes_back_is_what_this_process_would_read(files):
    tokens = TokenCounter(files.tokenizer, files.max_tokens)
    given = [(f"pkg/m{at}.py", GOOD + b"# %d\n" % at) for at in range(60)] + [("new\nline\udcff.py", GOOD)]
    given += [("a.md", b"# T\n"), ("b.js", b"f(1)\n"), ("c.rs", b"fn f() {}\n"), ("bad.py", b"def f(:\n"), ("n", b"\0")]
    for one, (path, data) in zip(read(files, given, module="adapters.reading_process"), given, strict=True):
        assert one.reading == encoded(reading_of(path, data, tokens, unmasked))
        assert decoded(one.reading) == reading_of(path, data, tokens, unmasked)


@pytest.mark.parametrize(
    ("data", "bounds", "reason"),
    [
        (b"crash", Bounds(), "not readable: its parsing ended the process that did it (SIGSEGV)"),
        (b"loop", Bounds(file_s=1), "too costly: its parsing took more than 1 s"),
        (b"sleep", Bounds(file_s=0.25), "too costly: its parsing took more than 3 s by the clock"),
        (b"eat", Bounds(memory_bytes=100_000_000), "too costly: its parsing took more than 100 MB of memory"),
        (b"raise", Bounds(), "not readable: RecursionError: too deep"),
    ],
)
def test_a_file_that_ends_its_process_is_left_out_and_the_others_are_read(files, data, bounds, reason):
    given = [("a.py", GOOD), ("hostile.py", data), ("b.py", GOOD), ("c.py", GOOD)]
    found = {one.path: one for one in read(files, given, bounds, most=1)}
    assert found.pop("hostile.py").reason == reason
    assert all(one.reading is not None for one in found.values())


def test_what_a_process_was_asked_before_does_not_matter(files):
    given = [("a.py", GOOD), ("b.py", b"crash unless fresh")]
    assert [one.reason for one in read(files, given, most=1)] == [None, None]


def test_a_file_that_takes_long_is_named(files):
    told = []
    read(files, [("slow.py", b"loop")], Bounds(file_s=4), slow=lambda path, seconds: told.append((path, seconds)))
    assert told and all(path == "slow.py" and 2 <= seconds < 48 for path, seconds in told)


def test_reading_that_takes_too_long_in_all_is_refused(files):
    with pytest.raises(LimitExceeded, match="DOCTOWN_PARSING_S"):
        read(files, [("sleep.py", b"sleep")], Bounds(all_s=2))


def test_a_model_without_a_tokenizer_is_refused_by_name(tmp_path):
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelInvalid, match="tokenizer"):
        read(ModelFiles("m", "r", 384, 256, tmp_path), [("a.py", GOOD)])


def test_names_are_searched_for_secrets_by_a_process_too(files):
    token = "ghp_" + "x7Kd92mQpL4vR8sT1nB6cJ3hF5gW0aZyEuIo"
    with ReadingPool(files, CACHE, Bounds(), 1, lambda *_: None) as pool:
        assert pool.masked_names(["a.py", f"b/{token}.py", "new\nline\udcff.py"]) == {
            f"b/{token}.py": f"b/{'*' * len(token)}.py"
        }


def test_its_processes_know_no_secret(files, monkeypatch):
    monkeypatch.setenv("RUNPOD_API_KEY", "secret")
    others = children(os.getpid())
    with ReadingPool(files, CACHE, Bounds(), 1, lambda *_: None) as pool:
        pool.give("a.py", GOOD)
        (child,) = set(children(os.getpid())).difference(others)
        with open(f"/proc/{child}/environ", "rb") as file:
            assert b"secret" not in file.read()
    assert not lives(child)


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]


PROGRAM = """
import sys
from pathlib import Path
from adapters.model_files import model_files
from adapters.reading_pool import Bounds, ReadingPool
from adapters.settings import Settings
files = model_files(Settings(cache=sys.argv[1]), "all-MiniLM-L6-v2", lambda *_: None)
pool = ReadingPool(files, Path(sys.argv[1]), Bounds(), 1, lambda *_: None, "tests.fakes.hostile_reading")
pool.give("a.py", b"sleep")
print("given", flush=True)
pool.wait() or pool.wait() or sys.stdin.read()
"""


def test_its_processes_die_with_whoever_started_them(model_cache):
    parent = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(model_cache)], stdout=subprocess.PIPE, stdin=subprocess.PIPE
    )
    assert parent.stdout.readline() == b"given\n"
    (child,) = children(parent.pid)
    parent.kill()
    parent.wait()
    for _ in range(100):
        if not lives(child):
            return
        time.sleep(0.1)
    raise AssertionError("it lives on")
