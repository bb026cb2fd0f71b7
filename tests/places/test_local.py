"""The local backend: real child processes that keep errors' classes, end at once, and never outlive their parent."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from adapters.settings import Settings
from doctown.blob import Blob
from doctown.embed.vectors import rows_of_result
from doctown.errors import EngineMismatch, WorkerLost
from doctown.model import Repository
from doctown.steps import ASSEMBLE, EMBED, INGEST, AssembleRequest, EmbedRequest, EmbedText, IngestRequest, ModelRef
from places.local import LocalBackend
from tests.fakes.caches import link_cache

ROOT = Path(__file__).parents[2]


@pytest.fixture
def settings(model_cache, tmp_path):
    link_cache(model_cache, tmp_path)
    return Settings(cache=str(tmp_path), use_gpu=False, runpod_api_key="a-secret")


@pytest.fixture
async def backend(settings):
    backend = LocalBackend(settings)
    yield backend
    await backend.aclose()
    assert children() == []


def request(count=1, **fields):
    chunks = tuple(EmbedText(chunk_id=str(at), content=f"text {at} " * 40) for at in range(count))
    return EmbedRequest(batch_id="b", chunks=chunks, encoding="base64", **fields)


def children():
    """The process ids of living steps of this process."""
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                words = (place / "cmdline").read_bytes().split(b"\0")
                parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if b"places.child" in words and parent == os.getpid():
                found.append(int(place.name))
    return found


async def test_no_code_of_the_folder_one_is_in_is_run(settings, tmp_path, monkeypatch):
    for package in ("places", "adapters", "doctown", "tasks"):
        (tmp_path / "hostile" / package).mkdir(parents=True)
        (tmp_path / "hostile" / package / "__init__.py").write_text("raise SystemExit('this must not run')\n")
    monkeypatch.chdir(tmp_path / "hostile")
    backend = LocalBackend(settings)
    try:
        found = await backend.run(INGEST, IngestRequest(repository=str(tmp_path / "hostile"), model="all-MiniLM-L6-v2"))
    finally:
        await backend.aclose()
    assert found.counts["files"] == 4


async def test_a_step_runs_in_a_child_that_stays_warm_and_reports_progress(backend):
    seen = []
    first = await backend.run(EMBED, request(3), lambda *report: seen.append(report))
    (child,) = children()
    second = await backend.run(EMBED, request(3))
    assert children() == [child]
    assert (rows_of_result(request(3), first) == rows_of_result(request(3), second)).all()
    assert seen[-1] == ("embedding", 3, 3)


async def test_the_child_never_sees_the_key(backend):
    await backend.run(EMBED, request())
    (child,) = children()
    assert b"a-secret" not in Path(f"/proc/{child}/environ").read_bytes()
    assert b"a-secret" not in Path(f"/proc/{child}/cmdline").read_bytes()


async def test_an_error_keeps_its_class_and_leaves_the_child_usable(backend):
    with pytest.raises(EngineMismatch, match="revision"):
        await backend.run(EMBED, request(revision="other"))
    assert (await backend.run(EMBED, request())).batch_id == "b"


async def test_cancelling_ends_the_child_at_once(backend):
    running = asyncio.create_task(backend.run(EMBED, request(2000)))
    while not children():
        await asyncio.sleep(0.05)
    await asyncio.sleep(1.5)
    running.cancel()
    started = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert time.monotonic() - started < 3
    assert children() == []


async def test_a_child_that_is_killed_is_a_lost_worker_and_the_next_call_has_a_new_one(backend):
    running = asyncio.create_task(backend.run(EMBED, request(2000)))
    while not children():
        await asyncio.sleep(0.05)
    os.kill(children()[0], signal.SIGKILL)
    with pytest.raises(WorkerLost, match="signal 9") as lost:
        await running
    assert lost.value.retryable
    assert (await backend.run(EMBED, request())).dimensions == 384


async def test_what_is_missing_in_the_store_is_told_by_its_class(backend):
    blob = Blob(key="ingest/none", media_type="x", size=1, sha256="0" * 64)
    names = dict.fromkeys(("symbols", "edges", "chunks", "inputs", "skipped", "stats"), blob)
    model = ModelRef(name="m", revision="r", engine="e", dimensions=3, max_tokens=9)
    with pytest.raises(Exception, match="does not hold ingest/none") as missing:
        await backend.run(ASSEMBLE, AssembleRequest(repository=Repository(name="x", commit="c"), model=model, **names))
    assert type(missing.value).__name__ == "BlobMissing"


PARENT = """
import asyncio, sys
from adapters.settings import Settings
from doctown.steps import EMBED, EmbedRequest, EmbedText
from places.local import LocalBackend

async def main():
    backend = LocalBackend(Settings(cache=sys.argv[1], use_gpu=False))
    chunks = tuple(EmbedText(chunk_id=str(at), content="word " * 200) for at in range(9000))
    await backend.run(EMBED, EmbedRequest(batch_id="b", chunks=chunks), lambda *_: print("working", flush=True))

asyncio.run(main())
"""


def test_a_killed_parent_takes_its_child_with_it(settings):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, settings.cache], cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ
    )
    assert parent.stdout.readline() == "working\n"
    stat = {int(p.name): (p / "stat").read_text() for p in Path("/proc").iterdir() if p.name.isdigit()}
    (child,) = [pid for pid, text in stat.items() if int(text.rpartition(")")[2].split()[1]) == parent.pid]
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{child}").exists() and "\nState:\tZ" not in Path(f"/proc/{child}/status").read_text():
        assert time.monotonic() < deadline, "the child outlived its parent"
        time.sleep(0.05)
