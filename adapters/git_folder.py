"""A git repository on this machine's disk, read without running git in it: where its parts lie, and what its refs say.

Everything here is small files of a known form, read with care: no link followed, no pipe waited for, nothing of their
text repeated unless it is a commit id or a well-formed name. The objects are left to `adapters.git`.
"""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from doctown.errors import BadRequest, NothingToIndex, RefNotFound, RepositoryNotFound
from doctown.ingest.refs import ABBREVIATED, COMMIT, full_names_of, is_ref_name, sentence_of_unknown, short_name_of

_MAX_SMALL = 4_096  # bytes of a HEAD, a ref, a .git file
_MAX_PACKED = 100_000_000  # bytes of packed-refs
_PACKED = re.compile(r"^([0-9a-f]{40,64}) (refs/\S+)$", re.MULTILINE)
_MAX_NAMES = 20_000


def small_file(path: Path, max_bytes: int = _MAX_SMALL) -> str | None:
    """The text of a regular file of at most `max_bytes`; None where it is anything else or cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return None
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_size > max_bytes:
            return None
        return file.read(max_bytes).decode("utf-8", "surrogateescape")


@dataclass(frozen=True)
class GitFolder:
    """`own` holds HEAD, `shared` refs and objects; they differ in linked worktrees. `place` is what was asked for."""

    place: Path
    own: Path
    shared: Path
    bare: bool

    @property
    def elsewhere(self) -> bool:
        """Whether a `.git` that is a file or a link led out of `place`."""
        return not self.own.resolve().is_relative_to(self.place)

    def objects(self) -> Path:
        """The folder of objects. Raises RepositoryNotFound where it lies outside the repository."""
        objects = self.shared / "objects"
        if not objects.resolve().is_relative_to(self.shared.resolve()):
            raise RepositoryNotFound(
                f"{objects} is a link to another place, which is not followed; index the repository that lies there."
            )
        return objects

    def head(self) -> tuple[str | None, str | None]:
        """The full name of the ref that HEAD names (None: detached), and its commit (None: it has none)."""
        text = (small_file(self.own / "HEAD") or "").strip()
        if text.startswith("ref: "):
            name = text[5:].strip()
            return name, self.oid_of(name)
        return None, text if COMMIT.fullmatch(text) else None

    def oid_of(self, full_name: str, depth: int = 0) -> str | None:
        """What the ref says; None where there is none of that name."""
        if not is_ref_name(full_name) or not full_name.startswith("refs/"):
            return None
        text = (small_file(self.shared / full_name) or "").strip()
        if text.startswith("ref: ") and depth < 5:
            return self.oid_of(text[5:].strip(), depth + 1)
        return text if COMMIT.fullmatch(text) else self._packed.get(full_name)

    def names(self) -> Iterator[str]:
        """The full names of its refs, in no order, at most about 20,000."""
        seen = 0
        for place, _, files in os.walk(self.shared / "refs"):
            for file in files[: _MAX_NAMES - seen]:
                seen += 1
                yield (Path(place) / file).relative_to(self.shared).as_posix()
        yield from list(self._packed)[:_MAX_NAMES]

    @cached_property
    def _packed(self) -> dict[str, str]:
        text = small_file(self.shared / "packed-refs", _MAX_PACKED) or ""
        return {name: oid for oid, name in _PACKED.findall(text)}

    def asked(self, ref: str | None) -> tuple[str | None, str]:
        """The short name of what is to be indexed (None: a commit), and an object id, perhaps abbreviated.

        Raises NothingToIndex for a repository without commits, RefNotFound for an unknown name.
        """
        if ref is None or ref == "HEAD":
            name, oid = self.head()
            if oid is None:
                raise self._headless(name)
            return (short_name_of(name) if name else None), oid
        if COMMIT.fullmatch(ref):
            return None, ref
        for full_name in full_names_of(ref):
            if oid := self.oid_of(full_name):
                return ref, oid
        if ABBREVIATED.fullmatch(ref):
            return None, ref.lower()
        self._check_format()
        raise self.unknown(ref)

    def unknown(self, ref: str) -> RefNotFound:
        """The error for a `ref` that is not there."""
        return RefNotFound(sentence_of_unknown(ref, self.names()))

    def _headless(self, name: str | None) -> BadRequest:
        self._check_format()
        there = [short_name_of(full) for full in self.names() if full.startswith("refs/heads/") and is_ref_name(full)]
        if there:
            return RefNotFound(f"HEAD of {self.place} names no commit; choose with --ref, it has {sorted(there)[0]}.")
        return NothingToIndex(f"The repository {self.place} has no commit yet; commit something first.")

    def _check_format(self) -> None:
        if (self.shared / "reftable").exists():
            raise RefNotFound(
                f"The repository {self.place} keeps its refs as a reftable, which is not supported; "
                "name a full commit id with --ref."
            )


def git_folder_at(place: Path) -> GitFolder | None:
    """The repository whose worktree or bare folder is `place`; None where `place` is neither.

    Raises RepositoryNotFound where there is a `.git` that leads nowhere.
    """
    dot_git = place / ".git"
    if not dot_git.exists() and not dot_git.is_symlink():
        return GitFolder(place, place, place, bare=True) if _is_git_dir(place) else None
    own = dot_git
    if not dot_git.is_dir():
        text = small_file(dot_git) or ""
        if not text.startswith("gitdir: "):
            raise RepositoryNotFound(f"{dot_git} is neither a git folder nor names one; remove or mend it.")
        own = place / text.removeprefix("gitdir: ").rstrip("\r\n")
    common = small_file(own / "commondir")
    shared = own / common.strip() if common else own
    if not (own / "HEAD").exists() or not (shared / "objects").is_dir():
        raise RepositoryNotFound(f"{dot_git} leads to no git repository ({own}); remove or mend it.")
    return GitFolder(place, own, shared, bare=False)


def _is_git_dir(place: Path) -> bool:
    return (place / "HEAD").is_file() and (place / "objects").is_dir() and (place / "refs").is_dir()


def enclosing(folder: Path) -> Path | None:
    """The worktree in which `folder` lies, without being its root."""
    return next((above for above in folder.parents if (above / ".git").exists()), None)
