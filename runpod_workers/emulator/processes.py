"""Workers as real processes: each in a container that ends with the emulator, and with an environment of its own.

The environment is made from what it is given and little else: no key of RunPod's or anybody's, a home of its own (the
SDK would read credentials from there), and the variables by which RunPod tells a worker where it is.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

CONTAINER = str(Path(__file__).with_name("container.py"))
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "SYSTEMROOT")


class Processes:
    """Launches the workers of one endpoint."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], home: Path) -> None:
        """`environment` is the whole of it but for the worker's name; `home` is a folder for all of them."""
        self._command, self._environment, self._home = command, environment, home

    async def launch(self, name: str) -> "Process":
        """Start a worker. Raises OSError: no memory, no process or no folder for it now."""
        log = self._home / f"{self._environment['RUNPOD_ENDPOINT_ID']}-{name}.log"
        with log.open("wb") as written:  # no pipe: the heartbeat would hold it, and a pipe's end is waited for
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", CONTAINER, *self._command),
                stdin=asyncio.subprocess.PIPE,  # its end tells the container that we are gone
                stdout=written,
                stderr=asyncio.subprocess.STDOUT,
                env={**self._environment, "RUNPOD_POD_ID": name, "RUNPOD_POD_HOSTNAME": name},
                start_new_session=True,
            )
        return Process(process, log)


class Process:
    """A worker's container, what runs in it, and what it writes."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process, self._log = process, log
        self._words, self._is_over = "", False

    async def wait(self) -> int:
        """Its exit status, once it has ended."""
        code = await self._process.wait()
        self._words = _last_lines(self._log)
        self._log.unlink(missing_ok=True)
        self.kill()
        self._is_over = True
        return code

    def kill(self) -> None:
        """End the whole session at once. Once that was done, its number may be another's."""
        if not self._is_over:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def drain(self) -> None:
        """SIGTERM, as RunPod ends a container."""
        self._signal(signal.SIGTERM)

    def hang(self) -> None:
        """The worker stops where it stands; its heartbeat is another process."""
        self._signal(signal.SIGUSR1)

    def last_words(self) -> str:
        """The last lines it wrote, fit for a terminal."""
        return self._words

    def _signal(self, number: signal.Signals) -> None:
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)


def worker_environment(base: str, key: str, home: Path, more: Mapping[str, str], ping_s: int = 10) -> dict[str, str]:
    """The environment of the workers of the endpoint at `base`; `more` is what they have besides."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {
        **kept,
        **more,
        "HOME": str(home),
        "PYTHONUNBUFFERED": "1",
        "RUNPOD_AI_API_KEY": key,
        "RUNPOD_ENDPOINT_ID": base.rpartition("/")[2],
        # The SDK appends its own parameters with an ampersand, so each of these has some already.
        "RUNPOD_WEBHOOK_GET_JOB": f"{base}/job-take/$ID?gpu=none",
        "RUNPOD_WEBHOOK_POST_OUTPUT": f"{base}/job-done/$RUNPOD_POD_ID/$ID?gpu=none",
        "RUNPOD_WEBHOOK_POST_STREAM": f"{base}/job-stream/$RUNPOD_POD_ID/$ID?gpu=none",
        "RUNPOD_WEBHOOK_PING": f"{base}/ping/$RUNPOD_POD_ID?gpu=none",
        "RUNPOD_PING_INTERVAL": str(1000 * max(1, ping_s)),
        "RUNPOD_DEBUG_LEVEL": "INFO",
        "RUNPOD_SKIP_AUTO_SYSTEM_CHECKS": "true",
        "RUNPOD_SKIP_GPU_CHECK": "true",
    }


def _last_lines(log: Path) -> str:
    try:
        lines = log.read_text(errors="replace").splitlines()[-10:]
    except OSError:
        return "  (what it said is gone)"
    # A terminal shows this, and what a worker says may come from a repository.
    shown = ("".join(c if c.isprintable() else "?" for c in line[:500]) for line in lines if line.strip())
    return "\n".join("  " + line for line in shown)
