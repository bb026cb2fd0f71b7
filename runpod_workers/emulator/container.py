"""What stands in for a worker's container: `python container.py COMMAND...`, in a session of its own.

A container ends with all that runs in it when its host goes. The end of standard input is how this one learns that the
emulator is gone, however it went; then it kills its whole process group (the SDK's heartbeat is a process that would
outlive its worker). SIGTERM is passed on to the worker alone, and SIGUSR1 stops that where it stands. A script that
imports little, started with `-I -S`, for it is started with every worker.
"""

import os
import signal
import subprocess
import sys
import threading


def _end_with_the_host() -> None:
    while os.read(0, 4096):
        pass
    os.killpg(0, signal.SIGKILL)


def main(command: list[str]) -> int:
    """The exit status of `command`."""
    threading.Thread(target=_end_with_the_host, daemon=True).start()
    worker = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    signal.signal(signal.SIGTERM, lambda *_: worker.terminate())
    signal.signal(signal.SIGUSR1, lambda *_: worker.send_signal(signal.SIGSTOP))
    return worker.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
