"""Which process is alive: how a process is named so that another of this machine can tell when it is gone.

And how one makes sure that it does not outlive the process that started it.
"""

import ctypes
import os
import signal
import socket
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent dies; where there is no such kernel, a pipe's end must do."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def this_process() -> str:
    """The name of this process: machine, id, and when it began, because ids are used again."""
    return f"{socket.gethostname()}/{os.getpid()}/{_began(os.getpid())}"


def lives(pid: int) -> bool:
    """Whether there is a process of that number on this machine."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


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
