"""Where the tokens of a text lie, asked by byte and by number.

Most questions are about whole lines, so tokens are counted by line; where they start within one is found out for the
few lines that are asked for.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Protocol


class Tokens(Protocol):
    """What chunking asks of a model's tokenizer."""

    max_tokens: int

    def starts(self, text: str) -> Sequence[int]:
        """Where each token of `text` starts, in characters, without special tokens."""
        ...

    def counts(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, the special ones included."""
        ...

    def by_line(self, text: str) -> Sequence[int]:
        """The number of tokens that start in each line of `text`, which ends with "\\n", without special tokens."""
        ...


class TokenPlaces:
    """The tokens of `data`, whose line ends (b"\\n") are at the bytes `line_ends`."""

    def __init__(self, data: bytes, line_ends: Sequence[int], tokens: Tokens) -> None:
        self._data, self._tokens = data, tokens
        self._starts = [0, *(end + 1 for end in line_ends)]
        self._ends = [*line_ends, len(data)]
        self._before = [0, *accumulate(tokens.by_line(data.decode()))]
        self._within: dict[int, Sequence[int]] = {}

    def before(self, byte: int) -> int:
        """How many tokens start before `byte`; at a line end, those of all its line (with most models it is none)."""
        line = bisect_right(self._starts, byte) - 1
        if byte == self._starts[line]:
            return self._before[line]
        if byte >= self._ends[line]:
            return self._before[line + 1]
        return min(self._before[line] + bisect_left(self._in_line(line), byte), self._before[line + 1])

    def byte_of(self, number: int) -> int:
        """Where the token with that number, from 0, starts; past the last the end of the text."""
        line = bisect_right(self._before, number) - 1
        within = self._in_line(line) if line < len(self._starts) else ()
        nth = number - self._before[line]
        return within[nth] if nth < len(within) else len(self._data) if line >= len(self._ends) else self._ends[line]

    def _in_line(self, line: int) -> Sequence[int]:
        """Where each token of a line starts, in bytes of the whole text."""
        if line not in self._within:
            start, text = self._starts[line], self._data[self._starts[line] : self._ends[line]].decode()
            self._within[line] = [start + at for at in _in_bytes(text, self._tokens.starts(text))]
        return self._within[line]


def _in_bytes(text: str, characters: Sequence[int]) -> Sequence[int]:
    """The bytes in UTF-8 at which those characters of `text`, which are in order, start."""
    if text.isascii():
        return characters
    found: list[int] = []
    reached = at = 0
    for character in characters:
        at += len(text[reached:character].encode())
        reached = character
        found.append(at)
    return found
