"""Scratch: folders for clones and the like, which go with whoever made them, however that ended.

Each is locked for as long as its process lives: a lock, unlike a process id, is never another's, and is seen from every
container of the machine.
"""

import fcntl
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from doctown.errors import StoreUnavailable

_PROCESS = re.compile(r"[0-9]+(?=-|$)")
_BEGAN = re.compile(r"[0-9]+-([0-9]{1,12})-")


@contextmanager
def scratch_in(cache: Path) -> Iterator[Path]:
    """A folder below `cache` for the time of the block.

    It is named by the process, and is another for every call: several may run in one process.
    Raises StoreUnavailable.
    """
    sweep(cache)
    own, held = _made(cache / "scratch")
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)
        os.close(held)


def _made(folder: Path) -> tuple[Path, int]:
    """A new folder, and what holds its lock until it is closed. Raises StoreUnavailable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _locked_whole(folder, fcntl.LOCK_SH):
            while True:
                own = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-{int(time.time())}-", dir=folder))
                try:
                    held = os.open(own, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
                except FileNotFoundError:
                    continue  # somebody swept it before it was opened
                fcntl.flock(held, fcntl.LOCK_EX)
                if own.exists():
                    return own, held
                os.close(held)  # or before it was locked
    except OSError as error:
        raise StoreUnavailable(f"{folder} cannot be written: {error.strerror}; set DOCTOWN_CACHE elsewhere.") from error


def sweep(cache: Path) -> None:
    """Remove what processes that are no more have left."""
    folder = cache / "scratch"
    try:
        left = list(folder.iterdir()) if folder.is_dir() else []
    except OSError:
        return
    for place in left:
        if _PROCESS.match(place.name) and (held := _locked(place)) is not None:
            shutil.rmtree(place, ignore_errors=True)  # before the lock is let go: who waits for it looks again
            os.close(held)


def held_since(cache: Path) -> list[float]:
    """When each of the scratch folders was made that a living process holds, in unix seconds; of runs, that is."""
    since = []
    for place in (cache / "scratch").glob("*-*-*"):
        if (held := _locked(place)) is not None:
            os.close(held)
        elif place.is_dir() and (began := _BEGAN.match(place.name)):
            since.append(float(began[1]))
    return sorted(since)


@contextmanager
def nobody_begins(cache: Path) -> Iterator[None]:
    """For the time of the block, whoever wants a scratch folder waits."""
    folder = cache / "scratch"
    if not folder.is_dir():
        yield
        return
    with _locked_whole(folder, fcntl.LOCK_EX):
        yield


@contextmanager
def _locked_whole(folder: Path, how: int) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)


def _locked(folder: Path) -> int | None:
    """What holds the lock of `folder` until it is closed; None where another has it, or there is no such folder."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
