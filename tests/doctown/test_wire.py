import json

import pytest

from doctown import wire
from doctown.errors import (
    BackendUnavailable,
    DoctownError,
    ExecutionTimedOut,
    JobCancelled,
    ModelInvalid,
    ResultInvalid,
    StepFailed,
    StepTimedOut,
    UnsupportedRequest,
    WorkerLost,
)
from doctown.steps import EMBED, EmbedRequest, EmbedResult, EmbedText

REQUEST = EmbedRequest(batch_id="b", chunks=(EmbedText(chunk_id="c", content="text"),))
RESULT = EmbedResult(batch_id="b", model="m", revision="r", engine="e", dimensions=1, vectors=())


def test_a_request_goes_out_without_defaults_and_comes_back_equal():
    job_input = wire.input_of(REQUEST)
    assert job_input == {"protocol": 1, "batch_id": "b", "chunks": [{"chunk_id": "c", "content": "text"}]}
    assert wire.request_of(EMBED, json.loads(json.dumps(job_input))) == REQUEST


def test_a_request_as_curl_sends_it_needs_no_protocol():
    assert wire.request_of(EMBED, {"batch_id": "b", "chunks": [{"chunk_id": "c", "content": "text"}]}) == REQUEST


@pytest.mark.parametrize(
    ("job_input", "named"),
    [
        ({"batch_id": "b", "chunks": [{"chunk_id": "c", "content": "t"}], "colour": 1}, "colour"),
        ({"batch_id": "b", "chunks": [{"chunk_id": "c", "content": "t", "extra": 1}]}, "chunks.0.extra"),
        ({"protocol": 9, "batch_id": "b", "chunks": [{"chunk_id": "c", "content": "t"}]}, "protocol 9"),
        ({"batch_id": "b", "chunks": []}, "chunks"),
        ({}, "batch_id"),
        ("text", "batch_id"),
        (None, "batch_id"),
        ({"batch_id": "b", "chunks": [{"chunk_id": "c", "content": "\ud800"}]}, "surrogate"),
        ({"batch_id": "\udfff", "chunks": [{"chunk_id": "c", "content": "t"}]}, "surrogate"),
    ],
)
def test_a_request_that_is_not_understood_is_refused_by_name(job_input, named):
    with pytest.raises(UnsupportedRequest, match=named):
        wire.request_of(EMBED, job_input)


def test_a_result_of_a_newer_worker_is_read_by_an_older_client():
    output = wire.output_of(RESULT) | {"of_the_future": True}
    assert wire.result_of(EMBED, {"status": "COMPLETED", "output": output}) == RESULT


def test_no_result_has_a_field_that_the_sdk_takes_for_itself():
    assert not {"error", "refresh_worker"} & set(EmbedResult.model_fields)


def test_our_errors_keep_their_class():
    record = {"status": "FAILED", **as_the_sdk_posts(wire.output_of_error(ModelInvalid("wrong bytes")))}
    with pytest.raises(ModelInvalid, match="wrong bytes"):
        wire.result_of(EMBED, record)


def as_the_sdk_posts(returned: dict) -> dict:
    """RunPod's SDK pops `error` out of a returned dict and posts the rest as the output."""
    rest = dict(returned)
    return {"error": rest.pop("error"), "output": rest}


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        ({"status": "COMPLETED"}, ResultInvalid),
        ({"status": "COMPLETED", "output": {"batch_id": "b"}}, ResultInvalid),
        ({"status": "COMPLETED", "output": "text"}, ResultInvalid),
        ({"status": "CANCELLED"}, JobCancelled),
        ({"status": "TIMED_OUT"}, StepTimedOut),
        ({"status": "FAILED", "error": "executionTimeout exceeded"}, ExecutionTimedOut),
        ({"status": "FAILED", "error": "job timed out after 1 retries", "retries": 1}, WorkerLost),
        ({"status": "FAILED"}, WorkerLost),
        ({"status": "FAILED", "error": json.dumps({"error_type": "KeyError", "error_message": "x"})}, StepFailed),
        ({"status": "FAILED", "error": "why", "output": {"error_kind": "NoSuchKind"}}, StepFailed),
        ({"status": "FAILED", "error": "[" * 100_000}, WorkerLost),
        ({"status": "FAILED", "error": {"error_type": "a dict"}}, WorkerLost),
        ({"status": ["FAILED"]}, BackendUnavailable),
        ({"status": "RUNNING"}, BackendUnavailable),
        ({}, BackendUnavailable),
    ],
)
def test_every_end_of_a_job_is_taken_for_what_it_is(record, kind):
    with pytest.raises(kind) as caught:
        wire.result_of(EMBED, record)
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    "record",
    [
        {"status": "x" * 100_000},
        {"status": "FAILED", "error": "x" * 100_000},
        {"status": "FAILED", "error": "x" * 100_000, "output": {"error_kind": "ModelInvalid"}},
        {"status": "FAILED", "error": "x", "output": {"error_kind": "x" * 100_000}},
        {"status": "FAILED", "error": json.dumps({"error_type": "x" * 100_000, "error_message": "x" * 100_000})},
    ],
)
def test_however_much_an_endpoint_says_an_error_stays_a_sentence(record):
    with pytest.raises(DoctownError) as caught:
        wire.result_of(EMBED, record)
    assert len(str(caught.value)) < 5_000


@pytest.mark.parametrize("text", ["x" * 1_000_000, "half a pair: \ud800"])
def test_an_error_goes_out_as_something_the_wire_can_carry(text):
    out = wire.output_of_error(UnsupportedRequest(text))
    assert out["error_kind"] == "UnsupportedRequest"
    assert 0 < len(json.dumps(out, ensure_ascii=False).encode()) < 10_000
