"""A whole index as one job: the build worker of the real SDK in the emulator, a real git server, the real embedder."""

import json
import re
import time
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest

from doctown.docpack import Docpack
from tests.end_to_end.runs import Workplace, commit_folder, git
from tests.fakes.git_server import git_server, make_certificate

FILES = {"__init__.py", "globals.py", "utils.py", "formatting.py"}
TERMINAL = {"COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT"}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The URL of a repository, and the variables with which it can be fetched from."""
    root = tmp_path_factory.mktemp("served")
    package = Path(find_spec("click").origin).parent
    commit_folder(package, root / "work", keep=lambda path: path.name in FILES)
    git(root, "clone", "-q", "--bare", "work", "click.git")
    certificate = make_certificate(root)
    with git_server(root, certificate) as server:
        variables = {"DOCTOWN_PRIVATE_REPOSITORIES": "true", "GIT_SSL_CAINFO": str(certificate)}
        yield f"https://localhost:{server.server_port}", variables


@contextmanager
def emulated(workplace, *options):
    """A client of the build endpoint."""
    emulator = workplace.start("emulate", *options)
    try:
        lines = [emulator.stdout.readline() for _ in range(2)]
        assert re.fullmatch(r"embed http://\S+/v2/embed\n", lines[0])
        address = re.fullmatch(r"build (http://127\.0\.0\.1:\d+/v2/build)\n", lines[1])[1]
        with httpx.Client(base_url=address + "/", headers={"Authorization": "x"}, trust_env=False) as client:
            yield client
    finally:
        emulator.terminate()
        said = emulator.communicate(timeout=30)
        print(*said)
        workplace.wait_until_alone()


def submitted(client, **job_input):
    return client.post("run", json={"input": job_input}).json()["id"]


def until(client, job_id, is_so, deadline_s=150):
    """Every record of the job on the way to one for which `is_so` holds, which is the last."""
    end, seen = time.monotonic() + deadline_s, []
    while True:
        record = client.get(f"status/{job_id}").json()
        if not seen or record != seen[-1]:
            seen.append(record)
        if is_so(record):
            return seen
        assert time.monotonic() < end, seen[-1]
        time.sleep(0.2)


def ended(client, job_id):
    return until(client, job_id, lambda record: record["status"] in TERMINAL)


def health_of(client, endpoint):
    return client.get(f"{str(client.base_url).replace('/v2/build', '/v2/' + endpoint)}health").json()


def test_a_build_gives_the_docpack_that_an_index_of_the_same_commit_gives(served, model_cache, tmp_path):
    url, variables = served
    local = Workplace(tmp_path / "local", model_cache, variables)
    summary = local.index(f"{url}/click.git", "--ref", "main")
    store = tmp_path / "store"
    remote = Workplace(tmp_path / "remote", model_cache, variables | {"DOCTOWN_STORE": store.as_uri()})
    with emulated(remote, "--env", "GIT_SSL_CAINFO") as client:
        records = ended(client, submitted(client, repo_url=f"{url}/click.git", git_ref="main", job_id="mine"))
    output = records[-1]["output"]
    (docpack,) = (store / "docpacks").iterdir()
    assert docpack.read_bytes() == local.pack()
    with docpack.open("rb") as stream:
        pack = Docpack.open(stream)
        assert (output["clusters"], output["graph"]) == (pack.json("clusters.json"), pack.json("graph.json"))
        contexts = [json.loads(line) for line in pack.bytes("contexts.jsonl").splitlines()]
        assert output["symbol_contexts"] == contexts
    assert (output["status"], output["job_id"], output["docpack"]) == ("success", "mine", None)
    assert output["chunks_created"] == output["embeddings_created"] == summary["counts"]["chunks"]
    told = [record["output"] for record in records[:-1] if "output" in record]
    assert told and all(set(news) == {"step", "done", "total"} for news in told)
    assert not list((remote.cache / "scratch").glob("*/*"))


@pytest.mark.long
def test_without_a_store_a_build_keeps_nothing_and_a_second_one_beside_it_is_done_too(served, model_cache, tmp_path):
    url, variables = served
    workplace = Workplace(tmp_path, model_cache, variables)
    with emulated(workplace, "--env", "GIT_SSL_CAINFO") as client:
        jobs = [submitted(client, repo_url=f"{url}/click.git") for _ in range(2)]
        bad = submitted(client, repo_url=f"{url}/click.git", git_ref="mian")
        outputs = [ended(client, job)[-1]["output"] for job in jobs]
        failed = ended(client, bad)[-1]
    assert [output["job_id"] for output in outputs] == jobs
    assert outputs[0]["clusters"] == outputs[1]["clusters"] and outputs[0]["graph"] == outputs[1]["graph"]
    assert (failed["status"], failed["output"]) == ("FAILED", {"error_kind": "RefNotFound"})
    assert not (workplace.cache / "store").exists() and not list((workplace.cache / "scratch").glob("*/*"))


def test_a_build_that_is_cancelled_leaves_no_job_at_the_embedder_and_no_process(served, model_cache, tmp_path):
    url, variables = served
    workplace = Workplace(tmp_path, model_cache, variables | {"DOCTOWN_BATCH_TOKENS": "1000"})
    with emulated(workplace, "--env", "GIT_SSL_CAINFO") as client:
        job = submitted(client, repo_url=f"{url}/click.git")
        until(client, job, lambda _: health_of(client, "embed")["jobs"]["inProgress"] > 0)
        assert client.post(f"cancel/{job}").json()["status"] == "CANCELLED"
        end = time.monotonic() + 30
        while (jobs := health_of(client, "embed")["jobs"])["inProgress"] + jobs["inQueue"]:
            assert time.monotonic() < end, jobs
            time.sleep(0.1)
        assert ended(client, job)[-1]["status"] == "CANCELLED"
