"""Which process is alive."""

import os
import socket
import subprocess
import sys

import pytest

from adapters.liveness import is_gone, this_process


def test_this_process_is_named_by_machine_and_id_and_is_not_gone():
    assert this_process().startswith(f"{socket.gethostname()}/{os.getpid()}/")
    assert not is_gone(this_process())


def test_a_process_that_ended_is_gone():
    process = subprocess.Popen([sys.executable, "-I", "-S", "-c", ""])
    process.wait()
    assert is_gone(f"{socket.gethostname()}/{process.pid}")


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="when a process began cannot be told here")
def test_an_id_that_is_used_again_is_another_process():
    assert is_gone(f"{socket.gethostname()}/{os.getpid()}/1")


@pytest.mark.parametrize("name", ["", "x", "elsewhere/1", "a/b/c/d", f"{socket.gethostname()}/x", "/", "//"])
def test_of_what_is_no_process_of_this_machine_nothing_is_assumed(name):
    assert not is_gone(name)
