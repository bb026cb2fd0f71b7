"""A plain folder, walked as git would see it and read without ever leaving it.

Every folder and file is opened part by part from the root, following no link, so that nothing that is swapped in
between leads out; pipes and devices are neither waited for nor read. Nested .gitignore files are honoured.
"""

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from doctown.ingest.ignore import MAX_RULES_BYTES, Ignore

_MAX_DEPTH = 100  # folders within folders
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
FILE = "file"
FOLDER = "folder"
SYMBOLIC_LINK = "symbolic link: not followed"


@dataclass(frozen=True, slots=True)
class Found:
    """A name in the folder. `kind` is FILE, FOLDER, or the reason why it can be neither; `size` is in bytes."""

    path: str
    kind: str
    size: int = 0


class PlainFolder:
    """The folder `root`. `outer` holds rules of the folders around it, to be asked with `prefix` before a path."""

    def __init__(self, root: Path, outer: Ignore | None = None, prefix: str = "") -> None:
        self._root, self._outer, self._prefix = os.fsencode(root), outer, prefix
        self._ignore = Ignore()
        self._entered: set[str] = set()

    def enter(self, folder: Found) -> None:
        """Have the walk go on below `folder`, which it has just given: it enters none by itself."""
        self._entered.add(folder.path)

    def walk(self) -> Iterator[Found]:
        """What git would not ignore, in an order that depends on the names alone; `.git` is passed over.

        A folder is given before what it holds, and walked only if `enter` is called for it before the next step.
        """
        waiting = [""]
        while waiting:
            folder = waiting.pop()
            below = []
            try:
                names = self._names_in(folder)
            except OSError as error:
                yield Found(folder, f"not readable: {error.strerror}")
                continue
            for found in names:
                if found.kind != FOLDER:
                    yield found
                elif found.path.count("/") >= _MAX_DEPTH:
                    yield Found(found.path, f"too deep: below more than {_MAX_DEPTH} folders")
                else:
                    yield found
                    if found.path in self._entered:
                        self._entered.discard(found.path)
                        below.append(found.path)
            waiting.extend(reversed(below))

    def _names_in(self, folder: str) -> list[Found]:
        descriptor = self._folder(folder)
        try:
            with os.scandir(descriptor) as scanned:
                names = sorted(entry.name for entry in scanned)
            if ".gitignore" in names and (rules := self._rules_in(descriptor)):
                self._ignore.add(folder, rules)
            found = [_found(descriptor, name, folder) for name in names if name != ".git"]
            return [one for one in found if one is not None and not self._ignores(one)]
        finally:
            os.close(descriptor)

    def _ignores(self, found: Found) -> bool:
        inner = self._ignore.verdict(found.path, is_folder=found.kind == FOLDER)
        if inner is not None or self._outer is None:
            return bool(inner)
        return self._outer.ignores(self._prefix + found.path, is_folder=found.kind == FOLDER)

    def _rules_in(self, folder: int) -> str | None:
        try:
            with _regular(os.open(".gitignore", _FILE, dir_fd=folder)) as file:
                return file.read(MAX_RULES_BYTES).decode("utf-8", "surrogateescape")
        except OSError:
            return None

    def _folder(self, path: str) -> int:
        """A descriptor of the folder `path` below the root. Raises OSError where a part of it is a link."""
        descriptor = os.open(self._root, _FOLDER & ~os.O_NOFOLLOW)
        for part in path.split("/") if path else []:
            try:
                below = os.open(part.encode("utf-8", "surrogateescape"), _FOLDER, dir_fd=descriptor)
            finally:
                os.close(descriptor)
            descriptor = below
        return descriptor

    @contextlib.contextmanager
    def opened(self, path: str) -> Iterator[BinaryIO]:
        """The regular file `path`. Raises OSError where there is none, or where a part of its path is a link."""
        folder, _, name = path.rpartition("/")
        descriptor = self._folder(folder)
        try:
            file = os.open(name.encode("utf-8", "surrogateescape"), _FILE, dir_fd=descriptor)
        finally:
            os.close(descriptor)
        with _regular(file) as stream:
            yield stream

    def read(self, path: str, max_bytes: int) -> bytes:
        """The bytes of the file `path`, at most one more than `max_bytes`. Raises OSError as `opened`."""
        with self.opened(path) as stream:
            return stream.read(max_bytes + 1)


def _regular(descriptor: int) -> BinaryIO:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "not a regular file")
    return os.fdopen(descriptor, "rb")


def _found(folder: int, name: str, inside: str) -> Found | None:
    path = f"{inside}/{name}" if inside else name
    try:
        about = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None  # removed while we looked
    if stat.S_ISREG(about.st_mode):
        return Found(path, FILE, about.st_size)
    if stat.S_ISDIR(about.st_mode):
        return Found(path, FOLDER)
    return Found(path, SYMBOLIC_LINK if stat.S_ISLNK(about.st_mode) else "not a regular file: a pipe, socket or device")


def outer_rules(root: Path, folder: Path) -> Ignore:
    """The .gitignore files of `root` and of the folders between it and `folder`, with paths relative to `root`.

    None of them where `folder` itself is ignored: who asks for an ignored folder means what is in it.
    """
    ignore = Ignore()
    parts = folder.relative_to(root).parts
    for depth in range(len(parts)):
        above = PlainFolder(root.joinpath(*parts[:depth]))
        with contextlib.suppress(OSError), above.opened(".gitignore") as file:
            text = file.read(MAX_RULES_BYTES).decode("utf-8", "surrogateescape")
            ignore.add("/".join(parts[:depth]), text)
        if ignore.ignores("/".join(parts[: depth + 1]), is_folder=True):
            return Ignore()
    return ignore
