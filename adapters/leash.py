"""A program on a leash: it, and all it started, ends when told to, writes no larger file and takes no more memory.

`python leash.py PARENT FILE_BYTES MEMORY_BYTES CPU_S COMMAND...` runs COMMAND.

git on the network starts children of its own, which a signal to git alone would leave behind. On Linux the kernel
tells this process when PARENT dies, however it dies; elsewhere the whole family stays in PARENT's process group.
A script of its own, started with `-I -S`, because nothing may run between a fork and an exec in a threaded program.
"""

import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import sys
from types import FrameType

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main(parent: int, bounds: tuple[int, int, int], command: list[str]) -> int:
    """The exit status of `command`. `bounds` are bytes of a file, bytes of memory, and seconds of a processor."""
    child: subprocess.Popen[bytes] | None = None

    def end(signum: int, frame: FrameType | None) -> None:
        if sys.platform == "linux":
            os.killpg(0, signal.SIGKILL)
        elif child is not None:
            child.terminate()

    signal.signal(signal.SIGTERM, end)
    if sys.platform == "linux":
        os.setpgid(0, 0)
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            return 1
    for what, most in zip((resource.RLIMIT_FSIZE, resource.RLIMIT_DATA, resource.RLIMIT_CPU), bounds, strict=True):
        with contextlib.suppress(OSError, ValueError):  # it is held to less
            resource.setrlimit(what, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    child = subprocess.Popen(command)
    return child.wait()


if __name__ == "__main__":
    parent_id, most_file, most_memory, most_cpu = map(int, sys.argv[1:5])
    sys.exit(main(parent_id, (most_file, most_memory, most_cpu), sys.argv[5:]))
