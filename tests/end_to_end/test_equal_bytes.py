"""What equals what: the docpack of one commit, whatever the machine was doing and wherever the texts were embedded."""

import json
import re
import time
import urllib.request
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.end_to_end.runs import Workplace, commit_all, commit_folder, git


@pytest.fixture(scope="module")
def repository(tmp_path_factory) -> Path:
    package = Path(find_spec("httpx").origin).parent
    return commit_folder(package, tmp_path_factory.mktemp("repository") / "httpx")


@pytest.fixture(scope="module")
def quiet_run(repository, model_cache, tmp_path_factory):
    """One run on a fresh cache with one thread: the bytes the others must equal."""
    workplace = Workplace(tmp_path_factory.mktemp("quiet"), model_cache, {"DOCTOWN_THREADS": "1"})
    summary = workplace.index(repository)
    return workplace, summary, workplace.pack()


def test_other_threads_and_batches_give_equal_bytes(repository, quiet_run, model_cache, tmp_path):
    _, summary, pack = quiet_run
    other = {"DOCTOWN_THREADS": "3", "DOCTOWN_BATCH_TOKENS": "3000", "OMP_NUM_THREADS": "2", "NUMBA_NUM_THREADS": "2"}
    busy = Workplace(tmp_path, model_cache, other)
    assert busy.index(repository)["embedded"] == summary["embedded"] == summary["texts"]
    assert busy.pack() == pack


@pytest.mark.long
def test_what_the_folder_is_called_is_not_in_the_bytes(repository, quiet_run, model_cache, tmp_path):
    elsewhere = Workplace(tmp_path / "workplace", model_cache)
    git(tmp_path, "clone", "-q", str(repository), "by-another-name")
    assert elsewhere.index(tmp_path / "by-another-name")["repository"]["name"] == "by-another-name"
    assert (elsewhere.out / "by-another-name.docpack").read_bytes() == quiet_run[2]
    assert "by-another-name" in (elsewhere.out / "by-another-name.html").read_text()


def test_one_changed_file_embeds_only_its_chunks_and_equals_a_clean_run(repository, quiet_run, model_cache, tmp_path):
    workplace, _, _ = quiet_run
    changed = tmp_path / "httpx"
    commit_folder(repository / "httpx", changed)
    file = changed / "httpx" / "_auth.py"
    file.write_text(file.read_text() + "\n\ndef rotate_credentials(auth):\n    return auth.rotate(steps=3)\n")
    commit_all(changed)
    second = Workplace(tmp_path / "clean", model_cache)
    clean = second.index(changed)
    workplace.out = tmp_path / "incremental"
    incremental = workplace.index(changed)
    assert 0 < incremental["embedded"] <= 3
    assert clean["embedded"] == clean["texts"]
    assert workplace.pack() == second.pack()


@pytest.mark.parametrize(
    "workers", [1, pytest.param(3, marks=pytest.mark.long), pytest.param(8, marks=pytest.mark.long)]
)
def test_the_embeddings_of_emulated_runpod_workers_give_equal_bytes(
    repository, quiet_run, model_cache, tmp_path, workers
):
    _, summary, pack = quiet_run
    planned_for = {} if workers == 1 else {"DOCTOWN_EMBED_WORKERS": str(workers), "DOCTOWN_BATCH_TOKENS": "512"}
    hybrid = Workplace(tmp_path / "client", model_cache, planned_for)
    worker = Workplace(tmp_path / "worker", model_cache, {"DOCTOWN_THREADS": "1"})
    emulator = worker.start("emulate", "--workers", str(workers), "--workers-min", str(workers))
    try:
        address = re.fullmatch(r"embed (http://127\.0\.0\.1:\d+/v2/embed)\n", emulator.stdout.readline())[1]
        wait_until_ready(address, workers)  # or the first would have done it all before the last is up
        done = hybrid.index(repository, "--embed-at", address)
        accounting = answered(address.replace("/v2/embed", "/emulator/accounting"))
        again = hybrid.index(repository, "--embed-at", address)
    finally:
        emulator.terminate()
        emulator.communicate(timeout=30)
    worker.wait_until_alone()
    hybrid.wait_until_alone()
    assert done["embedded"] == accounting["texts"] == summary["texts"]
    assert sum(one["execution_s"] > 0 for one in accounting["workers"]) == workers
    assert again["embedded"] == 0
    assert hybrid.pack() == pack
    (place,) = done["bill"]["places"]
    assert {one["worker"] for one in place["workers"]} <= {one["worker"] for one in accounting["workers"]}
    assert sum(place["jobs"].values()) == accounting["jobs"] and done["bill"]["usd"] > 0
    assert json.loads(Path(again["bill_path"]).read_text())["usd"] == again["bill"]["usd"] == 0
    assert summary["bill"] is None


def answered(url):
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Authorization": "x"})) as answer:
        return json.load(answer)


def wait_until_ready(address, workers, deadline_s=120):
    end = time.monotonic() + deadline_s
    while (told := answered(f"{address}/health"))["workers"]["idle"] < workers:
        assert time.monotonic() < end, told
        time.sleep(0.2)


def test_two_runs_at_once_on_one_cache_both_give_equal_bytes(repository, quiet_run, model_cache, tmp_path):
    workplace = Workplace(tmp_path, model_cache)
    outs = [tmp_path / "first", tmp_path / "second"]
    runs = [workplace.start("index", str(repository), "--out", str(out)) for out in outs]
    for run, out in zip(runs, outs, strict=True):
        _, said = run.communicate(timeout=250)
        assert run.returncode == 0, said
        assert (out / "httpx.docpack").read_bytes() == quiet_run[2]
    workplace.wait_until_alone()


def test_a_run_leaves_no_process_behind(quiet_run):
    quiet_run[0].wait_until_alone()
