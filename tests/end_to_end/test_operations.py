"""The operator's guide, docs/operations.md: its commands are run in order, against what stands in for RunPod here."""

import os
import re
import shutil
import subprocess
import sys
import time

import pytest

from doctown import errors
from tests.end_to_end.runs import ROOT, Workplace, commit_folder, git
from tests.fakes.git_server import git_server, make_certificate
from tests.fakes.management_server import ManagementServer

GUIDE = (ROOT / "docs" / "operations.md").read_text()
WRAPPER = """#!/bin/sh
exec {python} -c "import sys; sys.argv[0] = 'doctown'; from cli.main import main; main()" "$@"
"""
PUBLIC = '"https://github.com/pallets/markupsafe", "git_ref": "3.0.2"'


def blocks(kind):
    return re.findall(rf"```{kind}\n(.*?)```", GUIDE, re.DOTALL)


def test_the_variables_and_errors_it_names_are_those_there_are():
    known = set(re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    named = set(re.findall(r"`((?:DOCTOWN|RUNPOD|EMBEDDER|SKIP|ONNX|PRODUCTION|MODEL)_?[A-Z_]*)[`=]", GUIDE))
    assert named and named <= known
    table = GUIDE.partition("## What each failure looks like")[2].partition("\n## ")[0]
    classes = set(re.findall(r"`([A-Z][a-z]+[A-Z][A-Za-z]+)`", table))
    assert len(classes) > 10 and all(issubclass(getattr(errors, name), errors.DoctownError) for name in classes)


@pytest.fixture(scope="module")
def place(tmp_path_factory, model_cache):
    """The emulator, a management API, a repository served over https, and what the guide's words stand for."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    root = tmp_path_factory.mktemp("operations")
    files = {
        "a.py": "def area(r):\n    return 3.14159 * r ** 2\n",
        "b.py": "from a import area\n\n\ndef volume(r, h):\n    return area(r) * h\n",
    }
    (root / "source").mkdir()
    for name, text in files.items():
        (root / "source" / name).write_text(text)
    repository = commit_folder(root / "source", root / "repository")
    git(root, "clone", "-q", "--bare", "repository", "r.git")
    certificate = make_certificate(root)
    (root / "bin").mkdir()
    (root / "bin" / "doctown").write_text(WRAPPER.format(python=sys.executable))
    (root / "bin" / "doctown").chmod(0o755)
    endpoints = (ROOT / "deployments" / "endpoints.toml").read_text().replace("your-account", "me")
    (root / "endpoints.toml").write_text(endpoints)
    with git_server(root, certificate) as served, ManagementServer() as management:
        variables = {"DOCTOWN_PRIVATE_REPOSITORIES": "true", "GIT_SSL_CAINFO": str(certificate)}
        workplace = Workplace(root / "workplace", model_cache, variables)
        emulator = workplace.start("emulate", "--env", "GIT_SSL_CAINFO")
        try:
            addresses = dict(emulator.stdout.readline().split() for _ in range(2))
            words = {
                "<id of embed>": "embed",
                "<id of build>": "build",
                "https://api.runpod.ai/v2": addresses["embed"].removesuffix("/embed"),
                PUBLIC: f'"https://localhost:{served.server_port}/r.git", "git_ref": "main"',
                "REPO": str(repository),
                "...        #": "loopback #",
                "...         #": "loopback #",
            }
            environment = workplace.environment | {
                "PATH": f"{root / 'bin'}:{os.environ['PATH']}",
                "DOCTOWN_MANAGEMENT_URL": management.base,
                "DOCTOWN_ENDPOINTS": str(root / "endpoints.toml"),
            }
            yield words, environment, root, addresses, f"https://localhost:{served.server_port}/r.git"
        finally:
            emulator.terminate()
            emulator.communicate(timeout=30)
            workplace.wait_until_alone()


@pytest.mark.long
def test_its_commands_do_what_it_says(place):
    words, environment, root, _, _ = place
    script = "\necho; echo '@@@'\n".join(blocks("sh"))
    for word, here in words.items():
        assert word in script or word.startswith("..."), word
        script = script.replace(word, here)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        check=False,
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert done.returncode == 0, done.stderr
    applied, embedded, indexed, submitted, waited, retired = done.stdout.split("@@@\n")
    assert "embed (to be made)" in applied
    assert {line.split()[0] for line in applied.splitlines()[-5:] if line} == {"embed", "build", "ingest", "assemble"}
    assert '"COMPLETED"' in embedded and '"dimensions": 384' in embedded and '"workers"' in embedded
    assert "docpack" in indexed and (root / "repository.docpack").exists()
    assert '"IN_QUEUE"' in submitted or '"IN_PROGRESS"' in submitted
    assert re.search(r"^COMPLETED \d+$", waited, re.MULTILINE)
    assert "build" in retired + done.stderr


@pytest.mark.long
def test_the_websites_code_in_it_submits_polls_and_cancels(place, monkeypatch):
    _, _, _, addresses, repository = place
    monkeypatch.setenv("BUILD", addresses["build"])
    monkeypatch.setenv("RUNPOD_API_KEY", "loopback")
    (code,) = blocks("python")
    website: dict = {}
    exec(compile(code, "docs/operations.md", "exec"), website)
    first, second = website["submit"](repository), website["submit"](repository)
    website["cancel"](second)
    seen, end = [], time.monotonic() + 150
    while (record := website["state"](first))["status"] in ("IN_QUEUE", "IN_PROGRESS"):
        seen.append(record)
        assert time.monotonic() < end, record
        time.sleep(0.1)
    assert record["status"] == "COMPLETED" and record["output"]["chunks_created"] > 0, record
    assert any(set(one.get("output", ())) == {"step", "done", "total"} for one in seen)
    assert website["state"](second)["status"] == "CANCELLED"
    assert website["state"]("no-such-job") == {"status": "EXPIRED"}
