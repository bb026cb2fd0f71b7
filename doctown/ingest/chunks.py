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
from itertools import islice
from typing import Protocol

from doctown.ingest.borders import Border, Outline
from doctown.ingest.syntax import Nesting
from doctown.model import Chunk, EmbeddingInput, Symbol, chunk_id, embedding_key

SPECIAL_TOKENS = 2
SMALL = 64
"""Tokens. Less than this does not stand for itself."""
MAX_BYTES = 8_000
"""Of a chunk: a word of ten thousand letters is one token."""
_MAX_HEADER = 200  # characters
_MAX_TRAIL = _MAX_HEADER // 4  # names with " > " between them: more do not come into a header
_SMALLEST_SHARE = 0.01
_LINE_END = re.compile(rb"\n")


class Tokens(Protocol):
    """What chunking asks of a model's tokenizer."""

    max_tokens: int

    def starts(self, text: str) -> Sequence[int]:
        """Where each token of `text` starts, in characters, without special tokens."""
        ...

    def counts(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, the special ones included."""
        ...


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


@dataclass(frozen=True, slots=True)
class _Span:
    """A piece. One that is settled is not put together with its neighbours any more."""

    start: int
    end: int
    is_settled: bool = False


class _Cutter:
    def __init__(self, file: File, tokens: Tokens) -> None:
        self._file, self._tokens = file, tokens
        self._starts = _token_bytes(file.data, tokens)
        self._lines = [found.start() for found in _LINE_END.finditer(file.data)]
        self._border_bytes = [border.byte for border in file.outline.borders]
        self._symbols = _Nested([(one.start_byte, one.end_byte) for one in file.symbols])
        self._sections = _Nested([(one.start, one.end) for one in file.outline.sections])
        self._first = len(file.data) - len(file.data.lstrip())
        self._headers: dict[tuple[str, ...], tuple[str, int]] = {}
        self._header_at: dict[int, tuple[str, int]] = {}
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
        if start not in self._header_at:
            trail = self._trail(start)
            if trail not in self._headers:
                self._headers[trail] = self._header_of(trail)
            self._header_at[start] = self._headers[trail]
        return self._header_at[start]

    def _trail(self, start: int) -> tuple[str, ...]:
        """The names of the symbols or sections that a piece lies in, but for those that start with it."""
        symbols, sections = self._file.symbols, self._file.outline.sections
        within = [symbols[at] for at in self._symbols.around(start) if symbols[at].start_byte < start]
        names = [one.name for one in within if one.kind != "module"]
        return tuple(names + [sections[at].name for at in self._sections.around(start) if sections[at].start < start])

    def _header_of(self, trail: Sequence[str]) -> tuple[str, int]:
        said = " ".join(part for part in (self._file.path, " > ".join(trail)) if part)
        said = "".join(c if c.isprintable() else " " for c in said)[-_MAX_HEADER:]
        most = self._tokens.max_tokens // 4
        while (count := len(self._tokens.starts(said))) > most:
            kept = min(len(said) - 1, max(len(said) * most // count, len(said) // 2))
            said = said[len(said) - kept :]
        return said + "\n", count

    # Cuts

    def _room(self, start: int) -> int:
        """How many tokens of text a chunk that starts there may have."""
        return self._tokens.max_tokens - SPECIAL_TOKENS - self._header(start)[1]

    def _size(self, span: _Span) -> int:
        return bisect_left(self._starts, span.end) - bisect_left(self._starts, span.start)

    def _fits(self, span: _Span) -> bool:
        return self._size(span) <= self._room(span.start) and span.end - span.start <= MAX_BYTES

    def _trimmed(self, span: _Span) -> _Span:
        """Without blank lines before it and space after it."""
        text = self._file.data[span.start : span.end]
        lead = len(text) - len(text.lstrip())
        end = span.start + len(text.rstrip())
        line = text.rfind(b"\n", 0, lead) + 1
        return _Span(span.start + (line if span.start + line <= end else lead), end, span.is_settled)

    def _pieces(self, span: _Span, above: int) -> list[_Span]:
        """The pieces of `span`, none too large, cut at borders of a level over `above`.

        Units are put together where they are cut, because their neighbours are units too; what is smaller is handed
        up as it is, to be put together across its levels.
        """
        if self._fits(self._trimmed(span)):
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
        return [one for one in self._file.outline.borders[low:high] if one.level > above and one.byte > first]

    def _joined(self, pieces: Sequence[_Span], are_units: bool) -> list[_Span]:
        """Neighbours put together: units only where one is small, others as far as they fit, in parts of like size."""
        total = sum(self._size(piece) for piece in pieces)
        room = max(1, min((self._room(piece.start) for piece in pieces), default=1))
        aim = total / -(-total // room) if total else 0.0
        joined: list[_Span] = []
        for piece in pieces:
            last = joined[-1] if joined else None
            if last is not None and not (last.is_settled or piece.is_settled):
                both = _Span(last.start, piece.end)
                small = min(self._size(last), self._size(piece)) < SMALL
                if self._fits(self._trimmed(both)) and (small if are_units else self._size(last) < aim):
                    joined[-1] = both
                    continue
            joined.append(piece)
        return joined

    def _by_tokens(self, span: _Span, share: float) -> Iterator[_Span]:
        """The last resort: cut before a word, or where even that is too large, before a token or a letter."""
        start = span.start
        while start < span.end:
            end = self._reach(start, span.end, max(1, int(share * self._room(start))))
            yield _Span(start, end, is_settled=True)
            start = end

    def _reach(self, start: int, end: int, most: int) -> int:
        first = bisect_left(self._starts, start)
        stop = self._starts[first + most] if first + most < len(self._starts) else end
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
        self._nesting = Nesting(ranges)

    def innermost(self, byte: int) -> int | None:
        """The smallest that holds `byte`."""
        return self._nesting.innermost(byte)

    def around(self, byte: int) -> list[int]:
        """The smallest of those that hold `byte`, as many as a header can name, the outermost first."""
        return list(islice(self._nesting.all_around(byte), _MAX_TRAIL))[::-1]

    def starting(self, start: int, end: int) -> list[int]:
        """Those that start from `start` to before `end`, in their order."""
        return self._order[bisect_left(self._starts, start) : bisect_left(self._starts, end)]


def _settled(pieces: Sequence[_Span]) -> list[_Span]:
    return [_Span(piece.start, piece.end, is_settled=True) for piece in pieces]


def _between(span: _Span, borders: Sequence[Border]) -> Iterator[_Span]:
    cuts = sorted({border.byte for border in borders})
    for start, end in zip([span.start, *cuts], [*cuts, span.end], strict=True):
        yield _Span(start, end)


def _token_bytes(data: bytes, tokens: Tokens) -> list[int]:
    """Where each token starts, in bytes."""
    text = data.decode()
    starts = tokens.starts(text)
    if len(text) == len(data):
        return list(starts)
    found: list[int] = []
    characters = at = 0
    for start in starts:
        at += len(text[characters:start].encode())
        characters = start
        found.append(at)
    return found
