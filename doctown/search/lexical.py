"""Search by words: BM25 (Robertson and Walker 1994; k1 and b as Lucene has them) over texts it is given.

A name counts whole and in its parts, so that `parseHeader`, `parse_header` and "parse header" find each other; parts
are folded to one form for singular and plural. Where the texts lie is left to others.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import numpy as np

from doctown.assemble.words import identifier_parts, stem

K1, B = 1.2, 0.75
_NAME = re.compile(r"[^\W\d]\w*|\d+")


def terms_of(text: str) -> Iterator[str]:
    """The words of `text`: names and numbers in lower case, and the parts of names that have several."""
    for name in _NAME.findall(text):
        parts = identifier_parts(name)
        if len(parts) > 1:
            yield name.lower()
        yield from map(stem, parts or [name.lower()])


class WordIndex:
    """What is asked for words: n texts, numbered as they come."""

    def __init__(self, texts: Iterable[str]) -> None:
        rows: dict[str, list[int]] = defaultdict(list)
        times: dict[str, list[int]] = defaultdict(list)
        lengths = []
        for row, text in enumerate(texts):
            counts = Counter(terms_of(text))
            lengths.append(counts.total())
            for term, count in counts.items():
                rows[term].append(row)
                times[term].append(count)
        length = np.array(lengths, np.float64)
        self._rows, self._times = rows, times
        self._saturation = K1 * (1 - B + B * length / max(length.mean(), 1.0)) if lengths else length

    def ranked(self, query: str, k: int) -> list[tuple[int, float]]:
        """The `k` best texts that hold a word of `query`, as (row, score), best first; equal scores by row."""
        scores = np.zeros(len(self._saturation))
        for term, wanted in Counter(terms_of(query)).items():
            if term not in self._rows:
                continue
            rows = np.array(self._rows[term])
            times = np.array(self._times[term], np.float64)
            rarity = np.log1p((len(scores) - len(rows) + 0.5) / (len(rows) + 0.5))
            scores[rows] += wanted * rarity * times / (times + self._saturation[rows])
        found = np.flatnonzero(scores)
        best = found[np.argsort(-scores[found], kind="stable")][: max(k, 0)]
        return [(int(at), float(scores[at])) for at in best]
