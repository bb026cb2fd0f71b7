"""A model's tokenizer, and the counter of its tokens, which remembers words.

Code says the same words over and over. Where a tokenizer goes word by word, as those of the BERT family do, the library
is asked for each word once and the rest is looked up: the same numbers, several times faster. Anything that is not
plain ASCII goes to the library between two spaces, and a text that a special token is written in goes there whole. What
a line holds is remembered too: that of a file is counted again as part of its chunks.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from doctown.errors import ModelInvalid

_WORD = re.compile(r"[A-Za-z0-9]+|[!-/:-@\[-`{-~]")
"""A word of a text in plain ASCII, as the BERT pre-tokenizer has it; what lies between two is space."""
_STRANGE = re.compile(r"[^\t\n\r -~]")
_LINE_END = re.compile(r"\n")
_BETWEEN_SPACES = re.compile(r"[^\t\n\r ]+")
_WORD_BY_WORD = ("BertNormalizer", "BertPreTokenizer", "WordPiece")
_MOST_REMEMBERED = 50_000
"""Words. More are those of no language: all are forgotten."""
_MOST_LINES = 10_000
"""Lines that are remembered: those of one file, and what many files say."""
_WHOLE = (0,)
"""Where the tokens of most words start: they are one."""


class TokenCounter:
    """Counts tokens as the model does, the two special ones included, never cut."""

    def __init__(self, file: Path, max_tokens: int) -> None:
        """`file` is a `tokenizer.json`. Raises ModelInvalid."""
        self.max_tokens = max_tokens
        self._tokenizer = tokenizer_of(file, None)
        self._special = self._tokenizer.num_special_tokens_to_add(False)
        self._written_out = _special_tokens(self._tokenizer)
        self._known = _Known(self._tokenizer)
        self._lines = _Lines(self._known)

    def counts(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text."""
        return [self._special + self._count(text) for text in texts]

    def starts(self, text: str) -> list[int]:
        """Where each token of `text` starts, in characters; the special ones are none of the text's."""
        if not self._is_by_word(text):
            return _starts(self._tokenizer, text)
        found: list[int] = []
        known = self._known
        words = _WORD.finditer(text) if not _STRANGE.search(text) else _words(text)
        for word in words:
            at, starts = word.start(), known[word[0]]
            if starts is _WHOLE:
                found.append(at)
            else:
                found += [at + start for start in starts]
        return found

    def by_line(self, text: str) -> list[int]:
        """The number of tokens that start in each line of `text`, without special ones."""
        if self._is_by_word(text):
            return list(map(self._lines.__getitem__, text.split("\n")))
        starts = _starts(self._tokenizer, text)
        ends = [found.start() for found in _LINE_END.finditer(text)]
        before = [0, *(bisect_right(starts, end) for end in ends), len(starts)]
        return [after - until for until, after in pairwise(before)]

    def _count(self, text: str) -> int:
        if not self._is_by_word(text):
            return len(_starts(self._tokenizer, text))
        return sum(map(self._lines.__getitem__, text.split("\n")))

    def _is_by_word(self, text: str) -> bool:
        return self._written_out is not None and not any(token in text for token in self._written_out)


class _Known(dict[str, tuple[int, ...]]):
    """Where the tokens of a word start, asked of the library once."""

    def __init__(self, tokenizer: Any) -> None:
        super().__init__()
        self._tokenizer = tokenizer

    def __missing__(self, word: str) -> tuple[int, ...]:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        starts = tuple(_starts(self._tokenizer, word))
        self[word] = found = _WHOLE if starts == _WHOLE else starts
        return found


class _Lines(dict[str, int]):
    """The number of tokens of a line in which no special one is written, counted once while not too many others are."""

    def __init__(self, known: _Known) -> None:
        super().__init__()
        self._known = known

    def __missing__(self, line: str) -> int:
        if len(self) >= _MOST_LINES:
            self.clear()
        words = _WORD.findall(line) if not _STRANGE.search(line) else [word[0] for word in _words(line)]
        self[line] = found = sum(map(len, map(self._known.__getitem__, words)))
        return found


def _starts(tokenizer: Any, text: str) -> list[int]:
    return [start for start, _ in tokenizer.encode(text, add_special_tokens=False).offsets]


def _words(text: str) -> Iterator[re.Match[str]]:
    """The words of `text`; what is not plain ASCII is one up to the next space."""
    for part in _BETWEEN_SPACES.finditer(text):
        if _STRANGE.search(part[0]):
            yield part
        else:
            yield from _WORD.finditer(text, part.start(), part.end())


def _special_tokens(tokenizer: Any) -> tuple[str, ...] | None:
    """The tokens that are found in a text before its words are; None for a tokenizer that does not go word by word."""
    said = json.loads(tokenizer.to_str())
    kinds = tuple((said[part] or {}).get("type") for part in ("normalizer", "pre_tokenizer", "model"))
    if kinds != _WORD_BY_WORD or any(token["normalized"] for token in said["added_tokens"]):
        return None
    return tuple(token["content"] for token in said["added_tokens"])


def tokenizer_of(file: Path, max_tokens: int | None) -> Any:
    """The tokenizer in `file`, which cuts at `max_tokens` or, with None, not at all. Raises ModelInvalid."""
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_buffer(file.read_bytes())
    except Exception as error:  # the library raises bare Exceptions
        raise ModelInvalid(f"{file} is no tokenizer; fetch or export the model again.") from error
    tokenizer.no_padding()
    if max_tokens is None:
        tokenizer.no_truncation()
    else:
        tokenizer.enable_truncation(max_tokens)
    return tokenizer
