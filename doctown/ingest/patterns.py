"""git's patterns, as they stand in .gitignore and .gitattributes: from their lines to what they match.

They work on bytes, as in git. Literal names and endings, which most patterns are, are looked up; the others become
regular expressions (`wildmatch`), asked all at once. What a match means is left to `ignore`, `attributes` and `choice`.
After git's documentation, gitignore(5), and by comparison with `git check-ignore`, which the tests repeat.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from doctown.errors import LimitExceeded
from doctown.ingest.wildmatch import expression_of

MAX_BYTES = 500_000
"""Longer files of patterns are nobody's; those who read them stop there."""
_MAX_PATTERNS = 100_000  # in one repository
_MAX_WORK = 5_000_000_000  # bytes of names times patterns with wildcards: about a minute
_BYTES_A_MATCH = 200  # of work: what a pattern costs that is looked up
_MAX_WILD = 2_048  # bytes of a pattern with wildcards: longer ones, which nobody writes, match nothing here
_SPECIAL = re.compile(rb"[*?\[\\]")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern. `source` and `line` say where it stands; `text` is what is written there."""

    text: str
    source: str
    line: int
    body: bytes
    """What is matched, without the `!` before and the `/` behind it."""
    is_negative: bool
    of_folders: bool
    """Whether it ends in `/` and matches folders only."""

    @property
    def is_name(self) -> bool:
        """Whether it holds no slash and is matched against the last part of a path."""
        return b"/" not in self.body


def pattern_of(line: bytes, source: str, number: int) -> Pattern:
    """The pattern that `line`, without its line end and trailing spaces, holds."""
    is_negative = line.startswith(b"!")
    body = line[1:] if is_negative else line
    of_folders = body.endswith(b"/")
    text = line.decode("utf-8", "surrogateescape")
    return Pattern(text, source, number, body[:-1] if of_folders else body, is_negative, of_folders)


def patterns_in(data: bytes, source: str) -> Iterator[Pattern]:
    """The patterns of a .gitignore file whose bytes are `data`: one a line, without comments."""
    for number, line in enumerate(lines_of(data), start=1):
        if line and not line.startswith(b"#"):
            yield pattern_of(_without_trailing_spaces(line.split(b"\0", 1)[0]), source, number)


def encoded(path: str) -> bytes:
    """A path as git has it: lone surrogates are the bytes that were not UTF-8."""
    return path.encode("utf-8", "surrogateescape")


def lines_of(data: bytes) -> list[bytes]:
    """The lines of a file of patterns, without their ends."""
    if len(data) > MAX_BYTES:
        data = data[: data.rfind(b"\n", 0, MAX_BYTES) + 1]
    return [line.removesuffix(b"\r") for line in data.removeprefix(_BOM).split(b"\n")]


def _without_trailing_spaces(line: bytes) -> bytes:
    """A space that a backslash escapes stays; after a backslash that escapes nothing all do."""
    kept = at = 0
    while at < len(line):
        if line[at : at + 1] == b"\\":
            at += 1
            if at == len(line):
                return line
            kept = at + 1
        elif line[at : at + 1] != b" ":
            kept = at + 1
        at += 1
    return line[:kept]


class Work:
    """How much matching one repository has caused; shared by all its lists of patterns."""

    def __init__(self) -> None:
        self._patterns = self._bytes = 0

    def add_patterns(self, number: int) -> None:
        """Raises LimitExceeded."""
        self._patterns += number
        if self._patterns > _MAX_PATTERNS:
            raise LimitExceeded(
                f"The repository has more than {_MAX_PATTERNS:,} patterns in its .gitignore and .gitattributes files; "
                "index a part of it with --path."
            )

    def add_bytes(self, number: int) -> None:
        """Raises LimitExceeded."""
        self._bytes += number
        if self._bytes > _MAX_WORK:
            raise LimitExceeded(
                "The patterns in the repository's .gitignore and .gitattributes files take too long to match; "
                "index a part of it with --path."
            )


class Patterns:
    """The patterns of one file, in their order. Those who ask give paths relative to the folder it lies in."""

    def __init__(self, patterns: Iterable[Pattern], work: Work) -> None:
        self.all: Sequence[Pattern] = tuple(patterns)
        work.add_patterns(len(self.all))
        self._work = work
        self._names: dict[bytes, list[int]] = {}
        self._endings: dict[bytes, list[int]] = {}
        self._paths: dict[bytes, list[int]] = {}
        self._wild: list[int] = []
        self._compiled: dict[int, re.Pattern[bytes] | None] = {}
        self._any: dict[tuple[bool, bool], re.Pattern[bytes] | None] = {}
        for number, pattern in enumerate(self.all):
            body = pattern.body
            if not _SPECIAL.search(body):
                of = self._names if pattern.is_name else self._paths
                of.setdefault(body if pattern.is_name else body.removeprefix(b"/"), []).append(number)
            elif pattern.is_name and body.startswith(b"*") and not _SPECIAL.search(body, 1):
                self._endings.setdefault(body[1:], []).append(number)
            else:
                self._wild.append(number)
        self._lengths = sorted({len(ending) for ending in self._endings})

    def last(self, path: bytes, name: bytes, *, is_folder: bool) -> Pattern | None:
        """The last pattern that matches `path`, whose last part is `name`."""
        found = max(self._literal(path, name, is_folder), default=-1)
        for number in reversed(self._wild) if self._may_match(path, name, is_folder) else ():
            if number < found:
                break
            if self._is_match(number, path, name, is_folder):
                return self.all[number]
        return self.all[found] if found >= 0 else None

    def matching(self, path: bytes, name: bytes, *, is_folder: bool) -> list[Pattern]:
        """All patterns that match `path`, the last one first."""
        wild: list[int] = []
        if self._may_match(path, name, is_folder):
            wild = [number for number in self._wild if self._is_match(number, path, name, is_folder)]
        return [self.all[number] for number in sorted([*self._literal(path, name, is_folder), *wild], reverse=True)]

    def _literal(self, path: bytes, name: bytes, is_folder: bool) -> list[int]:
        found = [*self._names.get(name, ()), *self._paths.get(path, ())]
        for length in self._lengths:
            if length > len(name):
                break
            found += self._endings.get(name[len(name) - length :], ())
        self._work.add_bytes(_BYTES_A_MATCH * len(found))
        return found if is_folder else [number for number in found if not self.all[number].of_folders]

    def _may_match(self, path: bytes, name: bytes, is_folder: bool) -> bool:
        """Whether one of the patterns with wildcards matches: asked of all at once, as for most paths none does."""
        if not self._wild:
            return False
        self._work.add_bytes(len(path) * len(self._wild))
        of_names, of_paths = self._any_of(True, is_folder), self._any_of(False, is_folder)
        return bool((of_names and of_names.fullmatch(name)) or (of_paths and of_paths.fullmatch(path)))

    def _any_of(self, is_name: bool, is_folder: bool) -> re.Pattern[bytes] | None:
        key = is_name, is_folder
        if key not in self._any:
            asked = [self.all[n] for n in self._wild if self.all[n].is_name is is_name]
            known = [_compiled(one) for one in asked if is_folder or not one.of_folders]
            parts = [b"(?:" + one.pattern + b")" for one in known if one is not None]
            self._any[key] = re.compile(b"|".join(parts), re.DOTALL) if parts else None
        return self._any[key]

    def _is_match(self, number: int, path: bytes, name: bytes, is_folder: bool) -> bool:
        pattern = self.all[number]
        if pattern.of_folders and not is_folder:
            return False
        if number not in self._compiled:
            self._compiled[number] = _compiled(pattern)
        expression = self._compiled[number]
        return expression is not None and expression.fullmatch(name if pattern.is_name else path) is not None


def spelled_out(pattern: Pattern) -> str:
    """The path from the root that a pattern names before its first wildcard, in whole parts: of `a/b/*.py` `a/b`."""
    body = pattern.body.removeprefix(b"/")
    special = _SPECIAL.search(body)
    found = body if special is None else body[: special.start()].rpartition(b"/")[0]
    return found.decode("utf-8", "surrogateescape")


def place_of(pattern: Pattern) -> str:
    """The folder or file at which all that a pattern matches lies; "" for one that matches anywhere."""
    return "" if pattern.is_name else spelled_out(pattern)


def is_malformed(pattern: Pattern) -> bool:
    """Whether it can match nothing, for want of a closing bracket or of what a backslash escapes."""
    return _compiled(pattern) is None


def _compiled(pattern: Pattern) -> re.Pattern[bytes] | None:
    """None for a pattern that is malformed, or far too long: it matches nothing."""
    if len(pattern.body) > _MAX_WILD:
        return None
    body = pattern.body if pattern.is_name else pattern.body.removeprefix(b"/")
    special = _SPECIAL.search(body)
    start = special.start() if special else len(body)
    # git matches what stands before the first wildcard by itself, so that a `**` right after it is as one at the start.
    rest = expression_of(body[start:])
    return None if rest is None else re.compile(re.escape(body[:start]) + rest, re.DOTALL)
