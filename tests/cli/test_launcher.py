"""The flow run for the terminal, in a process of its own as there, on the session's server."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUN = """
import asyncio, json, signal, sys
from adapters.settings import Settings
from cli.launcher import run_index
from doctown.errors import DoctownError, RefNotFound, StepFailed
from doctown.steps import IngestRequest
from places.placement import Placement
from tests.fakes.bills import bill
from tests.fakes.open_places import InMemoryPlaces

cache, what = sys.argv[1:]
say = lambda sentence: print(sentence, flush=True)

async def before(step, n):
    if what == "fail" and step == "assemble":
        raise RefNotFound("there is no such ref")
    if what == "break" and step == "assemble":
        raise ZeroDivisionError("a bug")
    if what == "hang" and step == "embed":
        say("embedding")
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.3)
            say("cleaned up")

def interrupt(*_):
    raise KeyboardInterrupt

signal.signal(signal.SIGTERM, interrupt)
signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background of a shell ignores it
places = InMemoryPlaces(["a", "b"], before=before, billed=bill() if what == "fail" else None)
request = IngestRequest(repository="https://me:secret@example.org/r" if what == "secret" else ".", model="m")
try:
    found = run_index(request, Placement(), Settings(cache=cache), lambda *_: None, say, open_at=places.open_at)
    say(json.dumps(found))
except DoctownError as error:
    say(f"{type(error).__name__}: {error}")
except KeyboardInterrupt:
    say("interrupted")
say(f"closed {places.closed}")
"""

pytestmark = pytest.mark.prefect


@pytest.fixture
def start(tmp_path, prefect_api_url):
    """Starts the run in a folder that holds settings of a stranger's, which would break Prefect if it read them."""
    folder = tmp_path / "stranger"
    folder.mkdir()
    (folder / "prefect.toml").write_text("this is [no toml")
    (folder / ".env").write_text("PREFECT_LOGGING_LEVEL=nonsense\nPREFECT_HOME=/nowhere\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment |= {"PYTHONPATH": str(ROOT), "PREFECT_API_URL": prefect_api_url, "PREFECT_PROFILE": "nobody's"}

    runs = []

    def started(what):
        command = [sys.executable, "-c", RUN, str(tmp_path / "cache"), what]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        runs.append(subprocess.Popen(command, cwd=folder, env=environment, start_new_session=True, **pipes))
        return runs[-1]

    yield started
    for run in runs:
        run.kill()
        run.communicate()


def test_a_run_gives_its_summary_and_prefect_says_nothing(start):
    out, err = start("go").communicate(timeout=60)
    assert err == ""
    first, last = out.splitlines()
    assert '"docpack_id": "dddd' in first
    assert last == "closed 1"


def test_a_failure_of_ours_is_raised_as_itself_after_what_it_has_cost_and_prefect_says_nothing(start, tmp_path):
    out, err = start("fail").communicate(timeout=60)
    assert err == ""
    cost, *_, failure, closed = out.splitlines()
    assert cost.startswith("  cost     about $0.00560 by the prices of ")
    assert (failure, closed) == ("RefNotFound: there is no such ref", "closed 1")
    assert "RefNotFound" in (tmp_path / "cache" / "prefect" / "runs.log").read_text()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_cleans_up_and_says_so_at_once(start, how):
    run = start("hang")
    assert run.stdout.readline() == "embedding\n"
    began = time.monotonic()
    run.send_signal(how)
    out, err = run.communicate(timeout=30)
    assert out.splitlines() == ["cleaned up", "interrupted", "closed 1"]
    assert err == ""
    assert time.monotonic() - began < 8


def test_a_url_with_a_password_never_reaches_prefect(start):
    out, err = start("secret").communicate(timeout=60)
    assert out.startswith("BadRequest: The repository's URL holds a user name or password")
    assert "secret" not in out + err


def test_a_bug_is_not_dressed_up_as_something_else(start):
    out, err = start("break").communicate(timeout=60)
    assert out == ""
    assert err.rstrip().endswith("ZeroDivisionError: a bug")
