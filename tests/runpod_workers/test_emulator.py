"""The emulator with real processes of the unmodified SDK, asked over HTTP as RunPod is."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from adapters.settings import Settings
from doctown.errors import InvalidSettings
from runpod_workers.emulator.main import Emulation, _of_ours, emulate
from tests.fakes.caches import link_cache
from tests.fakes.emulator_process import emulator_process, wait_until, workers_of

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def emulator(cache):
    with emulator_process(cache) as (_, address):
        yield address


@pytest.fixture
def client(emulator):
    with client_of(emulator) as client:
        yield client


def client_of(address):
    return httpx.Client(base_url=address + "/", headers={"Authorization": "Bearer x"}, trust_env=False)


def body(*contents, **more):
    chunks = [{"chunk_id": str(at), "content": content} for at, content in enumerate(contents)]
    return {"input": {"batch_id": "b", "chunks": chunks}} | more


def submitted(client, *contents, **more):
    answer = client.post("run", json=body(*contents, **more))
    assert answer.status_code == 200 and answer.json()["status"] == "IN_QUEUE"
    return answer.json()["id"]


def ended(client, job_id, deadline_s=30):
    record = {}

    def is_over():
        record.update(client.get(f"status/{job_id}").json())
        return record["status"] not in ("IN_QUEUE", "IN_PROGRESS")

    wait_until(is_over, "the job is over", deadline_s)
    return record


def is_running(pid):
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def running_pids(cache):
    return [pid for pid in workers_of(cache) if is_running(pid)]


def test_a_job_is_done_by_a_real_worker_and_accounted_for(client, emulator):
    before = httpx.get(emulator.replace("/v2/embed", "/emulator/accounting")).json()
    record = ended(client, submitted(client, "one", "two"))
    assert set(record) == {"id", "status", "delayTime", "executionTime", "workerId", "output"}
    assert record["status"] == "COMPLETED"
    assert [row["vector"] for row in record["output"]["vectors"]] == [[1, 0], [1, 0]]
    after = httpx.get(emulator.replace("/v2/embed", "/emulator/accounting")).json()
    assert after["texts"] - before["texts"] == 2 and after["jobs"] - before["jobs"] == 1
    assert after["jobs_by_status"]["COMPLETED"] >= 1 and after["worker_seconds"] > 0


def test_runsync_answers_with_the_result(client):
    record = client.post("runsync", json=body("x"), timeout=30).json()
    assert record["status"] == "COMPLETED" and record["id"].startswith("sync-")


def test_runsync_answers_with_the_job_when_the_wait_is_over(client):
    record = client.post("runsync?wait=200", json=body("sleep 1"), timeout=30).json()
    assert record["status"] in ("IN_QUEUE", "IN_PROGRESS")
    assert ended(client, record["id"])["status"] == "COMPLETED"


def test_errors_of_ours_and_bugs_come_as_the_sdk_reports_them(client):
    ours, bug = submitted(client, "ours"), submitted(client, "bug")
    record = ended(client, ours)
    assert (record["status"], record["error"]) == ("FAILED", "The model is nowhere.")
    assert record["output"] == {"error_kind": "ModelUnavailable"}
    record = ended(client, bug)
    assert record["status"] == "FAILED" and "output" not in record
    assert json.loads(record["error"])["error_type"] == "<class 'ValueError'>"


@pytest.mark.parametrize("name", ["RUNPOD_API_KEY", "A_SECRET_OF_OURS", "PREFECT_API_KEY"])
def test_a_worker_is_given_no_secret(client, name):
    assert ended(client, submitted(client, f"environment {name}"))["output"]["revision"] == "unset"


def test_a_worker_has_a_home_of_its_own(client):
    assert "doctown-emulator-" in ended(client, submitted(client, "environment HOME"))["output"]["revision"]


def test_a_cancelled_job_ends_its_worker(client, cache):
    job_id = submitted(client, "sleep 60")
    wait_until(lambda: client.get(f"status/{job_id}").json()["status"] == "IN_PROGRESS", "it runs")
    worker = client.get(f"status/{job_id}").json()["workerId"]
    (pid,) = [pid for pid in workers_of(cache) if is_leader_of(pid, worker)]
    assert client.post(f"cancel/{job_id}").json() == {"id": job_id, "status": "CANCELLED"}
    wait_until(lambda: not is_running(pid), "the worker is gone", deadline_s=3)
    assert client.get(f"status/{job_id}").json()["status"] == "CANCELLED"


def is_leader_of(pid, worker):
    try:
        same = f"RUNPOD_POD_ID={worker}\0".encode() in Path(f"/proc/{pid}/environ").read_bytes()
        return same and os.getsid(pid) == pid
    except OSError:
        return False


def test_the_job_of_a_worker_that_dies_is_done_by_the_next(client, tmp_path):
    record = ended(client, submitted(client, f"die once {tmp_path / 'died'}"))
    assert (record["status"], record["retries"]) == ("COMPLETED", 1)


@pytest.mark.parametrize("victim", ["container", "worker", "heartbeat"])
def test_whichever_process_of_a_worker_is_killed_none_is_left_and_the_job_is_done(tmp_path, victim):
    with emulator_process(tmp_path) as (_, address), client_of(address) as client:
        job_id = submitted(client, "sleep 2")
        wait_until(lambda: client.get(f"status/{job_id}").json()["status"] == "IN_PROGRESS", "it runs")
        wait_until(lambda: len(workers_of(tmp_path)) == 3, "the heartbeat beats")
        family = dict(zip(("container", "worker", "heartbeat"), sorted(workers_of(tmp_path)), strict=True))
        os.kill(family[victim], signal.SIGKILL)
        if victim != "heartbeat":  # RunPod would notice a silent worker; here a process that works is alive
            wait_until(lambda: not any(is_running(pid) for pid in family.values()), "none is left", deadline_s=3)
        record = ended(client, job_id)
        assert record["status"] == "COMPLETED" and record.get("retries", 0) == (victim != "heartbeat")


def test_a_worker_that_cannot_even_be_started_is_unhealthy_and_starts_when_it_can(tmp_path):
    with (
        emulator_process(tmp_path, "[settings]\nworkers = 1", "--homeless") as (process, address),
        client_of(address) as client,
    ):
        job_id = submitted(client, "x")
        wait_until(lambda: client.get("health").json()["workers"]["unhealthy"] == 1, "the worker is unhealthy")
        (tmp_path / "home").mkdir()
        assert ended(client, job_id)["status"] == "COMPLETED"
        process.terminate()
        assert "worker-1 could not be started" in process.communicate(timeout=20)[1]


def test_a_job_that_kills_every_worker_is_failed_without_output(client):
    record = ended(client, submitted(client, "die"))
    assert record["status"] == "FAILED" and "output" not in record
    assert record["error"] == "job timed out after 1 retries"


def test_two_workers_share_the_jobs(client):
    jobs = [submitted(client, "sleep 0.5", "pid") for _ in range(6)]
    assert len({ended(client, job)["workerId"] for job in jobs}) == 2


@pytest.mark.parametrize("path", ["health", "status/x"])
def test_a_client_without_a_key_is_refused(emulator, path):
    assert httpx.get(f"{emulator}/{path}").status_code == 401


def test_what_only_workers_may_do_needs_their_key(client):
    for path in ("job-take/w?x=1", "job-stop/w?x=1", "ping/w"):
        assert client.get(path).status_code == 401
    assert client.post("job-done/w/j?x=1", json={"output": 1}).status_code == 401


def test_unknown_jobs_and_endpoints_are_not_found(client, emulator):
    assert client.get("status/none").status_code == client.post("cancel/none").status_code == 404
    assert client.get(emulator.replace("embed", "other") + "/health").status_code == 404


NO_JOBS = [
    b"",
    b"{",
    b"[]",
    b"[" * 200_000,
    b'{"inputs": {}}',
    b'{"input": NaN}',
    b'{"input":1,"policy":3}',
    b'{"input":1,"policy":{"ttl":"1"}}',
    b'{"input":1,"policy":{"ttl":1' + b"0" * 400 + b"}}",
]


@pytest.mark.parametrize("content", NO_JOBS)
def test_a_body_that_is_no_job_is_refused(client, content):
    assert client.post("run", content=content).status_code == 400


@pytest.mark.parametrize("size", [(10 << 20) + 1, 30 << 20])
def test_a_body_that_is_too_large_is_refused_as_runpod_does(client, size):
    answer = client.post("run", content=b" " * size, timeout=30)
    assert answer.status_code == 400 and "exceeded max body size of 10MiB" in answer.text


def test_workers_come_with_the_first_job_and_go_when_idle(tmp_path):
    with emulator_process(tmp_path, "[settings]\nidle_s = 0.5") as (_, address), client_of(address) as client:
        assert workers_of(tmp_path) == []
        ended(client, submitted(client, "x"))
        assert client.get("health").json()["workers"]["idle"] == 1
        wait_until(lambda: workers_of(tmp_path) == [], "no worker is left")
        assert sum(client.get("health").json()["workers"].values()) == 0
        assert client.get("health").json()["jobs"]["completed"] == 1


def test_workers_that_do_not_start_are_unhealthy_and_their_last_words_are_told(tmp_path):
    with emulator_process(tmp_path, "", "--broken") as (process, address):
        with client_of(address) as client:
            job_id = submitted(client, "x")
            wait_until(lambda: client.get("health").json()["workers"]["unhealthy"] == 1, "the worker is unhealthy")
            assert client.get(f"status/{job_id}").json() == {"id": job_id, "status": "IN_QUEUE"}
        process.terminate()
        said = process.communicate(timeout=20)[1]
        assert "?[2Jthis worker does not start" in said and "\x1b" not in said


@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.long)])
def test_it_ends_at_once_when_told_to_and_its_workers_with_it(tmp_path, number):
    with emulator_process(tmp_path) as (process, address):
        with client_of(address) as client:
            job_id = submitted(client, "sleep 60")
            wait_until(lambda: client.get(f"status/{job_id}").json()["status"] == "IN_PROGRESS", "it runs")
        assert len(workers_of(tmp_path)) >= 3  # container, worker, heartbeat
        started = time.monotonic()
        process.send_signal(number)
        assert process.wait(20) == 0
        assert time.monotonic() - started < 3
        assert workers_of(tmp_path) == [] and list(tmp_path.glob("doctown-emulator-*")) == []


def test_killed_it_leaves_no_process_behind(tmp_path):
    with emulator_process(tmp_path) as (process, address):
        with client_of(address) as client:
            job_id = submitted(client, "sleep 60")
            wait_until(lambda: client.get(f"status/{job_id}").json()["status"] == "IN_PROGRESS", "it runs")
        process.kill()
        process.wait()
        wait_until(lambda: running_pids(tmp_path) == [], "no process is left", deadline_s=5)


def test_a_port_that_is_taken_is_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InvalidSettings, match=f"Port {port} on 127.0.0.1 cannot be used: .*; choose another"):
            emulate(port, Settings(cache=str(tmp_path)), Emulation(), print)


@pytest.mark.parametrize("port", [-1, 70_000])
def test_a_port_that_is_none_is_one_sentence(tmp_path, port):
    with pytest.raises(InvalidSettings, match=f"Port {port} .* choose another with --port"):
        emulate(port, Settings(cache=str(tmp_path)), Emulation(), print)


def test_the_command_announces_its_endpoint_and_ends_cleanly(model_cache, tmp_path):
    link_cache(model_cache, tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-c", "from cli.main import main; main()", "emulate"],
        env=os.environ | {"DOCTOWN_CACHE": str(tmp_path)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        name, address = process.stdout.readline().split()
        assert name == "embed"
        answer = httpx.post(f"{address}/runsync", headers={"Authorization": "x"}, json=body("a text"), timeout=60)
        assert answer.json()["output"]["dimensions"] == 384
        process.terminate()
        out, err = process.communicate(timeout=20)
        assert process.returncode == 0 and out == "" and "Ctrl-C" in err
    finally:
        process.kill()
        process.communicate()


def test_the_key_of_a_bucket_goes_only_to_workers_that_use_one():
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_SESSION_TOKEN": "c", "RUNPOD_API_KEY": "d"}
    over_a_bucket = Settings.from_environment(keys | {"DOCTOWN_STORE": "s3://bucket"})
    for worker, settings, held in [
        ("ingest", over_a_bucket, {"a", "b", "c"}),
        ("assemble", over_a_bucket, {"a", "b", "c"}),
        ("build", over_a_bucket, {"a", "b", "c"}),
        ("embed", over_a_bucket, set()),
        ("yours", over_a_bucket, set()),
        ("ingest", Settings.from_environment(keys), set()),
    ]:
        assert set(_of_ours(worker, settings, 1).values()) & {"a", "b", "c", "d"} == held
