"""Which process is alive: how a process is named so that another of this machine can tell when it is gone."""

import os
import socket
from pathlib import Path


def this_process() -> str:
    """The name of this process: machine, id, and when it began, because ids are used again."""
    return f"{socket.gethostname()}/{os.getpid()}/{_began(os.getpid())}"


def is_gone(process: str) -> bool:
    """Whether `process` was one of this machine that is no more. Of other machines nothing is known."""
    host, pid, *began = process.split("/")[:3] if process.count("/") else ("", "")
    if host != socket.gethostname() or not (pid.isascii() and pid.isdigit()):
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError, ValueError):
        pass
    return bool(began and began[0]) and _began(int(pid[:20])) not in ("", began[0])


def _began(pid: int) -> str:
    """When the process began, in ticks since the machine did; empty where that cannot be told."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]
    except (OSError, ValueError):
        return ""
    return after_name.split()[19]
