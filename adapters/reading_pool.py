"""The pool of processes that read files, so that no file can take a run down: not by a crash of its grammar, not by a
loop, not by eating memory.

A process that dies of a file is replaced, and the file is left out with the bound it has met. What a process was asked
before must not matter: a file of which one has died, but for lack of time, is tried once more in a fresh one. Processes
are started as they are needed, the first by the first file. Which files are read, and in what order, is left to whoever
asks.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from types import TracebackType
from typing import Self

from adapters.model_files import ModelFiles
from adapters.reading_process import FAILED, READ, TOO_LARGE, question_of, question_of_names
from doctown.errors import LimitExceeded, StepFailed, error_named
from doctown.ingest.reading import USUAL, Terms

SLOW_S = 2.0
"""A file that takes longer is named."""
_BY_THE_CLOCK = 12
"""The last net, for what neither works nor ends: so many times the processor's time."""
_FILES_A_PROCESS = 24
"""One more process is started for so many files: starting one takes as long as reading so many."""
_PASSED_ON = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "PYTHONHOME", "PYTHONPATH", "TMPDIR", "VIRTUAL_ENV")
"""Variables. No other is any business of a process that is given hostile files."""
_ROOT = Path(__file__).parents[1]

Slow = Callable[[str, float], None]
"""Told the path of a file that takes long, and its seconds so far, about once a second."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What reading may take: of one file, and all of it. `file_s` is time of the processor, `all_s` by the clock."""

    file_s: float = 10
    all_s: float = 3600
    memory_bytes: int = 1_000_000_000


class Pending:
    """A file that was asked for: in the end there is its encoded `reading`, or the `reason` why there is none."""

    def __init__(self, path: str, question: bytes) -> None:
        self.path = path
        self.question = question
        self.tries = 0
        self.reading: bytes | None = None
        self.reason: str | None = None

    @property
    def is_over(self) -> bool:
        """Whether there is one of both."""
        return self.reading is not None or self.reason is not None


class _Process:
    def __init__(self, module: str, told: bytes) -> None:
        self.pipe, theirs = Pipe()
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, str(theirs.fileno()), str(os.getpid())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                cwd=_ROOT,  # `-m` looks there first: never in a folder that is being indexed
                env=environment | {"PYTHONHASHSEED": "0", "TOKENIZERS_PARALLELISM": "false"},
            )
        finally:
            theirs.close()
        self.is_ready = False
        self.asked: Pending | None = None
        self.since = self.named = time.monotonic()
        with contextlib.suppress(OSError):  # it is dead: noticed where its answer is awaited
            self.pipe.send_bytes(told)

    def ask(self, pending: Pending) -> None:
        self.asked = pending
        self.since = self.named = time.monotonic()
        pending.tries += 1
        with contextlib.suppress(OSError):
            self.pipe.send_bytes(pending.question)

    def end(self) -> int:
        """End it if it lives; how it ended."""
        self.pipe.close()
        self._process.kill()
        return self._process.wait()


class ReadingPool:
    """Up to `most` processes that count tokens as the model of `files` does. Left, none of them is there any more."""

    def __init__(
        self,
        files: ModelFiles,
        cache: Path,
        bounds: Bounds,
        most: int,
        slow: Slow,
        module: str = "adapters.reading_process",
    ) -> None:
        """`cache` holds the compiled rules by which secrets are found; `module` is what the processes run."""
        self._module = module
        self._told = json.dumps(
            {
                "tokenizer": str(files.tokenizer.absolute()),
                "cache": str(cache.absolute()),
                "max_tokens": files.max_tokens,
                "file_s": bounds.file_s,
                "memory_bytes": bounds.memory_bytes,
            }
        ).encode()
        self._bounds, self._most, self._slow = bounds, most, slow
        self._processes: list[_Process] = []
        self._given = 0
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes:
            process.end()
        self._processes.clear()

    def give(self, path: str, data: bytes, terms: Terms = USUAL) -> Pending:
        """Have a file read, as soon as a process is free: until then this call waits.

        Raises:
            ModelInvalid: there is no tokenizer.
            LimitExceeded: reading has taken longer than all of it may.
            StepFailed: a process cannot be started.
        """
        pending = Pending(path, question_of(path, data, terms))
        self._give(pending)
        return pending

    def masked_names(self, paths: Sequence[str]) -> dict[str, str]:
        """Those of `paths` that hold a secret, each with its name as it may be told. Raises as `give` does."""
        pending = Pending("the names of the files", question_of_names(paths))
        self._give(pending)
        while not pending.is_over:
            self.wait()
        if pending.reading is None:
            raise StepFailed(f"The names of the files cannot be searched for secrets: {pending.reason}.")
        found: dict[str, str] = json.loads(pending.reading)
        return found

    def _give(self, pending: Pending) -> None:
        self.look()
        self._start_more()
        while (free := self._free()) is None:
            self.wait()
            self._start_more()  # the one that was awaited may be no more
        self._given += 1
        free.ask(pending)

    def wait(self) -> None:
        """Wait until something has happened. Raises as `give` does."""
        self.look(timeout_s=min(1.0, self._bounds.file_s))

    def look(self, timeout_s: float = 0) -> None:
        """Take what has been answered; wait for it at most so long. Raises as `give` does."""
        busy = {process.pipe: process for process in self._processes if process.asked or not process.is_ready}
        for pipe in wait(list(busy), timeout_s):
            assert isinstance(pipe, Connection)
            self._take(busy[pipe])
        now = time.monotonic()
        if now - self._began > self._bounds.all_s:
            raise LimitExceeded(
                f"Parsing has taken longer than {self._bounds.all_s:,.0f} s (DOCTOWN_PARSING_S); index a part with "
                "--path, raise the limit, or run again: what was read is kept."
            )
        for process in [one for one in self._processes if one.asked is not None]:
            self._watch(process, now)

    def _start_more(self) -> None:
        if len(self._processes) < min(self._most, 1 + self._given // _FILES_A_PROCESS):
            self._processes.append(_Process(self._module, self._told))

    def _free(self) -> _Process | None:
        return next((one for one in self._processes if one.is_ready and one.asked is None), None)

    def _take(self, process: _Process) -> None:
        try:
            answer = process.pipe.recv_bytes()
        except (EOFError, OSError):
            self._lost(process)
            return
        if not process.is_ready:
            if said := json.loads(answer):
                raise error_named(said["error_kind"], said["error"])
            process.is_ready = True
            return
        pending, process.asked = process.asked, None
        assert pending is not None
        if answer.startswith(READ):
            pending.reading = answer[len(READ) :]
        elif answer == TOO_LARGE:
            self._again(process, pending, self._too_large())
        else:
            pending.reason = f"not readable: {answer.removeprefix(FAILED).decode('utf-8', 'replace')}"

    def _lost(self, process: _Process) -> None:
        """A process is dead. Its file gets a reason, or a second try."""
        status = process.end()
        if not process.is_ready:
            self._processes.remove(process)
            raise StepFailed(f"A process that reads files ended before it was ready (status {status}); run again.")
        pending, process.asked = process.asked, None
        assert pending is not None
        if status == -signal.SIGXCPU:
            self._processes.remove(process)
            pending.reason = f"too costly: its parsing took more than {self._bounds.file_s:g} s"
        elif status == -signal.SIGABRT:  # a grammar that gets no memory ends the process so
            self._again(process, pending, self._too_large())
        else:
            how = signal.Signals(-status).name if status < 0 else f"status {status}"
            self._again(process, pending, f"not readable: its parsing ended the process that did it ({how})")

    def _too_large(self) -> str:
        return f"too costly: its parsing took more than {self._bounds.memory_bytes / 1e6:,.0f} MB of memory"

    def _again(self, process: _Process, pending: Pending, reason: str) -> None:
        """Once more in a fresh process; then never again."""
        process.end()
        self._processes.remove(process)
        if pending.tries > 1:
            pending.reason = reason
            return
        fresh = _Process(self._module, self._told)
        self._processes.append(fresh)
        while not fresh.is_ready:
            if not wait([fresh.pipe], 60):
                raise StepFailed("A process that reads files did not become ready; run again.")
            self._take(fresh)
        fresh.ask(pending)

    def _watch(self, process: _Process, now: float) -> None:
        """Name a file that takes long; end a process that neither works nor ends."""
        pending, taken = process.asked, now - process.since
        assert pending is not None
        if taken > _BY_THE_CLOCK * self._bounds.file_s:
            process.end()
            self._processes.remove(process)
            pending.reason = (
                f"too costly: its parsing took more than {_BY_THE_CLOCK * self._bounds.file_s:g} s by the clock"
            )
        elif taken >= SLOW_S and now - process.named >= 1:
            process.named = now
            self._slow(pending.path, taken)
