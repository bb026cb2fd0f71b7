"""A second run equals a clean one, byte for byte, whatever happened in between."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from adapters.kept_readings import FOLDER
from adapters.settings import Settings
from adapters.store import store_at
from doctown.steps import IngestRequest
from tasks.ingest import ingest
from tests.fakes.caches import link_cache

BODIES = [
    "def help():\n    return 1\n",
    "from pkg.a import help\n\n\ndef main():\n    return help()\n",
    "import pkg.b as b\n\n\nclass C:\n    def m(self):\n        return b.main()\n",
    "from .a import *\n\nhelp()\n",
    "def f(:\n",
    "# Title\n\nWords.\n",
    "",
    "\u00e9 = '漢字'\n",
]
PATHS = [
    "pkg/__init__.py",
    "pkg/a.py",
    "pkg/b.py",
    "pkg/sub/c.py",
    "a.py",
    "README.md",
    "go.mod",
    "src/x.go",
    "src/y.ts",
]
EDITS = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(PATHS), st.sampled_from(BODIES)),
    st.tuples(st.just("remove"), st.sampled_from(PATHS), st.none()),
    st.tuples(st.just("move"), st.sampled_from(PATHS), st.sampled_from(PATHS)),
)


def git(folder, *arguments):
    who = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, "-C", folder, *arguments], check=True, capture_output=True)


class Repository:
    """A real repository, a cache that stays, and the outcome of a run with it or with nothing kept."""

    def __init__(self, folder: Path, model_cache: Path) -> None:
        self.sources, self.cache = folder / "r", folder / "cache"
        self._model_cache, self._folder = model_cache, folder
        self.sources.mkdir(parents=True)
        git(self.sources, "init", "-q")
        self.write("pkg/a.py", BODIES[0])
        self.write("pkg/b.py", BODIES[1])
        self._prepare(self.cache)

    def _prepare(self, cache):
        cache.mkdir()
        link_cache(self._model_cache, cache)

    def write(self, path, text):
        place = self.sources / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def edit(self, what, path, other):
        place = self.sources / path
        if what == "write":
            self.write(path, other)
        elif place.exists() and what == "remove":
            place.unlink()
        elif place.exists():
            (self.sources / other).parent.mkdir(parents=True, exist_ok=True)
            place.rename(self.sources / other)

    def again(self, full=False):
        git(self.sources, "add", "-A")
        git(self.sources, "commit", "-q", "--allow-empty", "-m", "m")
        return self._outcome(self.cache, full)

    def clean(self):
        fresh = self._folder / "fresh"
        shutil.rmtree(fresh, ignore_errors=True)
        self._prepare(fresh)
        return self._outcome(fresh)

    def _outcome(self, cache, full=False):
        settings = Settings(cache=str(cache), use_gpu=False, parsing_processes=1)
        request = IngestRequest(repository=str(self.sources), model="all-MiniLM-L6-v2", full=full)
        result = ingest(request, settings, lambda *_: None)
        store = store_at(settings.store_url)
        blobs = ("symbols", "edges", "chunks", "inputs", "skipped", "stats")
        return {name: store.read(getattr(result, name)) for name in blobs} | {"result": json.dumps(result.to_json())}

    def kept(self):
        return {place.name: place for place in (self.cache / FOLDER).rglob("*") if place.is_file()}


def run(edits, folder, model_cache):
    repository = Repository(folder, model_cache)
    repository.again()
    for some in edits:
        for edit in some:
            repository.edit(*edit)
        assert repository.again() == repository.clean()


RUNS = st.lists(st.lists(EDITS, min_size=1, max_size=5), min_size=1, max_size=3)


def tried(most):
    return trying(
        max_examples=most,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@tried(3)
@given(edits=RUNS)
def test_a_run_after_edits_equals_a_clean_one(edits, model_cache, tmp_path_factory):
    run(edits, tmp_path_factory.mktemp("edits"), model_cache)


@pytest.mark.long
@tried(100)
@given(edits=RUNS)
def test_a_run_after_very_many_edits_equals_a_clean_one(edits, model_cache, tmp_path_factory):
    run(edits, tmp_path_factory.mktemp("edits"), model_cache)


@pytest.mark.parametrize(
    ("edits", "read"),
    [
        ([], 0),
        ([("write", "pkg/a.py", BODIES[2])], 1),
        ([("move", "pkg/a.py", "pkg/c.py")], 1),
        ([("remove", "pkg/a.py", None)], 0),
        ([("remove", "pkg/a.py", None), ("write", "pkg/a.py", BODIES[0])], 0),
        ([("move", "pkg/a.py", "pkg/x.py"), ("move", "pkg/b.py", "pkg/a.py"), ("move", "pkg/x.py", "pkg/b.py")], 2),
    ],
    ids=["nothing", "an edit", "a rename", "a removal", "removed and added again", "two that change places"],
)
def test_only_what_changed_is_read_again(edits, read, model_cache, tmp_path):
    repository = Repository(tmp_path, model_cache)
    repository.again()
    before = repository.kept()
    for edit in edits:
        repository.edit(*edit)
    assert repository.again() == repository.clean()
    assert len(repository.kept().keys() - before.keys()) == read


def test_damaged_and_half_written_readings_are_read_again(model_cache, tmp_path):
    repository = Repository(tmp_path, model_cache)
    first = repository.again()
    for place, data in zip(repository.kept().values(), [b"", b"\0" * 1_000], strict=True):
        place.write_bytes(data)
    assert repository.again() == first | {"result": repository.clean()["result"]}


def test_full_reads_everything_again(model_cache, tmp_path):
    repository = Repository(tmp_path, model_cache)
    repository.again()
    written = {place: place.stat().st_ino for place in repository.kept().values()}
    assert repository.again(full=True) == repository.clean()
    assert all(place.stat().st_ino != before for place, before in written.items())
