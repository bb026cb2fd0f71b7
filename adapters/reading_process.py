"""A process that reads files: `python -m adapters.reading_process DESCRIPTOR PARENT` (a socket, a process id).

It is told what to count tokens with, then given one file after the other; it is also asked about the names of files, so
that whoever started it need not hold the rules by which secrets are found. It may die of one: it has a bound of
processor time and one of memory, kept by the kernel, and whoever started it goes on without it. It dies with its
parent, has no secret in its environment and opens nothing after it has started.
"""

import contextlib
import gc
import json
import math
import resource
import signal
import struct
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from adapters.liveness import die_with_parent
from adapters.secret_scanner import SecretScanner
from adapters.tokenizer import TokenCounter
from doctown.errors import DoctownError
from doctown.ingest.reading import Reading, Scan, Terms, encoded, reading_of
from doctown.ingest.token_places import Tokens

READ, TOO_LARGE, FAILED = b"+", b"m", b"-"
"""How an answer begins: a reading follows; there was not enough memory; what went wrong follows."""
_FILE, _NAMES = b"f", b"n"
"""How a question begins: of a file, or of the names of files."""
_HEAD = struct.Struct(">cI??")
"""That; bytes of the path, which follows; the two terms."""

Read = Callable[[str, bytes, Tokens, Scan, Terms], Reading]


def question_of(path: str, data: bytes, terms: Terms) -> bytes:
    """The message that asks for the reading of a file."""
    name = path.encode("utf-8", "surrogatepass")
    return _HEAD.pack(_FILE, len(name), terms.by_looks, terms.masks_secrets) + name + data


def question_of_names(paths: Sequence[str]) -> bytes:
    """The message that asks for what `SecretScanner.masked_paths` gives of `paths`. The answer is JSON."""
    return _NAMES + json.dumps(paths).encode()


def _asked(question: bytes) -> tuple[str, bytes, Terms]:
    start = _HEAD.size
    _, size, *terms = _HEAD.unpack_from(question)
    end = start + size
    return question[start:end].decode("utf-8", "surrogatepass"), question[end:], Terms(*terms)


def _answer_to(question: bytes, tokens: TokenCounter, scanner: SecretScanner, read: Read) -> bytes:
    try:
        if question.startswith(_NAMES):
            return READ + json.dumps(scanner.masked_paths(json.loads(question[len(_NAMES) :]))).encode()
        path, data, terms = _asked(question)
        return READ + encoded(read(path, data, tokens, scanner.masked, terms))
    except MemoryError:
        return TOO_LARGE
    except Exception as error:  # whatever a hostile file has brought about: the run goes on without it
        return FAILED + f"{type(error).__name__}: {error}"[:200].encode("utf-8", "replace")


def _bound_memory(more: int) -> None:
    """Let this process have so many bytes more than it has."""
    with contextlib.suppress(OSError, ValueError):  # not on every system
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + more
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _bound_time(seconds: float) -> None:
    """Let this process use the processor for so long from now on; past that the kernel ends it."""
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time() + seconds), hard))


def main(descriptor: int, parent: int, read: Read = reading_of) -> None:
    """Serve until the parent has no more to ask. `read` makes the reading of a file."""
    die_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent's to handle
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pipe = Connection(descriptor)
    told = json.loads(pipe.recv_bytes())
    try:
        tokens = TokenCounter(Path(told["tokenizer"]), told["max_tokens"])
    except DoctownError as error:
        pipe.send_bytes(json.dumps({"error": str(error), "error_kind": error.kind}).encode())
        return
    scanner = SecretScanner(Path(told["cache"]))
    gc.freeze()
    _bound_memory(told["memory_bytes"])
    pipe.send_bytes(b"{}")
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            question = pipe.recv_bytes()
            _bound_time(told["file_s"])
            pipe.send_bytes(_answer_to(question, tokens, scanner, read))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
