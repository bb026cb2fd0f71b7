"""What clients see of an endpoint, its limits and its faults: in memory, by a clock that jumps."""

import asyncio
import json

import pytest

from tests.fakes.memory_scenario import Client, scenario, time


@scenario()
async def test_a_job_is_done_and_billed_from_the_start_of_its_worker_to_its_end(client):
    job_id = await client.submit()
    assert await client.ended(job_id) == {
        "id": job_id,
        "status": "COMPLETED",
        "output": {"did": 1},
        "delayTime": 0,
        "executionTime": 10_000,
        "workerId": "worker-1",
    }
    await asyncio.sleep(20)
    (worker,) = client.endpoint.accounting()["workers"]
    assert worker["execution_s"] == 10 and 5 <= worker["idle_s"] <= 6.5 and worker["billed_s"] in (16, 17)
    assert client.endpoint.accounting()["billed_seconds"] == worker["billed_s"]
    assert sum((await client.health())["workers"].values()) == 0


@scenario("[settings]\nworkers = 3\ncold_start_s = 60")
async def test_workers_scale_from_none_to_the_most_and_start_cold(client):
    jobs = [await client.submit() for _ in range(5)]
    assert (await client.status(jobs[0])).json() == {"id": jobs[0], "status": "IN_QUEUE"}
    await asyncio.sleep(30)
    assert (await client.health())["workers"]["initializing"] == 3
    await asyncio.sleep(35)
    assert (await client.health())["workers"]["running"] == 3
    assert [(await client.ended(job))["delayTime"] for job in jobs] == [60_000] * 3 + [70_000] * 2


@scenario("[settings]\nworkers = 3\nscaler = 'QUEUE_DELAY'\nscaler_value = 4", seconds_of=lambda _: 100.0)
async def test_by_queue_delay_another_worker_starts_for_every_so_many_seconds_of_waiting(client):
    for _ in range(5):
        await client.submit()
    counts = []
    for _ in range(3):
        await asyncio.sleep(3)
        counts.append((await client.health())["workers"]["running"])
    assert counts == [1, 2, 3]


@scenario("[settings]\nworkers_min = 1")
async def test_a_least_number_of_workers_is_always_there(client):
    await asyncio.sleep(100)
    assert (await client.health())["workers"]["idle"] == 1


@scenario(seconds_of=lambda _: 100.0)
async def test_jobs_of_low_priority_start_no_worker(client):
    await client.submit(policy={"lowPriority": True})
    await asyncio.sleep(100)
    assert (await client.health())["jobs"]["inQueue"] == 1
    await client.submit()
    await asyncio.sleep(50)
    assert (await client.health())["workers"]["running"] == 2


@scenario("[settings]\nworkers = 0")
async def test_where_there_may_be_no_workers_jobs_wait_until_their_ttl(client):
    job_id = await client.submit(policy={"ttl": 60_000})
    await asyncio.sleep(59)
    assert (await client.status(job_id)).json()["status"] == "IN_QUEUE"
    assert sum((await client.health())["workers"].values()) == 0
    await asyncio.sleep(2)
    assert (await client.status(job_id)).status_code == 404


@scenario()
async def test_runsync_waits_so_long_and_no_longer(client):
    began = time()
    record = (await client.http.post("runsync?wait=4000", json={"input": {"x": 1}})).json()
    assert record["status"] == "IN_PROGRESS" and time() - began == 4
    assert (await client.ended(record["id"]))["status"] == "COMPLETED"


@scenario()
async def test_status_sync_answers_when_the_job_is_over_or_the_wait_is(client):
    job_id = await client.submit()
    assert (await client.http.get(f"status-sync/{job_id}?wait=2000")).json()["status"] == "IN_PROGRESS"
    assert time() == 2
    assert (await client.http.get(f"status-sync/{job_id}")).json()["status"] == "COMPLETED"
    assert time() == 10


@scenario("[settings]\nhas_status_sync = false")
async def test_an_endpoint_may_have_no_status_sync(client):
    assert (await client.http.get(f"status-sync/{await client.submit()}")).status_code == 404


@scenario("[settings]\npropagation_s = 3")
async def test_a_job_may_be_unknown_for_a_while_after_it_was_accepted(client):
    job_id = await client.submit()
    for path in ("cancel", "retry"):
        assert (await client.http.post(f"{path}/{job_id}")).status_code == 404
    assert (await client.status(job_id)).status_code == 404
    await asyncio.sleep(3)
    assert (await client.status(job_id)).json()["status"] == "IN_PROGRESS"


@scenario()
async def test_an_empty_input_never_arrives_and_its_job_is_lost(client):
    record = await client.ended(await client.submit({}))
    assert record["status"] == "FAILED" and record["error"] == "job timed out after 1 retries"
    assert "output" not in record


def fails_twice():
    calls = iter((1, 2))

    def handler(job_input):
        if next(calls, None):
            raise ValueError("no")
        return {"did": job_input}

    return handler


@scenario(handler=fails_twice())
async def test_retry_runs_a_failed_job_again_and_no_other(client):
    job_id = await client.submit()
    record = await client.ended(job_id)
    assert record["status"] == "FAILED" and "ValueError" in json.loads(record["error"])["error_type"]
    for expected in ("FAILED", "COMPLETED"):
        assert (await client.http.post(f"retry/{job_id}")).json() == {"id": job_id, "status": "IN_QUEUE"}
        assert (await client.status(job_id)).json() == {"id": job_id, "status": "IN_QUEUE"}
        assert (await client.ended(job_id))["status"] == expected
    assert (await client.http.post(f"retry/{job_id}")).status_code == 400
    assert (await client.health())["jobs"] == {
        "completed": 1, "failed": 0, "inProgress": 0, "inQueue": 0, "retried": 2
    }  # fmt: skip


@scenario("[settings]\nerror_retries = 1", handler=fails_twice())
async def test_failed_jobs_may_be_tried_again_by_the_platform(client):
    assert (await client.ended(await client.submit()))["retries"] == 1


@scenario()
async def test_purge_cancels_what_waits_and_leaves_what_runs(client):
    jobs = [await client.submit() for _ in range(5)]
    await asyncio.sleep(1)
    assert (await client.http.post("purge-queue")).json() == {"removed": 3, "status": "completed"}
    assert [(await client.ended(job))["status"] for job in jobs] == ["COMPLETED"] * 2 + ["CANCELLED"] * 3


@scenario()
async def test_what_was_yielded_is_read_once(client):
    job_id = await client.submit()
    await asyncio.sleep(1)
    side = client.endpoint.side
    for chunk in ("a", "b"):
        side.chunk("worker-1", job_id, json.dumps({"output": chunk}).encode())
    assert (await client.http.get(f"stream/{job_id}")).json() == {
        "status": "IN_PROGRESS", "stream": [{"output": "a"}, {"output": "b"}]
    }  # fmt: skip
    began = time()
    assert (await client.http.get(f"stream/{job_id}?wait=5000")).json()["stream"] == []
    assert time() - began == 5
    assert (await client.http.get(f"stream/{job_id}")).json() == {"status": "COMPLETED", "stream": []}


@scenario()
async def test_undocumented_questions_are_answered(client):
    job_id = await client.submit()
    await asyncio.sleep(1)
    assert (await client.http.get("metrics")).json()["readyWorkers"] == ["worker-1"]
    assert (await client.http.get("requests")).json() == {"requests": [{"id": job_id, "status": "IN_PROGRESS"}]}


@scenario()
async def test_too_many_requests_within_ten_seconds_are_refused(client):
    async def cancel():
        return (await client.http.post("cancel/none")).status_code

    assert [await cancel() for _ in range(101)] == [404] * 100 + [429]
    assert await Client(client.endpoint, "another").ended(await client.submit())
    await asyncio.sleep(10)
    assert await cancel() == 404


@scenario()
async def test_too_many_requests_at_the_same_time_are_refused(client):
    job_id = await client.submit()
    asked = [client.http.get(f"status-sync/{job_id}") for _ in range(401)]
    answers = await asyncio.gather(*asked)
    assert sorted({answer.status_code for answer in answers}) == [200, 429]
    assert sum(answer.status_code == 429 for answer in answers) == 1


@scenario("[settings]\nrate_limits = false")
async def test_limits_may_be_off(client):
    assert {(await client.http.post("cancel/none")).status_code for _ in range(200)} == {404}


@scenario("[settings]\nkey = 'right'")
async def test_one_key_may_be_the_only_one(client):
    assert (await client.http.get("health")).status_code == 401
    assert (await Client(client.endpoint, "right").http.get("health")).status_code == 200


@scenario("[settings]\nworkers_min = 2\nhold_s = 4")
async def test_a_worker_that_has_a_job_gets_no_other_while_one_is_without(client):
    async def taker():
        job_id = await client.submit()
        await asyncio.sleep(0.1)
        return (await client.status(job_id)).json()["workerId"]

    await asyncio.sleep(1)
    busy = await taker()
    await asyncio.sleep(2)
    asking = asyncio.create_task(client.endpoint.side.take(busy, 1))  # before the other asks once more, at 5 s
    await asyncio.sleep(3)
    assert await taker() != busy
    last = await client.submit()
    assert [job["id"] for job in await asking] == [last]


@scenario("[settings]\nkept_s = 60")
async def test_a_result_is_kept_so_long(client):
    job_id = await client.submit()
    await asyncio.sleep(65)
    assert (await client.status(job_id)).status_code == 200
    await asyncio.sleep(10)
    assert (await client.status(job_id)).status_code == 404
    assert (await client.health())["jobs"]["completed"] == 1


@scenario("[settings]\nexecution_s = 5\nworkers = 1")
async def test_a_job_that_runs_too_long_is_failed_and_its_worker_ended_after_its_grace(client):
    job_id = await client.submit()
    record = await client.ended(job_id)
    assert record["status"] == "FAILED" and record["error"] == "executionTimeout exceeded"
    await asyncio.sleep(2)
    assert sum((await client.health())["workers"].values()) == 0


@scenario(handler=lambda job_input: {"refresh_worker": True, "did": 1})
async def test_a_worker_that_asks_to_be_refreshed_is_replaced(client):
    first, second = [await client.ended(await client.submit()) for _ in range(2)]
    assert (first["workerId"], second["workerId"]) == ("worker-1", "worker-2") and first["output"] == {"did": 1}


@scenario()
async def test_webhooks_are_tried_three_times_ten_seconds_apart_and_only_on_this_machine(client):
    client.endpoint.answers_webhooks = 500
    job_id = await client.submit(webhook="http://localhost:1/hook")
    await client.submit(webhook="https://example.org/hook")
    record = await client.ended(job_id)
    await asyncio.sleep(100)
    assert client.endpoint.webhooks == [(at, "http://localhost:1/hook", record) for at in (10, 20, 30)]


@scenario("[settings]\nwebhooks_anywhere = true")
async def test_webhooks_may_be_let_out_and_one_that_is_answered_is_sent_once(client):
    await client.ended(await client.submit(webhook="https://example.org/hook"))
    await asyncio.sleep(100)
    assert [url for _, url, _ in client.endpoint.webhooks] == ["https://example.org/hook"]


@scenario()
async def test_a_restarted_emulator_knows_nothing(client):
    job_id = await client.submit()
    await client.endpoint.restart()
    assert (await client.status(job_id)).status_code == 404
    assert (await client.health())["jobs"]["inProgress"] == 0


@pytest.mark.parametrize("operation", ["run", "runsync"])
def test_bodies_larger_than_the_limits_are_refused_in_runpods_words(operation):
    @scenario()
    async def run(client):
        size = {"run": 10, "runsync": 20}[operation] << 20
        answer = await client.http.post(operation, content=b" " * (size + 1))
        assert answer.status_code == 400 and f"exceeded max body size of {size >> 20}MiB" in answer.text

    run()
