"""The emulator as a whole: listens on loopback, announces its endpoints, and leaves nothing behind when it ends."""

import asyncio
import contextlib
import logging
import os
import secrets
import shlex
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from adapters.settings import Settings
from doctown.errors import InvalidSettings
from doctown.steps import Progress
from doctown.wire import is_job_id
from runpod_workers.emulator.clock import now
from runpod_workers.emulator.endpoint import Endpoint
from runpod_workers.emulator.faults import Fault, Faults
from runpod_workers.emulator.http import app_of
from runpod_workers.emulator.processes import Processes, worker_environment
from runpod_workers.emulator.terms import Terms

HOST = "127.0.0.1"
ROOT = Path(__file__).parents[2]
EMBED, BUILD = "embed", "build"
WORKERS = {
    name: (sys.executable, "-m", f"runpod_workers.{name}.handler") for name in (EMBED, BUILD, "ingest", "assemble")
}
STORE_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


@dataclass(frozen=True, slots=True)
class Emulation:
    """What is emulated: an endpoint for each command, what holds there, and what goes wrong."""

    terms: Terms = field(default_factory=Terms)
    rules: tuple[Fault, ...] = ()
    commands: Mapping[str, Sequence[str]] = field(default_factory=lambda: WORKERS)
    variables: Mapping[str, str] = field(default_factory=dict)
    """What workers find in their environment besides."""


def emulate(
    port: int,
    settings: Settings,
    emulation: Emulation,
    announce: Callable[[Mapping[str, str]], None],
    progress: Progress = lambda *_: None,
) -> None:
    """Serve until SIGINT or SIGTERM; `announce` is given the address of each endpoint.

    Where our own workers are served the model is fetched first, as the images' build does it; `progress` is told.

    Raises:
        InvalidSettings: `port` is taken or is none.
        ModelUnavailable, ModelInvalid: the model cannot be had.
    """
    from adapters.model_files import model_files

    with listening_socket(port) as listening:
        if WORKERS[EMBED] in emulation.commands.values():
            model_files(settings, settings.model, progress)
        asyncio.run(emulated(listening, emulation, settings, announce))


def named_commands(pairs: Sequence[str]) -> dict[str, Sequence[str]]:
    """The commands in texts such as `echo=python handler.py`, split as a shell does. Raises InvalidSettings."""
    found: dict[str, Sequence[str]] = {}
    for pair in pairs:
        name, _, text = pair.partition("=")
        try:
            command = shlex.split(text)
        except ValueError:
            command = []
        if not is_job_id(name) or name in found or not command:
            raise InvalidSettings(
                f"{pair!r:.200} is no worker; write a name, an equals sign and what starts one, once for each name,"
                " such as --worker echo='python handler.py'."
            )
        found[name] = command
    return found


def listening_socket(port: int) -> socket.socket:
    """A socket that is bound to `port` on loopback, 0 being any free one. Raises InvalidSettings."""
    listening = socket.socket()
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
    except (OSError, OverflowError) as error:
        listening.close()
        reason = error.strerror if isinstance(error, OSError) else "it is not between 0 and 65535"
        raise InvalidSettings(
            f"Port {port} on {HOST} cannot be used: {reason}; choose another with --port, or 0 for a free one."
        ) from error
    return listening


async def emulated(
    listening: socket.socket, emulation: Emulation, settings: Settings, announce: Callable[[Mapping[str, str]], None]
) -> None:
    """Serve until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    with _signals_set(stop), tempfile.TemporaryDirectory(prefix="doctown-emulator-") as home:
        async with serving(listening, emulation, settings, Path(home)) as addresses:
            announce(addresses)
            await stop.wait()


@contextlib.asynccontextmanager
async def serving(
    listening: socket.socket, emulation: Emulation, settings: Settings, home: Path
) -> AsyncIterator[dict[str, str]]:
    """Serve an endpoint per command, which starts a worker of it; the addresses by name."""
    base = f"http://{HOST}:{listening.getsockname()[1]}/v2"
    key, terms, faults = secrets.token_urlsafe(), emulation.terms, Faults(emulation.rules, now())
    endpoints: dict[str, Endpoint] = {}
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as http:

        async def post(url: str, record: Mapping[str, Any]) -> int:
            try:
                async with http.post(url, json=record, allow_redirects=False) as answer:
                    return answer.status
            except (aiohttp.ClientError, TimeoutError, ValueError):
                return 0

        for name, command in emulation.commands.items():
            more = {**_of_ours(name, settings, terms.workers), **_embedder_of(name, base, terms.workers)}
            more |= emulation.variables
            environment = worker_environment(f"{base}/{name}", key, home, more, terms.ping_s)
            endpoints[name] = Endpoint(name, terms, faults, Processes(command, environment, home).launch, post)
        logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
        runner = web.AppRunner(app_of(endpoints, key), handle_signals=False, shutdown_timeout=0.5)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        running = [asyncio.create_task(endpoint.run()) for endpoint in endpoints.values()]
        try:
            yield {name: f"{base}/{name}" for name in endpoints}
        finally:
            for endpoint in endpoints.values():
                endpoint.end()
            await asyncio.gather(*running)
            await runner.cleanup()


def _of_ours(worker: str, settings: Settings, workers: int) -> dict[str, str]:
    """The settings as our own workers read them; never RunPod's key, and that of a bucket only for who uses one."""
    uses_bucket = not settings.has_local_store and worker in WORKERS and worker != EMBED
    withheld = {"RUNPOD_API_KEY"} if uses_bucket else {"RUNPOD_API_KEY", *STORE_KEYS}
    ours = {name: value for name, value in settings.to_environment().items() if name not in withheld and value}
    if not settings.threads:
        ours["DOCTOWN_THREADS"] = str(max(1, (os.cpu_count() or 1) // max(1, workers)))
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return ours | {"PYTHONPATH": path}


def _embedder_of(name: str, base: str, workers: int) -> dict[str, str]:
    """What the endpoint `build` needs to know besides: it embeds at the endpoint beside it."""
    if name != BUILD:
        return {}
    return {"DOCTOWN_EMBED_AT": f"{base}/{EMBED}", "DOCTOWN_EMBED_WORKERS": str(max(1, workers))}


@contextlib.contextmanager
def _signals_set(stop: asyncio.Event) -> Iterator[None]:
    """While inside, SIGINT and SIGTERM set `stop` and nothing else."""
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)
