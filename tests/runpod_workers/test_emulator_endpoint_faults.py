"""Each fault that a file may ask for, as clients meet it: in memory, by a clock that jumps."""

import asyncio
import json

import httpx
import numpy as np
import pytest

from doctown.embed.vectors import result_of, rows_of_result
from doctown.errors import EngineMismatch, ResultInvalid
from doctown.steps import EmbedRequest, EmbedResult
from tests.fakes.memory_scenario import scenario, time


def fault(at, do, more="", settings=""):
    return f"[settings]\n{settings}\n[[fault]]\nat = '{at}'\ndo = '{do}'\n{more}"


def in_scenario(test, toml, **more):
    scenario(toml, **more)(test)()


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
def test_an_answer_of_any_status_instead_of_what_was_asked(status):
    async def test(client):
        answer = await client.http.post("run", json={"input": 1})
        assert answer.status_code == status and answer.headers["Retry-After"] == "2" and answer.text == "not now"
        assert (await client.health())["jobs"]["inQueue"] == 0
        await client.submit()

    in_scenario(test, fault("run", "answer", f"status = {status}\nretry_after = 2\ntext = 'not now'\ntimes = 1"))


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("do", ["reset", "answer"])
def test_a_submit_that_fails_before_or_after_it_was_accepted(do, accepted):
    async def test(client):
        if do == "reset":
            with pytest.raises(httpx.ReadError):
                await client.http.post("run", json={"input": {"x": 1}})
        else:
            assert (await client.http.post("run", json={"input": {"x": 1}})).status_code == 502
        assert client.endpoint.accounting()["jobs"] == accepted

    status = "status = 502" if do == "answer" else ""
    in_scenario(test, fault("run", do, f"{status}\naccepted = {str(accepted).lower()}"))


@scenario(fault("status", "garble"))
async def test_an_answer_that_is_no_json(client):
    answer = await client.status(await client.submit())
    assert answer.status_code == 200
    with pytest.raises(ValueError):
        answer.json()


@scenario(fault("health", "drip", "seconds = 60\nnth = 1\n[[fault]]\nat = 'health'\ndo = 'drip'\nnth = 2"))
async def test_an_answer_that_comes_slowly_or_never(client):
    assert (await client.http.get("health")).json()["jobs"]["completed"] == 0
    assert time() == 60
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(3600):
            await client.http.get("health")


@scenario(fault("cancel", "delay", "seconds = 7"))
async def test_an_answer_that_comes_late(client):
    await client.http.post(f"cancel/{await client.submit()}")
    assert time() == 7


@scenario(fault("queued", "cancel", "seconds = 3\njob = 2"))
async def test_a_job_that_somebody_else_cancels_in_the_queue_or_while_it_runs(client):
    first, second = await client.submit(), await client.submit()
    assert (await client.ended(second))["status"] == "CANCELLED" and time() == 3
    assert (await client.ended(first))["status"] == "COMPLETED"


@pytest.mark.parametrize("at", ["queued", "take"])
def test_a_job_that_is_said_to_have_timed_out(at):
    async def test(client):
        job_id = await client.submit()
        record = await client.ended(job_id)
        assert record["status"] == "TIMED_OUT" and "output" not in record and time() == 5
        assert (await client.http.post(f"retry/{job_id}")).status_code == 200

    in_scenario(test, fault(at, "timeout", "seconds = 5\ntimes = 1"))


@pytest.mark.parametrize(("at", "seconds"), [("queued", 0), ("take", 5), ("done", 0)])
def test_a_job_or_a_result_that_is_lost(at, seconds):
    async def test(client):
        job_id = await client.submit()
        await asyncio.sleep(11)
        assert (await client.status(job_id)).status_code == 404
        assert client.endpoint.accounting()["jobs_forgotten_before_their_end"] == (at != "done")

    in_scenario(test, fault(at, "forget", f"seconds = {seconds}"))


@scenario(fault("start", "delay", "seconds = 300"))
async def test_a_cold_start_of_minutes(client):
    assert (await client.ended(await client.submit()))["delayTime"] == 300_000


@scenario(fault("start", "throttle"))
async def test_an_endpoint_that_is_throttled_for_good(client):
    job_id = await client.submit()
    await asyncio.sleep(3600)
    assert (await client.health())["workers"]["throttled"] == 1
    assert (await client.status(job_id)).json()["status"] == "IN_QUEUE"
    await client.http.post(f"cancel/{job_id}")
    await asyncio.sleep(1)
    assert sum((await client.health())["workers"].values()) == 0
    assert client.endpoint.accounting()["billed_seconds"] == 0


@scenario(fault("start", "throttle", "seconds = 600"))
async def test_an_endpoint_that_is_throttled_for_a_while(client):
    assert (await client.ended(await client.submit()))["delayTime"] == 600_000


@scenario(fault("start", "fail", "times = 2"))
async def test_workers_that_fail_when_they_start_are_unhealthy_until_one_does_not(client):
    job_id = await client.submit()
    await asyncio.sleep(1)
    assert (await client.health())["workers"]["unhealthy"] == 1
    record = await client.ended(job_id)
    assert record["status"] == "COMPLETED" and record["workerId"] == "worker-3" and "retries" not in record


@pytest.mark.parametrize(("times", "expected"), [(1, ("COMPLETED", 1)), (9, ("FAILED", 1))])
def test_a_worker_that_is_killed_in_the_middle_of_a_job_once_or_every_time(times, expected):
    async def test(client):
        record = await client.ended(await client.submit())
        assert (record["status"], record["retries"]) == expected and ("output" in record) == (times == 1)

    in_scenario(test, fault("take", "kill", f"seconds = 5\ntimes = {times}"))


@scenario(fault("take", "kill", "seconds = 15"))
async def test_a_job_that_was_done_before_takes_no_harm(client):
    assert "retries" not in await client.ended(await client.submit())


@scenario(fault("take", "hang", "seconds = 5", "execution_s = 100"))
async def test_a_worker_that_hangs_is_ended_by_the_execution_timeout(client):
    record = await client.ended(await client.submit())
    assert record["error"] == "executionTimeout exceeded" and 100 <= time() <= 101


@scenario(fault("take", "freeze", "seconds = 5\ntimes = 1", "heartbeat_s = 60"))
async def test_a_worker_whose_heart_stops_is_dead_and_its_job_another_ones(client):
    record = await client.ended(await client.submit())
    assert (record["status"], record["retries"], record["workerId"]) == ("COMPLETED", 1, "worker-2")
    assert 75 <= time() <= 77


@scenario(fault("ping", "drop", "after_s = 1", "heartbeat_s = 5\nworkers_min = 1"))
async def test_a_worker_that_is_not_heard_is_taken_for_dead(client):
    await asyncio.sleep(0.6)
    client.endpoint.side.ping("worker-1")
    for _ in range(10):
        await asyncio.sleep(1)
        client.endpoint.side.ping("worker-1")
    assert client.endpoint.endpoint.workers.ready() == ["worker-2"]


@scenario(fault("take", "drain", "seconds = 5\ntimes = 1", "workers = 1"))
async def test_a_worker_that_drains_finishes_its_job_and_is_given_no_other(client):
    jobs = [await client.submit() for _ in range(2)]
    records = [await client.ended(job) for job in jobs]
    assert [record["workerId"] for record in records] == ["worker-1", "worker-2"]
    assert not any("retries" in record for record in records)


@scenario(fault("take", "drain", "times = 1", "workers = 1\ndrain_s = 3"))
async def test_a_worker_that_does_not_finish_in_time_is_ended_and_its_job_given_back(client):
    record = await client.ended(await client.submit())
    assert (record["retries"], record["status"]) == (1, "COMPLETED")


@scenario(fault("take", "duplicate", "job = 1\ntimes = 1"))
async def test_a_job_that_is_delivered_twice_is_done_twice_and_completed_once(client):
    did = []
    client.endpoint.handler = lambda job_input: did.append(job_input) or {"did": 1}
    await client.submit()
    job_id = await client.submit({"x": 2})
    await client.ended(job_id)
    await asyncio.sleep(30)
    assert sorted(one["x"] for one in did) == [1, 1, 2]
    assert (await client.health())["jobs"]["completed"] == 2


@scenario(fault("done", "empty"))
async def test_a_completed_job_without_output(client):
    record = await client.ended(await client.submit())
    assert record["status"] == "COMPLETED" and "output" not in record


@scenario(fault("done", "fail", "times = 1\ntext = 'out of memory'"))
async def test_a_job_that_the_platform_fails(client):
    record = await client.ended(await client.submit())
    assert (record["status"], record["error"]) == ("FAILED", "out of memory") and "output" not in record


@pytest.mark.parametrize("do", ["drop", "refuse"])
def test_a_result_that_does_not_arrive_leaves_its_job_running_until_its_timeout(do):
    async def test(client):
        record = await client.ended(await client.submit())
        assert record["error"] == "executionTimeout exceeded"

    in_scenario(test, fault("done", do, "status = 400" if do == "refuse" else "", "execution_s = 60"))


@scenario(fault("done", "refuse", "status = 500\ntimes = 2"))
async def test_a_result_that_is_refused_for_now_is_sent_again_as_the_sdk_does(client):
    assert (await client.ended(await client.submit()))["executionTime"] == 15_000


EMBED = EmbedRequest.model_validate(
    {"batch_id": "b", "model": "m", "revision": "r", "chunks": [{"chunk_id": c, "content": c} for c in "xyz"]}
)


def embedded(job_input):
    return result_of(EmbedRequest.model_validate(job_input), np.eye(3, 4, dtype=np.float32), "m", "r", "e").to_json()


@pytest.mark.parametrize("encoding", ["list", "base64"])
@pytest.mark.parametrize("alter", ["nan", "infinite", "long", "short", "reordered", "foreign", "cut", "wide"])
def test_vectors_that_are_wrong_are_so_that_a_client_notices(alter, encoding):
    async def test(client):
        request = EMBED.model_copy(update={"encoding": encoding})
        record = await client.ended(await client.submit(request.to_json()))
        result = EmbedResult.from_json(record["output"])
        if alter == "wide":
            assert rows_of_result(request, result).shape == (3, 5)
        else:
            with pytest.raises(ResultInvalid):
                rows_of_result(request, result)
        record = await client.ended(await client.submit(request.to_json()))
        assert rows_of_result(request, EmbedResult.from_json(record["output"])).tolist() == np.eye(3, 4).tolist()

    in_scenario(test, fault("done", "alter", f"alter = '{alter}'\ntimes = 1"), handler=embedded)


@scenario(fault("done", "alter", "set = { model = 'another', engine = 'z' }"), handler=embedded)
async def test_a_result_of_another_model_and_engine(client):
    record = await client.ended(await client.submit(EMBED.to_json()))
    with pytest.raises(EngineMismatch):
        rows_of_result(EMBED, EmbedResult.from_json(record["output"]))
    assert record["output"]["engine"] == "z"


@scenario(fault("done", "alter", "alter = 'oversized'"))
async def test_a_result_that_is_too_large_does_not_arrive(client):
    record = await client.ended(await client.submit())
    assert record["status"] == "COMPLETED" and "output" not in record


@scenario(fault("done", "alter", "alter = 'nan'"), handler=lambda job_input: {"vectors": "no vectors"})
async def test_what_has_no_vectors_is_left_as_it_is(client):
    assert (await client.ended(await client.submit()))["output"] == {"vectors": "no vectors"}


@scenario(fault("run", "reset", "every = 2"))
async def test_the_accounting_says_how_often_a_rule_struck(client):
    await client.submit()
    with pytest.raises(httpx.ReadError):
        await client.submit()
    assert client.endpoint.accounting()["faults"] == [{"at": "run", "do": "reset", "struck": 1}]
    json.dumps(client.endpoint.accounting())
