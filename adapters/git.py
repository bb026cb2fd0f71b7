"""git, run so that no repository can make it run anything else.

A prepared repository executes its own configuration on `git status`, `archive`, `cat-file` and `ls-files`. So git
never sees one: every call runs in a clean bare repository of ours, with a configuration of ours, no hooks, no refs, no
attributes, no remotes, and an environment that inherits nothing of git's. Into it come links to the object files of a
repository on disk, or what `adapters.git_remote` fetches. Without `info/` no alternates lead anywhere else.
"""

import contextlib
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha1, sha256
from pathlib import Path
from typing import IO

from adapters.git_environment import BOUNDED, CONFIGURATION, CPU_S, MEMORY_BYTES, environment_of
from adapters.git_tokens import GitToken
from doctown.errors import BadRequest, LimitExceeded, RepositoryNotFound

_LOOSE = re.compile(r"[0-9a-f]{2}")
_PACK = re.compile(r"pack-[0-9a-f]{40,64}\.(pack|idx)")
_LISTED = re.compile(rb"(\d{6}) (\w+) ([0-9a-f]{40,64}) +(\d+|-|BAD)\t(.*)", re.DOTALL)
_QUICK_S = 120.0
_PATIENCE_S = 900.0  # for all the contents of a repository
_MAX_NAME = 1_000_000  # bytes of a path with what is said of it
_SLACK = 64_000_000  # bytes that a clone may be too large before it is seen
_INCOMPLETE = (
    "The repository at {place} does not hold all of that commit (it is a partial clone, borrows objects from another "
    "repository, is damaged, or takes more memory to read than git is given); index a full clone of it."
)


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A line of a commit's tree. `size` is None for what is no blob."""

    mode: str
    kind: str
    oid: str
    size: int | None
    path: str


def blob_id(data: bytes, like: str) -> str:
    """The id in git of the blob `data`, by the hash function that made `like`, another id of the repository."""
    made = sha1(usedforsecurity=False) if len(like) == 40 else sha256()
    made.update(b"blob %d\0" % len(data))
    made.update(data)
    return made.hexdigest()


class Git:
    """A clean bare repository below `folder` (made here), and the calls of git in it."""

    def __init__(
        self,
        folder: Path,
        object_format: str,
        place: str,
        *,
        quick_s: float = _QUICK_S,
        patience_s: float = _PATIENCE_S,
    ) -> None:
        """`quick_s` is the most that a list or one file may take, `patience_s` all files together."""
        self.folder, self._place = folder, place
        self._quick_s, self._patience_s = quick_s, patience_s
        self.git_dir, home = folder / "repository", folder / "home"
        for made in (home, self.git_dir / "objects" / "pack", self.git_dir / "refs"):
            made.mkdir(parents=True)
        (self.git_dir / "HEAD").write_text("ref: refs/heads/none\n")
        (self.git_dir / "config").write_text(CONFIGURATION.format(object_format=object_format))
        self._environment = environment_of(self.git_dir, home)

    def borrow(self, objects: Path) -> None:
        """Link the object files of the folder `objects`, and only what lies in it: no link in it is followed."""
        ours = self.git_dir / "objects"
        for found in _real(objects):
            if found.is_dir(follow_symlinks=False) and _LOOSE.fullmatch(found.name):
                _link_real(Path(found.path).absolute(), ours / found.name)
        if (objects / "pack").is_dir() and not (objects / "pack").is_symlink():
            for found in _real(objects / "pack"):
                if found.is_file(follow_symlinks=False) and _PACK.fullmatch(found.name):
                    (ours / "pack" / found.name).symlink_to(Path(found.path).absolute())

    def commit_of(self, name: str) -> str | None:
        """The commit that `name`, the hexadecimal id of a commit or tag, whole or not, stands for.

        None where there is none, and where several objects begin with `name`.
        """
        with self._started("cat-file", "--batch-check") as process:
            answer = _asked(process, f"{name}^{{commit}}", self._quick_s).split()
        return answer[0].decode() if len(answer) == 3 and answer[1] == b"commit" else None

    def tree(self, commit: str) -> Iterator[TreeEntry]:
        """Every entry of the commit but its folders, in git's order.

        Raises LimitExceeded where git takes more than two minutes or folders lie too deep, RepositoryNotFound where
        objects are missing.
        """
        with self._started("ls-tree", "-r", "-z", "-l", "--full-tree", commit) as process:
            assert process.stdout is not None
            ended = threading.Timer(self._quick_s, process.kill)
            ended.daemon = True
            ended.start()
            try:
                for record in _records(process.stdout):
                    yield self._entry_of(record)
                code = process.wait()
            finally:
                ended.cancel()
        if code < 0:
            how = "lies too deep" if code == -signal.SIGSEGV else f"takes git more than {self._quick_s:.0f} s to list"
            raise LimitExceeded(f"The tree of {self._place} {how}; index a part of it with --path from a clone.")
        if code:
            raise RepositoryNotFound(_INCOMPLETE.format(place=self._place))

    def _entry_of(self, record: bytes) -> TreeEntry:
        found = _LISTED.fullmatch(record)
        if found is None or found[4] == b"BAD":
            raise RepositoryNotFound(_INCOMPLETE.format(place=self._place))
        mode, kind, oid, size = (found[n].decode() for n in (1, 2, 3, 4))
        path = found[5].decode("utf-8", "surrogateescape")
        return TreeEntry(mode, kind, oid, None if size == "-" else int(size), path)

    def contents(self, wanted: Iterable[tuple[str, int]]) -> Iterator[bytes]:
        """The bytes of each blob, given as (id, size), from one process; checked against the id.

        Raises RepositoryNotFound where a blob is missing or is not what its id says, LimitExceeded where git takes
        more than a quarter of an hour for all of them.
        """
        with self._started("cat-file", "--batch") as process:
            assert process.stdout is not None
            left = self._patience_s
            for oid, size in wanted:
                data, began = b"", time.monotonic()
                if _asked(process, oid, min(self._quick_s, left)) == f"{oid} blob {size}\n".encode():
                    data = process.stdout.read(size + 1)[:-1]
                left -= time.monotonic() - began
                if left <= 0:
                    raise LimitExceeded(
                        f"The files of {self._place} take git more than {self._patience_s:.0f} s to unpack; index a "
                        "part of it with --path."
                    )
                if blob_id(data, like=oid) != oid:
                    raise RepositoryNotFound(_INCOMPLETE.format(place=self._place))
                yield data

    @contextlib.contextmanager
    def _started(self, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        _check_git()
        process = subprocess.Popen(
            [*BOUNDED, "git", *arguments],
            cwd=self.folder,
            env=dict(self._environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield process
        finally:
            process.kill()
            with contextlib.suppress(BrokenPipeError):
                process.communicate()

    def on_network(
        self, *arguments: str, max_bytes: int, timeout_s: float, token: GitToken | None = None
    ) -> tuple[int, bytes, str]:
        """Run git, which may talk https; its exit status, standard output, and standard error without `token`.

        Raises LimitExceeded when it writes more than `max_bytes` or takes more than MEMORY_BYTES, RepositoryNotFound
        when it takes too long.
        """
        said, written = self.folder / "stderr", self.folder / "stdout"
        bounds = map(str, (os.getpid(), max_bytes + _SLACK, MEMORY_BYTES, CPU_S))
        leash = [sys.executable, "-I", "-S", str(Path(__file__).with_name("leash.py")), *bounds]
        _check_git()
        with said.open("wb") as stderr, written.open("wb") as stdout:
            process = subprocess.Popen(
                [*leash, "git", *arguments],
                cwd=self.folder,
                env=dict(self._environment)
                | {"GIT_TRACE_CURL": str(self.trace), "GIT_TRACE_CURL_NO_DATA": "1"}
                | (token.environment() if token else {}),
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
            )
            try:
                self._await(process, max_bytes, time.monotonic() + timeout_s)
            finally:
                process.terminate()
                process.wait()
        self._check_size(max_bytes)
        complaint = said.read_bytes()[-20_000:].decode("utf-8", "replace")
        if process.returncode and re.search(r"[Oo]ut of memory|Cannot allocate memory", complaint):
            raise LimitExceeded(
                f"{self._place} takes git more than {MEMORY_BYTES:,} bytes of memory to unpack; it is not indexed."
            )
        if process.returncode and "died of signal 24" in complaint:
            raise LimitExceeded(f"{self._place} takes git more than {CPU_S} s to unpack; it is not indexed.")
        return process.returncode, written.read_bytes(), token.hidden_in(complaint) if token else complaint

    @property
    def trace(self) -> Path:
        """Where the last call `on_network` noted the headers of what was sent and received."""
        return self.folder / "trace"

    def _await(self, process: subprocess.Popen[bytes], max_bytes: int, deadline: float) -> None:
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
                return
            self._check_size(max_bytes)
            if time.monotonic() > deadline:
                raise RepositoryNotFound(f"{self._place} did not send the repository in time; try again later.")

    def _check_size(self, max_bytes: int) -> None:
        if _size_of(self.folder) > max_bytes:
            raise LimitExceeded(
                f"{self._place} is larger than {max_bytes:,} bytes (max_total_bytes); raise the limit, or clone it "
                "and index a part of it with --path."
            )


def _check_git() -> None:
    if shutil.which("git") is None:
        raise BadRequest("git was not found on the PATH; install it.")


def _asked(process: subprocess.Popen[bytes], line: str, timeout_s: float) -> bytes:
    """The line that a `cat-file --batch` answers to `line`; nothing where it is dead or does not answer."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(line.encode() + b"\n")
        process.stdin.flush()
    except BrokenPipeError:
        return b""
    # The last answer was read to its end, so that nothing waits in the buffer.
    waiting = select.poll()
    waiting.register(process.stdout, select.POLLIN)
    return process.stdout.readline(1_000) if waiting.poll(timeout_s * 1_000) else b""


def _records(stream: IO[bytes]) -> Iterator[bytes]:
    left = b""
    while piece := stream.read(65_536):
        *whole, left = (left + piece).split(b"\0")
        yield from whole
        if len(left) > _MAX_NAME:
            raise LimitExceeded(f"The repository names a file by more than {_MAX_NAME:,} bytes; it is not indexed.")


def _link_real(folder: Path, ours: Path) -> None:
    """A link to `folder`, or, where not all in it are files, a folder of links to those that are."""
    files = [found.name for found in _real(folder) if found.is_file(follow_symlinks=False)]
    if len(files) == sum(1 for _ in _real(folder)):
        ours.symlink_to(folder)
        return
    ours.mkdir()
    for name in files:
        (ours / name).symlink_to(folder / name)


def _real(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            yield from found
    except OSError as error:
        raise RepositoryNotFound(f"The git objects in {folder} cannot be read: {error.strerror}.") from error


def _size_of(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(place, name)).st_size
    return total
