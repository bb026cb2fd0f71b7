"""The client of RunPod's jobs against an endpoint that answers by a script: what it asks, repeats, and never tells."""

import asyncio
import logging
import traceback

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from adapters.runpod import ATTEMPTS, RunPodClient
from doctown.errors import (
    BackendUnavailable,
    DoctownError,
    InvalidSettings,
    LimitExceeded,
    NotAuthorised,
    StepFailed,
)
from tests.fakes.pauses import Pauses
from tests.fakes.scripted_endpoint import DRIP, DROP, ScriptedEndpoint

KEY = SecretStr("rpa_SECRET")
TAKEN = (200, {"id": "job-1", "status": "IN_QUEUE"})
RECORD = (200, {"id": "job-1", "status": "COMPLETED", "output": 1})


async def asked(script, ask, pauses=None):
    """What `ask` returns or raises with a client of an endpoint of that script, and the endpoint."""
    async with ScriptedEndpoint(script) as endpoint:
        pauses = pauses or Pauses()
        client = RunPodClient(endpoint.address, KEY, sleep=pauses.sleep, now=pauses.now)
        try:
            found = await ask(client)
        except DoctownError as error:
            found = error
        finally:
            await client.aclose()
    if isinstance(found, DoctownError):
        assert "SECRET" not in str(found) and "SECRET" not in repr(found.__cause__)
    return found, endpoint


def submit(client):
    return client.submit({"x": 1}, {"ttl": 10_000})


async def test_a_submit_nobody_waits_for_any_more_is_not_sent_again():
    async with ScriptedEndpoint({"run": [(429, {}, {"Retry-After": "50"}), TAKEN]}) as endpoint:
        client = RunPodClient(endpoint.address, KEY)
        left = asyncio.Event()
        submitting = asyncio.create_task(client.submit({"x": 1}, {}, left))
        while endpoint.count("run") < 1:
            await asyncio.sleep(0.01)
        left.set()
        with pytest.raises(BackendUnavailable):
            await asyncio.wait_for(submitting, 10)
        assert endpoint.count("run") == 1
        await client.aclose()


def status(client):
    return client.status("job-1")


async def test_a_submit_sends_input_and_policy_and_gives_the_id():
    found, endpoint = await asked({"run": [TAKEN]}, submit)
    assert found == "job-1"
    ((_, headers, body),) = endpoint.requests
    assert body == b'{"input": {"x": 1}, "policy": {"ttl": 10000}}'
    assert headers["Content-Type"] == "application/json"


async def test_loopback_is_never_given_the_key():
    _, endpoint = await asked({"status": [RECORD]}, status)
    assert [headers["Authorization"] for _, headers, _ in endpoint.requests] == ["Bearer loopback"]


async def test_a_job_that_is_not_known_has_no_record():
    assert (await asked({"status": [(404, {})]}, status))[0] is None


def awaited(client):
    return client.awaited("job-1", 5)


async def test_a_job_is_waited_for_by_long_poll_where_that_is_offered():
    found, endpoint = await asked({"status-sync": [RECORD]}, awaited)
    assert found["output"] == 1
    assert [operation for operation, _, _ in endpoint.requests] == ["status-sync"]


@pytest.mark.parametrize("refusal", [(404, {}), (405, {}), (501, {})])
async def test_an_endpoint_without_long_poll_is_soon_no_longer_asked_for_one(refusal):
    async def five_times(client):
        return [await awaited(client) for _ in range(5)]

    found, endpoint = await asked({"status-sync": [refusal], "status": [RECORD]}, five_times)
    assert [record["output"] for record in found] == [1] * 5
    assert endpoint.count("status-sync") == 3 and endpoint.count("status") == 5


async def test_a_job_nobody_knows_yet_is_no_sign_that_there_is_no_long_poll():
    async def five_times(client):
        return [await awaited(client) for _ in range(5)]

    found, endpoint = await asked({"status": [(404, {})]}, five_times)
    assert found == [None] * 5 and endpoint.count("status-sync") == 5


@pytest.mark.parametrize("hiccup", [(502, {}), DROP])
async def test_a_long_poll_that_meets_a_hiccup_becomes_a_poll(hiccup):
    found, _ = await asked({"status-sync": [hiccup], "status": [RECORD]}, awaited)
    assert found["output"] == 1


async def test_a_transport_takes_the_place_of_the_network():
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={"status": "IN_QUEUE"}))
    client = RunPodClient("https://api.runpod.ai/v2/x", KEY, transport=transport)
    assert await client.status("job-1") == {"status": "IN_QUEUE"}
    await client.aclose()


async def test_cancelling_an_unknown_job_is_no_error():
    found, endpoint = await asked({"cancel": [(404, {})]}, lambda client: client.cancel("job-1"))
    assert found is None and endpoint.count("cancel") == 1


@pytest.mark.parametrize("hiccup", [(500, {}), (502, {}), (429, {}), DROP])
async def test_a_poll_that_meets_a_hiccup_is_repeated(hiccup):
    found, endpoint = await asked({"status": [hiccup, hiccup, RECORD]}, status)
    assert found["output"] == 1 and endpoint.count("status") == 3


@pytest.mark.parametrize("hiccup", [(503, {}), DROP])
async def test_a_poll_that_meets_nothing_else_gives_up(hiccup):
    found, endpoint = await asked({"status": [hiccup]}, status)
    assert isinstance(found, BackendUnavailable) and endpoint.count("status") == ATTEMPTS


async def test_a_submit_refused_for_now_waits_as_long_as_it_is_told():
    pauses = Pauses()
    script = {"run": [(429, {}, {"Retry-After": "7"}), (429, {}, {"Retry-After": "nan"}), TAKEN]}
    found, endpoint = await asked(script, submit, pauses)
    assert found == "job-1" and endpoint.count("run") == 3
    assert pauses.seconds[0] == 7 and max(pauses.seconds[1:]) <= 7


@pytest.mark.parametrize("ask", [submit, status])
async def test_a_limit_is_waited_out_for_longer_than_runpod_counts(ask):
    pauses = Pauses()
    found, _ = await asked({"run": [(429, {})], "status": [(429, {})]}, ask, pauses)
    assert isinstance(found, BackendUnavailable) and sum(pauses.seconds) > 10


@pytest.mark.parametrize("answer", [DROP, (502, {}), (500, {})])
async def test_a_submit_that_may_have_arrived_is_not_repeated(answer):
    found, endpoint = await asked({"run": [answer, TAKEN]}, submit)
    assert found is None and endpoint.count("run") == 1


async def test_a_submit_that_reached_no_one_is_repeated_and_then_given_up():
    async with ScriptedEndpoint({}) as endpoint:
        address = endpoint.address
    client = RunPodClient(address, KEY)
    with pytest.raises(BackendUnavailable, match="does not answer"):
        await submit(client)
    await client.aclose()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((401, {}), NotAuthorised),
        ((403, {}), NotAuthorised),
        ((404, {}), InvalidSettings),
        ((302, {}, {"Location": "http://127.0.0.1:1/"}), InvalidSettings),
        ((307, {}, {"Location": "https://example.org/"}), InvalidSettings),
        ((400, b"request exceeded max body size of 10MiB"), LimitExceeded),
        ((413, {}), LimitExceeded),
        ((400, b"rpa_SECRET is not it"), StepFailed),
        ((418, {}), StepFailed),
    ],
)
async def test_a_refusal_for_good_has_its_own_class_and_is_not_repeated(answer, kind):
    found, endpoint = await asked({"run": [answer]}, submit)
    assert type(found) is kind and not found.retryable and endpoint.count("run") == 1


NO_OBJECT = [b"<html>", b"[]", b"", b"\xff", b"[" * 200_000]


@pytest.mark.parametrize("body", NO_OBJECT)
async def test_an_answer_that_is_no_object_is_told(body):
    found, _ = await asked({"status": [(200, body)]}, status)
    assert isinstance(found, BackendUnavailable)


NO_ID = [{"id": found} for found in ("../../health", "", "a b", 3, None, "a/b", "x" * 300, "é")]


@pytest.mark.parametrize("body", [*NO_OBJECT, *NO_ID, b" " * (33 << 20)])
async def test_a_job_that_was_taken_without_an_id_that_can_be_asked_for_is_not_submitted_again(body):
    found, endpoint = await asked({"run": [(200, body), TAKEN]}, submit)
    assert found is None and endpoint.count("run") == 1


async def test_an_endless_answer_is_not_read_to_its_end():
    found, _ = await asked({"status": [(200, b" " * (33 << 20))]}, status)
    assert isinstance(found, StepFailed)


async def test_an_answer_that_never_ends_is_given_up():
    async with ScriptedEndpoint({"run": [DRIP], "status": [DRIP, RECORD]}) as endpoint:
        client = RunPodClient(endpoint.address, KEY, answer_s=0.5)
        assert await submit(client) is None
        assert (await status(client))["output"] == 1
        assert endpoint.count("run") == 1 and endpoint.count("status") == 2
        await client.aclose()


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://api.runpod.ai/v2/x", "not encrypted"),
        ("http://127.0.0.1.example.org/v2/x", "not encrypted"),
        ("https://example.org/v2/x", "DOCTOWN_KEY_HOSTS"),
        ("https://api.runpod.ai.example.org/v2/x", "DOCTOWN_KEY_HOSTS"),
        ("https://example.org/api.runpod.ai/v2/x", "DOCTOWN_KEY_HOSTS"),
        ("https://example.org\\@api.runpod.ai/v2/x", "."),
        ("https://api.runpod.ai@example.org/v2/x", "no user"),
        ("https://user:pw@api.runpod.ai/v2/x", "no user"),
        ("https://api.runpod.ai/v2/x?key=1", "no address"),
        ("https://", "no address"),
        ("https://[::1/v2", "no address"),
        ("http://127.0.0.1:99999/v2/x", "no address"),
        ("http://127.0.0.1:0/v2/x", "no address"),
        ("https://api.runpod.ai:x/v2/x", "no address"),
        ("https://user:pw@[::1/v2", "no address"),
        ("user:pw@api.runpod.ai/v2/x", "no address"),
        ("https://api.runpod.ai/v2/x?key=SECRET", "no address"),
        ("https://api.runpod.ai/v2/x#SECRET", "no address"),
        ("ftp://api.runpod.ai/v2/x", "no address"),
    ],
)
def test_an_address_that_may_not_have_the_key_is_refused(address, reason):
    with pytest.raises(InvalidSettings, match=reason) as refused:
        RunPodClient(address, KEY)
    assert "SECRET" not in str(refused.value) and "pw" not in str(refused.value)


def header_of(client):
    return client._http.headers["Authorization"]


@pytest.mark.parametrize("address", ["https://api.runpod.ai/v2/x", "https://API.runpod.ai:443/v2/x/"])
def test_runpod_is_given_the_key(address):
    assert header_of(RunPodClient(address, KEY)) == "Bearer rpa_SECRET"


def test_a_host_the_operator_listed_is_given_the_key():
    client = RunPodClient("https://gpu.example.org/v2/x", KEY, "a.example.org, gpu.example.org")
    assert header_of(client) == "Bearer rpa_SECRET"


@pytest.mark.parametrize("key", ["", "  ", "a\nb", "é"])
def test_a_missing_or_broken_key_is_told_before_any_request(key):
    with pytest.raises(InvalidSettings, match="RUNPOD_API_KEY"):
        RunPodClient("https://api.runpod.ai/v2/x", SecretStr(key))


@given(st.text(max_size=40), st.sampled_from(["", "https://", "http://", "https://api.runpod.ai", "//"]))
def test_any_address_is_refused_by_name_or_keeps_the_key_where_it_may_be(text, start):
    try:
        client = RunPodClient(start + text, KEY)
    except InvalidSettings:
        return
    url = client._http.build_request("GET", client.address).url
    assert url.host == "api.runpod.ai" or header_of(client) == "Bearer loopback"
    assert url.scheme == "https" or client.is_loopback


async def test_the_key_is_in_no_log(caplog):
    caplog.set_level(logging.DEBUG)
    await asked({"run": [(500, {})], "status": [(500, {}), RECORD]}, status)
    client = RunPodClient("https://gpu.invalid/v2/x", KEY, "gpu.invalid")
    with pytest.raises(BackendUnavailable):
        await client.status("job-1")
    await client.aclose()
    assert caplog.records and "SECRET" not in caplog.text
    assert "SECRET" not in repr(client) + str(vars(client))


def echoing(status):
    """A server that repeats the key it was sent, wherever it can."""

    def answer(request):
        told = request.headers["Authorization"]
        body = {"id": told, "status": "FAILED", "error": told, "output": {"error_kind": told}, "workers": {told: 1}}
        return httpx.Response(status, json=body, headers={"X-Key": told, "Location": f"https://x/{told.split()[1]}"})

    return httpx.MockTransport(answer)


@pytest.mark.parametrize("code", [200, 307, 400, 401, 404, 413, 418, 429, 500])
async def test_a_key_that_is_sent_back_is_in_no_answer_error_or_log(code, caplog):
    caplog.set_level(logging.DEBUG)
    pauses = Pauses()
    client = RunPodClient(
        "https://api.runpod.ai/v2/x", KEY, transport=echoing(code), sleep=pauses.sleep, now=pauses.now
    )
    for ask in (submit, status, awaited, lambda c: c.cancel("job-1"), lambda c: c.health()):
        try:
            told = repr(await ask(client))
        except DoctownError as error:
            told = "".join(traceback.format_exception(error))
        assert "SECRET" not in told
    await client.aclose()
    assert "SECRET" not in caplog.text
