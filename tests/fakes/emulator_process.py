"""An emulator of fake workers in a process of its own, what it announces, and what it has left behind."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def emulator_process(cache, *arguments):
    """The process and the address of its endpoint; ended at once afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.emulator", str(cache), *arguments],
        cwd=ROOT,
        env=os.environ | {"A_SECRET_OF_OURS": "x", "TMPDIR": str(cache)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process, process.stdout.readline().split()[1]
    finally:
        process.kill()
        process.communicate()
        wait_until(lambda: not workers_of(cache), "the workers are gone")


def workers_of(cache):
    """The ids of the living processes of workers that were given `cache`."""
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                environment = (place / "environ").read_bytes()
            except OSError:
                continue
            if f"DOCTOWN_CACHE={cache}\0".encode() in environment and b"RUNPOD_POD_ID=" in environment:
                found.append(int(place.name))
    return found


def wait_until(is_so, what, deadline_s=20):
    """Wait for something to be so; fail if it does not come to be."""
    end = time.monotonic() + deadline_s
    while not is_so():
        assert time.monotonic() < end, f"not so: {what}"
        time.sleep(0.05)
