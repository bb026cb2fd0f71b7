"""How far the files of a worktree differ from the commit that is indexed, told without `git status`.

git would run the repository's own filters and monitors to find out. Here the files are hashed as they lie there, so
that a file which a filter rewrites on checkout (line ends, Git LFS) counts as different: its bytes are.
"""

import contextlib
import os
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from adapters.git import TreeEntry, blob_id
from adapters.git_folder import small_file
from adapters.plain_folder import FILE, FOLDER, PlainFolder
from doctown.ingest.ignore import Ignore
from doctown.ingest.patterns import MAX_BYTES

_MAX_FILES = 20_000
_MAX_BYTES = 300_000_000  # hashed in about a second
_LINK = "120000"
_AS_BYTES = ("utf-8", "surrogateescape")


class _TooMany(Exception):
    """Counting would take longer than the answer is worth."""


def note_on_differences(folder: Path, tree: Iterable[TreeEntry], commit: str) -> list[str]:
    """A sentence on how many files of the worktree `folder` are not as in `commit`, whose entries are `tree`.

    None where there are no such files. New files count unless .gitignore or .git/info/exclude names them.
    """
    try:
        number = _differing(folder, tree)
    except _TooMany:
        return [
            f"The commit {commit[:10]} is indexed; uncommitted changes are not in it, and were too many to look for."
        ]
    if not number:
        return []
    files, differ = ("1 file", "differs") if number == 1 else (f"{number:,} files", "differ")
    return [f"The commit {commit[:10]} is indexed; {files} of the working copy {differ} from it."]


def _differing(folder: Path, tree: Iterable[TreeEntry]) -> int:
    tracked = {entry.path: entry for entry in islice(tree, _MAX_FILES + 1)}
    if len(tracked) > _MAX_FILES:
        raise _TooMany
    plain = PlainFolder(folder, _excluded(folder))
    submodules = {path for path, entry in tracked.items() if entry.kind != "blob"}
    hashed = 0
    differing = 0
    for entry in tracked.values():
        if entry.size is not None:
            hashed += entry.size
            if hashed > _MAX_BYTES:
                raise _TooMany
            differing += not _is_as_in(plain, folder, entry, entry.size)
    return differing + _untracked(plain, set(tracked), submodules)


def _is_as_in(plain: PlainFolder, folder: Path, entry: TreeEntry, size: int) -> bool:
    with contextlib.suppress(OSError, ValueError):
        if entry.mode == _LINK:
            place = os.path.join(os.fsencode(folder), entry.path.encode("utf-8", "surrogateescape"))
            data = os.readlink(place)  # noqa: PTH115 - the path is bytes
        else:
            data = plain.read(entry.path, size)
        return blob_id(data, like=entry.oid) == entry.oid
    return False


def _untracked(plain: PlainFolder, tracked: set[str], submodules: set[str]) -> int:
    number = 0
    for count, found in enumerate(plain.walk()):
        if count > 2 * _MAX_FILES:
            raise _TooMany
        if found.ignored is not None:
            continue
        if found.kind == FOLDER and found.path not in submodules:
            plain.enter(found)
        number += found.kind == FILE and found.path not in tracked
    return number


def _excluded(folder: Path) -> Ignore:
    ignore = Ignore()
    ignore.add_exclude((small_file(folder / ".git" / "info" / "exclude", MAX_BYTES) or "").encode(*_AS_BYTES))
    return ignore
