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
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha1, sha256
from pathlib import Path
from typing import IO

from doctown.errors import BadRequest, LimitExceeded, RepositoryNotFound

_CONFIGURATION = """\
[core]
    repositoryFormatVersion = 1
    bare = true
    hooksPath = /dev/null
    fsmonitor = false
    attributesFile = /dev/null
    excludesFile = /dev/null
[extensions]
    objectFormat = {object_format}
[protocol]
    allow = never
[protocol "https"]
    allow = always
[credential]
    helper =
[http]
    followRedirects = false
    sslVerify = true
    lowSpeedLimit = 1000
    lowSpeedTime = 60
[transfer]
    credentialsInUrl = die
[fetch]
    unpackLimit = 1
    recurseSubmodules = false
    writeCommitGraph = false
[gc]
    auto = 0
[maintenance]
    auto = false
"""

_INHERITED = (
    *("PATH", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO"),
    *("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"),
)
"""How this machine reaches programs and the network; the only variables that git gets from outside."""

_LOOSE = re.compile(r"[0-9a-f]{2}")
_PACK = re.compile(r"pack-[0-9a-f]{40,64}\.(pack|idx)")
_LISTED = re.compile(rb"(\d{6}) (\w+) ([0-9a-f]{40,64}) +(\d+|-|BAD)\t(.*)", re.DOTALL)
_QUICK_S = 120.0
_INCOMPLETE = (
    "The repository at {place} does not hold all of that commit (it is a partial clone, borrows objects from another "
    "repository, or is damaged); index a full clone of it."
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

    def __init__(self, folder: Path, object_format: str, place: str) -> None:
        self.folder, self._place = folder, place
        self.git_dir, home = folder / "repository", folder / "home"
        for made in (home, self.git_dir / "objects" / "pack", self.git_dir / "refs"):
            made.mkdir(parents=True)
        (self.git_dir / "HEAD").write_text("ref: refs/heads/none\n")
        (self.git_dir / "config").write_text(_CONFIGURATION.format(object_format=object_format))
        self._environment = _environment(self.git_dir, home)

    def borrow(self, objects: Path) -> None:
        """Link the object files of the folder `objects`, and only what lies in it: no link in it is followed."""
        ours = self.git_dir / "objects"
        for found in _real(objects):
            if found.is_dir(follow_symlinks=False) and _LOOSE.fullmatch(found.name):
                (ours / found.name).symlink_to(Path(found.path).absolute())
        if (objects / "pack").is_dir() and not (objects / "pack").is_symlink():
            for found in _real(objects / "pack"):
                if found.is_file(follow_symlinks=False) and _PACK.fullmatch(found.name):
                    (ours / "pack" / found.name).symlink_to(Path(found.path).absolute())

    def commit_of(self, name: str) -> str | None:
        """The commit that `name`, the hexadecimal id of a commit or tag, whole or not, stands for.

        None where there is none, and where several objects begin with `name`.
        """
        with self._started("cat-file", "--batch-check") as process:
            answer = _asked(process, f"{name}^{{commit}}").split()
        return answer[0].decode() if len(answer) == 3 and answer[1] == b"commit" else None

    def tree(self, commit: str) -> Iterator[TreeEntry]:
        """Every entry of the commit but its folders, in git's order.

        Raises LimitExceeded where git takes more than two minutes, RepositoryNotFound where objects are missing.
        """
        with self._started("ls-tree", "-r", "-z", "-l", "--full-tree", commit) as process:
            assert process.stdout is not None
            ended = threading.Timer(_QUICK_S, process.kill)
            ended.daemon = True
            ended.start()
            try:
                for record in _records(process.stdout):
                    yield self._entry_of(record)
                if process.wait() < 0:
                    raise LimitExceeded(f"The tree of {self._place} takes git more than {_QUICK_S:.0f} s to list.")
                if process.returncode:
                    raise RepositoryNotFound(_INCOMPLETE.format(place=self._place))
            finally:
                ended.cancel()

    def _entry_of(self, record: bytes) -> TreeEntry:
        found = _LISTED.fullmatch(record)
        if found is None or found[4] == b"BAD":
            raise RepositoryNotFound(_INCOMPLETE.format(place=self._place))
        mode, kind, oid, size = (found[n].decode() for n in (1, 2, 3, 4))
        path = found[5].decode("utf-8", "surrogateescape")
        return TreeEntry(mode, kind, oid, None if size == "-" else int(size), path)

    def contents(self, wanted: Iterable[tuple[str, int]]) -> Iterator[bytes]:
        """The bytes of each blob, given as (id, size), from one process; checked against the id.

        Raises RepositoryNotFound where a blob is missing or is not what its id says.
        """
        with self._started("cat-file", "--batch") as process:
            assert process.stdout is not None
            for oid, size in wanted:
                data = b""
                if _asked(process, oid) == f"{oid} blob {size}\n".encode():
                    data = process.stdout.read(size + 1)[:-1]
                if blob_id(data, like=oid) != oid:
                    raise RepositoryNotFound(_INCOMPLETE.format(place=self._place))
                yield data

    @contextlib.contextmanager
    def _started(self, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        with _git_there():
            process = subprocess.Popen(
                ["git", *arguments],
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

    def on_network(self, *arguments: str, max_bytes: int, timeout_s: float) -> tuple[int, bytes, str]:
        """Run git, which may talk https; its exit status, standard output, and standard error.

        Raises LimitExceeded when it writes more than `max_bytes`, RepositoryNotFound when it takes too long.
        """
        said, written = self.folder / "stderr", self.folder / "stdout"
        leash = [sys.executable, "-I", "-S", str(Path(__file__).with_name("leash.py")), str(os.getpid())]
        with _git_there(), said.open("wb") as stderr, written.open("wb") as stdout:
            process = subprocess.Popen(
                [*leash, "git", *arguments],
                cwd=self.folder,
                env=dict(self._environment) | {"GIT_TRACE_CURL": str(self.trace), "GIT_TRACE_CURL_NO_DATA": "1"},
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
            )
            try:
                self._await(process, max_bytes, time.monotonic() + timeout_s)
            finally:
                process.terminate()
                process.wait()
        return process.returncode, written.read_bytes(), said.read_bytes()[-20_000:].decode("utf-8", "replace")

    @property
    def trace(self) -> Path:
        """Where the last call `on_network` noted the headers of what was sent and received."""
        return self.folder / "trace"

    def _await(self, process: subprocess.Popen[bytes], max_bytes: int, deadline: float) -> None:
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
                return
            if _size_of(self.folder) > max_bytes:
                raise LimitExceeded(
                    f"{self._place} is larger than {max_bytes:,} bytes (max_total_bytes); raise the limit, or clone it "
                    "and index a part of it with --path."
                )
            if time.monotonic() > deadline:
                raise RepositoryNotFound(f"{self._place} did not send the repository in time; try again later.")


@contextlib.contextmanager
def _git_there() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise BadRequest("git was not found on the PATH; install it.") from error


def _environment(git_dir: Path, home: Path) -> Mapping[str, str]:
    inherited = {name: os.environ[name] for name in _INHERITED if os.environ.get(name)}
    if "SSL_CERT_FILE" in inherited:
        inherited.setdefault("GIT_SSL_CAINFO", inherited["SSL_CERT_FILE"])
    return inherited | {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "LC_ALL": "C",
        "GIT_DIR": str(git_dir),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_ALLOW_PROTOCOL": "https",
        "GIT_PROTOCOL_FROM_USER": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "",
        "GIT_SSH_COMMAND": "false",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_PAGER": "cat",
    }


def _asked(process: subprocess.Popen[bytes], line: str) -> bytes:
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
    return process.stdout.readline(1_000) if waiting.poll(_QUICK_S * 1_000) else b""


def _records(stream: IO[bytes]) -> Iterator[bytes]:
    left = b""
    while piece := stream.read(65_536):
        *whole, left = (left + piece).split(b"\0")
        yield from whole


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
