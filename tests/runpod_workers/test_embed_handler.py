"""The embed worker as a process: what keeps it from starting is one sentence, and vectors that are none do."""

import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.model_files import model_files
from adapters.settings import Settings

ROOT = Path(__file__).parents[2]


def started(**environment):
    command = [sys.executable, "-m", "runpod_workers.embed.handler"]
    environment = {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.run(command, check=False, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


@pytest.fixture
def model_of_nothing(tmp_path, model_cache):
    """A model every weight of which is no number."""
    files = model_files(Settings(cache=str(model_cache)), "all-MiniLM-L6-v2", print)
    folder = tmp_path / "nothing"
    shutil.copytree(files.folder, folder)
    data = bytearray(files.weights.read_bytes())
    (header,) = struct.unpack_from("<Q", data)
    data[8 + header :] = b"\xff" * (len(data) - 8 - header)
    (folder / files.weights.name).write_bytes(data)
    return folder


def test_a_worker_that_computes_what_is_no_number_does_not_start(model_of_nothing):
    done = started(MODEL_PATH=str(model_of_nothing))
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith("The embed worker does not start: The model's weights give")


@pytest.mark.parametrize(
    ("variable", "value"),
    [("ONNX_USE_GPU", "perhaps"), ("DOCTOWN_THREADS", "-1"), ("MODEL_PATH", "/nowhere"), ("DOCTOWN_MODEL", "none")],
)
def test_what_keeps_a_worker_from_starting_is_one_sentence(tmp_path, variable, value):
    done = started(DOCTOWN_CACHE=str(tmp_path), **{variable: value})
    assert done.returncode == 1 and done.stderr.startswith("The embed worker does not start: ")
    assert len(done.stderr.strip().splitlines()) == 1
