"""What is kept in DOCTOWN_CACHE: how much of each kind, since when, and what may go.

Nothing goes that a living run may need. A run is whoever holds a scratch folder (`adapters.scratch`); while one lives,
only what it never looks for again, and was there before it began, may go. What is none of ours is counted and left.
Stores elsewhere are not looked at.
"""

import contextlib
import os
import stat
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from adapters.scratch import held_since, nobody_begins, sweep
from doctown.retention import DAY_S


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that is kept, below folders of the cache. `what` is for a person."""

    name: str
    what: str
    folders: tuple[str, ...]
    keeps: bool = False
    """Age alone is no reason to remove it: only whoever says `all` means it too."""
    lasts_s: float = 0.0
    """It is needed for that long, whoever has written it."""
    is_read_again: bool = True
    """A run may need what earlier runs have left."""


KINDS = (
    Kind("models", "model files, fetched and verified", ("models",), keeps=True),
    Kind("vectors", "what was embedded", ("store/vectors", "store/engines")),
    Kind("readings", "what files say by themselves", ("readings",)),
    Kind("kernels", "compiled for this machine", ("kernels",)),
    Kind("detectors", "rules that find secrets, compiled", ("detectors",)),
    Kind("engines", "which engine gives the reference vectors", ("engines",)),
    Kind("ingested", "symbols, edges and chunks of earlier runs", ("store/ingested",), is_read_again=False),
    Kind("docpacks", "what earlier runs gave", ("store/docpacks",), is_read_again=False),
    Kind("remote jobs", "work to be resumed", ("store/remote-jobs", "store/under-way"), lasts_s=2 * DAY_S),
    Kind("server data", "the history of Prefect's runs", ("prefect",), keeps=True),
)
SCRATCH, OTHER = "scratch", "other"


@dataclass(frozen=True, slots=True)
class Kept:
    """What there is of a kind. Times are in unix seconds, None where there is nothing; `in_use` by a living run."""

    kind: str
    what: str
    files: int = 0
    bytes: int = 0
    oldest: float | None = None
    newest: float | None = None
    in_use: bool = False


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    bytes: int
    since: float


def kept_in(cache: Path) -> list[Kept]:
    """What is kept in the folder `cache`, ours by kind, then what is in use for a while, then what is none of ours."""
    lives = bool(held_since(cache))
    rows = [_row(Kept(kind.name, kind.what, in_use=lives and kind.is_read_again), _of(cache, kind)) for kind in KINDS]
    rows.append(_row(Kept(SCRATCH, "clones of runs that are on", in_use=lives), _files_below(cache / SCRATCH)))
    rows.append(_row(Kept(OTHER, "not doctown's, or small notes of it; never removed"), _others(cache)))
    return rows


def prune(cache: Path, older_than_s: float, *, everything: bool = False, dry_run: bool = False) -> list[Kept]:
    """Remove what is older than `older_than_s`, or `everything` that is not in use; what went, or would go, by kind.

    A kind that was left because a run lives has `in_use`. A run that begins meanwhile waits.
    """
    with nobody_begins(cache):
        if not dry_run:
            sweep(cache)
        running = held_since(cache)
        now = time.time()
        rows = []
        for kind in KINDS:
            age_s = 0.0 if everything else older_than_s
            before = now - max(age_s, kind.lasts_s)
            if running:
                before = min(before, *running)
            is_left = bool(running) and kind.is_read_again
            is_asked = everything or not kind.keeps
            old = [file for file in _of(cache, kind) if file.since < before] if is_asked else []
            gone = [] if is_left else [file for file in old if dry_run or _removed(file)]
            rows.append(_row(Kept(kind.name, kind.what, in_use=is_left and bool(old)), gone))
            if not running and not dry_run:
                _remove_empty(cache, kind)
    return rows


def _row(empty: Kept, files: Iterable[_File]) -> Kept:
    found = list(files)
    if not found:
        return empty
    since = [file.since for file in found]
    size = sum(file.bytes for file in found)
    return replace(empty, files=len(found), bytes=size, oldest=min(since), newest=max(since))


def _of(cache: Path, kind: Kind) -> Iterator[_File]:
    for folder in kind.folders:
        yield from _files_below(cache / folder)


def _others(cache: Path) -> Iterator[_File]:
    """What lies beside the folders of `KINDS`."""
    ours = {folder for kind in KINDS for folder in kind.folders} | {SCRATCH}
    for place in _listed(cache) + _listed(cache / "store"):
        name = place.relative_to(cache).as_posix()
        if name not in ours and name != "store":
            yield from _files_below(place)


def _listed(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() and not folder.is_symlink() else []


def _files_below(place: Path) -> Iterator[_File]:
    """The files at and below `place`; a link counts for itself and leads nowhere."""
    if place.is_symlink() or not place.is_dir():
        names = [str(place)]
    else:
        names = [os.path.join(folder, name) for folder, _, files in os.walk(place) for name in files]
    for name in names:
        try:
            about = os.lstat(name)
        except OSError:
            continue  # gone meanwhile, or never there
        if not stat.S_ISDIR(about.st_mode):
            yield _File(name, about.st_size, about.st_mtime)


def _removed(file: _File) -> bool:
    """Whether it went; not where it was written anew since it was looked at."""
    try:
        if os.lstat(file.path).st_mtime != file.since:
            return False
        os.unlink(file.path)
    except OSError:
        return False
    return True


def _remove_empty(cache: Path, kind: Kind) -> None:
    for top in kind.folders:
        place = cache / top
        if place.is_symlink():
            continue
        for folder, _, _ in os.walk(place, topdown=False):
            with contextlib.suppress(OSError):  # it is not empty
                Path(folder).rmdir()
