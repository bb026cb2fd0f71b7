"""The process of the embedded Prefect server: `python -P -m flows.server_process HOME`.

It lives as long as a run holds a shared lock on HOME/users.lock: a thread waits for the exclusive one, and the kernel
gives it that when the last run has ended, however it ended. Whom it serves and who starts it is in flows/server.py.
"""

import contextlib
import fcntl
import gc
import json
import os
import socket
import sys
import threading
import time
from pathlib import Path
from typing import TextIO

USERS, ALIVE, STATE = "users.lock", "server.lock", "server.json"
GRACE_S = 2.0


def server_environment(home: Path, url: str) -> dict[str, str]:
    """Prefect's variables for a server of this machine alone, at `url`, with all its data in `home`."""
    recorder = "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER"
    return {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"{url}/api",
        "PREFECT_UI_API_URL": f"{url}/api",
        "PREFECT_UI_STATIC_DIRECTORY": str(home / "ui"),
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": url,  # else any page in a browser may read the runs
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",  # no flow of ours uses one; two seconds of a first start
        "PREFECT__SERVER_FINAL": "1",
        # One event a transaction, as it comes, is seven times the work (and drops events in a burst).
        f"{recorder}_BATCH_SIZE": "100",
        f"{recorder}_READ_BATCH_SIZE": "100",
        f"{recorder}_FLUSH_INTERVAL": "1",
        "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
        "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "100",
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "3d",
        # Nothing here is scheduled, deployed or triggered.
        "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_FOREMAN_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_PAUSE_EXPIRATIONS_ENABLED": "false",
    }


def main(home: Path) -> None:
    """Serve until the last user is gone. Exits where another server already serves `home`."""
    alive = (home / ALIVE).open("a")  # never closed: it is held as long as this process lives
    _take(alive)
    last_user_gone = threading.Event()
    threading.Thread(target=_watch_users, args=(home, last_user_gone), daemon=True).start()
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    os.environ.update(server_environment(home, url))
    _write_state(home, url)

    gc.disable()  # nothing of what an import makes is garbage: a second of five
    import uvicorn
    from prefect.server.api.server import create_app

    app = create_app()
    gc.freeze()
    gc.enable()
    # Prefect has set its own logging up; uvicorn's would print every request.
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)

    def stop() -> None:
        last_user_gone.wait()
        server.should_exit = True

    threading.Thread(target=stop, daemon=True).start()
    server.run(sockets=[listening])
    with contextlib.suppress(FileNotFoundError):
        (home / STATE).unlink()
    os._exit(0)  # the locks go with the process, and nothing of Prefect's may hold it up


def _take(alive: TextIO) -> None:
    """The lock that says a server lives. Runs look at it for an instant, so one refusal means nothing."""
    for _ in range(20):
        with contextlib.suppress(BlockingIOError):
            return fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
        time.sleep(0.05)
    raise SystemExit("another server serves this folder")


def _watch_users(home: Path, last_user_gone: threading.Event) -> None:
    with (home / USERS).open("a") as users:
        fcntl.flock(users, fcntl.LOCK_EX)
        # Held to the end: whoever wants to use a server now waits until this one is gone.
        last_user_gone.set()
        time.sleep(GRACE_S)
        with contextlib.suppress(FileNotFoundError):
            (home / STATE).unlink()
        os._exit(0)


def _write_state(home: Path, url: str) -> None:
    written = home / f".{STATE}-{os.getpid()}"
    written.write_text(json.dumps({"url": url, "pid": os.getpid()}))
    written.replace(home / STATE)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
