"""The files of a repository that are taken and those that are not, gathered from a tree or a folder within the limits.

Which files are taken is decided by `doctown.ingest.choice`; here lies the gathering: the order in which names come, the
files in which the repository itself says what it is (`.gitattributes`, `doctown.toml`), and the limits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from adapters.entries import Entry
from adapters.git import Git, TreeEntry
from adapters.plain_folder import FILE, FOLDER, SYMBOLIC_LINK, Found, PlainFolder
from doctown.errors import LimitExceeded
from doctown.ingest import configuration
from doctown.ingest.attributes import ATTRIBUTES_FILE, Attributes
from doctown.ingest.choice import Choice
from doctown.ingest.configuration import Configuration, configuration_of
from doctown.ingest.patterns import MAX_BYTES
from doctown.model import Skipped
from doctown.steps import Limits

_NAMES_PER_FILE = 10  # a tree may name this many times `max_files` in all, skipped ones included
_BYTES_PER_NAME = 500  # on average, where there are so many
_MAX_ATTRIBUTES = 10_000_000  # bytes of all .gitattributes files
_LINK, _SUBMODULE = "120000", "commit"
IGNORED = "ignored"
"""What the reasons begin with that a .gitignore gives."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a repository is asked for. `inside` is "" or a folder and a "/"; the patterns are as in a request."""

    inside: str
    limits: Limits
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()

    def choice(self, said: Configuration, attributes: Attributes) -> Choice:
        """Raises BadRequest for a pattern that is none."""
        return Choice(self.include, self.exclude, self.inside, said, self.limits, attributes)


@dataclass
class Selection:
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
        """Leave it out."""
        self.skipped.append(Skipped(path, reason))

    def keep(self, entry: Entry) -> None:
        """Raises LimitExceeded."""
        self.listed.append(entry)
        self.total_bytes += entry.size
        if len(self.listed) > self.limits.max_files:
            raise LimitExceeded(
                f"The repository holds more than {self.limits.max_files:,} files that could be indexed (max_files); "
                "index a part of it with --path, leave some out with --exclude, or raise the limit."
            )
        if self.total_bytes > self.limits.max_total_bytes:
            raise LimitExceeded(
                f"The files that could be indexed are more than {self.limits.max_total_bytes:,} bytes "
                "(max_total_bytes); index a part of the repository with --path, leave some out with --exclude, or "
                "raise the limit."
            )


# A tree


def selection_of_tree(git: Git, entries: Iterable[TreeEntry], asked: Asked) -> Selection:
    """What is asked for of the tree of a commit. Raises LimitExceeded; BadRequest for a doctown.toml with mistakes."""
    gathering = Selection(asked.inside, asked.limits)
    found: list[TreeEntry] = []
    telling: dict[str, TreeEntry] = {}  # a hostile tree may hold a path twice: the first one counts
    for entry in entries:
        if _tells(entry, asked.inside):
            telling.setdefault(entry.path, entry)
        if gathering.is_new(entry.path):
            found.append(entry)
    choice = asked.choice(*_told_by_tree(git, list(telling.values())))
    selection = Selection(asked.inside, choice.limits, seen=gathering.seen)
    for entry in found:
        if entry.kind == _SUBMODULE:
            selection.skip(entry.path, "submodule: another repository")
        elif entry.mode == _LINK or entry.size is None:
            selection.skip(entry.path, SYMBOLIC_LINK)
        else:
            chosen = choice.of(entry.path, entry.size)
            if chosen.reason:
                selection.skip(entry.path, chosen.reason)
            else:
                selection.keep(Entry(entry.path, entry.size, entry.oid, chosen.by_looks))
    selection.notes += choice.notes()
    return selection


def _tells(entry: TreeEntry, inside: str) -> bool:
    """Whether the entry is a file that says something about others that are asked for."""
    if entry.size is None or entry.mode == _LINK:
        return False
    folder, _, name = entry.path.rpartition("/")
    if name == ATTRIBUTES_FILE:
        return entry.size <= MAX_BYTES and (folder.startswith(inside) or inside.startswith(folder and folder + "/"))
    return entry.path == configuration.FILE


def _told_by_tree(git: Git, telling: Sequence[TreeEntry]) -> tuple[Configuration, Attributes]:
    by_depth = sorted(telling, key=lambda entry: (entry.path.count("/"), entry.path))
    sizes = {entry.path: entry.size or 0 for entry in by_depth}
    configuration.check_size(sizes.pop(configuration.FILE, 0))
    if sum(sizes.values()) > _MAX_ATTRIBUTES:
        raise LimitExceeded(
            f"The repository's .gitattributes files have more than {_MAX_ATTRIBUTES:,} bytes; index a part of it with "
            "--path."
        )
    said, attributes = Configuration(), Attributes()
    for entry, data in zip(by_depth, git.contents((one.oid, one.size or 0) for one in by_depth), strict=True):
        if entry.path == configuration.FILE:
            said = configuration_of(data)
        else:
            attributes.add(entry.path.rpartition("/")[0], data)
    return said, attributes


# A folder


def selection_of_folder(plain: PlainFolder, asked: Asked) -> Selection:
    """What is asked for of a plain folder. A folder of which nothing is taken is skipped as one, with a `/` behind it.

    Raises LimitExceeded; BadRequest for a doctown.toml with mistakes.
    """
    choice = asked.choice(_told_by_folder(plain), plain.attributes)
    selection = Selection(asked.inside, choice.limits)
    for found in plain.walk():
        path = found.path
        if found.kind == FOLDER:
            if asked.inside.startswith(path + "/"):
                plain.enter(replace(found, ignored=None))  # who asks for an ignored folder means what is in it
            elif path.startswith(asked.inside):
                plain.look_into(found)
                if (reason := choice.of_folder(path, found.ignored)) is None:
                    plain.enter(found)
                elif selection.is_new(path + "/"):
                    selection.skip(path + "/", reason)
        elif selection.is_new(path):
            if found.kind != FILE:
                selection.skip(path, found.kind)
            elif (chosen := choice.of(path, found.size, found.ignored)).reason:
                selection.skip(path, chosen.reason)
            else:
                _keep_file(plain, found, choice, selection)
    selection.notes += choice.notes()
    return selection


def _told_by_folder(plain: PlainFolder) -> Configuration:
    try:
        data = plain.read(configuration.FILE, configuration.MAX_BYTES)
    except OSError:
        return Configuration()
    return configuration_of(data)


def _keep_file(plain: PlainFolder, found: Found, choice: Choice, selection: Selection) -> None:
    try:
        data = plain.read(found.path, selection.limits.max_file_bytes)
    except OSError as error:
        selection.skip(found.path, f"not readable: {error.strerror}")
        return
    chosen = choice.of(found.path, len(data), found.ignored)
    if chosen.reason:
        selection.skip(found.path, chosen.reason)
    else:
        selection.keep(Entry(found.path, len(data), sha256(data).hexdigest(), chosen.by_looks))
