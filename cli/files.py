"""Files the terminal writes for a person: whole or not at all, and the docpacks it reads."""

import contextlib
import os
import re
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

from adapters.liveness import lives
from doctown.docpack import Docpack
from doctown.errors import DocpackInvalid, OutputNotWritable

_PREFIX = ".doctown-"


def file_name_of(repository: str) -> str:
    """A file name, without ending, for a repository's name, which anyone may have chosen."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", repository).strip(".-")[:100] or "repository"


def check_writable(folder: Path) -> None:
    """Make the folder if need be and try a file in it, before any work. Raises OutputNotWritable.

    What a run that was killed in the middle of writing has left there goes.
    """
    with _sentence(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0")
        for left in folder.glob(f"{_PREFIX}*"):
            if (number := re.match(r"[0-9]+(?=-)", left.name.removeprefix(_PREFIX))) and not lives(int(number[0])):
                left.unlink(missing_ok=True)


def write_files(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write all of `files` (name to bytes) into `folder`, or none. Raises OutputNotWritable.

    What is being written has no name, where the file system can do that: a run that is killed leaves nothing.
    """
    with contextlib.ExitStack() as stack, _sentence(folder):
        folder.mkdir(parents=True, exist_ok=True)
        written = [(stack.enter_context(_Unplaced(folder)), folder / name) for name in files]
        for (file, _), data in zip(written, files.values(), strict=True):
            file.write(data)
        placed: list[tuple[_Unplaced, Path]] = []
        try:
            for file, target in written:
                file.put_at(target)
                placed.append((file, target))
        except OSError:
            for file, target in placed:
                file.take_back(target)
            raise
    return [target for _, target in written]


class _Unplaced:
    """A file that is not in its place yet, and what was in that place before."""

    def __init__(self, folder: Path) -> None:
        self._name = str(folder / f"{_PREFIX}{os.getpid()}-{secrets.token_hex(8)}")
        self._older = f"{self._name}-older"
        self._is_named = False
        try:
            self._descriptor = os.open(folder, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o644)
        except (OSError, AttributeError):
            self._descriptor = os.open(self._name, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o644)
            self._is_named = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)
        for left in (self._name, self._older):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(left)

    def write(self, data: bytes) -> None:
        """Write all of it."""
        left = memoryview(data)
        while left:
            left = left[os.write(self._descriptor, left) :]

    def put_at(self, target: Path) -> None:
        """Give the file its name; another that has it is kept until the end."""
        with contextlib.suppress(OSError):  # no such file yet, or a file system without links
            os.link(target, self._older)
        if not self._is_named and not target.exists():
            self._link(str(target))
            return
        if not self._is_named:
            self._link(self._name)
        os.replace(self._name, target)

    def take_back(self, target: Path) -> None:
        """As if the file had never been put there."""
        if Path(self._older).exists():
            os.replace(self._older, target)
        else:
            target.unlink()

    def _link(self, name: str) -> None:
        # The kernel follows the link in /proc only when it is asked to, which Python does when it is given a folder.
        folder = os.open("/", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.link(f"/proc/self/fd/{self._descriptor}", name, src_dir_fd=folder, follow_symlinks=True)
        finally:
            os.close(folder)


@contextlib.contextmanager
def opened_docpack(path: str) -> Iterator[Docpack]:
    """The docpack at `path`. Raises DocpackInvalid, also where there is no such file."""
    try:
        with Path(path).open("rb") as stream:
            yield Docpack.open(stream)
    except OSError as error:
        raise DocpackInvalid(f"{path} cannot be read: {error.strerror}; give the path of a .docpack file.") from error


@contextlib.contextmanager
def _sentence(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputNotWritable(
            f"The output folder {folder} cannot be written: {error.strerror}; free or unlock it, "
            "or choose another with --out."
        ) from error
