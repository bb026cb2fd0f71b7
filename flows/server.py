"""Which Prefect server a run uses: the one PREFECT_API_URL names, or an embedded one that belongs to the runs.

A run that uses the embedded server holds a shared lock for as long as it lives; the server (flows/server_process.py)
ends when nobody holds one. A killed run therefore leaves no server behind, and a second run finds the first one's.
"""

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

import httpx

from doctown.errors import BackendUnavailable, NotAuthorised, StoreUnavailable
from flows.server_process import ALIVE, STATE, USERS

Say = Callable[[str], None]
STARTUP_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class Server:
    """A Prefect server for a run: its API's URL, and a wait until it answers."""

    api_url: str
    wait_until_up: Callable[[], None]


@contextlib.contextmanager
def server_for(home: Path, environment: Mapping[str, str], say: Say) -> Iterator[Server]:
    """The server of this run, for the time of the block. It is known at once and answers after `wait_until_up`.

    `home` holds the embedded server's data; `environment` is this process's.

    Raises:
        BackendUnavailable: it does not answer, or did not come up.
        StoreUnavailable: `home` cannot be written.
    """
    given = environment.get("PREFECT_API_URL", "").strip().rstrip("/")
    if given:
        yield Server(given, lambda: _check_reachable(given, environment))
        return
    with _sentences(home):
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _locked(home / USERS, fcntl.LOCK_SH):
        url, started = _running(home, environment, say)

        def wait() -> None:
            _wait_until_up(home, url, STARTUP_TIMEOUT_S)
            say(f"Prefect's server is up: watch the run at {url}")

        if not started:
            say(f"Using the Prefect server of another run, {url}")
        yield Server(f"{url}/api", wait if started else lambda: _wait_until_up(home, url, STARTUP_TIMEOUT_S))


def prefect_environment(home: Path, api_url: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Prefect's variables for a run: nobody's profile, no console, and of the given ones only those of the API."""
    ours = {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": api_url,
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_EXTRA_LOGGERS": "places,adapters,flows",
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    }
    if environment.get("PREFECT_API_URL", "").strip():
        kept = ("PREFECT_API_", "PREFECT_CLIENT_CUSTOM_HEADERS")
        return {name: value for name, value in environment.items() if name.startswith(kept) and value} | ours
    # Prefect's client, like any, would ask a proxy for the loopback unless told not to.
    direct = [environment.get("NO_PROXY") or environment.get("no_proxy") or "", "127.0.0.1"]
    no_proxy = ",".join(filter(None, direct))
    return ours | {"NO_PROXY": no_proxy, "no_proxy": no_proxy}


def _running(home: Path, environment: Mapping[str, str], say: Say) -> tuple[str, bool]:
    """The URL of a server that lives, and whether this call started it. Nobody else starts one meanwhile."""
    with _locked(home / "start.lock", fcntl.LOCK_EX):
        if _is_held(home / ALIVE):
            url = _url(home)
            if url is not None:
                return url, False
        first = "" if (home / "prefect.db").exists() else " (the first time on this cache takes longer)"
        say(f"Starting Prefect's server{first} ...")
        return _started(home, environment), True


def _started(home: Path, environment: Mapping[str, str]) -> str:
    with contextlib.suppress(FileNotFoundError):
        (home / STATE).unlink()
    # Neither the user's Prefect variables nor a key the server has no use for.
    foreign = ("PREFECT", "RUNPOD", "DOCTOWN_GIT_TOKENS")
    mine = {name: value for name, value in environment.items() if not name.startswith(foreign)}
    with _sentences(home), (home / "server.log").open("wb") as log:
        process = subprocess.Popen(
            # -P and the working directory: no module and no settings of the folder we happen to be in.
            [sys.executable, "-P", "-m", "flows.server_process", str(home.absolute())],
            cwd=home,
            env=mine,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for the run; the server ends after it
        )
    end = time.monotonic() + STARTUP_TIMEOUT_S
    while (url := _url(home)) is None:
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            raise _did_not_come_up(home)
        time.sleep(0.02)
    return url


def _wait_until_up(home: Path, url: str, timeout_s: float) -> None:
    end = time.monotonic() + timeout_s
    with httpx.Client(trust_env=False, timeout=5) as client:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if client.get(f"{url}/api/health").status_code == 200:
                    return
            if time.monotonic() > end or not _is_held(home / ALIVE):
                raise _did_not_come_up(home)
            time.sleep(0.1)


def _check_reachable(api_url: str, environment: Mapping[str, str]) -> None:
    """Raises BackendUnavailable or NotAuthorised, naming the URL without what may be secret in it."""
    parts = urlsplit(api_url)
    shown = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
    headers, auth = {}, None
    if key := environment.get("PREFECT_API_KEY"):
        headers["Authorization"] = f"Bearer {key}"
    elif pair := environment.get("PREFECT_API_AUTH_STRING"):
        auth = httpx.BasicAuth(*pair.partition(":")[::2])
    try:
        answer = httpx.get(f"{api_url}/health", timeout=10, headers=headers, auth=auth)
        if answer.status_code in (401, 403):
            raise NotAuthorised(f"The Prefect server at {shown} refused the key; check PREFECT_API_KEY.")
        answer.raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise BackendUnavailable(
            f"The Prefect server that PREFECT_API_URL names, {shown}, does not answer; start it, "
            "or unset the variable to have one started for the run."
        ) from error


def _did_not_come_up(home: Path) -> BackendUnavailable:
    return BackendUnavailable(
        f"Prefect's server did not come up; {home / 'server.log'} says why. Run again; if it stays "
        f"so, remove {home}, which holds no more than the history of runs, or set PREFECT_API_URL to a running server."
    )


def _url(home: Path) -> str | None:
    try:
        return str(json.loads((home / STATE).read_text())["url"])
    except (OSError, ValueError, KeyError):
        return None


def _is_held(lock: Path) -> bool:
    """Whether a process holds the lock exclusively."""
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@contextlib.contextmanager
def _locked(path: Path, how: int) -> Iterator[TextIO]:
    with _opened(path) as file:
        with _sentences(path.parent):
            fcntl.flock(file, how)
        yield file


def _opened(path: Path) -> TextIO:
    with _sentences(path.parent):
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "a")


@contextlib.contextmanager
def _sentences(home: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(
            f"The folder of Prefect's data, {home}, cannot be used: {error.strerror}; free or unlock it, "
            "or set DOCTOWN_CACHE to another place."
        ) from error
