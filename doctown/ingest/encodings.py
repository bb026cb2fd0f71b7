"""What encoding a file's text is in, and its text as UTF-8: the one form that everything after it reads.

UTF-16 and UTF-32 are told by their byte order mark, others by what a file declares, and western text of the Windows and
Latin-1 kind by how its letters lie among ASCII. Nothing is guessed beyond that: what cannot be told is left out with
a reason. Positions stay bytes of the file as it is: `places` finds them.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

UTF_8 = "UTF-8"
_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32-LE"),
    (codecs.BOM_UTF32_BE, "UTF-32-BE"),
    (codecs.BOM_UTF16_LE, "UTF-16-LE"),
    (codecs.BOM_UTF16_BE, "UTF-16-BE"),
)
_DECLARED = re.compile(
    rb"""[^\n]*coding[:=][ \t]*["']?([-\w.]+)|<\?xml[^>]*encoding=["']([-\w.]+)|[^\n]*charset=["']?([-\w.]+)""",
    re.IGNORECASE,
)
_KNOWN = frozenset(
    [
        *("big5", "euc_jp", "euc_kr", "gb18030", "gb2312", "gbk", "koi8-r", "koi8-u", "mac-roman", "shift_jis"),
        *("cp437", "cp850", "cp866", *(f"cp{n}" for n in range(1250, 1259)), *(f"iso8859-{n}" for n in range(1, 17))),
    ]
)
"""Python's names of encodings in which every character has its bytes, whatever stands around it."""
_WESTERN = "cp1252"
_HIGH = re.compile(rb"[\x80-\xff]+")
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_LONGEST_RUN = 3
"""Letters with accents, quotes and dashes that follow each other in western text; words of other scripts are longer."""
_LARGEST_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class Text:
    """A file's text: `data` in UTF-8, and the `encoding` of the file, which has `skip` bytes of a mark before it."""

    data: bytes
    encoding: str = UTF_8
    skip: int = 0

    @property
    def is_foreign(self) -> bool:
        """Whether `data` are not the bytes of the file."""
        return self.encoding != UTF_8


def decoded(data: bytes) -> Text | str:
    """The text of a file whose bytes are `data`, or why it has none."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            found = _text(data, encoding, len(mark))
            return found or f"not text: {encoding} by its byte order mark, but broken"
    if b"\0" in data:
        return _with_nul(data)
    try:
        data.decode()
        return Text(data)
    except UnicodeDecodeError as error:
        place = f"byte {error.start:,}"
    declared = _declared_in(data[:2_000])
    if declared is not None:
        return _text(data, declared, 0) or f"not UTF-8: {place}, nor {declared}, which it declares"
    if _looks_western(data):
        return _text(data, _WESTERN, 0) or f"not UTF-8: {place}, perhaps Latin-1 with other bytes in it"
    return f"not UTF-8: {place}, and its encoding is declared nowhere"


def _with_nul(data: bytes) -> str:
    start = data[:4_000]
    few, many = sorted((start[::2].count(0), start[1::2].count(0)))
    if len(start) >= 16 and many > len(start) // 4 and few <= len(start) // 100:
        return "not UTF-8: perhaps UTF-16 without a byte order mark"
    return "binary: holds a NUL byte"


def _text(data: bytes, encoding: str, skip: int) -> Text | None:
    """None where the bytes are not of that encoding, or do not come back as many as they were."""
    try:
        text = data[skip:].decode(encoding)
        if "\0" in text or len(text.encode(encoding)) != len(data) - skip:
            return None
        return Text(text.encode(), encoding, skip)
    except UnicodeError:
        return None


def _declared_in(start: bytes) -> str | None:
    for number, line in enumerate(start.split(b"\n", 2)):
        if found := _DECLARED.match(line if number < 2 else b""):
            name = next(group for group in found.groups() if group).decode("ascii", "replace")
            try:
                known = codecs.lookup(name).name
            except LookupError:
                return None
            return known if known in _KNOWN else None
    return None


def _looks_western(data: bytes) -> bool:
    """Whether bytes above ASCII are few and stand singly, as accents, quotes and dashes do."""
    runs = [len(found[0]) for found in _HIGH.finditer(data)]
    return not _CONTROL.search(data) and max(runs) <= _LONGEST_RUN and sum(runs) <= _LARGEST_SHARE * len(data)


def places(text: Text, offsets: Iterable[int]) -> Iterator[int]:
    """Where the `offsets` of `text.data`, which do not fall, lie in the file."""
    at, place = 0, text.skip
    for offset in offsets:
        part = text.data[at:offset]
        place += len(part) if not text.is_foreign else len(part.decode().encode(text.encoding))
        at = offset
        yield place
