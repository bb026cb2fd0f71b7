"""What a worker hands to the SDK: the result, an error by its name, or nothing the SDK would lose in silence."""

import asyncio
import json
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from adapters.settings import Settings
from doctown.embed.vectors import result_of
from doctown.errors import JobCancelled, ModelInvalid
from doctown.steps import EMBED, EmbedResult, EmbedVector
from doctown.wire import result_of as result_in
from runpod_workers.serve import MAX_RESULT_BYTES, answer_of, handler_of

ROOT = Path(__file__).parents[2]
INPUT = {"batch_id": "b", "chunks": [{"chunk_id": "1", "content": "x"}]}
SETTINGS = Settings(cache="/c")


def finished(environment, *arguments):
    command = [sys.executable, *arguments]
    return subprocess.run(command, check=False, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60)


def ones(request, settings, progress):
    return result_of(request, np.array([[1, 0]], np.float32), "m", "1", "e")


def test_a_result_goes_out_as_plain_json_and_comes_back_equal():
    answer = answer_of(EMBED, ones, SETTINGS, INPUT, print)
    assert result_in(EMBED, {"status": "COMPLETED", "output": json.loads(json.dumps(answer))}).engine == "e"


def test_an_error_of_ours_goes_out_as_a_string_beside_its_name():
    def broken(request, settings, progress):
        raise ModelInvalid("It is not the one.")

    assert answer_of(EMBED, broken, SETTINGS, INPUT, print) == {
        "error": "It is not the one.",
        "error_kind": "ModelInvalid",
    }


@pytest.mark.parametrize("job_input", [{}, [], "x", None, INPUT | {"faster": True}, INPUT | {"protocol": 99}])
def test_an_input_that_is_no_request_is_refused_by_name(job_input):
    assert answer_of(EMBED, ones, SETTINGS, job_input, print)["error_kind"] == "UnsupportedRequest"


def test_a_result_over_the_limit_is_an_error_and_not_lost():
    def large(request, settings, progress):
        return EmbedResult(
            batch_id="b", model="m", revision="1", engine="e", dimensions=1, vectors="A" * MAX_RESULT_BYTES
        )

    assert answer_of(EMBED, large, SETTINGS, INPUT, print)["error_kind"] == "ResultTooLarge"


@pytest.mark.parametrize("text", ["x" * MAX_RESULT_BYTES, "\ud800"])
def test_an_error_whose_text_would_be_lost_goes_out_cut_and_mended(text):
    def broken(request, settings, progress):
        raise ModelInvalid(text)

    answer = answer_of(EMBED, broken, SETTINGS, INPUT, print)
    assert answer["error_kind"] == "ModelInvalid"
    assert len(json.dumps(answer, ensure_ascii=False).encode()) < 10_000


@pytest.mark.parametrize(("value", "name"), [(float("nan"), "x"), (float("inf"), "x"), (1.0, "\ud800")])
def test_what_json_cannot_say_is_an_error_and_not_lost(value, name):
    def odd(request, settings, progress):
        vectors = (EmbedVector(chunk_id="1", vector=(value,)),)
        return EmbedResult.model_construct(
            batch_id=name, model="m", revision="1", engine="e", dimensions=1, encoding="list", vectors=vectors
        )

    assert answer_of(EMBED, odd, SETTINGS, INPUT, print)["error_kind"] == "ResultInvalid"


async def test_two_jobs_at_once_take_turns_while_the_loop_goes_on():
    running, free = [], threading.Event()

    def slow(request, settings, progress):
        running.append(request.batch_id)
        assert free.wait(10)
        return ones(request, settings, progress)

    handler = handler_of(EMBED, slow, SETTINGS)
    jobs = [asyncio.create_task(handler({"id": "1", "input": INPUT | {"batch_id": name}})) for name in ("a", "b")]
    while not running:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    assert running == ["a"]
    free.set()
    assert [answer["batch_id"] for answer in await asyncio.gather(*jobs)] == ["a", "b"]


async def test_a_job_that_is_stopped_while_it_waits_is_never_run():
    ran, free = [], threading.Event()

    def slow(request, settings, progress):
        ran.append(request.batch_id)
        assert free.wait(10)
        return ones(request, settings, progress)

    handler = handler_of(EMBED, slow, SETTINGS)
    jobs = [asyncio.create_task(handler({"id": "1", "input": INPUT | {"batch_id": name}})) for name in ("a", "b", "c")]
    while not ran:
        await asyncio.sleep(0.01)
    jobs[1].cancel()
    with pytest.raises(asyncio.CancelledError):
        await jobs[1]
    free.set()
    await asyncio.gather(jobs[0], jobs[2])
    assert ran == ["a", "c"]


async def test_a_job_that_is_stopped_while_it_runs_ends_where_it_next_tells_how_far_it_is():
    told, free, ended = threading.Event(), threading.Event(), []

    def slow(request, settings, progress):
        try:
            progress("embedding", 1, 2)
            told.set()
            assert free.wait(10)
            progress("embedding", 2, 2)
        except JobCancelled:
            ended.append("stopped")
            raise
        ended.append("whole")
        return ones(request, settings, progress)

    handler = handler_of(EMBED, slow, SETTINGS)
    job = asyncio.create_task(handler({"id": "1", "input": INPUT}))
    await asyncio.to_thread(told.wait, 10)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    free.set()
    while not ended:
        await asyncio.sleep(0.01)
    assert ended == ["stopped"]


def test_a_worker_whose_engine_is_missing_does_not_start(model_cache):
    environment = {"DOCTOWN_CACHE": str(model_cache), "ONNX_USE_GPU": "true", "PYTHONPATH": str(ROOT)}
    done = finished(environment, "-m", "runpod_workers.embed.handler")
    assert done.returncode == 1
    assert done.stderr.startswith("The embed worker does not start: ONNX_USE_GPU is true") and "\n" not in (
        done.stderr.strip()
    )


def test_the_image_is_given_an_input_that_the_worker_understands():
    sample = json.loads((ROOT / "runpod_workers/embed/test_input.json").read_text())
    assert EMBED.request.from_json(sample["input"]).encoding == "list"
