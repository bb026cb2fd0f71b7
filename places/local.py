"""The local backend: each step in a child process of its own, kept warm, that dies with this one.

A process, not a thread, because only a process can be stopped: a cancelled call kills it, and so does the end of the
parent, however that comes (places/child.py). The same JSON goes in and out as over RunPod's wire.
"""

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adapters.scratch import sweep
from adapters.settings import Settings
from doctown.errors import DoctownError, StepFailed, WorkerLost, error_named
from doctown.steps import EMBED, INGEST, Progress, Q, R, Step
from places.frames import frame_of, receive_frame
from places.placement import LOCAL

_log = logging.getLogger(__name__)


class _Child:
    """A running child and the ends of its pipes."""

    def __init__(self, process: asyncio.subprocess.Process, requests: int, answers: asyncio.StreamReader) -> None:
        self.process, self.answers = process, answers
        self._requests = requests

    @classmethod
    async def spawned(cls, settings: Settings, step: str) -> "_Child":
        requests_out, requests_in = os.pipe()
        answers_out, answers_in = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "places.child", str(requests_out), str(answers_in), str(os.getpid())),
                env=_environment(),
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=(requests_out, answers_in),
                start_new_session=True,  # Ctrl-C is ours to handle; killing the session ends its own children too
            )
        finally:
            os.close(requests_out)
            os.close(answers_in)
        answers = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(answers), os.fdopen(answers_out, "rb", 0)
        )
        child = cls(process, requests_in, answers)
        # No step that runs on this machine needs the key, and only the one that reads repositories their tokens.
        unneeded = ["RUNPOD_API_KEY"] if step == INGEST.name else ["RUNPOD_API_KEY", "DOCTOWN_GIT_TOKENS"]
        await child.send({"settings": settings.to_environment() | dict.fromkeys(unneeded, "")})
        return child

    async def send(self, message: Mapping[str, Any]) -> None:
        data = frame_of(dict(message))
        await asyncio.to_thread(self._write, data)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        with contextlib.suppress(BrokenPipeError):  # a dead child is noticed where its answer is awaited
            while view:
                view = view[os.write(self._requests, view) :]

    async def end(self) -> None:
        """Kill the child and whatever it started, and wait until it is gone."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        await self.process.wait()
        if self._requests >= 0:
            os.close(self._requests)
            self._requests = -1


def _environment() -> dict[str, str]:
    """Our own, in which code is found where this code is: not, as `-m` would, in the folder one happens to be in."""
    paths = [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    return dict(os.environ) | {"PYTHONPATH": os.pathsep.join(path for path in paths if path)}


class LocalBackend:
    """Runs steps on this machine, one at a time per kind of step."""

    address = LOCAL
    parallel = 1

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._children: dict[str, _Child] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    async def run(self, step: Step[Q, R], request: Q, progress: Progress | None = None) -> R:
        """Run one step in its child. A cancelled call kills the child.

        Raises:
            WorkerLost: the child ended without an answer (killed, out of memory).
            DoctownError: what the step raised.
        """
        async with self._turns.setdefault(step.name, asyncio.Lock()):
            if step.name not in self._children:
                self._children[step.name] = await _Child.spawned(self._settings, step.name)
            child = self._children[step.name]
            stays = False
            try:
                result = await _answered(child, step, request, progress)
                stays = step.name == EMBED.name  # its model is warm, and the next batch is near
                return result
            except asyncio.IncompleteReadError as error:
                await child.process.wait()
                raise WorkerLost(_last_words(step.name, child.process.returncode)) from error
            except DoctownError:
                stays = True
                raise
            finally:
                if not stays:
                    await self._end(step.name)

    async def settle(self, step: Step[Q, R], request: Q) -> bool:
        """Nothing is remembered here, and nothing is paid."""
        return False

    async def aclose(self) -> None:
        """End every child, and remove what those that were killed have left."""
        await asyncio.gather(*(self._end(name) for name in list(self._children)))
        await asyncio.to_thread(sweep, Path(self._settings.cache))

    async def _end(self, name: str) -> None:
        child = self._children.pop(name, None)
        if child is not None:
            await child.end()


async def _answered(child: _Child, step: Step[Q, R], request: Q, progress: Progress | None) -> R:
    await child.send({"step": step.name, "request": request.to_json()})
    while True:
        message = await receive_frame(child.answers)
        if "progress" in message:
            if progress is not None:
                progress(*message["progress"])
        elif "result" in message:
            return step.result.from_json(message["result"])
        else:
            raise _error_of(step.name, message)


def _error_of(name: str, message: Mapping[str, Any]) -> DoctownError:
    if "traceback" in message:
        _log.error("The %s step failed:\n%s", name, message["traceback"])
        return StepFailed(f"The {name} step failed with an error we did not expect: {message['error']}.")
    return error_named(message["error_kind"], message["error"])


def _last_words(name: str, returncode: int | None) -> str:
    how = f"was killed by signal {-returncode}" if returncode and returncode < 0 else f"ended with code {returncode}"
    advice = " (is there enough memory?)" if returncode == -signal.SIGKILL else ""
    return f"The process of the {name} step {how}{advice}; run again, what was finished is kept."
