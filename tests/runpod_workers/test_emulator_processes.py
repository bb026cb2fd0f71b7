"""Real processes of the unmodified SDK, over HTTP, with what goes wrong and what is asked more rarely."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from adapters.settings import Settings
from doctown.errors import InvalidSettings
from runpod_workers.emulator.faults import read_faults
from runpod_workers.emulator.main import Emulation, listening_socket, named_commands, serving
from runpod_workers.emulator.terms import Terms

ROOT = Path(__file__).parents[2]
HANDLER = ROOT / "tests" / "fakes" / "plain_handler.py"
OVER = ("COMPLETED", "FAILED", "CANCELLED")


class Client:
    """Asks an emulated endpoint over HTTP."""

    def __init__(self, address, http):
        self.address, self.http = address, http

    async def ask(self, method, path, **more):
        async with self.http.request(method, f"{self.address}/{path}", **more) as answer:
            return answer.status, json.loads(await answer.read())

    async def submit(self, **job_input):
        more = job_input.pop("more", {})
        status, answer = await self.ask("POST", "run", json={"input": job_input} | more)
        assert status == 200
        return answer["id"]

    async def record(self, job_id):
        return (await self.ask("GET", f"status/{job_id}"))[1]

    async def until(self, job_id, *statuses):
        async with asyncio.timeout(60):
            while (record := await self.record(job_id))["status"] not in statuses:
                await asyncio.sleep(0.05)
        return record

    async def health(self):
        return (await self.ask("GET", "health"))[1]["workers"]


@contextlib.asynccontextmanager
async def emulated(home, toml="", kind="plain", **commands):
    rules, terms = read_faults(toml, Terms(workers=1))
    emulation = Emulation(terms, rules, {"mine": (sys.executable, str(HANDLER), kind), **commands})
    headers = {"Authorization": "Bearer x"}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        serving(listening_socket(0), emulation, Settings(cache=str(home)), home) as addresses,
    ):
        yield Client(addresses["mine"], http)


async def test_whose_handler_it_is_and_what_it_is_told_is_the_users(tmp_path):
    async with emulated(tmp_path) as client:
        job_id = await client.submit(echo=[1, "ü"], more={"s3Config": {"bucketName": "b"}})
        output = (await client.until(job_id, *OVER))["output"]
        assert output["echo"] == [1, "ü"] and output["job"]["s3Config"] == {"bucketName": "b"}


async def test_what_a_generator_yields_is_streamed_once(tmp_path):
    async with emulated(tmp_path, kind="generator") as client:
        job_id, got, status = await client.submit(count=3), [], ""
        async with asyncio.timeout(60):
            while status not in OVER:
                _, answer = await client.ask("GET", f"stream/{job_id}?wait=2000")
                status, got = answer["status"], got + answer["stream"]
        assert got == [{"output": {"number": n}} for n in range(3)] and status == "COMPLETED"
        assert (await client.ask("GET", f"stream/{job_id}"))[1] == {"status": "COMPLETED", "stream": []}


async def test_a_webhook_gets_the_record_of_the_job(tmp_path):
    got = asyncio.get_running_loop().create_future()

    async def hook(request):
        got.set_result(await request.json())
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", hook)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with emulated(tmp_path) as client:
            url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
            job_id = await client.submit(echo=1, more={"webhook": url})
            assert await asyncio.wait_for(got, 60) == await client.record(job_id)
    finally:
        await runner.cleanup()


async def test_a_worker_that_is_to_end_finishes_its_job_and_takes_no_other(tmp_path):
    toml = "[[fault]]\nat = 'take'\ndo = 'drain'\nseconds = 0.3\ntimes = 1"
    async with emulated(tmp_path, toml) as client:
        jobs = [await client.submit(sleep=1.5) for _ in range(2)]
        records = [await client.until(job, *OVER) for job in jobs]
        assert [record["workerId"] for record in records] == ["worker-1", "worker-2"]
        assert not any("retries" in record for record in records)


async def test_a_worker_killed_by_a_fault_gives_its_job_to_the_next(tmp_path):
    async with emulated(tmp_path, "[[fault]]\nat = 'take'\ndo = 'kill'\nseconds = 0.3\ntimes = 1") as client:
        record = await client.until(await client.submit(sleep=1), *OVER)
        assert (record["status"], record["retries"], record["workerId"]) == ("COMPLETED", 1, "worker-2")


async def test_a_worker_that_hangs_is_ended_when_its_job_has_run_too_long(tmp_path):
    toml = "[settings]\nexecution_s = 3\nheartbeat_s = 2\nping_s = 1\n[[fault]]\nat = 'take'\ndo = 'hang'\ntimes = 1"
    async with emulated(tmp_path, toml) as client:
        record = await client.until(await client.submit(echo=1), *OVER)
        assert record["error"] == "executionTimeout exceeded"  # not lost: its heart beats on
        record = await client.until(await client.submit(echo=1), *OVER)
        assert (record["status"], record["workerId"]) == ("COMPLETED", "worker-2")


@pytest.mark.long
async def test_a_worker_whose_heart_stops_is_dead_and_its_job_another_ones(tmp_path):
    toml = "[settings]\nheartbeat_s = 3\nping_s = 1\n[[fault]]\nat = 'take'\ndo = 'freeze'\nseconds = 2\ntimes = 1"
    async with emulated(tmp_path, toml) as client:
        record = await client.until(await client.submit(sleep=4), *OVER)
        assert (record["status"], record["retries"], record["workerId"]) == ("COMPLETED", 1, "worker-2")


@pytest.mark.long
async def test_a_job_that_can_be_stopped_leaves_its_worker_alive_where_that_is_believed(tmp_path):
    toml = "[settings]\nbelieves_stops = true\nstop_grace_s = 20\nidle_s = 60"
    async with emulated(tmp_path, toml, kind="async") as client:
        job_id = await client.submit(sleep=60)
        async with asyncio.timeout(60):
            while "output" not in await client.record(job_id):  # before it runs the SDK cannot stop it
                await asyncio.sleep(0.05)
        await client.ask("POST", f"cancel/{job_id}")
        record = await client.until(await client.submit(sleep=0), *OVER)
        assert (record["status"], record["workerId"]) == ("COMPLETED", "worker-1")


@pytest.mark.long
async def test_a_job_delivered_twice_is_run_by_two_workers_and_completed_once(tmp_path):
    toml = "[settings]\nworkers = 2\nworkers_min = 2\n[[fault]]\nat = 'take'\ndo = 'duplicate'\nnth = 1"
    async with emulated(tmp_path, toml) as client:
        async with asyncio.timeout(60):
            while (await client.health())["idle"] < 2:
                await asyncio.sleep(0.1)
        job_id = await client.submit(sleep=2)
        await client.until(job_id, "IN_PROGRESS")
        await asyncio.sleep(0.5)
        assert (await client.health())["running"] == 2
        assert "retries" not in await client.until(job_id, *OVER)


@pytest.mark.long
async def test_a_worker_that_asks_to_be_refreshed_is_replaced(tmp_path):
    async with emulated(tmp_path) as client:
        first = await client.until(await client.submit(refresh=True, echo=1), *OVER)
        second = await client.until(await client.submit(echo=1), *OVER)
        assert (first["workerId"], second["workerId"]) == ("worker-1", "worker-2") and first["output"] == {"echo": 1}


@pytest.mark.long
async def test_a_result_that_is_refused_for_now_is_sent_again_by_the_sdk(tmp_path):
    async with emulated(tmp_path, "[[fault]]\nat = 'done'\ndo = 'refuse'\nstatus = 500\ntimes = 2") as client:
        record = await client.until(await client.submit(echo=1), *OVER)
        assert record["status"] == "COMPLETED" and record["executionTime"] > 4000


async def test_connections_are_reset_answers_garbled_and_dripped_over_http(tmp_path):
    toml = "[settings]\nworkers = 0\n" + "\n".join(
        (
            "[[fault]]\nat = 'run'\ndo = 'reset'\naccepted = true",
            "[[fault]]\nat = 'health'\ndo = 'garble'\nnth = 1",
            "[[fault]]\nat = 'health'\ndo = 'drip'\nnth = 2",
            "[[fault]]\nat = 'health'\ndo = 'answer'\nnth = 3\nstatus = 429\nretry_after = 3",
        )
    )
    async with emulated(tmp_path, toml) as client:
        with pytest.raises(aiohttp.ClientError):
            await client.submit(echo=1)
        with pytest.raises(ValueError):
            await client.ask("GET", "health")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.2):
                await client.ask("GET", "health")
        async with client.http.get(f"{client.address}/health") as answer:
            assert answer.status == 429 and answer.headers["Retry-After"] == "3"
        assert (await client.ask("GET", "health"))[1]["jobs"]["inQueue"] == 1


async def test_several_endpoints_have_workers_of_their_own(tmp_path):
    async with emulated(tmp_path, other=(sys.executable, str(HANDLER), "async")) as client:
        other = Client(client.address.replace("/mine", "/other"), client.http)
        jobs = [await client.submit(echo=1), await other.submit(sleep=0)]
        assert (await client.until(jobs[0], *OVER))["output"]["echo"] == 1
        assert (await other.until(jobs[1], *OVER))["output"] == {"slept": True}
        assert (await other.ask("GET", "health"))[1]["jobs"]["completed"] == 1


SDK_CLIENT = """
import runpod
runpod.api_key = "x"
endpoint = runpod.Endpoint("echo")
print(endpoint.run_sync({"input": {"echo": "sync"}}, timeout=60)["echo"])
job = endpoint.run({"input": {"echo": "async"}})
print(job.output(timeout=60)["echo"], job.status(), endpoint.health()["jobs"]["completed"])
"""


def test_the_command_serves_a_users_handler_to_the_sdks_own_client(tmp_path):
    (tmp_path / "handler.py").write_text(HANDLER.read_text())
    (tmp_path / "faults.toml").write_text("[[fault]]\nat = 'start'\ndo = 'delay'\nseconds = 0.1")
    worker = f"echo={sys.executable} handler.py plain"
    emulating = (sys.executable, "-c", "from cli.main import main; main()", "emulate", "--faults", "faults.toml")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        (*emulating, "--worker", worker), cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            name, address = process.stdout.readline().split()
            told = subprocess.run(
                (sys.executable, "-c", SDK_CLIENT),
                env=environment | {"RUNPOD_ENDPOINT_BASE_URL": address.removesuffix("/echo"), "HOME": str(tmp_path)},
                capture_output=True,
                check=False,
                text=True,
                timeout=120,
            )
            assert (name, told.stdout.split()) == ("echo", ["sync", "async", "COMPLETED", "2"]), told.stderr
        finally:
            process.terminate()
        assert process.wait(20) == 0


def test_commands_are_named_and_split_as_a_shell_does():
    found = named_commands(["echo=python 'my handler.py' --x=1", "b=true"])
    assert found == {"echo": ["python", "my handler.py", "--x=1"], "b": ["true"]}


@pytest.mark.parametrize("pairs", [["x"], ["=true"], ["x="], ["a/b=true"], ["x='"], ["x=1", "x=2"]])
def test_what_is_no_worker_is_one_sentence(pairs):
    with pytest.raises(InvalidSettings, match="is no worker; write a name"):
        named_commands(pairs)
