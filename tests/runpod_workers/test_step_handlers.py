"""The ingest and assemble workers as processes: what keeps them from starting, and what they do not take."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.settings import Settings
from doctown.errors import BadRequest, UnsupportedRequest
from doctown.steps import ASSEMBLE, INGEST, IngestRequest
from runpod_workers.ingest.handler import ingest_from_afar
from tests.fakes.caches import link_cache

ROOT = Path(__file__).parents[2]
KEYS = {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "a-secret-key"}


def started(worker, *arguments, **environment):
    command = [sys.executable, "-m", f"runpod_workers.{worker}.handler", *arguments]
    environment = {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.run(command, check=False, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("worker", ["ingest", "assemble"])
@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"PRODUCTION": "true"}, "DOCTOWN_STORE"),
        ({"PRODUCTION": "true", "DOCTOWN_STORE": "file:///x"}, "DOCTOWN_STORE"),
        ({"DOCTOWN_STORE": "s3://bucket"}, "AWS_ACCESS_KEY_ID"),
        (KEYS | {"DOCTOWN_STORE": "s3://bucket?x=a-secret-key"}, "DOCTOWN_STORE"),
        (KEYS | {"DOCTOWN_STORE": "s3://bucket", "AWS_ENDPOINT_URL": "nowhere"}, "AWS_ENDPOINT_URL"),
    ],
)
def test_what_keeps_it_from_starting_is_one_sentence(tmp_path, worker, environment, named):
    done = started(worker, DOCTOWN_CACHE=str(tmp_path), **environment)
    assert done.returncode == 1 and named in done.stderr
    assert done.stderr.startswith(f"The {worker} worker does not start: ")
    assert len(done.stderr.strip().splitlines()) == 1 and "a-secret-key" not in done.stderr


@pytest.mark.parametrize("repository", ["/etc", "/proc/self", "file:///etc", ".", "http://example.org/r", "ssh://x/y"])
def test_a_path_of_the_worker_is_never_read(tmp_path, repository):
    with pytest.raises(UnsupportedRequest, match="https"):
        ingest_from_afar(IngestRequest(repository=repository, model="m"), Settings(cache=str(tmp_path)), print)


def test_a_host_of_a_private_network_is_refused(tmp_path, model_cache):
    link_cache(model_cache, tmp_path)
    request = IngestRequest(repository="https://127.0.0.1/r", model="all-MiniLM-L6-v2")
    with pytest.raises(BadRequest, match="not a public one"):
        ingest_from_afar(request, Settings(cache=str(tmp_path)), lambda *_: None)


def test_the_sdk_itself_tries_a_job_with_it(tmp_path):
    job = json.dumps({"input": {"repository": "/etc", "model": "m"}})
    done = started("ingest", "--test_input", job, DOCTOWN_CACHE=str(tmp_path), HOME=str(tmp_path))
    assert done.returncode == 1 and "only repositories at https:// URLs" in done.stdout + done.stderr
    sample = (ROOT / "runpod_workers/assemble/test_input.json").read_text()
    done = started("assemble", "--test_input", sample, DOCTOWN_CACHE=str(tmp_path), HOME=str(tmp_path))
    assert done.returncode == 1 and "does not hold ingested" in done.stdout + done.stderr


@pytest.mark.parametrize("step", [INGEST, ASSEMBLE])
def test_it_loads_no_prefect_no_engine_and_nothing_of_the_other_step(step):
    code = f"import sys, runpod_workers.{step.name}.handler; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    others = {"ingest": {"scipy", "numba", "graspologic_native"}, "assemble": {"tree_sitter", "tokenizers"}}[step.name]
    assert not ({"prefect", "openvino", "onnxruntime", "flows", "places"} | others) & set(done.stdout.split())
