"""A plain folder, walked as git would see it and read without ever leaving it.

Every folder and file is opened part by part from the root, following no link, so that nothing that is swapped in
between leads out; pipes and devices are neither waited for nor read. What nested .gitignore files say of a name is told
with it; nested .gitattributes files are read on the way.
"""

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from doctown.ingest.attributes import ATTRIBUTES_FILE, Attributes
from doctown.ingest.ignore import IGNORE_FILE, Ignore
from doctown.ingest.patterns import MAX_BYTES, Pattern

_MAX_DEPTH = 100  # folders within folders
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
FILE = "file"
FOLDER = "folder"
SYMBOLIC_LINK = "symbolic link: not followed"


@dataclass(frozen=True, slots=True)
class Found:
    """A name in the folder. `kind` is FILE, FOLDER, or the reason why it can be neither; `size` is in bytes; `ignored`
    the rule by which git ignores it, or the folder it lies in.
    """

    path: str
    kind: str
    size: int = 0
    ignored: Pattern | None = None


class PlainFolder:
    """The folder `root`. `ignore` and `attributes` know the files of the folders around it, up to one from which `root`
    is at `prefix`.
    """

    def __init__(
        self, root: Path, ignore: Ignore | None = None, attributes: Attributes | None = None, prefix: str = ""
    ) -> None:
        self._root, self._prefix = os.fsencode(root), prefix
        self._ignore = ignore or Ignore()
        self.attributes = attributes or Attributes(prefix)
        self._entered: dict[str, Found] = {}

    def enter(self, folder: Found) -> None:
        """Have the walk go on below `folder`, which it has just given: it enters none by itself."""
        self._entered[folder.path] = folder

    def look_into(self, folder: Found) -> None:
        """Read the .gitattributes of `folder`, which may say that it should be entered."""
        with contextlib.suppress(OSError):
            descriptor = self._folder(folder.path)
            try:
                if said := _small(descriptor, ATTRIBUTES_FILE):
                    self.attributes.add(self._prefix + folder.path, said)
            finally:
                os.close(descriptor)

    def walk(self) -> Iterator[Found]:
        """What lies in it, in an order that depends on the names alone; `.git` is passed over.

        A folder is given before what it holds, and walked only if `enter` is called for it before the next step. What
        it holds is then ignored if it is.
        """
        waiting = [Found("", FOLDER)]
        while waiting:
            folder = waiting.pop()
            below = []
            try:
                names = self._names_in(folder)
            except OSError as error:
                yield Found(folder.path, f"not readable: {error.strerror}")
                continue
            for found in names:
                if found.kind == FOLDER and found.path.count("/") >= _MAX_DEPTH:
                    yield Found(found.path, f"too deep: below more than {_MAX_DEPTH} folders")
                    continue
                yield found
                if found.kind == FOLDER and (entered := self._entered.pop(found.path, None)):
                    below.append(entered)
            waiting.extend(reversed(below))

    def _names_in(self, folder: Found) -> list[Found]:
        descriptor = self._folder(folder.path)
        try:
            with os.scandir(descriptor) as scanned:
                names = sorted(entry.name for entry in scanned)
            here = (self._prefix + folder.path).removesuffix("/")
            if IGNORE_FILE in names and folder.ignored is None:
                self._ignore.add(here, _small(descriptor, IGNORE_FILE))
            if ATTRIBUTES_FILE in names:
                self.attributes.add(here, _small(descriptor, ATTRIBUTES_FILE))
            found = [_found(descriptor, name, folder.path) for name in names if name != ".git"]
            return [self._judged(one, folder.ignored) for one in found if one is not None]
        finally:
            os.close(descriptor)

    def _judged(self, found: Found, around: Pattern | None) -> Found:
        rule = around or self._ignore.rule(self._prefix + found.path, is_folder=found.kind == FOLDER)
        return found if rule is None or rule.is_negative else replace(found, ignored=rule)

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


def _small(folder: int, name: str) -> bytes:
    """The first bytes of a file of patterns; none where it cannot be read, or is a link, which git does not follow."""
    try:
        with _regular(os.open(name, _FILE, dir_fd=folder)) as file:
            return file.read(MAX_BYTES)
    except OSError:
        return b""


def rule_against(root: Path, path: str, exclude: bytes = b"") -> Pattern | None:
    """The rule by which git ignores the file at `path` below `root`; `exclude` is its .git/info/exclude."""
    ignore = Ignore()
    ignore.add_exclude(exclude)
    parts = path.split("/")
    for depth in range(len(parts)):
        with contextlib.suppress(OSError):
            rules = PlainFolder(root.joinpath(*parts[:depth])).read(IGNORE_FILE, MAX_BYTES)
            ignore.add("/".join(parts[:depth]), rules[:MAX_BYTES])
        rule = ignore.rule("/".join(parts[: depth + 1]), is_folder=depth + 1 < len(parts))
        if rule is not None and not rule.is_negative:
            return rule
    return None


def told_around(root: Path, folder: Path) -> tuple[Ignore, Attributes]:
    """What the .gitignore and .gitattributes files of `root`, and of the folders between it and `folder`, say.

    Nothing is ignored where `folder` itself is: who asks for an ignored folder means what is in it.
    """
    parts = folder.relative_to(root).parts
    ignore, attributes = Ignore(), Attributes("/".join(parts) + "/")
    is_ignored = False
    for depth in range(len(parts)):
        place, here = PlainFolder(root.joinpath(*parts[:depth])), "/".join(parts[:depth])
        for name, told in ((IGNORE_FILE, ignore), (ATTRIBUTES_FILE, attributes)):
            with contextlib.suppress(OSError):
                told.add(here, place.read(name, MAX_BYTES)[:MAX_BYTES])
        is_ignored = is_ignored or ignore.ignores("/".join(parts[: depth + 1]), is_folder=True)
    return (Ignore() if is_ignored else ignore), attributes
