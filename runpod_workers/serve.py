"""A step as a RunPod worker: the one place that imports RunPod's SDK, and inside the function that starts it.

The handler is async and hands the work to a single thread: the SDK's loops for taking, stopping and reporting jobs go
on while it runs, the next job is already here when it ends, and no two share the model. A job that is stopped ends
where its task next tells how far it is. What a handler returns the SDK hands over unlooked at: it is checked here,
because a result that is no JSON or too large is otherwise lost in silence.
"""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event
from typing import Any

from adapters.settings import Settings
from adapters.store import store_of
from doctown.errors import DoctownError, InvalidSettings, JobCancelled, ResultInvalid, ResultTooLarge
from doctown.steps import Progress, Q, R, Step, silent
from doctown.wire import output_of, output_of_error, request_of
from runpod_workers.logs import log_as_json

Task = Callable[[Q, Settings, Progress], R]
Handler = Callable[[Mapping[str, Any]], Awaitable[dict[str, Any]]]

MAX_RESULT_BYTES = 10_000_000
"""What RunPod takes for a job of `/run`, less what it adds itself."""
JOBS_AT_ONCE = 2
"""One that runs and one that waits beside it: with one alone the SDK pauses for a second after every job."""


def serve(step: Step[Q, R], task: Task[Q, R], environment: Mapping[str, str], first: Q | None = None) -> None:
    """Work on jobs until RunPod ends this process; `first` is run before any job is taken, to load what is heavy.

    Exits with one sentence on standard error where the settings in `environment` are none or `first` fails: a worker
    that cannot work does not start.
    """

    def handler(settings: Settings) -> Handler:
        if first is not None:
            task(first, settings, silent)
        return handler_of(step, task, settings)

    start(step.name, handler, environment)


def serve_over_store(step: Step[Q, R], task: Task[Q, R], environment: Mapping[str, str]) -> None:
    """As `serve`, a step whose blobs lie in the store, which in production is one that other machines can reach."""

    def handler(settings: Settings) -> Handler:
        if settings.production and settings.has_local_store:
            raise InvalidSettings(
                "PRODUCTION: it has no store; set DOCTOWN_STORE, as s3://bucket/prefix, and its keys."
            )
        store_of(settings)
        return handler_of(step, task, settings)

    start(step.name, handler, environment)


def start(name: str, handler: Callable[[Settings], Handler], environment: Mapping[str, str]) -> None:
    """Have the SDK call what `handler` makes of the settings. Exits with one sentence where that, or they, fail."""
    try:
        settings = Settings.from_environment(environment)
        if settings.production:
            log_as_json()
        made = handler(settings)
    except DoctownError as error:
        sys.exit(f"The {name} worker does not start: {error}")
    os.environ.setdefault(
        "RUNPOD_DEBUG_LEVEL", "INFO"
    )  # the SDK reads it when imported, and writes all it does without
    import runpod

    runpod.serverless.start({"handler": made, "concurrency_modifier": lambda _: JOBS_AT_ONCE})


def handler_of(step: Step[Q, R], task: Task[Q, R], settings: Settings) -> Handler:
    """What the SDK calls with each job. A cancelled call that still waits for its turn is never run."""
    turns = ThreadPoolExecutor(1, thread_name_prefix=step.name)

    async def handler(job: Mapping[str, Any]) -> dict[str, Any]:
        stopped = Event()

        def progress(what: str, done: int, total: int) -> None:
            if stopped.is_set():
                raise JobCancelled

        work = partial(answer_of, step, task, settings, job["input"], progress)
        try:
            return await asyncio.get_running_loop().run_in_executor(turns, work)
        except asyncio.CancelledError:
            stopped.set()
            raise

    return handler


def answer_of(
    step: Step[Q, R], task: Task[Q, R], settings: Settings, job_input: Any, progress: Progress
) -> dict[str, Any]:
    """What the handler returns: the result, or our error by its name. Any other exception is left to the SDK."""
    try:
        output = output_of(task(request_of(step, job_input), settings, progress))
        check(output)
    except DoctownError as error:
        return output_of_error(error)
    return output


def check(output: Mapping[str, Any]) -> None:
    """Raises ResultInvalid or ResultTooLarge for an output that RunPod would lose."""
    try:
        size = len(json.dumps(output, allow_nan=False, ensure_ascii=False).encode())
    except (TypeError, ValueError) as error:
        raise ResultInvalid(f"The result cannot be written as JSON: {error}.") from error
    if size > MAX_RESULT_BYTES:
        raise ResultTooLarge(
            f"The result has {size:,} bytes and RunPod takes {MAX_RESULT_BYTES:,}; ask for less at once"
            " or for encoding base64."
        )
