"""The emulator as a whole: listens on loopback, announces its endpoints, and leaves nothing behind when it ends.

The environment of a worker is made from the settings and little else: no key of RunPod's or anybody's, a home of its
own (the SDK would read credentials from there), and the variables by which RunPod tells a worker where it is.
"""

import asyncio
import contextlib
import logging
import os
import secrets
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from aiohttp import web

from adapters.settings import Settings
from doctown.errors import InvalidSettings
from doctown.steps import Progress
from runpod_workers.emulator.http import Endpoint, app_of
from runpod_workers.emulator.states import Queue, Times
from runpod_workers.emulator.workers import Workers

HOST = "127.0.0.1"
ROOT = Path(__file__).parents[2]
EMBED_WORKER = (sys.executable, "-m", "runpod_workers.embed.handler")
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "SYSTEMROOT")


def emulate(
    port: int, settings: Settings, workers: int, announce: Callable[[str], None], progress: Progress = lambda *_: None
) -> None:
    """Serve the embed endpoint until SIGINT or SIGTERM; `announce` is given one line an endpoint.

    The model is fetched first, as the image's build does it, which `progress` is told of.

    Raises:
        InvalidSettings: `port` is taken or is none.
        ModelUnavailable, ModelInvalid: the model cannot be had.
    """
    from adapters.model_files import model_files

    with listening_socket(port) as listening:
        model_files(settings, settings.model, progress)
        asyncio.run(emulated(listening, {"embed": EMBED_WORKER}, settings, workers, announce))


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
    listening: socket.socket,
    commands: Mapping[str, Sequence[str]],
    settings: Settings,
    workers: int,
    announce: Callable[[str], None],
    **more: Any,
) -> None:
    """Serve until SIGINT or SIGTERM; for what is left out see `serving`."""
    stop = asyncio.Event()
    with _signals_set(stop), tempfile.TemporaryDirectory(prefix="doctown-emulator-") as home:
        async with serving(listening, commands, settings, workers, Path(home), **more) as addresses:
            for name, address in addresses.items():
                announce(f"{name} {address}")
            await stop.wait()


@contextlib.asynccontextmanager
async def serving(
    listening: socket.socket,
    commands: Mapping[str, Sequence[str]],
    settings: Settings,
    workers: int,
    home: Path,
    times: Times | None = None,
    idle_s: float = 5.0,
) -> AsyncIterator[dict[str, str]]:
    """Serve an endpoint per command, which starts a worker of it; the addresses by name."""
    base = f"http://{HOST}:{listening.getsockname()[1]}/v2"
    key = secrets.token_urlsafe()
    endpoints: dict[str, Endpoint] = {}
    for name, command in commands.items():
        queue = Queue(times)

        def environment_of(worker: str, name: str = name) -> dict[str, str]:
            return worker_environment(f"{base}/{name}", worker, key, home, settings, workers)

        endpoints[name] = Endpoint(queue, Workers(queue, command, environment_of, workers, home, idle_s))
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    runner = web.AppRunner(app_of(endpoints, key), handle_signals=False, shutdown_timeout=0.5)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    supervising = [asyncio.create_task(endpoint.workers.supervise()) for endpoint in endpoints.values()]
    try:
        yield {name: f"{base}/{name}" for name in endpoints}
    finally:
        for endpoint in endpoints.values():
            endpoint.workers.end()
        await asyncio.gather(*supervising)
        await runner.cleanup()


def worker_environment(
    base: str, worker: str, key: str, home: Path, settings: Settings, workers: int
) -> dict[str, str]:
    """The whole environment of a worker of the endpoint at `base`."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    ours = {name: value for name, value in settings.to_environment().items() if name != "RUNPOD_API_KEY" and value}
    if not settings.threads:
        ours["DOCTOWN_THREADS"] = str(max(1, (os.cpu_count() or 1) // workers))
    return (
        kept
        | ours
        | {
            "HOME": str(home),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "RUNPOD_AI_API_KEY": key,
            "RUNPOD_POD_ID": worker,
            "RUNPOD_POD_HOSTNAME": worker,
            "RUNPOD_ENDPOINT_ID": base.rpartition("/")[2],
            # The SDK appends its own parameters with an ampersand, so each of these has some already.
            "RUNPOD_WEBHOOK_GET_JOB": f"{base}/job-take/$ID?gpu=none",
            "RUNPOD_WEBHOOK_POST_OUTPUT": f"{base}/job-done/$RUNPOD_POD_ID/$ID?gpu=none",
            "RUNPOD_WEBHOOK_PING": f"{base}/ping/$RUNPOD_POD_ID?gpu=none",
            "RUNPOD_DEBUG_LEVEL": "INFO",
            "RUNPOD_SKIP_AUTO_SYSTEM_CHECKS": "true",
            "RUNPOD_SKIP_GPU_CHECK": "true",
        }
    )


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
