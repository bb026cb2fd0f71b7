"""The RunPod backend: with real workers of the emulator, and with an endpoint that answers by a script."""

import asyncio
import logging
import socket
import subprocess
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from adapters.remote_jobs import RemoteJobs, work_key
from adapters.settings import Settings
from adapters.store import store_at
from doctown.embed.batches import Batch
from doctown.errors import (
    BackendUnavailable,
    DoctownError,
    InvalidSettings,
    JobCancelled,
    ModelUnavailable,
    NotAuthorised,
    ResultInvalid,
    StepFailed,
    StepTimedOut,
    SubmitUnanswered,
    WorkerLost,
)
from doctown.steps import EMBED, INGEST, EmbedRequest, EmbedText, IngestRequest
from places.addresses import backend_at
from places.fanout import FanOut
from places.runpod import RunPodBackend
from places.waits import Waits
from tests.fakes.emulator_process import ROOT, emulator_process
from tests.fakes.scripted_endpoint import DROP, ScriptedEndpoint


@pytest.fixture(scope="module")
def emulator(tmp_path_factory):
    with emulator_process(tmp_path_factory.mktemp("emulator")) as (_, address):
        yield address


@pytest.fixture
def settings(tmp_path):
    return Settings(cache=str(tmp_path / "cache"))


@pytest.fixture
async def backend(emulator, settings):
    backend = backend_at(emulator, settings)
    yield backend
    await backend.aclose()


def request(*contents, batch_id="b"):
    chunks = tuple(EmbedText(chunk_id=str(at), content=content) for at, content in enumerate(contents))
    return EmbedRequest(batch_id=batch_id, chunks=chunks)


def records(settings):
    return list(store_at(settings.store_url).keys("remote-jobs"))


def accounting(address):
    return httpx.get(address.replace("/v2/embed", "/emulator/accounting")).json()


async def ran(backend, wanted):
    """The result of a step that ran and whose result is safe."""
    result = await backend.run(EMBED, wanted)
    await backend.settle(EMBED, wanted)
    return result


async def until(is_so, deadline_s=20):
    async with asyncio.timeout(deadline_s):
        while not is_so():
            await asyncio.sleep(0.02)


async def test_a_step_runs_as_a_job_and_leaves_no_record(backend, settings):
    result = await ran(backend, request("x"))
    assert result.vectors[0].vector == (1, 0)
    assert records(settings) == []


async def test_a_result_that_was_not_safe_yet_is_fetched_again_and_not_paid_twice(emulator, settings):
    before, wanted = accounting(emulator)["jobs"], request("x", batch_id="not safe yet")
    for _ in range(2):
        backend = RunPodBackend(emulator, settings)
        await backend.run(EMBED, wanted)
        await backend.aclose()
    assert accounting(emulator)["jobs"] == before + 1 and len(records(settings)) == 1
    await ran(backend := RunPodBackend(emulator, settings), wanted)
    await backend.aclose()
    assert records(settings) == []


async def test_a_record_goes_though_the_call_is_cancelled_before_a_thread_is_free_for_it(backend, settings):
    wanted, free = request("x", batch_id="no thread"), threading.Event()
    await backend.run(EMBED, wanted)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    busy = asyncio.ensure_future(asyncio.to_thread(free.wait))
    settling = asyncio.create_task(backend.settle(EMBED, wanted))
    await asyncio.sleep(0.1)
    settling.cancel()
    await asyncio.sleep(0.1)
    free.set()
    with pytest.raises(asyncio.CancelledError):
        await settling
    await busy
    assert records(settings) == []


@pytest.mark.parametrize(("content", "kind"), [("ours", ModelUnavailable), ("bug", StepFailed), ("die", WorkerLost)])
async def test_a_failure_keeps_its_class(backend, settings, content, kind):
    with pytest.raises(kind):
        await backend.run(EMBED, request(content))
    assert records(settings) == []


async def test_a_cancelled_call_cancels_its_job(backend, settings, emulator):
    before = accounting(emulator)["jobs_by_status"].get("CANCELLED", 0)
    running = asyncio.create_task(backend.run(EMBED, request("sleep 60")))
    await until(lambda: accounting(emulator)["jobs_by_status"].get("IN_PROGRESS"))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert accounting(emulator)["jobs_by_status"]["CANCELLED"] == before + 1
    assert records(settings) == []


RUN = """
import asyncio, sys
from adapters.settings import Settings
from doctown.steps import EMBED, INGEST, EmbedRequest, EmbedText, IngestRequest
from places.runpod import RunPodBackend

chunks = (EmbedText(chunk_id="0", content="sleep 1"),)
backend = RunPodBackend(sys.argv[1], Settings(cache=sys.argv[2]))
asyncio.run(backend.run(EMBED, EmbedRequest(batch_id="killed", chunks=chunks)))
"""


async def test_the_job_of_a_killed_run_is_taken_up_and_not_paid_twice(backend, settings, emulator):
    before = accounting(emulator)["jobs"]
    killed = subprocess.Popen([sys.executable, "-c", RUN, emulator, settings.cache], cwd=ROOT)
    jobs = RemoteJobs(store_at(settings.store_url), "another", "elsewhere/1")
    wanted = request("sleep 1", batch_id="killed")
    key = work_key(emulator, "embed", wanted.to_json())
    await until(lambda: records(settings) and (job := jobs.claim(key).job) is not None and job.job_id is not None)
    killed.kill()
    killed.wait()
    jobs.forget(key, "none of ours")
    assert (await ran(backend, wanted)).batch_id == "killed"
    assert accounting(emulator)["jobs"] == before + 1
    assert records(settings) == []


@asynccontextmanager
async def two_runs(emulator, settings, batch_id):
    """Two runs in one process that need the same work, the second beside the first."""
    before, wanted = accounting(emulator)["jobs"], request("sleep 1", batch_id=batch_id)
    first, second = RunPodBackend(emulator, settings, "run-1"), RunPodBackend(emulator, settings, "run-2")
    owning = asyncio.create_task(ran(first, wanted))
    await until(lambda: accounting(emulator)["jobs"] == before + 1)
    await asyncio.sleep(0.2)
    beside = asyncio.create_task(ran(second, wanted))
    await until(lambda: any("waiting" in key for key in records(settings)))
    yield owning, beside
    assert accounting(emulator)["jobs"] == before + 1 and records(settings) == []
    await first.aclose()
    await second.aclose()


async def test_two_runs_that_need_the_same_work_share_a_job(emulator, settings):
    async with two_runs(emulator, settings, "shared") as both:
        results = await asyncio.gather(*both)
        assert results[0] == results[1]


@pytest.mark.parametrize("cancelled", [0, 1])
async def test_a_cancelled_run_leaves_the_job_to_the_other_that_needs_it(emulator, settings, cancelled):
    async with two_runs(emulator, settings, f"left {cancelled}") as both:
        both[cancelled].cancel()
        with pytest.raises(asyncio.CancelledError):
            await both[cancelled]
        assert (await both[1 - cancelled]).vectors


async def test_the_last_of_two_cancelled_runs_cancels_the_job(emulator, settings):
    before = accounting(emulator)["jobs_by_status"].get("CANCELLED", 0)
    async with two_runs(emulator, settings, "left by both") as both:
        for run in both:
            run.cancel()
            with pytest.raises(asyncio.CancelledError):
                await run
        assert accounting(emulator)["jobs_by_status"]["CANCELLED"] == before + 1


TAKEN = (200, {"id": "job-1", "status": "IN_QUEUE"})
TAKEN_2 = (200, {"id": "job-2", "status": "IN_QUEUE"})
OUTPUT = {"batch_id": "b", "model": "m", "revision": "1", "engine": "e", "dimensions": 1, "vectors": []}
DONE = (200, {"id": "job-1", "status": "COMPLETED", "output": OUTPUT})
UNKNOWN = (404, {})
HEALTHY = (200, {"workers": {"running": 1}})


@asynccontextmanager
async def scripted(settings, waits=None, **script):
    async with ScriptedEndpoint({"health": [HEALTHY], **script}) as endpoint:
        backend = RunPodBackend(endpoint.address, settings, waits=waits)
        try:
            yield endpoint, backend
        finally:
            await backend.aclose()


async def test_a_young_job_may_be_unknown_for_a_while(settings):
    async with scripted(settings, run=[TAKEN], status=[UNKNOWN, UNKNOWN, DONE]) as (endpoint, backend):
        assert (await backend.run(EMBED, request("x"))).engine == "e"
        assert endpoint.count("status") == 3


async def test_a_job_that_was_known_and_is_not_any_more_is_lost(settings):
    async with scripted(settings, run=[TAKEN], status=[TAKEN, UNKNOWN]) as (_, backend):
        with pytest.raises(WorkerLost, match="expired or was lost; run again"):
            await backend.run(EMBED, request("x"))
        assert records(settings) == []


async def test_a_completed_job_without_output_is_an_error(settings):
    async with scripted(settings, run=[TAKEN], status=[(200, {"status": "COMPLETED"})]) as (_, backend):
        with pytest.raises(ResultInvalid, match="no output"):
            await backend.run(EMBED, request("x"))


async def test_a_job_somebody_else_cancelled_is_told(settings):
    async with scripted(settings, run=[TAKEN], status=[(200, {"status": "CANCELLED"})]) as (_, backend):
        with pytest.raises(JobCancelled):
            await backend.run(EMBED, request("x"))


async def test_a_wrong_key_is_told_and_leaves_no_record(settings):
    async with scripted(settings, run=[(401, {})]) as (_, backend):
        with pytest.raises(NotAuthorised, match="RUNPOD_API_KEY"):
            await backend.run(EMBED, request("x"))
        assert records(settings) == []


async def test_a_redirect_is_not_followed(settings):
    async with scripted(settings, run=[(307, {}, {"Location": "/v2/ep/health"})]) as (endpoint, backend):
        with pytest.raises(InvalidSettings, match="not followed"):
            await backend.run(EMBED, request("x"))
        assert [operation for operation, _, _ in endpoint.requests] == ["run"]


async def test_a_submit_without_an_answer_is_remembered_and_told_when_it_is_repeated(settings, caplog):
    async with scripted(settings, run=[DROP, TAKEN], status=[DONE]) as (endpoint, backend):
        with pytest.raises(SubmitUnanswered, match="may have taken") as told:
            await backend.run(EMBED, request("x"))
        assert told.value.retryable and len(records(settings)) == 1 and endpoint.count("run") == 1
        await backend.run(EMBED, request("x"))
        assert await backend.settle(EMBED, request("x")) is True
        assert "paid for twice" in caplog.text and records(settings) == []


async def test_a_job_that_could_not_be_asked_for_is_found_by_the_next_attempt(settings):
    down = [(503, {})] * 4
    script = {"health": [HEALTHY], "run": [TAKEN], "status": [*down, DONE]}
    async with scripted(settings, Waits(unheard_s=0), **script) as (endpoint, backend):
        with pytest.raises(BackendUnavailable):
            await backend.run(EMBED, request("x"))
        await ran(backend, request("x"))
        assert endpoint.count("run") == 1 and records(settings) == []


@pytest.mark.parametrize("status", ["FAILED", "CANCELLED", "TIMED_OUT"])
async def test_an_earlier_runs_job_that_came_to_nothing_is_submitted_again(settings, status):
    async with scripted(settings, run=[TAKEN_2], status=[(200, {"status": status}), DONE]) as (endpoint, backend):
        leave_a_job_of_a_killed_run(settings, endpoint)
        assert (await ran(backend, request("x"))).engine == "e"
        assert endpoint.count("run") == 1 and records(settings) == []


async def test_an_earlier_runs_job_that_has_expired_is_submitted_again(settings):
    async with scripted(settings, run=[TAKEN_2], status=[UNKNOWN, DONE]) as (endpoint, backend):
        leave_a_job_of_a_killed_run(settings, endpoint, age_s=3000)
        await backend.run(EMBED, request("x"))
        assert endpoint.count("run") == 1 and endpoint.count("status") == 2


async def test_a_job_that_outlived_its_ttl_is_cancelled_and_not_waited_for_again(settings):
    async with scripted(settings, status=[TAKEN], cancel=[(200, {})]) as (endpoint, backend):
        leave_a_job_of_a_killed_run(settings, endpoint, age_s=4000)
        with pytest.raises(StepTimedOut):
            await backend.run(EMBED, request("x"))
        assert endpoint.count("cancel") == 1 and records(settings) == []


async def test_an_unknown_job_whose_record_is_of_the_future_is_not_waited_for_until_then(settings):
    async with ScriptedEndpoint({"run": [TAKEN_2], "status": [UNKNOWN, DONE]}) as endpoint:
        leave_a_job_of_a_killed_run(settings, endpoint, age_s=-100_000)
        backend = RunPodBackend(endpoint.address, settings, waits=Waits(young_s=0))
        async with asyncio.timeout(10):
            await backend.run(EMBED, request("x"))
        assert endpoint.count("run") == 1
        await backend.aclose()


async def test_the_job_of_another_living_run_is_not_cancelled_with_ours(settings):
    async with scripted(settings, status=[TAKEN], cancel=[(200, {})]) as (endpoint, backend):
        jobs = RemoteJobs(store_at(settings.store_url), "another", "elsewhere/1")
        jobs.note(work_key(endpoint.address, "embed", request("x").to_json()), "job-1")
        running = asyncio.create_task(backend.run(EMBED, request("x")))
        await until(lambda: endpoint.count("status"))
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert endpoint.count("cancel") == 0 and len(records(settings)) == 1


async def test_a_call_cancelled_before_its_job_was_taken_submits_it_no_more(settings):
    slow = {"run": [(429, {}, {"Retry-After": "60"}), TAKEN], "cancel": [(200, {})]}
    async with scripted(settings, **slow) as (endpoint, backend):
        running = asyncio.create_task(backend.run(EMBED, request("x")))
        await until(lambda: endpoint.count("run") == 1)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert endpoint.count("run") == 1 and endpoint.count("cancel") == 0 and records(settings) == []


@pytest.mark.parametrize("steps", range(4))
async def test_a_call_cancelled_while_it_claims_its_work_leaves_no_intent(settings, steps):
    async with scripted(settings, run=[TAKEN], status=[TAKEN], cancel=[(200, {})]) as (endpoint, backend):
        running = asyncio.create_task(backend.run(EMBED, request("x")))
        for _ in range(steps):
            await asyncio.sleep(0)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert records(settings) == [] and endpoint.count("run") == endpoint.count("cancel") == 0


async def test_a_job_its_endpoint_ran_again_is_perhaps_paid_twice(settings):
    again = (200, DONE[1] | {"retries": 1})
    async with scripted(settings, run=[TAKEN], status=[again]) as (_, backend):
        await backend.run(EMBED, request("x"))
        assert await backend.settle(EMBED, request("x")) is True and records(settings) == []


async def test_a_job_that_cannot_be_put_on_record_is_cancelled(settings):
    slow = {"run": [(429, {}, {"Retry-After": "1"}), TAKEN], "cancel": [(200, {})]}
    async with scripted(settings, **slow) as (endpoint, backend):
        running = asyncio.create_task(backend.run(EMBED, request("x")))
        await until(lambda: endpoint.count("run") == 1)
        (record,) = Path(settings.cache).glob("store/remote-jobs/*/*")
        record.unlink()
        record.parent.rmdir()
        record.parent.write_text("no folder any more")
        with pytest.raises(Exception, match=r"(?i)file|store"):
            await running
        assert endpoint.count("cancel") == 1


async def test_a_job_that_cannot_be_cancelled_stays_on_record_and_is_told(settings, caplog):
    async with scripted(settings, run=[TAKEN], status=[TAKEN], cancel=[(503, {})]) as (endpoint, backend):
        running = asyncio.create_task(backend.run(EMBED, request("x")))
        await until(lambda: endpoint.count("status"))
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert "could not be cancelled" in caplog.text and len(records(settings)) == 1


def leave_a_job_of_a_killed_run(settings, endpoint, age_s=0.0):
    process = subprocess.Popen([sys.executable, "-I", "-S", "-c", ""])
    process.wait()
    gone = f"{socket.gethostname()}/{process.pid}"
    jobs = RemoteJobs(store_at(settings.store_url), "killed", gone, lambda: time.time() - age_s)
    jobs.note(work_key(endpoint.address, "embed", request("x").to_json()), "job-1")


CANARY = "rpa_CANARY0123456789"
REPEATED = {"id": "job-1", "status": "FAILED", "error": CANARY, "output": {"error_kind": CANARY}}
FAILURES = [
    (400, {"run": 400}),
    (401, {"run": 401}),
    (500, {"run": 500}),
    ("FAILED", {}),
    ("COMPLETED", {}),
    (403, {"status": 403}),
    (302, {"status": 302}),
]


@pytest.mark.parametrize(("status", "codes"), FAILURES)
async def test_a_key_that_is_sent_back_is_in_no_error_log_record_or_table(settings, caplog, status, codes):
    def answer(asked):
        operation = asked.url.path.split("/")[3].removesuffix("-sync")
        assert asked.headers["Authorization"] == f"Bearer {CANARY}"
        return httpx.Response(codes.get(operation, 200), json=REPEATED | {"status": status})

    caplog.set_level(logging.DEBUG)
    ours = settings.model_copy(update={"runpod_api_key": SecretStr(CANARY)})
    backend = RunPodBackend(
        "https://api.runpod.ai/v2/x", ours, waits=Waits(young_s=0), transport=httpx.MockTransport(answer)
    )
    kept = {}

    batch = Batch("b", ("k",), ("text",), 3)
    fanout = FanOut(backend, pause_s=0)
    with pytest.raises(DoctownError) as told:
        await fanout.embed_all([batch], "m", "1", kept.get)
    await backend.aclose()
    left = b"".join(path.read_bytes() for path in Path(settings.cache).rglob("*") if path.is_file())
    shown = "".join(traceback.format_exception(told.value)) + caplog.text + repr(fanout.records) + repr(vars(backend))
    assert "CANARY" not in shown and b"CANARY" not in left


async def test_what_was_read_of_a_branch_is_not_handed_to_another_run_and_of_a_commit_it_is(settings):
    one, other = (RunPodBackend("http://127.0.0.1:1/v2/ingest", settings, run) for run in ("one", "other"))
    for ref, is_shared in [("main", False), (None, False), ("a" * 39, False), ("a" * 40, True)]:
        wanted = IngestRequest(repository="https://example.org/r", ref=ref, model="m")
        assert (one._key_of(INGEST, wanted) == other._key_of(INGEST, wanted)) is is_shared
        assert one._key_of(INGEST, wanted) == one._key_of(INGEST, wanted)
    for backend in (one, other):
        await backend.aclose()
