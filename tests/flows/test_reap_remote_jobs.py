"""The reaper with a real Prefect server that knows which runs are over, and the emulator that has their jobs."""

import logging
import time
import uuid

import httpx
import pytest

from adapters.remote_jobs import RemoteJobs, work_key
from adapters.settings import Settings
from adapters.store import store_at
from tests.fakes.emulator_process import emulator_process

pytestmark = pytest.mark.prefect
ELSEWHERE = "another-machine/1/1"


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory):
    with emulator_process(tmp_path_factory.mktemp("emulator"), "[settings]\nworkers = 0") as (_, address):
        yield address


@pytest.fixture
def store(tmp_path, monkeypatch):
    """The store of the flow, which reads its settings from the environment as it does on a worker."""
    monkeypatch.setenv("DOCTOWN_CACHE", str(tmp_path))
    return store_at(Settings(cache=str(tmp_path)).store_url)


def run_in_state(prefect, state):
    """The id of a flow run that the server has in `state`."""
    flow = posted(prefect, "/flows/", {"name": "a-flow"})["id"]
    return posted(prefect, "/flow_runs/", {"flow_id": flow, "state": {"type": state}})["id"]


def posted(prefect, path, body, deadline_s=20):
    """What the server answers; it says 503 for as long as its database is locked, and Prefect's client asks again."""
    end = time.monotonic() + deadline_s
    while (answer := prefect.post(path, json=body)).status_code == 503 and time.monotonic() < end:
        time.sleep(0.1)
    assert answer.is_success, answer.text
    return answer.json()


def submitted(endpoint, store, owner):
    """A job that waits at the endpoint, on record as that of `owner`."""
    work = {"chunks": [{"chunk_id": "1", "content": uuid.uuid4().hex}], "batch_id": "b"}
    answer = httpx.post(f"{endpoint}/run", json={"input": work}, headers={"Authorization": "x"})
    jobs = RemoteJobs(store, owner, ELSEWHERE)
    jobs.claim(key := work_key(endpoint, "embed", work), endpoint)
    jobs.note(key, answer.json()["id"], endpoint)
    return answer.json()["id"]


def state_of(endpoint, job_id):
    return httpx.get(f"{endpoint}/status/{job_id}", headers={"Authorization": "x"}).json()["status"]


async def test_only_the_jobs_of_runs_that_prefect_knows_to_be_over_are_cancelled(prefect, endpoint, store):
    from flows.reap_remote_jobs import reap_remote_jobs

    owners = {state: run_in_state(prefect, state) for state in ("CANCELLED", "CRASHED", "FAILED", "RUNNING", "PENDING")}
    owners |= {"another server's": str(uuid.uuid4()), "no run": "a-runpod-job"}
    jobs = {name: submitted(endpoint, store, owner) for name, owner in owners.items()}
    assert await reap_remote_jobs() == {"cancelled": 3}
    states = {name: state_of(endpoint, job) for name, job in jobs.items()}
    over = {"CANCELLED", "CRASHED", "FAILED"}
    assert states == {name: "CANCELLED" if name in over else "IN_QUEUE" for name in jobs}
    assert {job.job_id for _, job in RemoteJobs(store).records()} == {jobs[name] for name in jobs.keys() - over}
    (table,) = prefect.post("/artifacts/filter", json={"artifacts": {"key": {"any_": ["reaped-remote-jobs"]}}}).json()
    assert table["data"].count('"cancelled"') == 3
    assert await reap_remote_jobs() == {}


async def test_the_hook_of_a_run_cancels_that_runs_jobs_and_no_others(endpoint, store):
    from prefect.client.schemas.objects import FlowRun

    from flows.reap_remote_jobs import cancel_what_is_left

    run = FlowRun(flow_id=uuid.uuid4())
    mine, other = (submitted(endpoint, store, owner) for owner in (str(run.id), str(uuid.uuid4())))
    await cancel_what_is_left(None, run, None)
    assert (state_of(endpoint, mine), state_of(endpoint, other)) == ("CANCELLED", "IN_QUEUE")


async def test_a_hook_that_cannot_read_the_records_tells_and_raises_nothing(monkeypatch, caplog):
    from prefect.client.schemas.objects import FlowRun

    from flows.reap_remote_jobs import cancel_what_is_left

    monkeypatch.setenv("DOCTOWN_STORE", "ftp://example.org/store")
    caplog.set_level(logging.WARNING)
    logging.getLogger("flows.reap_remote_jobs").addHandler(caplog.handler)  # Prefect's loggers pass nothing on
    await cancel_what_is_left(None, FlowRun(flow_id=uuid.uuid4()), None)
    assert "could not be looked for" in caplog.text


async def test_a_crashed_index_run_calls_the_hook():
    from flows.index_repository import index_repository
    from flows.reap_remote_jobs import cancel_what_is_left

    assert cancel_what_is_left in index_repository.on_cancellation_hooks
    assert cancel_what_is_left in index_repository.on_crashed_hooks
