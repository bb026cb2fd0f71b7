"""The endpoints of a file over a server that follows the published API: order, jobs under way, half-done work."""

import asyncio

import pytest

from adapters.runpod_management import ManagementClient
from adapters.settings import Settings
from doctown.endpoints.file import endpoints_file
from doctown.errors import BackendUnavailable, DoctownError, EndpointRefused
from places.provisioning import Provisioning
from tests.fakes.endpoint_files import GOOD, good_but
from tests.fakes.management_server import Fault, ManagementServer

VALUES = {"BUILD_KEY": "rpa_S3CRET1234"}


@pytest.fixture
def server():
    with ManagementServer() as server:
        yield server


class Clock:
    """A clock that only sleeps move on, at once."""

    def __init__(self):
        self.seconds = 0.0

    async def sleep(self, seconds):
        self.seconds += seconds
        await asyncio.sleep(0)

    def now(self):
        return self.seconds


async def with_place(server, use, text=GOOD, sleep=None):
    """What `use` returns or raises."""
    clock = Clock()
    client = ManagementClient(server.base, Settings().runpod_api_key, sleep=clock.sleep, now=clock.now)
    file = endpoints_file(text.encode(), "x")
    try:
        return await use(Provisioning(client, Settings(), file, "x", sleep=sleep or clock.sleep))
    except DoctownError as error:
        return error
    finally:
        await client.aclose()


async def apply(place):
    return await place.applied(await place.planned(VALUES), lambda _: None)


async def test_room_is_made_before_it_is_taken(server):
    server.quota = 3
    turned = good_but("max = 2", "max = 1").replace("max = 1 }\nscaling = { req", "max = 2 }\nscaling = { req")
    await with_place(server, apply, turned)
    made = await with_place(server, apply)
    assert [one.done for one in made] == ["changed", "changed"]
    assert [one["workers"]["max"] for one in server.endpoints.values()] == [2, 1]


async def test_after_a_failure_in_the_middle_a_second_apply_makes_the_rest_and_nothing_twice(server):
    server.quota = 2
    found = await with_place(server, apply)
    assert isinstance(found, EndpointRefused) and str(found).startswith("build: ")
    server.quota = 9
    made = await with_place(server, apply)
    assert [one.done for one in made] == ["nothing", "made"] and len(server.endpoints) == 2


FAULTS = {
    "the connection is cut before": {"reset": True},
    "the connection is cut after": {"reset": True, "done": True},
    "the answer is no JSON": {"body": b"{"},
    "the answer is something else": {"body": b'{"endpoints": []}'},
    "the server is overloaded": {"status": 503},
    "the server is asked too much": {"status": 429, "headers": {"Retry-After": "5"}},
    "the server stays away": {"status": 500, "times": 9},
    "the key was withdrawn": {"status": 401, "times": 9},
}


@pytest.mark.parametrize("times", [1, pytest.param(3, marks=pytest.mark.long)])
@pytest.mark.parametrize("what", FAULTS)
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
async def test_whatever_goes_wrong_a_second_apply_mends_it_and_nothing_is_there_twice(method, what, times):
    for skip in (0, 1) if times == 1 else (0, 1, 2):
        with ManagementServer() as server:
            if method == "PATCH":
                await with_place(
                    server, apply, good_but("disk_gb = 15", "disk_gb = 9").replace("disk_gb = 20", "disk_gb = 9")
                )
            server.faults.append(Fault(method, skip=skip, **({"times": times} | FAULTS[what])))
            first = await with_place(server, apply)
            assert isinstance(first, DoctownError | list)
            server.faults.clear()
            made = await with_place(server, apply)
            assert [one.name for one in made] == ["embed", "build"] and len(server.endpoints) == 2
            plan = await with_place(server, lambda place: place.planned(VALUES))
            assert not plan.in_order and not plan.all_refusals


async def test_a_change_of_what_workers_compute_with_asks_for_jobs_and_others_do_not(server):
    await with_place(server, apply)

    def asked_for_jobs():
        return [path for _, path, _ in server.requests if path.endswith("/health")]

    await with_place(server, lambda place: place.planned(VALUES), good_but("disk_gb = 15", "disk_gb = 16"))
    assert not asked_for_jobs()
    precision = 'PRODUCTION = "true"\nDOCTOWN_PRECISION = "float16"'
    for text in (good_but("embed:0.1.0", "embed:0.2.0"), good_but('PRODUCTION = "true"', precision)):
        server.requests.clear()
        plan = await with_place(server, lambda place: place.planned(VALUES), text)
        assert len(asked_for_jobs()) == 1 and not plan.all_refusals


async def test_retire_waits_for_the_jobs_and_says_so(server):
    await with_place(server, apply)
    embed = next(iter(server.endpoints))
    server.jobs[embed] = (0, 1)
    said, slept = [], []

    async def until_done(seconds):
        slept.append(seconds)
        if len(slept) == 3:
            server.jobs[embed] = (0, 0)

    async def retire(place):
        await place.retire(await place.retirable("embed"), 60, False, said.append)

    assert await with_place(server, retire, sleep=until_done) is None
    assert embed not in server.endpoints and said == ["doctown-embed: 0 waiting and 1 running; waiting for them"] * 3


async def test_a_job_that_comes_while_it_is_retired_keeps_it_alive_with_its_workers(server):
    await with_place(server, apply)
    embed = next(iter(server.endpoints))
    server.when_changed = lambda: server.jobs.update({embed: (1, 0)})

    async def retire(place):
        await place.retire(await place.retirable("embed"), 0, False, lambda _: None)

    found = await with_place(server, retire)
    assert isinstance(found, EndpointRefused) and "1 waiting" in str(found)
    assert server.endpoints[embed]["workers"]["max"] == 2


async def test_what_is_meant_by_a_name_is_clear_or_refused(server):
    await with_place(server, apply)
    embed = next(iter(server.endpoints))
    for name in ("embed", "doctown-embed", embed):
        assert (await with_place(server, lambda place, name=name: place.retirable(name))).id == embed
    twin = server.add(name="doctown-embed", env={"DOCTOWN_ENDPOINT": "doctown/embed"})
    found = await with_place(server, lambda place: place.retirable("embed"))
    assert isinstance(found, EndpointRefused) and embed in str(found) and twin["id"] in str(found)
    assert (await with_place(server, lambda place: place.retirable(twin["id"]))).id == twin["id"]


async def test_a_status_has_jobs_cost_and_release_and_does_without_what_the_key_may_not_see(server):
    await with_place(server, apply)
    embed = next(iter(server.endpoints))
    server.jobs[embed], server.spent[embed] = (4, 2), [1.5, 0.25]
    (status,) = await with_place(server, lambda place: place.statuses(["embed"]))
    assert (status.look.queued, status.look.running, status.look.spent_usd) == (4, 2, 1.75)
    assert status.look.releases[0].version == 1 and "no worker yet" in status.sentence
    server.faults += [Fault("GET", path="/billing/serverless", status=403)]
    (status,) = await with_place(server, lambda place: place.statuses(["embed"]))
    assert status.look.spent_usd is None


async def test_an_api_that_is_away_is_one_sentence_and_nothing_is_written(server):
    server.faults.append(Fault("GET", status=501, times=99))
    assert isinstance(await with_place(server, apply), BackendUnavailable)
    assert server.writes == []
