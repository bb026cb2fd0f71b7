"""The embedded server belongs to the runs. A run here is a process that holds the server until its input ends."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from doctown.errors import BackendUnavailable, StoreUnavailable
from flows.server import prefect_environment, server_for

ROOT = Path(__file__).parents[2]
RUN = """
import os, sys
from pathlib import Path
from flows.server import server_for
say = lambda sentence: print("said", sentence, flush=True)
with server_for(Path(sys.argv[1]), os.environ, say) as server:
    server.wait_until_up()
    print("up", server.api_url, flush=True)
    sys.stdin.read()
"""


@contextlib.contextmanager
def run_on(home):
    """A run that uses the embedded server of `home`."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment |= {"PYTHONPATH": str(ROOT), "PREFECT_PROFILE": "nobody's", "RUNPOD_API_KEY": "a key"}
    command = [sys.executable, "-c", RUN, str(home)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=environment, **pipes) as process:
        try:
            yield process
        finally:
            process.kill()


def said_until_up(process):
    """The lines of a run until its server is up, and the server's API."""
    lines = []
    for line in process.stdout:
        lines.append(line.strip())
        if line.startswith("up "):
            return lines, line.split()[1]
    pytest.fail(f"the server never came up: {lines}")


def answers(api_url):
    try:
        return httpx.get(f"{api_url}/health", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until_gone(pid, deadline_s):
    end = time.monotonic() + deadline_s
    while is_alive(pid):
        assert time.monotonic() < end, f"process {pid} is still there"
        time.sleep(0.05)


@pytest.fixture
def home(tmp_path, prefect_database):
    (tmp_path / "prefect").mkdir()
    shutil.copy(prefect_database, tmp_path / "prefect" / "prefect.db")
    return tmp_path / "prefect"


@pytest.mark.prefect
def test_two_runs_share_one_server_and_killing_both_ends_it(home):
    with run_on(home) as first, run_on(home) as second:
        (said_first, url), (said_second, same_url) = said_until_up(first), said_until_up(second)
        assert url == same_url
        assert sum("Starting" in line for line in said_first + said_second) == 1
        server = json.loads((home / "server.json").read_text())["pid"]
        environment = Path(f"/proc/{server}/environ").read_bytes()
        assert b"PREFECT_PROFILE" not in environment and b"RUNPOD_API_KEY" not in environment
        listening = httpx.get(url.removesuffix("/api") + "/ui-settings", trust_env=False).json()
        assert listening["api_url"] == url and listening["available_uis"]
        first.kill()
        first.wait()
        with pytest.raises(AssertionError):
            wait_until_gone(server, 1)
        assert answers(url)
        os.kill(second.pid, signal.SIGKILL)
        wait_until_gone(server, 10)
        assert not answers(url)
        assert not (home / "server.json").exists()


@pytest.mark.prefect
@pytest.mark.long
@pytest.mark.parametrize("delay_s", [0.0, 0.1, 0.5, 1.0, 2.0, 4.0])
def test_a_run_killed_while_its_server_starts_leaves_none_and_the_next_run_starts_one(home, delay_s):
    with run_on(home) as run:
        assert "Starting" in run.stdout.readline()
        while not (home / "server.json").exists():
            time.sleep(0.01)
        server = json.loads((home / "server.json").read_text())["pid"]
        time.sleep(delay_s)
        run.kill()
        wait_until_gone(server, 10)
    with run_on(home) as run:
        _, url = said_until_up(run)
        assert answers(url)


@pytest.mark.prefect
@pytest.mark.long
def test_a_killed_server_is_started_anew_by_the_next_run(home):
    with run_on(home) as run:
        said_until_up(run)
        os.kill(json.loads((home / "server.json").read_text())["pid"], signal.SIGKILL)
        with run_on(home) as next_run:
            _, url = said_until_up(next_run)
            assert answers(url)


@pytest.mark.prefect
@pytest.mark.long
def test_a_server_that_cannot_start_names_its_log(home):
    (home / "prefect.db").write_bytes(b"no database at all" * 1000)
    with pytest.raises(BackendUnavailable, match=r"server\.log says why"), server_for(home, {}, print) as server:
        server.wait_until_up()
    assert "not a database" in (home / "server.log").read_text()


def test_a_given_server_that_does_not_answer_is_named_without_its_password(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://me:secret@127.0.0.1:{taken.getsockname()[1]}/api"
        unreachable = pytest.raises(BackendUnavailable, match="PREFECT_API_URL names, http://127")
        with server_for(tmp_path, {"PREFECT_API_URL": url}, print) as server, unreachable as raised:
            server.wait_until_up()
    assert "secret" not in str(raised.value)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_gives_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    server = server_for(tmp_path / "file" / "prefect", {}, print)
    with pytest.raises(StoreUnavailable, match="set DOCTOWN_CACHE to another place"):
        server.__enter__()


def test_nobodys_profile_is_used_and_the_loopback_is_asked_directly(tmp_path):
    given = {
        "PREFECT_PROFILE": "mine",
        "PREFECT_API_KEY": "mine",
        "HTTP_PROXY": "http://proxy",
        "NO_PROXY": "a.example",
    }
    ours = prefect_environment(tmp_path, "http://127.0.0.1:1/api", given)
    assert "PREFECT_PROFILE" not in ours and "PREFECT_API_KEY" not in ours
    assert ours["NO_PROXY"] == "a.example,127.0.0.1"
    theirs = prefect_environment(
        tmp_path, "https://p.example/api", given | {"PREFECT_API_URL": "https://p.example/api"}
    )
    assert theirs["PREFECT_API_KEY"] == "mine" and "PREFECT_PROFILE" not in theirs and "NO_PROXY" not in theirs
