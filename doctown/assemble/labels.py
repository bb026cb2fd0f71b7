"""What topics are called: the words that set each apart (class-based TF-IDF), and a label no two topics share.

A word counts once per chunk, so that one long list of the same call does not name a topic, and more where the author
chose it for a name. Class-based TF-IDF is BERTopic's (Grootendorst 2022): the frequency of a word among a topic's
chunks times log(1 + average words of a topic / frequency of the word in all).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import log

from doctown.assemble.words import STOP_WORDS, identifier_parts, stem, words_of

KEYWORDS = 10
LABEL_WORDS = 3
NAME_WEIGHT = 4
"""How much more a word counts in the name of a symbol or file than in the text."""


def weights_of(text: str, names: Iterable[str]) -> Counter[str]:
    """How much each word says about one chunk: `text` is its source, `names` what its author named in it."""
    weights = Counter(dict.fromkeys(words_of(text), 1))
    for word in {part for name in names for part in identifier_parts(name) if len(part) > 2 and part not in STOP_WORDS}:
        weights[word] += NAME_WEIGHT
    return weights


def keywords_of(topic_of: Sequence[int], weights: Sequence[Counter[str]]) -> list[tuple[str, ...]]:
    """For each topic its keywords, the most telling first. `topic_of` and `weights` have one entry a chunk."""
    count = max(topic_of, default=-1) + 1
    per_topic: list[Counter[str]] = [Counter() for _ in range(count)]
    spellings: dict[str, Counter[str]] = {}
    sizes = Counter(topic_of)
    chunks_with: list[Counter[str]] = [Counter() for _ in range(count)]
    for topic, words in zip(topic_of, weights, strict=True):
        for word, weight in words.items():
            per_topic[topic][stem(word)] += weight
            spellings.setdefault(stem(word), Counter())[word] += 1
        chunks_with[topic].update({stem(word) for word in words})
    in_all: Counter[str] = Counter()
    for found in per_topic:
        in_all.update(found)
    average = sum(in_all.values()) / max(count, 1)
    shown = {form: min(counts, key=lambda word: (-counts[word], word)) for form, counts in spellings.items()}
    return [
        _best(found, in_all, average, chunks_with[topic], sizes[topic], shown) for topic, found in enumerate(per_topic)
    ]


def _best(
    found: Counter[str], in_all: Counter[str], average: float, chunks: Counter[str], size: int, shown: dict[str, str]
) -> tuple[str, ...]:
    total = max(sum(found.values()), 1)
    # A word of one chunk is that chunk's affair, unless the topic is hardly larger.
    needed = min(size, 2 + size // 25)
    scores = {
        form: weight / total * log(1 + average / in_all[form])
        for form, weight in found.items()
        if chunks[form] >= needed
    }
    best = sorted(scores, key=lambda form: (-scores[form], form))[:KEYWORDS]
    if not best:
        best = sorted(found, key=lambda form: (-found[form], form))[:KEYWORDS]
    return tuple(shown[form] for form in best)


def labels_of(keywords: Sequence[Sequence[str]], fallbacks: Sequence[str]) -> list[str]:
    """A label for each topic, no two alike. A topic without keywords is called by its fallback."""
    labels: list[str] = []
    taken: set[str] = set()
    for words, fallback in zip(keywords, fallbacks, strict=True):
        label = next(label for label in _candidates(words, fallback) if label not in taken)
        taken.add(label)
        labels.append(label)
    return labels


def _candidates(words: Sequence[str], fallback: str) -> Iterable[str]:
    """Longer and longer labels; in the end numbered ones, of which there is always another."""
    named = list(words) or [fallback or "everything"]
    for length in range(min(LABEL_WORDS, len(named)), len(named) + 1):
        yield ", ".join(named[:length])
    number = 2
    while True:
        yield f"{', '.join(named[:LABEL_WORDS])} ({number})"
        number += 1
