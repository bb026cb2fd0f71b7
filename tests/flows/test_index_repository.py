import asyncio
import time

import pytest

from adapters.settings import Settings
from doctown.errors import BudgetExceeded, InvalidSettings, RefNotFound, WorkerLost
from flows.door import DOOR, Door
from flows.index_repository import index_repository
from places.placement import Placement
from tests.fakes.bills import bill
from tests.fakes.canaries import canaries
from tests.fakes.open_places import InMemoryPlaces


async def indexed(places, progress=lambda *_: None, used=lambda _: None, **parameters):
    DOOR.set(Door(Settings(batch_tokens=256), progress, places.open_at, used))
    return await index_repository("https://example.org/someone/thing.git", **parameters)


def newest_run(prefect):
    (run,) = prefect.post("/flow_runs/filter", json={"sort": "START_TIME_DESC", "limit": 1}).json()
    return run


def task_runs(prefect, run, wanted):
    """The task runs of `run` once the server, which records them a little later, shows that many as ended."""
    end = time.monotonic() + 20
    while True:
        found = prefect.post("/task_runs/filter", json={"flow_runs": {"id": {"any_": [run["id"]]}}}).json()
        ended = [one for one in found if one["state_type"] in ("COMPLETED", "FAILED", "CRASHED")]
        if len(ended) >= wanted:
            return sorted(ended, key=lambda one: one["start_time"])
        assert time.monotonic() < end, found
        time.sleep(0.1)


def artifacts(prefect, run):
    found = prefect.post("/artifacts/filter", json={"artifacts": {"flow_run_id": {"any_": [run["id"]]}}}).json()
    return {one["type"]: one for one in found}


@pytest.mark.prefect
async def test_a_run_can_be_followed_in_prefect_and_leaves_its_report(prefect):
    seen = []
    places = InMemoryPlaces([f"text {n}" for n in range(200)], topics=("parsing", "<script>alert(1)</script>"))
    summary = await indexed(places, lambda *report: seen.append(report), ref="main", placement=Placement())
    run = newest_run(prefect)
    assert (run["name"], run["state_type"]) == ("thing@main", "COMPLETED")
    assert [one["name"] for one in task_runs(prefect, run, 5)] == [
        "ingest thing",
        "embed batch 1 of 3 (30 texts)",
        "embed batch 2 of 3 (85 texts)",
        "embed batch 3 of 3 (85 texts)",
        "assemble",
    ]
    left = artifacts(prefect, run)
    assert set(left) == {"progress", "markdown", "table"}
    assert left["progress"]["data"] == 100
    assert left["markdown"]["key"] == "index-r"
    assert "2. ` <script>alert(1)</script> `" in left["markdown"]["data"]
    assert '"seconds": 0.5' in left["table"]["data"]
    assert ("embedding", 200, 200) in seen
    assert summary["docpack_id"] == "d" * 64
    assert (summary["texts"], summary["embedded"], summary["engine"]) == (200, 200, "e1")
    assert set(summary["seconds"]) == {"ingest", "embed", "assemble"}
    assert places.closed == 1


@pytest.mark.prefect
async def test_a_run_may_embed_nothing(prefect):
    places = InMemoryPlaces(["a", "b"])
    summary = await indexed(places, no_embed=True)
    assert (summary["engine"], summary["texts"], summary["embedded"]) == (None, 2, 0)
    assert "embed" not in places.calls and set(summary["seconds"]) == {"ingest", "assemble"}


@pytest.mark.prefect
async def test_a_failure_of_ours_comes_out_of_the_flow_as_itself_and_is_not_tried_again(prefect):
    async def no_such_ref(step, n):
        raise RefNotFound("no branch 'x' there")

    places = InMemoryPlaces(["a"], before=no_such_ref)
    with pytest.raises(RefNotFound, match="no branch 'x' there"):
        await indexed(places, ref="x")
    assert (places.calls, places.closed) == ({"ingest": 1}, 1)
    run = newest_run(prefect)
    assert run["state_type"] == "FAILED"
    assert "no branch 'x' there" in run["state"]["message"]


@pytest.mark.prefect
async def test_a_lost_worker_is_worth_another_try(prefect):
    async def lose_the_first(step, n):
        if step == "assemble" and n == 1:
            raise WorkerLost

    places = InMemoryPlaces(["a"], before=lose_the_first)
    await indexed(places)
    assert places.calls == {"ingest": 1, "embed": 1, "assemble": 2}


@pytest.mark.prefect
async def test_a_cancelled_run_lets_go_of_its_places(prefect):
    embedding = asyncio.Event()

    async def hang(step, n):
        if step == "embed":
            embedding.set()
            await asyncio.Event().wait()

    places = InMemoryPlaces(["a"], before=hang)
    running = asyncio.create_task(indexed(places))
    await embedding.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert places.closed == 1
    assert newest_run(prefect)["state_type"] == "CRASHED"


@pytest.mark.prefect
async def test_what_would_cost_too_much_is_not_begun(prefect):
    places = InMemoryPlaces([f"text {n}" for n in range(200)], most_batches=2, billed=bill())
    used = []
    with pytest.raises(BudgetExceeded):
        await indexed(places, used=used.append, max_cost=0.5)
    assert used == [bill()]
    assert places.calls == {"ingest": 1}
    assert places.settings.max_cost == 0.5
    assert "What it cost" in artifacts(prefect, newest_run(prefect))["markdown"]["data"]


@pytest.mark.prefect
async def test_a_budget_that_is_none_is_refused(prefect):
    with pytest.raises(InvalidSettings, match="max_cost"):
        await indexed(InMemoryPlaces(["a"]), max_cost=-1.0)


def test_every_parameter_says_what_it_is():
    schema = index_repository.parameters.model_dump()
    chosen = {"repository", "ref", "path", "include", "exclude", "mask_secrets", "git_tokens_secret"}
    assert set(schema["properties"]) == chosen | {"placement", "model", "full", "no_embed", "max_cost"}
    assert schema["required"] == ["repository"]
    assert not [name for name, one in schema["properties"].items() if not one.get("description")]


@pytest.mark.prefect
async def test_tokens_come_from_a_secret_block_by_name_and_stay_out_of_what_prefect_keeps(prefect):
    from prefect.blocks.system import Secret

    token = canaries()["github-pat"]
    await Secret(value=f"git.example.org={token}").save("doctown-git", overwrite=True)
    places = InMemoryPlaces(["a"])
    await indexed(places, placement=Placement(), git_tokens_secret="doctown-git")
    assert places.settings.git_tokens.get_secret_value() == f"git.example.org={token}"
    assert token not in repr(places.settings)
    run = newest_run(prefect)
    assert run["parameters"]["git_tokens_secret"] == "doctown-git"
    kept = [run, task_runs(prefect, run, 3), artifacts(prefect, run)]
    logs = prefect.post("/logs/filter", json={"logs": {"flow_run_id": {"any_": [run["id"]]}}}).json()
    assert token not in repr([*kept, logs])


@pytest.mark.prefect
async def test_a_secret_block_that_is_not_there_or_would_have_to_be_sent_is_refused(prefect):
    places = InMemoryPlaces(["a"])
    with pytest.raises(InvalidSettings, match="no Secret block named 'nowhere'"):
        await indexed(places, placement=Placement(), git_tokens_secret="nowhere")
    with pytest.raises(InvalidSettings, match="sent to no endpoint"):
        await indexed(places, placement=Placement(ingest="https://x.example.org/v2/a"), git_tokens_secret="nowhere")


@pytest.mark.prefect
async def test_secrets_are_masked_unless_settings_or_the_parameter_say_otherwise(prefect):
    asked = []

    class Asked(InMemoryPlaces):
        async def ingest(self, request):
            asked.append(request.mask_secrets)
            return await super().ingest(request)

    for given in ({}, {"mask_secrets": False}, {"mask_secrets": True}):
        await indexed(Asked(["a"]), placement=Placement(), **given)
    assert asked == [True, False, True]
