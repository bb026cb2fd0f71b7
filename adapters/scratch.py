"""Scratch: folders for clones and the like, which go with whoever made them, however that ended."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from doctown.errors import StoreUnavailable

_PROCESS = re.compile(r"[0-9]+(?=-|$)")


@contextmanager
def scratch_in(cache: Path) -> Iterator[Path]:
    """A folder below `cache` for the time of the block.

    It is named by the process, and is another for every call: several may run in one process.
    Raises StoreUnavailable.
    """
    folder = cache / "scratch"
    sweep(cache)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        own = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=folder))
    except OSError as error:
        raise StoreUnavailable(f"{folder} cannot be written: {error.strerror}; set DOCTOWN_CACHE elsewhere.") from error
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)


def sweep(cache: Path) -> None:
    """Remove what processes that are no more have left."""
    folder = cache / "scratch"
    try:
        left = list(folder.iterdir()) if folder.is_dir() else []
    except OSError:
        return
    for place in left:
        if (number := _PROCESS.match(place.name)) and not lives(int(number[0])):
            shutil.rmtree(place, ignore_errors=True)


def lives(pid: int) -> bool:
    """Whether there is a process of that number on this machine."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True
