"""Where a text may be cut into chunks, and how gladly: the borders of its statements, sections, paragraphs and lines.

A border has a level; a text is cut at those of the lowest level first, and at others only where a piece is still too
large. What lies between two unit borders (a function, a section) stands for itself; what lies between others is put
together again as far as it fits. Sections, which have a name, say what a piece lies in.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

BLOCK = 20
"""The level of a paragraph, and of a block of lines without indentation."""
LINE = 50
"""From this level on a border is no more than the start of a line; the less it is indented, the lower."""
_DEEPEST_INDENT = 39
_MAX_TITLE = 80
_CLOSING_SIGNS = (b"}", b")", b"]", b"end\n", b"</")


class Border(NamedTuple):
    """A byte at which a new piece may start."""

    byte: int
    level: int
    is_unit: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A named range of bytes."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class Outline:
    """The borders of a text in their order (several may fall on one byte), and its sections, outer before inner.

    All of them are of levels below BLOCK. The lines of the text are borders besides: `line_borders` finds them where a
    piece cannot be cut otherwise.
    """

    borders: tuple[Border, ...]
    sections: tuple[Section, ...] = ()


def outline_of(language: str, data: bytes) -> Outline:
    """The outline of a text in a language without a grammar."""
    if language == "markdown":
        return _with_headings(data, _markdown_headings(data))
    if language == "restructuredtext":
        return _with_headings(data, _restructured_headings(data))
    return Outline(())


def line_borders(data: bytes, start: int, end: int) -> Iterator[Border]:
    """The start of every line after `start`, before `end`, that says something and closes nothing."""
    at, after_blank = start, False
    for line in data[start:end].splitlines(keepends=True):
        stripped = line.lstrip()
        if stripped and at > start and not stripped.startswith(_CLOSING_SIGNS):
            indent = min(len(line) - len(stripped), _DEEPEST_INDENT)
            yield Border(at, (BLOCK if after_blank and not indent else LINE - 10 if after_blank else LINE) + indent)
        after_blank = not stripped
        at += len(line)


@dataclass(frozen=True, slots=True)
class _Heading:
    byte: int
    depth: int
    title: str


def _with_headings(data: bytes, headings: Sequence[_Heading]) -> Outline:
    borders = tuple(Border(one.byte, min(one.depth, BLOCK - 1), is_unit=True) for one in headings)
    ends = [len(data)] * len(headings)
    open_sections: list[int] = []
    for number, one in enumerate(headings):
        while open_sections and headings[open_sections[-1]].depth >= one.depth:
            ends[open_sections.pop()] = one.byte
        open_sections.append(number)
    sections = tuple(Section(one.byte, end, one.title) for one, end in zip(headings, ends, strict=True))
    return Outline(borders, sections)


_FENCE = re.compile(rb" {0,3}(```+|~~~+)")
_ATX = re.compile(rb" {0,3}(#{1,6})(?=[ \t\r\n]|$)")
_CLOSING = re.compile(rb"(?:^|[ \t])#+$")
_SETEXT = re.compile(rb" {0,3}(=+|-{3,})[ \t]*\r?\n?")


def _markdown_headings(data: bytes) -> list[_Heading]:
    """`# Title` and underlined titles outside fenced code (https://spec.commonmark.org, 4.2, 4.3 and 4.5)."""
    found: list[_Heading] = []
    at, fence, above = 0, b"", b""
    for line in data.splitlines(keepends=True):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip().strip(fence[:1]):
                fence = b""
        elif mark and not (mark[1].startswith(b"`") and b"`" in line[mark.end() :]):
            fence = mark[1]
        elif heading := _ATX.match(line):
            title = line[heading.end() :].strip()
            found.append(_Heading(at, len(heading[1]), _title(_CLOSING.sub(b"", title))))
        elif above.strip() and _SETEXT.fullmatch(line) and above[:1] not in b" \t>|-*#":
            found.append(_Heading(at - len(above), 1 if line.strip().startswith(b"=") else 2, _title(above)))
        above = b"" if fence else line
        at += len(line)
    return found


_ADORNMENT = re.compile(rb"([!-/:-@\[-`{-~])\1{2,}")


def _restructured_headings(data: bytes) -> list[_Heading]:
    """Titles by their underline; how deep one is follows from which underline came first
    (https://docutils.sourceforge.io/docs/ref/rst/restructuredtext.html#sections).
    """
    found: list[_Heading] = []
    depths: dict[tuple[bytes, bool], int] = {}
    lines = data.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    for number in range(1, len(lines)):
        under, title = lines[number].rstrip(), lines[number - 1].rstrip()
        if not _ADORNMENT.fullmatch(under) or not title.strip() or _ADORNMENT.fullmatch(title):
            continue
        if len(under) < len(title.decode("utf-8", "replace").strip()):
            continue
        is_over = number > 1 and lines[number - 2].rstrip() == under
        if title[:1] in b" \t" and not is_over:
            continue
        depth = depths.setdefault((under[:1], is_over), len(depths) + 1)
        found.append(_Heading(starts[number - 1 - is_over], depth, _title(title)))
    return found


def _title(text: bytes) -> str:
    return " ".join(text.decode("utf-8", "replace").split())[:_MAX_TITLE]
