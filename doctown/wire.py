"""Both ends of the RunPod wire: messages to and from job JSON, job states, errors by name.

Our own failures go out as `error` (a sentence) beside `error_kind` in the returned dict: RunPod's SDK takes `error`
out and books the job FAILED, `error_kind` stays in `output`. FAILED whose `error` parses as JSON with `error_type`
is an exception the worker did not name: a bug, not to be tried again. FAILED with neither is the platform's doing.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from doctown.errors import (
    BackendUnavailable,
    DoctownError,
    ExecutionTimedOut,
    JobCancelled,
    ResultInvalid,
    StepFailed,
    StepTimedOut,
    UnsupportedRequest,
    WorkerLost,
    error_named,
)
from doctown.steps import Q, R, Result, Step

IN_QUEUE, IN_PROGRESS = "IN_QUEUE", "IN_PROGRESS"
COMPLETED, FAILED, CANCELLED, TIMED_OUT = "COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT"
TERMINAL = frozenset({COMPLETED, FAILED, CANCELLED, TIMED_OUT})

EXECUTION_TIMEOUT_TEXT = "executionTimeout exceeded"
MAX_TEXT = 2_000
"""Characters of an error that cross the wire, in either direction: it is to be read by a person."""
_JOB_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")


def is_job_id(found: Any) -> bool:
    """Whether `found` is the id of a job: it becomes a part of a path, and must not lead elsewhere."""
    return isinstance(found, str) and _JOB_ID.fullmatch(found) is not None


def input_of(request: Q) -> dict[str, Any]:
    """The `input` of a job that carries `request`."""
    return request.to_json()


def request_of(step: Step[Q, R], job_input: Any) -> Q:
    """The request in a job's `input`. Raises UnsupportedRequest."""
    try:
        json.dumps(job_input, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:  # JSON can say what no text is, and no tokenizer takes it
        raise UnsupportedRequest("The request holds half a surrogate pair, which is no text.") from error
    return step.request.from_json(job_input if isinstance(job_input, Mapping) else {"input": job_input})


def output_of(result: Result) -> dict[str, Any]:
    """The `output` of a job that went well."""
    return result.to_json()


def output_of_error(error: DoctownError) -> dict[str, Any]:
    """What a handler returns for `error`, so that the job is FAILED and the error keeps its class."""
    return {"error": _told(error), "error_kind": error.kind}


def result_of(step: Step[Q, R], record: Mapping[str, Any]) -> R:
    """The result in a job record (the answer of `/status`) that has come to its end.

    Raises:
        DoctownError: the error the worker named, or a BackendError for what the platform did.
    """
    status = record.get("status")
    if status == COMPLETED:
        if record.get("output") is None:
            raise ResultInvalid(
                "The job is COMPLETED but has no output: the platform did not take it; lower DOCTOWN_BATCH_TOKENS."
            )
        return step.result.from_json(record["output"])
    if status == CANCELLED:
        raise JobCancelled
    if status == TIMED_OUT:
        raise StepTimedOut("The job expired in the queue, or its worker did not report in time.")
    if status == FAILED:
        raise error_of(record)
    raise BackendUnavailable(f"The endpoint answered with a job that is {_told(repr(status))}.")


def error_of(record: Mapping[str, Any]) -> DoctownError:
    """What the record of a FAILED job says went wrong."""
    output, text = record.get("output"), str(record.get("error") or "")
    if isinstance(output, Mapping) and isinstance(output.get("error_kind"), str):
        return error_named(_told(output["error_kind"]), _told(text) or "The worker gave no reason.")
    if EXECUTION_TIMEOUT_TEXT in text:
        return ExecutionTimedOut()
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, Mapping) and "error_type" in found:
        reason = f"{found['error_type']}: {found.get('error_message', '')}".strip()
        return StepFailed(f"The worker failed, see its logs: {_told(reason)}")
    return WorkerLost(f"The worker vanished, see its logs, it may lack memory: {_told(text)}" if text else None)


def _told(error: object) -> str:
    """The text of an error as UTF-8 can say it, and no longer than anybody reads."""
    text = str(error).encode(errors="replace").decode()
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]} ..."
