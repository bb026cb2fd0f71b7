"""git's patterns, as they stand in .gitignore and .gitattributes: from their lines to what they match.

They work on bytes, as in git: `?` is one byte. A pattern becomes a regular expression without backtracking from star to
star, so that no pattern can make matching slow; literal names and endings, which most patterns are, are looked up.
What a match means is left to `ignore`, `attributes` and `choice`. After git's documentation, gitignore(5), and by
comparison with `git check-ignore`, which the tests repeat.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from doctown.errors import LimitExceeded

MAX_BYTES = 500_000
"""Longer files of patterns are nobody's; those who read them stop there."""
_MAX_PATTERNS = 100_000  # in one repository
_MAX_WORK = 5_000_000_000  # bytes of names times patterns with wildcards: about a minute
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
            if length <= len(name):
                found += self._endings.get(name[len(name) - length :], ())
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


# From a pattern to a regular expression


def _compiled(pattern: Pattern) -> re.Pattern[bytes] | None:
    """None for a pattern that is malformed, or far too long: it matches nothing."""
    if len(pattern.body) > _MAX_WILD:
        return None
    body = pattern.body if pattern.is_name else pattern.body.removeprefix(b"/")
    special = _SPECIAL.search(body)
    start = special.start() if special else len(body)
    # git matches what stands before the first wildcard by itself, so that a `**` right after it is as one at the start.
    rest = _expression(body[start:])
    return None if rest is None else re.compile(re.escape(body[:start]) + rest, re.DOTALL)


@dataclass(slots=True)
class _Piece:
    """What stands between two stars: the stars before it, and an expression of fixed length in bytes."""

    before: bytes = b""
    then: bytes = b""


_STAR = rb"[^/]*?"
_FOLDERS = rb"(?:[^/]*+/)*?"
_SOME_FOLDERS = rb"(?:[^/]*+/)+?"


def _expression(body: bytes) -> bytes | None:
    """`body` as a regular expression. Where one star follows another, the earlier takes as little as it can: that
    leaves the later one all it could need, so that nothing need be tried again (hence the atomic groups).
    """
    pieces = [_Piece()]
    at = 0
    while at < len(body):
        here = body[at : at + 1]
        if here == b"*":
            end = at
            while body[end : end + 1] == b"*":
                end += 1
            is_deep = end - at > 1 and (at == 0 or body[at - 1 : at] == b"/")
            after = body[end : end + 2]
            if is_deep and not after:
                pieces.append(_Piece(rb".*"))
            elif is_deep and after.startswith(b"/"):
                pieces.append(_Piece(_FOLDERS))
                end += 1
            elif is_deep and after == b"\\/":
                pieces.append(_Piece(_SOME_FOLDERS))
                end += 2
            else:
                pieces.append(_Piece(_STAR))
            at = end
            continue
        single, at = _single(body, at)
        if single is None:
            return None
        pieces[-1].then += single
    return _joined(pieces)


def _joined(pieces: Sequence[_Piece]) -> bytes:
    """Folders take as few as they can for all that stands before the next `**`; what is last must reach the end."""
    parts = [b""]
    for number, piece in enumerate(pieces):
        if piece.before in (_FOLDERS, _SOME_FOLDERS):
            parts.append(piece.before + piece.then)
        elif piece.before == _STAR and number + 1 < len(pieces) and pieces[number + 1].before != rb".*":
            is_last_star = pieces[number + 1].before != _STAR
            parts[-1] += piece.before + piece.then if is_last_star else rb"(?>" + piece.before + piece.then + rb")"
        else:
            parts[-1] += piece.before + piece.then
    return b"".join([*(rb"(?>" + part + rb")" for part in parts[:-1]), parts[-1]])


def _single(body: bytes, at: int) -> tuple[bytes | None, int]:
    """The expression of one byte that starts at `at`, and where the next one does; None where it is malformed."""
    here = body[at : at + 1]
    if here == b"?":
        return rb"[^/]", at + 1
    if here == b"[":
        return _class(body, at + 1)
    if here == b"\\":
        return (re.escape(body[at + 1 : at + 2]), at + 2) if at + 1 < len(body) else (None, at)
    return re.escape(here), at + 1


_CLASSES = {
    b"alnum": rb"[0-9A-Za-z]",
    b"alpha": rb"[A-Za-z]",
    b"blank": rb"[ \t]",
    b"cntrl": rb"[\x00-\x1f\x7f]",
    b"digit": rb"[0-9]",
    b"graph": rb"[!-~]",
    b"lower": rb"[a-z]",
    b"print": rb"[ -~]",
    b"punct": rb"[!-/:-@\[-`{-~]",
    b"space": rb"[ \t\n\r]",
    b"upper": rb"[A-Z]",
    b"xdigit": rb"[0-9A-Fa-f]",
}
_NAMED_CLASS = re.compile(rb"\[:([^\]]*):\]")


def _class(body: bytes, at: int) -> tuple[bytes | None, int]:
    """The bracket expression whose content starts at `at`."""
    is_negated = body[at : at + 1] in (b"!", b"^") and at < len(body)
    at += is_negated
    start, before = at, 0
    found: set[int] = set()
    while at < len(body):
        here = body[at]
        if here == ord("]") and at > start:
            kept = set(range(256)) - found if is_negated else found
            kept.discard(ord("/"))
            return (b"[" + b"".join(b"\\x%02x" % byte for byte in sorted(kept)) + b"]" if kept else None), at + 1
        named = _NAMED_CLASS.match(body, at)
        if here == ord("-") and before and at + 1 < len(body) and body[at + 1] != ord("]"):
            at += 2 if body[at + 1] == ord("\\") else 1
            if at >= len(body):
                return None, at
            found.update(range(before, body[at] + 1))
            before = 0
        elif named:
            if named[1] not in _CLASSES:
                return None, at
            found.update(byte for byte in range(256) if re.match(_CLASSES[named[1]], bytes([byte])))
            at, before = named.end() - 1, 0
        else:
            at += here == ord("\\")
            if at >= len(body):
                return None, at
            found.add(body[at])
            before = body[at]
        at += 1
    return None, at
