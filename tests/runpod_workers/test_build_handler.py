"""The build worker as a process and as what the SDK calls: what is refused, and in which words."""

import asyncio
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.settings import Settings
from doctown.blob import Blob
from doctown.embed.batches import Batch
from doctown.errors import BudgetExceeded, InvalidSettings
from places.places import Places
from runpod_workers.build.handler import TakingTurns, handler_of, link_to, placement_of
from tests.fakes.caches import link_cache

ROOT = Path(__file__).parents[2]
AWAY = {"EMBEDDER_ENDPOINT_ID": "abc", "RUNPOD_API_KEY": "a-secret-key"}


def started(*arguments, **environment):
    command = [sys.executable, "-m", "runpod_workers.build.handler", *arguments]
    environment = {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.run(command, check=False, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({}, "EMBEDDER_ENDPOINT_ID"),
        ({"EMBEDDER_ENDPOINT_ID": "abc"}, "RUNPOD_API_KEY"),
        (AWAY | {"DOCTOWN_STORE": "s3://bucket"}, "DOCTOWN_STORE"),
        ({"DOCTOWN_EMBED_AT": "http://127.0.0.1:1/v2/embed", "PRODUCTION": "true"}, "PRODUCTION"),
        ({"DOCTOWN_EMBED_AT": "https://example.org/v2/embed", "RUNPOD_API_KEY": "k"}, "DOCTOWN_KEY_HOSTS"),
    ],
)
def test_what_keeps_it_from_starting_is_one_sentence(tmp_path, environment, named):
    done = started(DOCTOWN_CACHE=str(tmp_path), **environment)
    assert done.returncode == 1 and named in done.stderr
    assert done.stderr.startswith("The build worker does not start: ")
    assert len(done.stderr.strip().splitlines()) == 1 and "a-secret-key" not in done.stderr


def test_it_reads_and_assembles_here_whatever_else_the_settings_say():
    elsewhere = AWAY | {"DOCTOWN_INGEST_AT": "https://api.runpod.ai/v2/other"}
    placement = placement_of(Settings.from_environment(elsewhere))
    assert (placement.ingest, placement.assemble) == ("local", "local")
    assert placement.embed == "https://api.runpod.ai/v2/abc"
    with pytest.raises(InvalidSettings):
        placement_of(Settings.from_environment({}))


def test_without_embedding_it_needs_no_embedder():
    placement = placement_of(Settings.from_environment({"SKIP_EMBEDDING": "true"}))
    assert placement.embed == "local"


@pytest.mark.parametrize(
    ("job_input", "kind"),
    [
        ({"repo_url": "/etc"}, "UnsupportedRequest"),
        ({"repo_url": "https://example.org/r", "skip_embedding": True}, "UnsupportedRequest"),
        ({"repo_url": "https://127.0.0.1/r"}, "BadRequest"),
        ({"repo_url": "https://user:hunter2@example.org/r"}, "BadRequest"),
    ],
)
async def test_an_input_it_does_not_take_is_an_error_by_its_name(tmp_path, model_cache, job_input, kind):
    link_cache(model_cache, tmp_path)
    settings = Settings.from_environment(AWAY | {"DOCTOWN_CACHE": str(tmp_path)})
    answer = await handler_of(settings)({"id": "1", "input": job_input})
    assert answer.keys() == {"error", "error_kind"} and answer["error_kind"] == kind
    assert "hunter2" not in answer["error"]


def test_the_sdk_itself_tries_a_job_with_it(tmp_path):
    job = json.dumps({"input": {"repo_url": "file:///etc"}})
    done = started("--test_input", job, DOCTOWN_CACHE=str(tmp_path), HOME=str(tmp_path), **AWAY)
    assert done.returncode == 1 and "only repositories at https:// URLs" in done.stdout + done.stderr


def test_it_loads_no_prefect_and_no_engine():
    code = "import sys, runpod_workers.build.handler; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"prefect", "openvino", "onnxruntime", "umap", "hdbscan", "numba", "flows"} & set(done.stdout.split())


def test_a_link_is_signed_for_as_long_as_it_says_and_a_folder_has_none(tmp_path):
    blob = Blob(key="docpacks/x.docpack", media_type="application/zip", size=3, sha256="a" * 64)
    bucket = {"DOCTOWN_STORE": "s3://bucket/x", "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "hunter2"}
    settings = Settings.from_environment(bucket | {"DOCTOWN_LINK_S": "600"})
    link = link_to(blob, settings, datetime(2026, 11, 24, 23, 55, tzinfo=UTC))
    assert link.url.startswith("https://") and "docpacks/x.docpack?" in link.url and "hunter2" not in link.url
    assert "X-Amz-Expires=600" in link.url
    assert (link.sha256, link.size, link.expires_at) == ("a" * 64, 3, "2026-11-25T00:05:00Z")
    for store in ("", tmp_path.as_uri()):
        assert link_to(blob, Settings.from_environment({"DOCTOWN_STORE": store}), datetime.now(UTC)) is None


async def test_it_refuses_to_embed_what_would_cost_more_than_it_may(tmp_path):
    settings = Settings.from_environment(AWAY | {"DOCTOWN_CACHE": str(tmp_path), "DOCTOWN_MAX_COST": "0.000001"})
    async with Places(placement_of(settings), settings) as places:
        with pytest.raises(BudgetExceeded, match="would cost"):
            await TakingTurns(places, asyncio.Lock()).embed_all([Batch("b", ("k",), ("t",), 10_000)], "m", "1", None)
