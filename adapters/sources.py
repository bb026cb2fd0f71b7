"""A repository opened for reading, whatever it is: a git worktree, a bare repository, a plain folder, or an https URL.

`opened` says what there is to read (`listed`) and what there is not (`skipped`, each with its reason), within the
limits, and hands out the bytes. What lies in the bytes is judged by others.
"""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from adapters.entries import Entry
from adapters.git import Git
from adapters.git_folder import GitFolder, enclosing, git_folder_at
from adapters.git_remote import NO_TOKENS, Remote, fetched, is_url, remote_at
from adapters.git_tokens import GitToken
from adapters.plain_folder import FILE, FOLDER, SYMBOLIC_LINK, PlainFolder, outer_rules
from adapters.working_copy import note_on_differences
from doctown.errors import BadRequest, LimitExceeded, RefNotFound, RepositoryNotFound
from doctown.ingest.filters import reason_by_folder, reason_by_path
from doctown.ingest.refs import COMMIT
from doctown.model import Repository, Skipped, digest
from doctown.steps import Limits

_NAMES_PER_FILE = 10  # a tree may name this many times `max_files` in all, skipped ones included
_BYTES_PER_NAME = 500  # on average, where there are so many
_LINK, _SUBMODULE = "120000", "commit"

Read = Callable[[Iterable[Entry]], Iterator[tuple[Entry, bytes]]]


@dataclass(frozen=True)
class Source:
    """What was opened. `read` gives entries of `listed` with their bytes, in the order asked; it may be called again.

    `listed` and `skipped` are in the order of their paths; `notes` are sentences for the person who asked.
    """

    repository: Repository
    listed: tuple[Entry, ...]
    skipped: tuple[Skipped, ...]
    notes: tuple[str, ...]
    read: Read


@contextlib.contextmanager
def opened(
    source: str,
    ref: str | None,
    path: str | None,
    limits: Limits,
    scratch: Path,
    *,
    allow_private: bool = False,
    tokens: Mapping[str, GitToken] = NO_TOKENS,
) -> Iterator[Source]:
    """The repository `source` at `ref`, or what lies below its folder `path`; valid within the `with`.

    `scratch` is an existing folder, left as it was found. `allow_private` lets a URL lead into a private network;
    `tokens` (by host) open private repositories.

    Raises:
        BadRequest: a URL that is not taken, or a `path` that is none.
        RepositoryNotFound: no such path, host, repository or folder in it, or no access.
        RefNotFound: no such ref, naming what there is.
        NothingToIndex: a repository without commits.
        LimitExceeded: more files or bytes than `limits` allows, naming the limit.
    """
    inside = _inside(path)
    with tempfile.TemporaryDirectory(prefix="source-", dir=scratch) as own:
        if is_url(source):
            remote = remote_at(source, allow_private=allow_private, tokens=tokens)
            found = fetched(remote, ref, limits, Path(own), allow_private=allow_private, tokens=tokens)
            yield _of_fetched(remote, *found, ref, inside, limits)
            return
        folder = _folder_at(source)
        git_folder = git_folder_at(folder)
        if git_folder is None:
            yield _of_plain_folder(folder, ref, inside, limits)
        else:
            yield _of_git_folder(git_folder, ref, inside, limits, Path(own))


def _inside(path: str | None) -> str:
    """`path` as a prefix of paths: "" or "some/folder/"."""
    parts = [part for part in (path or "").split("/") if part not in ("", ".")]
    if (path or "").startswith("/") or ".." in parts:
        raise BadRequest(f"{path!r} is no folder within the repository; --path must be relative to its root.")
    return "".join(part + "/" for part in parts)


def _folder_at(source: str) -> Path:
    try:
        folder = Path(source).expanduser().resolve()
        if folder.is_dir() and source and os.access(folder, os.R_OK | os.X_OK):
            return folder
        what = "does not exist" if not folder.exists() else "is a file" if folder.is_file() else "cannot be read"
    except (OSError, ValueError, RuntimeError):
        what = "cannot be read"
    raise RepositoryNotFound(
        f"{source or 'An empty path'} {what}; give the path of a repository or folder, or an https URL."
    )


def _of_fetched(remote: Remote, git: Git, commit: str, ref: str | None, inside: str, limits: Limits) -> Source:
    name = None if ref is None or ref == "HEAD" or COMMIT.fullmatch(ref) else ref
    repository = Repository(name=remote.name, url=remote.url, ref=name, commit=commit)
    selection = _selection_of_tree(git, commit, inside, limits)
    return selection.source(repository, _reader_of_git(git))


def _of_git_folder(folder: GitFolder, ref: str | None, inside: str, limits: Limits, own: Path) -> Source:
    name, oid = folder.asked(ref)
    git = Git(own / "git", "sha256" if len(oid) == 64 else "sha1", str(folder.place))
    git.borrow(folder.objects())
    commit = git.commit_of(oid)
    if commit is None and (ref is None or name is not None):
        raise RepositoryNotFound(
            f"{folder.place} does not hold the commit that {name or 'HEAD'} names (it borrows objects from another "
            "repository, or is damaged); index a full clone of it."
        )
    if commit is None:
        raise folder.unknown(str(ref))
    selection = _selection_of_tree(git, commit, inside, limits)
    if folder.elsewhere:
        selection.notes.append(f"The git folder of {folder.place} lies elsewhere, at {folder.own.resolve()}.")
    if not folder.bare and commit == folder.head()[1]:
        selection.notes += note_on_differences(folder.place, git.tree(commit), commit)
    repository = Repository(name=_name_of(folder.place), ref=name, commit=commit)
    return selection.source(repository, _reader_of_git(git))


def _name_of(folder: Path) -> str:
    named = folder.parent if folder.name == ".git" else folder
    return named.name.removesuffix(".git") or "root"


@dataclass
class _Selection:
    """What is kept and what is not, counted against the limits while it grows."""

    inside: str
    limits: Limits
    listed: list[Entry] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    name_bytes: int = 0
    total_bytes: int = 0

    def is_new(self, path: str) -> bool:
        """Whether `path` is asked for and comes for the first time. Raises LimitExceeded."""
        if not path.startswith(self.inside) or path in self.seen:
            return False
        self.seen.add(path)
        self.name_bytes += len(path)
        if self.name_bytes > _BYTES_PER_NAME * _NAMES_PER_FILE * self.limits.max_files:
            raise LimitExceeded(
                f"The repository's paths are longer than {_BYTES_PER_NAME} characters on average, and too many; index "
                "a part of it with --path."
            )
        if len(self.seen) > _NAMES_PER_FILE * self.limits.max_files:
            raise LimitExceeded(
                f"The repository names more than {_NAMES_PER_FILE * self.limits.max_files:,} files, ten times what may "
                "be indexed (max_files); index a part of it with --path, or raise the limit."
            )
        return True

    def skip(self, path: str, reason: str) -> None:
        self.skipped.append(Skipped(path, reason))

    def reason(self, path: str, size: int) -> str | None:
        """Why the file is left out by its path; the folders that were asked for count for nothing."""
        return reason_by_path(path[len(self.inside) :], size, self.limits)

    def keep(self, entry: Entry) -> None:
        """Raises LimitExceeded."""
        self.listed.append(entry)
        self.total_bytes += entry.size
        if len(self.listed) > self.limits.max_files:
            raise LimitExceeded(
                f"The repository holds more than {self.limits.max_files:,} files that could be indexed (max_files); "
                "index a part of it with --path, or raise the limit."
            )
        if self.total_bytes > self.limits.max_total_bytes:
            raise LimitExceeded(
                f"The files that could be indexed are more than {self.limits.max_total_bytes:,} bytes "
                "(max_total_bytes); index a part of the repository with --path, or raise the limit."
            )

    def source(self, repository: Repository, read: Read) -> Source:
        """Raises RepositoryNotFound where nothing lies below the folder asked for."""
        if self.inside and not self.seen:
            raise RepositoryNotFound(
                f"{repository.name} has no folder {self.inside.rstrip('/')!r} that holds files; check --path."
            )
        listed = tuple(sorted(self.listed, key=lambda entry: entry.path))
        skipped = tuple(sorted(self.skipped, key=lambda one: one.path))
        return Source(repository, listed, skipped, tuple(self.notes), read)


def _selection_of_tree(git: Git, commit: str, inside: str, limits: Limits) -> _Selection:
    selection = _Selection(inside, limits)
    for entry in git.tree(commit):
        if not selection.is_new(entry.path):
            continue
        if entry.kind == _SUBMODULE:
            selection.skip(entry.path, "submodule: another repository")
        elif entry.mode == _LINK or entry.size is None:
            selection.skip(entry.path, SYMBOLIC_LINK)
        elif reason := selection.reason(entry.path, entry.size):
            selection.skip(entry.path, reason)
        else:
            selection.keep(Entry(entry.path, entry.size, entry.oid))
    return selection


def _reader_of_git(git: Git) -> Read:
    def read(entries: Iterable[Entry]) -> Iterator[tuple[Entry, bytes]]:
        asked = list(entries)
        return zip(asked, git.contents((entry.oid, entry.size) for entry in asked), strict=True)

    return read


def _of_plain_folder(folder: Path, ref: str | None, inside: str, limits: Limits) -> Source:
    if ref is not None:
        raise RefNotFound(f"{folder} is a plain folder without branches, tags or commits; leave --ref out.")
    around = enclosing(folder)
    outer = outer_rules(around, folder) if around else None
    prefix = folder.relative_to(around).as_posix() + "/" if around else ""
    plain = PlainFolder(folder, outer, prefix)
    selection = _selection_of_folder(plain, inside, limits)
    if around:
        selection.notes.append(
            f"{folder} lies within the repository {around}; it is indexed as a plain folder, as it is on disk now."
        )
    entries = sorted(selection.listed, key=lambda entry: entry.path)
    left_out = sorted(one.path for one in selection.skipped)
    tree = digest("tree", *(part for entry in entries for part in (entry.path, entry.oid)), "skipped", *left_out)
    return selection.source(Repository(name=_name_of(folder), tree=tree), _reader_of_folder(plain))


def _selection_of_folder(plain: PlainFolder, inside: str, limits: Limits) -> _Selection:
    """A folder that is vendored or a cache is skipped as one, with a `/` after its name."""
    selection = _Selection(inside, limits)
    for found in plain.walk():
        path = found.path
        if found.kind == FOLDER:
            if inside.startswith(path + "/"):
                plain.enter(found)
            elif path.startswith(inside):
                if reason := reason_by_folder(path[len(inside) :]):
                    if selection.is_new(path + "/"):
                        selection.skip(path + "/", reason)
                else:
                    plain.enter(found)
        elif not selection.is_new(path):
            continue
        elif found.kind != FILE:
            selection.skip(path, found.kind)
        elif reason := selection.reason(path, found.size):
            selection.skip(path, reason)
        else:
            _keep_file(plain, path, selection)
    return selection


def _keep_file(plain: PlainFolder, path: str, selection: _Selection) -> None:
    try:
        data = plain.read(path, selection.limits.max_file_bytes)
    except OSError as error:
        selection.skip(path, f"not readable: {error.strerror}")
        return
    if reason := selection.reason(path, len(data)):
        selection.skip(path, reason)
    else:
        selection.keep(Entry(path, len(data), sha256(data).hexdigest()))


def _reader_of_folder(plain: PlainFolder) -> Read:
    def read(entries: Iterable[Entry]) -> Iterator[tuple[Entry, bytes]]:
        for entry in entries:
            try:
                data = plain.read(entry.path, entry.size)
            except OSError:
                data = b""
            if sha256(data).hexdigest() != entry.oid:
                raise RepositoryNotFound(f"{entry.path!r} changed while the folder was being read; run again.")
            yield entry, data

    return read
