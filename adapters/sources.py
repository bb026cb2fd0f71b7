"""A repository opened for reading, whatever it is: a git worktree, a bare repository, a plain folder, or an https URL.

`opened` says what there is to read (`listed`) and what there is not (`skipped`, each with its reason), within the
limits, and hands out the bytes. What lies in the bytes is judged by others.
"""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from adapters.entries import Entry
from adapters.git import Git
from adapters.git_folder import GitFolder, enclosing, git_folder_at, small_file
from adapters.git_remote import NO_TOKENS, Remote, fetched, is_url, remote_at
from adapters.git_tokens import GitToken
from adapters.plain_folder import PlainFolder, told_around
from adapters.selection import IGNORED, Asked, Selection, selection_of_folder, selection_of_tree
from adapters.working_copy import note_on_differences
from doctown.errors import BadRequest, RefNotFound, RepositoryNotFound
from doctown.ingest.patterns import MAX_BYTES
from doctown.ingest.refs import COMMIT
from doctown.model import Repository, Skipped, digest
from doctown.steps import Limits

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
def opened(  # noqa: PLR0913 each is one thing that is asked for
    source: str,
    ref: str | None,
    path: str | None,
    limits: Limits,
    scratch: Path,
    *,
    patterns: tuple[Sequence[str], Sequence[str]] = ((), ()),
    allow_private: bool = False,
    tokens: Mapping[str, GitToken] = NO_TOKENS,
) -> Iterator[Source]:
    """The repository `source` at `ref`, or what lies below its folder `path`; valid within the `with`.

    `patterns` are what to include and what to exclude, as in a .gitignore in the root. `scratch` is an existing folder,
    left as it was found. `allow_private` lets a URL lead into a private network; `tokens` (by host) open private
    repositories.

    Raises:
        BadRequest: a URL that is not taken, a `path` or a pattern that is none, a doctown.toml with mistakes.
        RepositoryNotFound: no such path, host, repository or folder in it, or no access.
        RefNotFound: no such ref, naming what there is.
        NothingToIndex: a repository without commits.
        LimitExceeded: more files or bytes than `limits` allows, naming the limit.
    """
    asked = Asked(_inside(path), limits, *patterns)
    with tempfile.TemporaryDirectory(prefix="source-", dir=scratch) as own:
        if is_url(source):
            remote = remote_at(source, allow_private=allow_private, tokens=tokens)
            found = fetched(remote, ref, limits, Path(own), allow_private=allow_private, tokens=tokens)
            yield _of_fetched(remote, *found, ref, asked)
            return
        folder = _folder_at(source)
        git_folder = git_folder_at(folder)
        if git_folder is None:
            yield _of_plain_folder(folder, ref, asked)
        else:
            yield _of_git_folder(git_folder, ref, asked, Path(own))


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


def _of_fetched(remote: Remote, git: Git, commit: str, ref: str | None, asked: Asked) -> Source:
    name = None if ref is None or ref == "HEAD" or COMMIT.fullmatch(ref) else ref
    repository = Repository(name=remote.name, url=remote.url, ref=name, commit=commit)
    selection = selection_of_tree(git, git.tree(commit), asked)
    return _source(repository, selection, _reader_of_git(git))


def _of_git_folder(folder: GitFolder, ref: str | None, asked: Asked, own: Path) -> Source:
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
    selection = selection_of_tree(git, git.tree(commit), asked)
    if folder.elsewhere:
        selection.notes.append(f"The git folder of {folder.place} lies elsewhere, at {folder.own.resolve()}.")
    if not folder.bare and commit == folder.head()[1]:
        selection.notes += note_on_differences(folder.place, git.tree(commit), commit)
    repository = Repository(name=_name_of(folder.place), ref=name, commit=commit)
    return _source(repository, selection, _reader_of_git(git))


def _name_of(folder: Path) -> str:
    named = folder.parent if folder.name == ".git" else folder
    return named.name.removesuffix(".git") or "root"


def _source(repository: Repository, selection: Selection, read: Read) -> Source:
    """Raises RepositoryNotFound where nothing lies below the folder asked for."""
    if selection.inside and not selection.seen:
        raise RepositoryNotFound(
            f"{repository.name} has no folder {selection.inside.rstrip('/')!r} that holds files; check --path."
        )
    listed = tuple(sorted(selection.listed, key=lambda entry: entry.path))
    skipped = tuple(sorted(selection.skipped, key=lambda one: one.path))
    return Source(repository, listed, skipped, tuple(selection.notes), read)


def _reader_of_git(git: Git) -> Read:
    def read(entries: Iterable[Entry]) -> Iterator[tuple[Entry, bytes]]:
        asked = list(entries)
        return zip(asked, git.contents((entry.oid, entry.size) for entry in asked), strict=True)

    return read


def _of_plain_folder(folder: Path, ref: str | None, asked: Asked) -> Source:
    if ref is not None:
        raise RefNotFound(f"{folder} is a plain folder without branches, tags or commits; leave --ref out.")
    around = enclosing(folder)
    plain = _within(around, folder) if around else PlainFolder(folder)
    selection = selection_of_folder(plain, asked)
    if around:
        selection.notes.append(
            f"{folder} lies within the repository {around}; it is indexed as a plain folder, as it is on disk now."
        )
    entries = sorted(selection.listed, key=lambda entry: entry.path)
    left_out = sorted(one.path for one in selection.skipped if not one.reason.startswith(IGNORED))
    tree = digest("tree", *(part for entry in entries for part in (entry.path, entry.oid)), "skipped", *left_out)
    return _source(Repository(name=_name_of(folder), tree=tree), selection, _reader_of_folder(plain))


def _within(around: Path, folder: Path) -> PlainFolder:
    """`folder` with the rules of the repository `around` it."""
    ignore, attributes = told_around(around, folder)
    with contextlib.suppress(RepositoryNotFound):
        git_folder = git_folder_at(around)
        exclude = small_file(git_folder.shared / "info" / "exclude", MAX_BYTES) if git_folder else None
        ignore.add_exclude((exclude or "").encode("utf-8", "surrogateescape"))
    return PlainFolder(folder, ignore, attributes, folder.relative_to(around).as_posix() + "/")


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
