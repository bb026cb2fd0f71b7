"""Runs the flow in this process for the terminal: Prefect's environment, its server, its silence, and Ctrl-C.

The flow runs in a thread of its own, so that the main thread alone meets signals: Prefect would otherwise answer
SIGTERM by raising wherever the event loop happens to be. An interrupt cancels the flow, waits for its cleanup and is
raised again.
"""

import asyncio
import contextlib
import contextvars
import logging
import os
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from adapters.settings import Settings
from cli.bill_text import bill_text
from doctown.errors import BackendUnavailable, BadRequest
from doctown.steps import IngestRequest, Progress
from flows.server import prefect_environment, server_for
from places.placement import Placement
from places.places import Places

CLEANUP_S = 30.0
"""How long an interrupted run may take to end what it started; a second interrupt cuts that short."""
MOST_LOG_BYTES = 5_000_000


def run_index(
    request: IngestRequest,
    placement: Placement,
    settings: Settings,
    progress: Progress,
    say: Callable[[str], None],
    full: bool = False,
    *,
    open_at: Any = None,
) -> dict[str, Any]:
    """The flow's summary. `open_at` opens the placement, by default `places.Places`.

    To be called once a process, from its main thread, before anything imports Prefect.

    Raises:
        DoctownError: of the class the failing step raised.
        KeyboardInterrupt: after the run was cancelled and cleaned up.
    """
    _check_no_credentials(request.repository)
    home = Path(settings.cache).absolute() / "prefect"
    environment = dict(os.environ) | {"DOCTOWN_CACHE": settings.cache}
    with server_for(home, environment, say) as server:
        _set_environment(prefect_environment(home, server.api_url, environment))
        with _working_in(home):
            from flows.door import DOOR, Door
            from flows.index_repository import index_repository
        _silence(home / "runs.log")
        server.wait_until_up()

        async def run() -> dict[str, Any]:
            DOOR.set(Door(settings, progress, open_at or Places, lambda bill: _say_used(say, bill)))
            return await index_repository(
                repository=_absolute(request.repository),
                ref=request.ref,
                path=request.path,
                include=request.include,
                exclude=request.exclude,
                placement=placement,
                model=request.model,
                full=full,
                max_cost=settings.max_cost,
                mask_secrets=request.mask_secrets,
            )

        try:
            return _in_a_thread(run)
        finally:
            _drain()


def _say_used(say: Callable[[str], None], bill: Mapping[str, Any]) -> None:
    """What a run that failed has used, where that is anything."""
    if bill["batches"]:
        for line in bill_text(bill):
            say(line)


def _check_no_credentials(repository: str) -> None:
    if "://" in repository and "@" in urlsplit(repository).netloc:
        raise BadRequest(
            "The repository's URL holds a user name or password, which would be recorded with the run; "
            "leave it out and give its host a token with DOCTOWN_GIT_TOKENS."
        )


def _absolute(repository: str) -> str:
    """A path made absolute, so that it reads well in Prefect; anything else as it is."""
    return os.path.abspath(repository) if os.path.exists(repository) else repository  # noqa: PTH100, PTH110 hostile text


def _set_environment(variables: dict[str, str]) -> None:
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        del os.environ[name]
    os.environ.update(variables)


@contextlib.contextmanager
def _working_in(folder: Path) -> Iterator[None]:
    """Prefect reads settings out of the working directory when imported, and that may be a stranger's repository."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.chdir(folder):
        yield


def _silence(log: Path) -> None:
    """Nothing of Prefect's reaches the terminal: what would have is appended to `log`."""
    if log.exists() and log.stat().st_size > MOST_LOG_BYTES:
        log.unlink()
    to_file = logging.FileHandler(log, delay=True)
    to_file.setLevel(logging.WARNING)
    to_file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    loggers = [one for one in logging.Logger.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    for logger in [logging.getLogger(), *loggers]:
        spoken = [one for one in logger.handlers if isinstance(one, logging.StreamHandler)]
        for handler in spoken:
            logger.removeHandler(handler)
        if spoken or logger is logging.getLogger():
            logger.addHandler(to_file)


def _in_a_thread(run: Callable[[], Coroutine[Any, Any, dict[str, Any]]]) -> dict[str, Any]:
    """What `run` returns or raises. An interrupt cancels it, waits until it has ended, and is raised."""
    loop = asyncio.new_event_loop()
    outcome: list[dict[str, Any] | BaseException] = []
    task: list[asyncio.Task[dict[str, Any]]] = []
    ended = threading.Event()  # a join that is interrupted takes the thread for ended

    async def main() -> dict[str, Any]:
        task.append(asyncio.ensure_future(run()))
        return await task[0]

    def work() -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                outcome.append(runner.run(main()))
        except BaseException as error:
            outcome.append(error)
        ended.set()

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(work,), daemon=True).start()
    try:
        ended.wait()
    except KeyboardInterrupt:
        with contextlib.suppress(RuntimeError):  # the loop has just ended
            loop.call_soon_threadsafe(lambda: [one.cancel() for one in task])
        ended.wait(CLEANUP_S)
        raise
    (found,) = outcome
    if isinstance(found, BaseException):
        raise _ours(found)
    return found


def _ours(error: BaseException) -> BaseException:
    """`error`, or where it is Prefect's server that failed, the sentence for it."""
    import httpx
    from prefect.exceptions import PrefectException

    if isinstance(error, httpx.HTTPError | PrefectException):
        sentence = (
            f"Prefect's server did not accept the run: {str(error).splitlines()[0]}; is it up, and the key right?"
        )
        translated = BackendUnavailable(sentence)
        translated.__cause__ = error
        return translated
    return error


def _drain() -> None:
    """Send what Prefect still holds about the run while its server lives."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    with contextlib.suppress(Exception):
        APILogWorker.drain_all(timeout=5)
        EventsWorker.drain_all(timeout=5)
