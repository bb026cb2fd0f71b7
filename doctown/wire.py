"""Both ends of the RunPod wire: messages to and from job JSON, job states, errors by name.

Our own failures go out as `error` (a sentence) beside `error_kind` in the returned dict: RunPod's SDK takes `error`
out and books the job FAILED, `error_kind` stays in `output`. FAILED whose `error` parses as JSON with `error_type`
is an exception the worker did not name: a bug, not to be tried again. FAILED with neither is the platform's doing.
"""

import json
from collections.abc import Mapping
from typing import Any

from doctown.errors import (
    BackendUnavailable,
    DoctownError,
    JobCancelled,
    ResultInvalid,
    StepFailed,
    StepTimedOut,
    WorkerLost,
    error_named,
)
from doctown.steps import Q, R, Result, Step

IN_QUEUE, IN_PROGRESS = "IN_QUEUE", "IN_PROGRESS"
COMPLETED, FAILED, CANCELLED, TIMED_OUT = "COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT"
TERMINAL = frozenset({COMPLETED, FAILED, CANCELLED, TIMED_OUT})

EXECUTION_TIMEOUT_TEXT = "executionTimeout exceeded"


def input_of(request: Q) -> dict[str, Any]:
    """The `input` of a job that carries `request`."""
    return request.to_json()


def request_of(step: Step[Q, R], job_input: Any) -> Q:
    """The request in a job's `input`. Raises UnsupportedRequest."""
    return step.request.from_json(job_input if isinstance(job_input, Mapping) else {"input": job_input})


def output_of(result: Result) -> dict[str, Any]:
    """The `output` of a job that went well."""
    return result.to_json()


def output_of_error(error: DoctownError) -> dict[str, Any]:
    """What a handler returns for `error`, so that the job is FAILED and the error keeps its class."""
    return {"error": str(error), "error_kind": error.kind}


def result_of(step: Step[Q, R], record: Mapping[str, Any]) -> R:
    """The result in a job record (the answer of `/status`) that has come to its end.

    Raises:
        DoctownError: the error the worker named, or a BackendError for what the platform did.
    """
    status = record.get("status")
    if status == COMPLETED:
        if record.get("output") is None:
            raise ResultInvalid("The job is COMPLETED but has no output: the platform did not accept the result.")
        return step.result.from_json(record["output"])
    if status == CANCELLED:
        raise JobCancelled
    if status == TIMED_OUT:
        raise StepTimedOut("The job expired in the queue, or its worker did not report in time.")
    if status == FAILED:
        raise error_of(record)
    raise BackendUnavailable(f"The endpoint answered with a job that is {status!r}.")


def error_of(record: Mapping[str, Any]) -> DoctownError:
    """What the record of a FAILED job says went wrong."""
    output, text = record.get("output"), str(record.get("error") or "")
    if isinstance(output, Mapping) and isinstance(output.get("error_kind"), str):
        return error_named(output["error_kind"], text or "The worker gave no reason.")
    if EXECUTION_TIMEOUT_TEXT in text:
        return StepTimedOut("The job ran longer than its execution timeout.")
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if isinstance(found, Mapping) and "error_type" in found:
        return StepFailed(f"The worker failed with {found['error_type']}: {found.get('error_message', '')}".strip())
    return WorkerLost(f"The worker vanished: {text}" if text else None)
