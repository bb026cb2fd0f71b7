"""The client of RunPod's jobs against an endpoint that answers by a script: what it asks, repeats, and never tells."""

import logging

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
from tests.fakes.scripted_endpoint import DRIP, DROP, ScriptedEndpoint

KEY = SecretStr("rpa_SECRET")
TAKEN = (200, {"id": "job-1", "status": "IN_QUEUE"})
RECORD = (200, {"id": "job-1", "status": "COMPLETED", "output": 1})


async def asked(script, ask):
    """What `ask` returns or raises with a client of an endpoint of that script, and the endpoint."""
    async with ScriptedEndpoint(script) as endpoint:
        client = RunPodClient(endpoint.address, KEY)
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
    script = {"run": [(429, {}, {"Retry-After": "1"}), (429, {}, {"Retry-After": "nan"}), TAKEN]}
    found, endpoint = await asked(script, submit)
    assert found == "job-1" and endpoint.count("run") == 3


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


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"", b"\xff", b"[" * 200_000])
async def test_an_answer_that_is_no_object_is_told(body):
    found, _ = await asked({"run": [(200, body)]}, submit)
    assert isinstance(found, BackendUnavailable)


@pytest.mark.parametrize("job_id", ["../../health", "", "a b", 3, None, "a/b", "x" * 300, "é"])
async def test_an_id_that_would_lead_elsewhere_is_not_asked_for(job_id):
    found, _ = await asked({"run": [(200, {"id": job_id})]}, submit)
    assert isinstance(found, BackendUnavailable)


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
