"""The commands of docs/emulator.md, done as a reader does them: with curl, in a shell, one after the other."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.runs import Workplace

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def said(model_cache, tmp_path_factory):
    """What each command of the page's section "By hand" prints, by the word its URL has for it."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    page = (ROOT / "docs" / "emulator.md").read_text()
    (block,) = re.findall(r"## By hand\n.*?```\n(.*?)```", page, re.DOTALL)
    workplace = Workplace(tmp_path_factory.mktemp("by-hand"), model_cache)
    emulator = workplace.start("emulate")
    try:
        port = re.search(r":(\d+)/v2/embed", emulator.stdout.readline())[1]
        # A worker's start takes longer on a busy machine than a reader would wait.
        script = block.replace("8008", port).replace("?wait=30000", "?wait=90000")
        script = re.sub(r"(?m)^(curl .*)$", r"echo; echo '@@ \1'; \1", script) + "\necho\n"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            check=False,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=200,
        )
    finally:
        emulator.terminate()
        emulator.communicate(timeout=30)
        workplace.wait_until_alone()
    assert done.returncode == 0, done.stderr
    parts = re.split(r"(?m)^@@ (.*)$", done.stdout)[1:]
    answers = [json.loads(answer) for answer in parts[1::2]]
    names = [re.search(r"/(status-sync|status|health|cancel|runsync|accounting)\b", line)[1] for line in parts[::2]]
    return dict(zip(names, answers, strict=True))


def test_a_job_that_was_submitted_with_curl_gives_a_vector_for_each_text(said):
    done = said["status-sync"]
    assert done["status"] == "COMPLETED" and done["id"] == said["status"]["id"] == said["cancel"]["id"]
    sample = json.loads((ROOT / "runpod_workers/embed/test_input.json").read_text())["input"]
    output = done["output"]
    assert output["batch_id"] == sample["batch_id"] and output["dimensions"] == 384
    assert [one["chunk_id"] for one in output["vectors"]] == [one["chunk_id"] for one in sample["chunks"]]
    assert all(sum(x * x for x in one["vector"]) == pytest.approx(1) for one in output["vectors"])


def test_the_same_in_one_request_gives_the_same_vectors(said):
    assert said["runsync"]["status"] == "COMPLETED"
    assert said["runsync"]["output"] == said["status-sync"]["output"]


def test_a_job_that_is_over_is_not_cancelled(said):
    assert said["cancel"]["status"] == "COMPLETED"


def test_the_states_of_jobs_and_workers_and_what_they_cost_are_told(said):
    assert said["status"]["status"] in ("IN_QUEUE", "IN_PROGRESS")
    assert sum(said["health"]["jobs"].values()) == 1
    assert said["accounting"]["jobs"] == 2 and said["accounting"]["texts"] == 4
    assert sum(one["billed_s"] for one in said["accounting"]["workers"]) == said["accounting"]["billed_seconds"] > 0
