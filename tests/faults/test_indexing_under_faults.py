"""Whole runs of the command with the real model against `doctown emulate --faults`: the docpack is the quiet run's."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.end_to_end.runs import Workplace, commit_folder
from tests.faults.case import TABLE

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def quiet(model_cache, tmp_path_factory):
    """A small repository, and its docpack as made on this machine alone."""
    package = Path(find_spec("httpx").origin).parent
    place = tmp_path_factory.mktemp("repository") / "httpx"
    repository = commit_folder(package, place, keep=lambda path: path.name < "_c")
    workplace = Workplace(tmp_path_factory.mktemp("quiet"), model_cache)
    workplace.index(repository)
    return repository, workplace.pack()


@pytest.mark.parametrize("name", ["killed_once", "reset_after"])
def test_a_fault_changes_no_byte_of_the_docpack(name, quiet, model_cache, tmp_path):
    repository, pack = quiet
    client = Workplace(tmp_path / "client", model_cache, {"DOCTOWN_BATCH_TOKENS": "1000"})
    worker = Workplace(tmp_path / "worker", model_cache)
    emulator = worker.start("emulate", "--port", "0", "--workers", "2", "--faults", str(TABLE / f"{name}.toml"))
    try:
        address = re.fullmatch(r"embed (http://127\.0\.0\.1:\d+/v2/embed)\n", emulator.stdout.readline())[1]
        client.index(repository, "--embed-at", address)
    finally:
        emulator.terminate()
        emulator.communicate(timeout=60)
    assert client.pack() == pack
    assert not [path for path in (client.cache / "store").glob("remote-jobs/**/*") if path.is_file()]
