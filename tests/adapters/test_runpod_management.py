"""The management client against a server that follows the published API: what it asks, repeats, and never tells."""

import asyncio

import httpx
import pytest
from pydantic import SecretStr

from adapters.runpod_management import ATTEMPTS, ManagementClient
from doctown.errors import BackendUnavailable, DoctownError, EndpointRefused, InvalidSettings, NotAuthorised
from tests.fakes.management_server import Fault, ManagementServer
from tests.fakes.pauses import Pauses

KEY = SecretStr("rpa_SECRET_KEY")
BODY = {
    "name": "doctown-x",
    "type": "QUEUE",
    "image": "x/y:1",
    "cpu": [{"id": "cpu5c", "vcpuCount": 4}],
    "scaling": {"type": "REQUEST_COUNT", "requestCount": 1},
    "workers": {"min": 0, "max": 1},
    "env": {"TOKEN": "S3CRET-VALUE"},
}


async def asked(server, ask, hidden=("S3CRET-VALUE",)):
    """What `ask` returns or raises with a client of that server, and how long it slept."""
    pauses = Pauses()
    client = ManagementClient(server.base, KEY, hidden=hidden, sleep=pauses.sleep, now=pauses.now)
    try:
        found = await ask(client)
    except DoctownError as error:
        found = error
    finally:
        await client.aclose()
    if isinstance(found, DoctownError):
        assert "SECRET" not in str(found) and "S3CRET" not in str(found) + repr(found.__cause__)
    return found, pauses.now()


def create(client):
    return client.create(BODY)


async def test_an_endpoint_is_made_read_changed_and_ended():
    with ManagementServer() as server:

        async def live(client):
            made = await client.create(BODY)
            changed = await client.update(made.id, {"workers": {"max": 2}})
            found = await client.endpoint(made.id)
            releases = await client.releases(made.id)
            await client.delete(made.id)
            return made, changed, found, releases, await client.endpoints()

        (made, changed, found, releases, left), _ = await asked(server, live)
    assert made.workers.max == 1 and changed == found and found.workers.max == 2 and left == []
    assert made.address == f"http://127.0.0.1:{server.port}/jobs/{made.id}"
    assert releases[0].fields == ("workers",) and releases[0].version == 2


async def test_pages_are_followed_to_the_last():
    with ManagementServer(page_size=2) as server:
        for n in range(5):
            server.add(name=f"e{n}")
        found, _ = await asked(server, lambda client: client.endpoints())
    assert [one.name for one in found] == [f"e{n}" for n in range(5)]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("POST", reset=True, done=True),
        Fault("POST", body=b"{"),
        Fault("POST", body=b'{"id": "../x"}'),
    ],
)
async def test_a_create_whose_answer_was_lost_is_found_by_its_name_and_not_repeated(fault):
    with ManagementServer(faults=[fault]) as server:
        found, _ = await asked(server, create)
    assert found.name == "doctown-x" and len(server.endpoints) == 1
    assert server.writes == [("POST", "/v2/serverless")]


@pytest.mark.parametrize(
    "fault",
    [Fault("POST", reset=True), Fault("POST", status=502), Fault("POST", status=429, headers={"Retry-After": "7"})],
)
async def test_a_create_that_did_not_arrive_is_made_once(fault):
    with ManagementServer(faults=[fault]) as server:
        found, slept_s = await asked(server, create)
    assert found.name == "doctown-x" and len(server.endpoints) == 1 and len(server.writes) == 2
    assert slept_s >= 0.8


async def test_a_create_whose_answer_was_lost_is_found_by_a_list_that_lags():
    with ManagementServer(lag=2, faults=[Fault("POST", reset=True, done=True)]) as server:
        found, _ = await asked(server, create)
    assert found.name == "doctown-x" and len(server.endpoints) == 1 and len(server.writes) == 1


async def test_a_create_is_looked_for_under_the_name_flashboot_gives_it():
    with ManagementServer(names_flashboot=True, faults=[Fault("POST", reset=True, done=True)]) as server:
        found, _ = await asked(server, lambda client: client.create(BODY | {"flashboot": "FLASHBOOT"}))
    assert found.name == "doctown-x -fb" and len(server.endpoints) == 1


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_what_can_be_repeated_is_through_bursts_of_failures(method):
    def ask(client):
        return {
            "GET": lambda: client.endpoint("ep0"),
            "PATCH": lambda: client.update("ep0", {"timeout": 7000}),
            "DELETE": lambda: client.delete("ep0"),
        }[method]()

    for fault in (Fault(method, status=503, times=2), Fault(method, reset=True, times=2), Fault(method, status=429)):
        with ManagementServer(faults=[fault]) as server:
            server.add()
            found, _ = await asked(server, ask)
        assert not isinstance(found, DoctownError)
        assert ("ep0" in server.endpoints) == (method != "DELETE")


async def test_a_deletion_whose_answer_was_lost_is_no_failure():
    with ManagementServer(faults=[Fault("DELETE", reset=True, done=True)]) as server:
        server.add()
        found, _ = await asked(server, lambda client: client.delete("ep0"))
    assert found is None and server.endpoints == {}


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        (400, EndpointRefused, "RunPod refused that (400: a fault)"),
        (409, EndpointRefused, "409"),
        (422, EndpointRefused, "422"),
        (301, EndpointRefused, "not followed"),
        (401, NotAuthorised, "RUNPOD_API_KEY"),
        (403, NotAuthorised, "right to write"),
        (501, BackendUnavailable, "501"),
    ],
)
async def test_a_refusal_is_told_once_in_the_words_of_the_answer(status, kind, said):
    with ManagementServer(faults=[Fault("POST", status=status, times=9)]) as server:
        found, _ = await asked(server, create)
    assert type(found) is kind and said in str(found) and len(server.requests) == 1


async def test_the_body_of_a_problem_is_told_without_the_key_and_what_is_hidden():
    words = b'{"detail": "no: rpa_SECRET_KEY", "errors": ["env TOKEN is S3CRET-VALUE", 7]}'
    with ManagementServer(faults=[Fault("POST", status=422, body=words)]) as server:
        found, _ = await asked(server, create, hidden=("S3CRET-VALUE", "rpa_SECRET_KEY"))
    assert "env TOKEN is ***" in str(found)


async def test_the_schema_s_refusal_names_the_field():
    with ManagementServer() as server:
        found, _ = await asked(server, lambda client: client.create(BODY | {"imageName": "x"}))
    assert isinstance(found, EndpointRefused) and "imageName" in str(found)


async def test_a_server_that_stays_away_is_one_sentence_after_a_few_attempts():
    with ManagementServer(faults=[Fault("GET", status=503, times=99)]) as server:
        found, _ = await asked(server, lambda client: client.endpoints())
    assert isinstance(found, BackendUnavailable) and len(server.requests) == ATTEMPTS
    with ManagementServer() as server:
        pass
    found, _ = await asked(server, create)
    assert isinstance(found, BackendUnavailable) and "does not answer" in str(found)


async def test_a_long_ban_is_not_waited_for_and_a_short_one_is():
    with ManagementServer(faults=[Fault("GET", status=429, headers={"Retry-After": "3600"})]) as server:
        found, slept_s = await asked(server, lambda client: client.endpoints())
        assert isinstance(found, BackendUnavailable) and "60 minutes" in str(found) and slept_s < 1
    with ManagementServer(faults=[Fault("GET", status=429, headers={"Retry-After": "12"})]) as server:
        found, slept_s = await asked(server, lambda client: client.endpoints())
        assert found == [] and slept_s >= 12


async def test_a_window_that_is_spent_is_waited_for_before_the_next_request():
    headers = {"RateLimit": '"minute";r=0;t=12, "hour";r=0;t=1812, "day";r=9;t=45012'}

    async def twice(client):
        await client.endpoint("ep0")
        return await client.endpoint("ep0")

    with ManagementServer(faults=[Fault("GET", body=b'{"id": "ep0", "name": "x"}', headers=headers)]) as server:
        server.add()
        found, slept_s = await asked(server, twice)
    assert found.id == "ep0" and 12 <= slept_s < 60


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"endpoints": 3}', b'{"endpoints": [{"name": "x"}]}', b"\xff", b"[" * 9999]
)
async def test_an_answer_that_cannot_be_read_is_one_sentence(body):
    with ManagementServer(faults=[Fault("GET", body=body, times=9)]) as server:
        found, _ = await asked(server, lambda client: client.endpoints())
    assert isinstance(found, BackendUnavailable) and "cannot be read" in str(found)


async def test_the_last_lines_of_a_worker_are_read_from_a_log_that_does_not_end():
    with ManagementServer(logs={"w1": ["one", "two S3CRET-VALUE"]}) as server:
        server.add()
        lines, _ = await asked(server, lambda client: client.log_lines("ep0", "w1", most=2))
        none, _ = await asked(server, lambda client: client.log_lines("nowhere", "w1"))
    assert [line.line for line in lines] == ["one", "two ***"] and none == []


@pytest.mark.parametrize(
    "base", ["https://example.org/v2", "http://api.runpod.io/v2", "ftp://x", "https://api.runpod.ai/v2"]
)
def test_the_key_goes_to_the_api_s_own_host_and_those_that_are_listed_only(base):
    with pytest.raises(InvalidSettings) as caught:
        ManagementClient(base, KEY)
    assert "SECRET" not in str(caught.value)
    ManagementClient("https://api.runpod.io/v2", KEY)
    ManagementClient("https://example.org/v2", KEY, key_hosts="example.org")


def test_loopback_is_not_given_the_key():
    seen = []

    def answer(request):
        seen.append(request.headers["Authorization"])
        return httpx.Response(200, json={"endpoints": []})

    async def ask():
        client = ManagementClient("http://127.0.0.1:1/v2", KEY, transport=httpx.MockTransport(answer))
        return await client.endpoints()

    assert asyncio.run(ask()) == [] and seen == ["Bearer loopback"]
