"""Jupyter notebooks: the code and the prose of their cells as one text, never their outputs, and where it lies.

A notebook is JSON, in which a cell's source is a list of strings. Its chunks have the text the cells say; their bytes
and lines are those of the .ipynb file, from the first letter's to behind the last one's, as they are written there. The
form is that of https://nbformat.readthedocs.io, versions 3 and 4.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from json import JSONDecodeError, JSONDecoder

from doctown.ingest import borders, outlines
from doctown.ingest.borders import Border, Outline, Section
from doctown.ingest.facts import DoesNotParse
from doctown.model import Chunk

_CELL, _WITHIN, _DEEPEST = 7, 8, borders.BLOCK - 1
"""Levels: headings come before cells, cells before what lies in them."""
_SEPARATOR = b"\n\n"
_SPACE = re.compile(r"[ \t\n\r]*")
_MAGIC = re.compile(rb"^([ \t]*)[%!?]", re.MULTILINE)
_LETTER = re.compile(r"(?s)\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.|[^\\]")
_DECODER = JSONDecoder()


@dataclass(frozen=True, slots=True)
class _String:
    """A string of a cell's source: what it says, and where that is written, in characters without the quotes."""

    start: int
    end: int
    says: bytes


@dataclass(slots=True)
class _Cell:
    kind: str = ""
    source: list[_String] = field(default_factory=list)


Seen = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Notebook:
    """What the cells say, in UTF-8, where it may be cut, and the file's own bytes."""

    data: bytes
    outline: Outline
    file: bytes
    strings: tuple[tuple[int, _String], ...]
    """With the byte of `data` at which each begins."""


def reason_of_notebook(file: bytes) -> str | None:
    """Why the notebook whose file has the bytes `file`, in UTF-8, is not indexed, or None."""
    try:
        cells, _ = _Reading(file.decode()).notebook()
    except (ValueError, RecursionError):
        return "notebook: not in the form of Jupyter's"
    return None if any(one.says.strip() for cell in cells for one in cell.source) else "empty"


def notebook_of(file: bytes, seen: Seen = bytes) -> Notebook:
    """The notebook whose file has the bytes `file`, in UTF-8. Raises ValueError where `reason_of_notebook` has one.

    `seen` gives, of what its cells say, what may be seen of it: as many bytes.
    """
    cells, language = _Reading(file.decode()).notebook()
    parts: list[bytes] = []
    strings: list[tuple[int, _String]] = []
    spans: list[tuple[int, int, str]] = []
    length = 0
    for cell in cells:
        start = length
        for one in cell.source:
            strings.append((length, one))
            parts.append(one.says)
            length += len(one.says)
        if any(one.says.strip() for one in cell.source):
            spans.append((start, length, cell.kind))
        parts.append(_SEPARATOR)
        length += len(_SEPARATOR)
    data = seen(b"".join(parts))
    return Notebook(data, _outline(data, spans, language), file, tuple(strings))


class _Reading:
    """A walk over the JSON that keeps the places of the sources; everything else is passed over by the library."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 1 if text.startswith("\ufeff") else 0
        self._cells: list[_Cell] = []
        self._language = "python"

    def notebook(self) -> tuple[list[_Cell], str]:
        """Raises ValueError for what is no notebook, RecursionError for one that is nested too deep."""
        is_one = False
        for key in self._keys():
            if key == "cells":
                is_one = True
                self._read_cells()
            elif key == "worksheets":
                is_one = True
                for _ in self._items():
                    for inner in self._keys():
                        self._read_cells() if inner == "cells" else self._value()
            elif key == "metadata":
                self._language = _language_in(self._value()) or self._language
            else:
                self._value()
        if not is_one:
            raise ValueError("no cells")
        return self._cells, self._language

    def _read_cells(self) -> None:
        for _ in self._items():
            cell = _Cell()
            for key in self._keys():
                if key == "cell_type":
                    cell.kind = str(self._value())
                elif key in ("source", "input"):
                    cell.source += self._source()
                else:
                    self._value()
            self._cells.append(cell)

    def _source(self) -> Iterator[_String]:
        if self._peek() == '"':
            yield self._string()
        else:
            for _ in self._items():
                yield self._string()

    # The grammar of JSON

    def _peek(self) -> str:
        found = _SPACE.match(self._text, self._at)
        assert found is not None
        self._at = found.end()
        return self._text[self._at : self._at + 1]

    def _take(self, wanted: str) -> None:
        if self._peek() != wanted:
            raise ValueError(f"no {wanted}")
        self._at += 1

    def _string(self) -> _String:
        if self._peek() != '"':
            raise ValueError("no string")
        start = self._at + 1
        says = str(self._value())
        return _String(start, self._at - 1, says.encode("utf-8", "replace"))

    def _value(self) -> object:
        self._peek()
        try:
            value, self._at = _DECODER.raw_decode(self._text, self._at)
        except JSONDecodeError as error:
            raise ValueError("no JSON") from error
        return value

    def _keys(self) -> Iterator[str]:
        for _ in self._items("{", "}"):
            key = self._string().says.decode()
            self._take(":")
            yield key

    def _items(self, opening: str = "[", closing: str = "]") -> Iterator[None]:
        self._take(opening)
        if self._peek() == closing:
            self._at += 1
            return
        while True:
            yield
            if self._peek() == closing:
                self._at += 1
                return
            self._take(",")


def _language_in(metadata: object) -> str | None:
    if isinstance(metadata, dict):
        for part, key in (("language_info", "name"), ("kernelspec", "language")):
            if isinstance(metadata.get(part), dict) and isinstance(metadata[part].get(key), str):
                return str(metadata[part][key]).lower()
    return None


# Where it may be cut


def _outline(data: bytes, cells: list[tuple[int, int, str]], language: str) -> Outline:
    found: list[Border] = []
    headings: list[tuple[int, int, str]] = []
    for start, end, kind in cells:
        found.append(Border(start, _CELL, is_unit=True))
        inner = _outline_of_cell(data[start:end], kind, language)
        titles = {border: None for border in inner.borders if border.is_unit and kind == "markdown"}
        headings += [
            (start + border.byte, border.level, section.name)
            for border, section in zip(titles, inner.sections, strict=bool(titles))
        ]
        found += [
            one._replace(
                byte=start + one.byte, level=one.level if one in titles else min(one.level + _WITHIN, _DEEPEST)
            )
            for one in inner.borders
        ]
    return Outline(tuple(sorted(found, key=lambda one: one.byte)), tuple(_sections(headings, len(data))))


def _outline_of_cell(data: bytes, kind: str, language: str) -> Outline:
    if kind != "code":
        return borders.outline_of("markdown" if kind == "markdown" else "plain", data)
    try:
        # Lines for the notebook itself, not for the language, become comments of equal length.
        return outlines.read("", language, _MAGIC.sub(rb"\1#", data))[1]
    except DoesNotParse:
        return outlines.plain_outline(data)


def _sections(headings: list[tuple[int, int, str]], length: int) -> Iterator[Section]:
    """A heading's section reaches to the next one that is no deeper, over all cells between."""
    ends = [length] * len(headings)
    waiting: list[int] = []
    for number, (start, level, _) in enumerate(headings):
        while waiting and headings[waiting[-1]][1] >= level:
            ends[waiting.pop()] = start
        waiting.append(number)
    for (start, _, name), end in zip(headings, ends, strict=True):
        yield Section(start, end, name)


# Where it lies


def placed(notebook: Notebook, chunks: Sequence[Chunk]) -> list[Chunk]:
    """`chunks` of the notebook's text, in their order, with the places they have in its file."""
    if not chunks:
        return []
    cursor = _Cursor(notebook)
    return [
        replace(chunk, start_byte=start, start_line=start_line, end_byte=end, end_line=end_line)
        for chunk in chunks
        for start, start_line in [cursor.at(chunk.start_byte)]
        for end, end_line in [cursor.behind(chunk.end_byte)]
    ]


class _Cursor:
    """Goes forward over the strings of a notebook, letter by letter as they are written."""

    def __init__(self, notebook: Notebook) -> None:
        self._text = notebook.file.decode()
        self._strings = notebook.strings
        self._number = 0
        self._offset, first = self._strings[0]
        self._character = first.start
        self._counted = self._byte = 0
        self._line = 1

    def at(self, offset: int) -> tuple[int, int]:
        """The byte and the line in the file of the letter at the byte `offset` of the text."""
        self._go(offset, offset)
        return self._place()

    def behind(self, offset: int) -> tuple[int, int]:
        """The byte behind the letter that ends before `offset`, and the line of that letter."""
        self._go(offset - 1, offset)
        return self._place()

    def _go(self, within: int, offset: int) -> None:
        """To `offset`, in the string that holds the byte `within`."""
        while self._number + 1 < len(self._strings) and self._strings[self._number + 1][0] <= within:
            self._number += 1
            self._offset, string = self._strings[self._number]
            self._character = string.start
        end = self._strings[self._number][1].end
        while self._offset < offset and self._character < end:
            letter = _LETTER.match(self._text, self._character, end)
            assert letter is not None
            self._character = letter.end()
            self._offset += _width(letter[0])

    def _place(self) -> tuple[int, int]:
        between = self._text[self._counted : self._character]
        self._byte += len(between.encode())
        self._line += between.count("\n")
        self._counted = self._character
        return self._byte, self._line


def _width(letter: str) -> int:
    """The bytes of what a letter, as JSON writes it, says in UTF-8; half a surrogate pair became a question mark."""
    if not letter.startswith("\\"):
        return len(letter.encode())
    if len(letter) == 2:
        return 1
    if len(letter) == 12:
        return 4
    code = int(letter[2:], 16)
    return 1 if code < 0x80 or 0xD800 <= code < 0xE000 else 2 if code < 0x800 else 3
