"""A tokenizer small enough to count by hand: pieces of words of at most eight letters, and every other sign."""

import re
from collections.abc import Sequence

_PIECES = re.compile(r"\w{1,8}|[^\w\s]")


class Words:
    """What chunking asks of a tokenizer. It remembers how much it was asked."""

    def __init__(self, max_tokens: int = 64) -> None:
        self.max_tokens = max_tokens
        self.calls = self.characters = 0

    def starts(self, text: str) -> Sequence[int]:
        """Where each piece starts, in characters."""
        self.calls += 1
        self.characters += len(text)
        return [found.start() for found in _PIECES.finditer(text)]

    def counts(self, texts: Sequence[str]) -> list[int]:
        """The number of pieces of each text, and two."""
        return [len(self.starts(text)) + 2 for text in texts]

    def by_line(self, text: str) -> Sequence[int]:
        """The number of pieces that start in each line."""
        found = [0] * (text.count("\n") + 1)
        starts, line, reached = self.starts(text), 0, 0
        for start in starts:
            line += text.count("\n", reached, start)
            reached = start
            found[line] += 1
        return found


class Marks(Words):
    """A model of bytes, whose every letter is several tokens that start where the letter does."""

    def starts(self, text: str) -> Sequence[int]:
        """The start of each letter, as often as it has bytes."""
        self.calls += 1
        self.characters += len(text)
        return [at for at, letter in enumerate(text) for _ in letter.encode()]
