"""Chunks: pieces of a file that follow its syntax and fit the model, counted in the model's own tokens.

A piece that fits is one chunk; a larger one is cut at its lowest borders, and again, down to lines and words; small
neighbours are put together. The text of a chunk is the source alone; embedded is that under a short header, which says
where it stands. The chunks of a file hold all of it but blank lines, each byte once.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from doctown.ingest.borders import Border, Outline, line_borders
from doctown.ingest.syntax import Nesting
from doctown.ingest.token_places import TokenPlaces, Tokens
from doctown.model import Chunk, EmbeddingInput, Symbol, chunk_id, embedding_key

SPECIAL_TOKENS = 2
SMALL = 64
"""Tokens. Less than this does not stand for itself."""
MAX_BYTES = 8_000
"""Of a chunk: a word of ten thousand letters is one token."""
_MAX_HEADER = 200  # characters
_OF_HEADER = 4
"""A header has no more than the fourth part of the tokens."""
_MAX_TRAIL = _MAX_HEADER // 4  # names with " > " between them: more do not come into a header
_SMALLEST_SHARE = 0.01
_LINE_END = re.compile(rb"\n")
_SPACE = re.compile(rb"\s*")
_SPACES = frozenset(b" \t\n\r\v\f")


@dataclass(frozen=True, slots=True)
class File:
    """A file to be cut. `symbols` are its own, a parent before what it encloses."""

    path: str
    language: str
    data: bytes
    outline: Outline
    symbols: Sequence[Symbol] = ()


def chunks_of(file: File, tokens: Tokens) -> list[tuple[Chunk, EmbeddingInput]]:
    """The chunks of `file` in the order of the text, and what is embedded for each."""
    return list(_Cutter(file, tokens).chunks())


class _Span(NamedTuple):
    """A piece. One that is settled is not put together with its neighbours any more."""

    start: int
    end: int
    is_settled: bool = False


class _Cutter:
    def __init__(self, file: File, tokens: Tokens) -> None:
        self._file, self._tokens = file, tokens
        self._lines = [found.start() for found in _LINE_END.finditer(file.data)]
        self._places = TokenPlaces(file.data, self._lines, tokens)
        self._border_bytes = [border.byte for border in file.outline.borders]
        self._symbols = _Nested([(one.start_byte, one.end_byte) for one in file.symbols])
        self._sections = _Nested([(one.start, one.end) for one in file.outline.sections])
        self._first = len(file.data) - len(file.data.lstrip())
        self._headers: dict[tuple[int | None, int | None], tuple[str, int]] = {}
        self._least_room = tokens.max_tokens - SPECIAL_TOKENS - tokens.max_tokens // _OF_HEADER
        self._seen: Counter[str] = Counter()

    def chunks(self) -> Iterator[tuple[Chunk, EmbeddingInput]]:
        pieces = self._joined(self._pieces(_Span(0, len(self._file.data)), -1), are_units=False)
        for piece in pieces:
            yield from self._made(piece)

    def _made(self, piece: _Span, share: float = 1.0) -> Iterator[tuple[Chunk, EmbeddingInput]]:
        """The chunk of a piece; of its parts, if counting its tokens shows that it is too large after all.

        Tokens are counted over the whole file; a cut within a word may make more of them.
        """
        span = self._trimmed(piece)
        if span.start >= span.end:
            return
        text = self._file.data[span.start : span.end].decode()
        content = self._header(span.start)[0] + text
        (count,) = self._tokens.counts([content])
        if count > self._tokens.max_tokens and share > _SMALLEST_SHARE:
            for part in self._by_tokens(span, share / 2):
                yield from self._made(part, share / 2)
            return
        where = self._file
        found = Chunk(
            id=chunk_id(where.path, text, self._seen[text]),
            path=where.path,
            language=where.language,
            start_line=bisect_left(self._lines, span.start) + 1,
            end_line=bisect_left(self._lines, max(span.end - 1, span.start)) + 1,
            start_byte=span.start,
            end_byte=span.end,
            symbol_ids=self._symbol_ids(span),
            tokens=count,
            text=text,
        )
        self._seen[text] += 1
        yield found, EmbeddingInput(found.id, embedding_key(content), count, content)

    def _symbol_ids(self, span: _Span) -> tuple[str, ...]:
        """The symbols that start in the span (the module last), or else the innermost that holds its start."""
        symbols = self._file.symbols
        starting = [symbols[at] for at in self._symbols.starting(span.start, span.end)]
        named = [one.id for one in starting if one.kind != "module"]
        modules = [one.id for one in symbols[:1] if span.start <= self._first]
        if named:
            return tuple(named + modules)
        around = self._symbols.innermost(span.start)
        return () if around is None else (symbols[around].id,)

    # Headers

    def _header(self, start: int) -> tuple[str, int]:
        """The header of a piece that starts there, and its tokens."""
        within = self._symbols.holding(start), self._sections.holding(start)
        if within not in self._headers:
            self._headers[within] = self._header_of(self._trail(*within))
        return self._headers[within]

    def _trail(self, symbol: int | None, section: int | None) -> tuple[str, ...]:
        """The names of a symbol and of a section, and of all around them."""
        symbols, sections = self._file.symbols, self._file.outline.sections
        around = [symbols[at] for at in self._symbols.from_outside(symbol)]
        names = [one.name for one in around if one.kind != "module"]
        return tuple(names + [sections[at].name for at in self._sections.from_outside(section)])

    def _header_of(self, trail: Sequence[str]) -> tuple[str, int]:
        said = " ".join(part for part in (self._file.path, " > ".join(trail)) if part)
        said = "".join(c if c.isprintable() else " " for c in said)[-_MAX_HEADER:]
        most = self._tokens.max_tokens // _OF_HEADER
        while (count := self._tokens.counts([said])[0] - SPECIAL_TOKENS) > most:
            kept = min(len(said) - 1, max(len(said) * most // count, len(said) // 2))
            said = said[len(said) - kept :]
        return said + "\n", count

    # Cuts

    def _room(self, start: int) -> int:
        """How many tokens of text a chunk that starts there may have."""
        return self._tokens.max_tokens - SPECIAL_TOKENS - self._header(start)[1]

    def _size(self, span: _Span) -> int:
        return self._places.before(span.end) - self._places.before(span.start)

    def _fits(self, piece: _Span) -> bool:
        span = self._trimmed(piece)
        if span.end - span.start > MAX_BYTES:
            return False
        size = self._size(span)
        return size <= self._least_room or size <= self._room(span.start)

    def _trimmed(self, span: _Span) -> _Span:
        """Without blank lines before it and space after it."""
        data, end = self._file.data, span.end
        found = _SPACE.match(data, span.start, end)
        first = found.end() if found else span.start
        while end > first and data[end - 1] in _SPACES:
            end -= 1
        line = data.rfind(b"\n", span.start, first) + 1
        return _Span(line or span.start if first < end else first, end, span.is_settled)

    def _pieces(self, span: _Span, above: int) -> list[_Span]:
        """The pieces of `span`, none too large, cut at borders of a level over `above`.

        Units are put together where they are cut, because their neighbours are units too; what is smaller is handed
        up as it is, to be put together across its levels.
        """
        if self._fits(span):
            return [span]
        borders = self._borders(span, above)
        if not borders:
            return list(self._by_tokens(span, 1.0))
        level = min(border.level for border in borders)
        of_level = [border for border in borders if border.level == level]
        parts = [self._pieces(part, level) for part in _between(span, of_level)]
        if not all(border.is_unit for border in of_level):
            return [piece for part in parts for piece in part]
        pieces: list[_Span] = []
        for part in parts:
            pieces += part if len(part) == 1 else _settled(self._joined(part, are_units=False))
        return _settled(self._joined(pieces, are_units=True))

    def _borders(self, span: _Span, above: int) -> list[Border]:
        low = bisect_left(self._border_bytes, span.start + 1)
        high = bisect_left(self._border_bytes, span.end)
        first = self._trimmed(span).start
        found = [one for one in self._file.outline.borders[low:high] if one.level > above and one.byte > first]
        return found or [one for one in line_borders(self._file.data, first, span.end) if one.level > above]

    def _joined(self, pieces: Sequence[_Span], are_units: bool) -> list[_Span]:
        """Neighbours put together: units only where one is small, others as far as they fit, in parts of like size."""
        sizes = [self._size(piece) for piece in pieces]
        aim = 0.0 if are_units else self._aim(pieces, sum(sizes))
        joined: list[_Span] = []
        last_size = 0
        for piece, size in zip(pieces, sizes, strict=True):
            last = joined[-1] if joined else None
            if last is not None and not (last.is_settled or piece.is_settled):
                both = _Span(last.start, piece.end)
                is_wanted = min(last_size, size) < SMALL if are_units else last_size < aim
                if is_wanted and self._fits(both):
                    joined[-1] = both
                    last_size += size
                    continue
            joined.append(piece)
            last_size = size
        return joined

    def _aim(self, pieces: Sequence[_Span], total: int) -> float:
        """Tokens of each part, if pieces of `total` tokens are put together to as few parts as can be."""
        room = max(1, min((self._room(piece.start) for piece in pieces), default=1))
        return total / -(-total // room) if total else 0.0

    def _by_tokens(self, span: _Span, share: float) -> Iterator[_Span]:
        """The last resort: cut before a word, or where even that is too large, before a token or a letter."""
        start = span.start
        while start < span.end:
            end = self._reach(start, span.end, max(1, int(share * self._room(start))))
            yield _Span(start, end, is_settled=True)
            start = end

    def _reach(self, start: int, end: int, most: int) -> int:
        stop = self._places.byte_of(self._places.before(start) + most)
        stop = min(stop, end, start + MAX_BYTES)
        if stop == end:
            return end
        space = max(self._file.data.rfind(mark, start + (stop - start) // 2, stop) for mark in (b"\n", b" ", b"\t"))
        stop = space + 1 if space >= 0 else stop
        while stop > start + 1 and self._file.data[stop] & 0xC0 == 0x80:  # within a letter of several bytes
            stop -= 1
        return stop


class _Nested:
    """Ranges of bytes that lie within each other or apart, asked by place; known by their number."""

    def __init__(self, ranges: Sequence[tuple[int, int]]) -> None:
        self._order = sorted(range(len(ranges)), key=lambda at: (ranges[at][0], -ranges[at][1], at))
        self._starts = [ranges[at][0] for at in self._order]
        self._ranges, self._nesting = ranges, Nesting(ranges)

    def innermost(self, byte: int) -> int | None:
        """The smallest that holds `byte`."""
        return self._nesting.innermost(byte)

    def holding(self, byte: int) -> int | None:
        """The smallest that holds `byte` and starts before it."""
        return next((at for at in self._nesting.all_around(byte) if self._ranges[at][0] < byte), None)

    def from_outside(self, at: int | None) -> list[int]:
        """That one and those around it, as many as a header can name, the outermost first."""
        found: list[int] = []
        while at is not None and len(found) < _MAX_TRAIL:
            found.append(at)
            at = self._nesting.around[at]
        return found[::-1]

    def starting(self, start: int, end: int) -> list[int]:
        """Those that start from `start` to before `end`, in their order."""
        return self._order[bisect_left(self._starts, start) : bisect_left(self._starts, end)]


def _settled(pieces: Sequence[_Span]) -> list[_Span]:
    return [_Span(piece.start, piece.end, is_settled=True) for piece in pieces]


def _between(span: _Span, borders: Sequence[Border]) -> Iterator[_Span]:
    cuts = sorted({border.byte for border in borders})
    for start, end in zip([span.start, *cuts], [*cuts, span.end], strict=True):
        yield _Span(start, end)
