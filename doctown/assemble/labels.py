"""What topics are called: the terms that set each apart (class-based TF-IDF), and a label no two topics share.

A term is a word, or the two words of a name that stand together (`download handler`). It counts once per chunk, so that
one long list of the same call does not name a topic, and more where the author chose it for a symbol, a file or a
folder. Class-based TF-IDF is BERTopic's (Grootendorst 2022): the frequency of a term among a topic's chunks times
log(1 + average terms of a topic / frequency of the term in all); here also times the log of how few topics have it, for
what all topics share sets none apart.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import log

from doctown.assemble.words import STOP_WORDS, alike, identifier_parts, stem, words_of

KEYWORDS = 10
CONSIDERED = 4 * KEYWORDS
"""Terms, so that the loudest part of a topic does not take all places."""
LABEL_TERMS = 3
NAME_WEIGHT = 4
"""How much more a word counts in what an author called a class or a file than in the text."""
PART_WEIGHT = 2
"""In what an author called a function or a folder."""
PAIR_SHARE = 0.5
"""Two words of a name are said together where the pair has this share of the weight of one of them."""

PART_SHARE = 0.2
"""A part of a broad topic says a term that this share of its chunks have."""


def weights_of(text: str, names: Iterable[str], parts: Iterable[str] = ()) -> Counter[str]:
    """How much each term says about one chunk: `text` is its source, `names` are of the classes and the file in it,
    `parts` of the functions and the folder.
    """
    weights = Counter(dict.fromkeys(words_of(text), 1))
    said = [[part for part in identifier_parts(name) if _tells(part)] for name in names]
    for term in {word for words in said for word in words}:
        weights[term] += NAME_WEIGHT
    for one, other in {pair for words in said for pair in pairwise(words) if pair[0] != pair[1]}:
        weights[f"{one} {other}"] += NAME_WEIGHT
    for term in {part for name in parts for part in identifier_parts(name) if _tells(part)}:
        weights[term] += PART_WEIGHT
    return weights


def _tells(word: str) -> bool:
    return len(word) > 2 and word not in STOP_WORDS


def common_names(paths: Sequence[str]) -> frozenset[str]:
    """The words of folders that hold most of `paths`: they name the repository, not a part of it."""
    holding = Counter(part for path in paths for part in set(path.split("/")[:-1]))
    return frozenset(
        stem(word) for part, held in holding.items() if held > len(paths) / 2 for word in identifier_parts(part)
    )


def keywords_of(
    topic_of: Sequence[int],
    weights: Sequence[Counter[str]],
    shared: frozenset[str] = frozenset(),
    part_of: Sequence[int] | None = None,
) -> list[tuple[str, ...]]:
    """For each topic its keywords, the most telling first. `topic_of` and `weights` have one entry a chunk; a chunk of
    topic -1 does not count. Terms of `shared` (stems) name no topic. `part_of` has for each chunk the part of its topic
    that it is in: a term tells more of a topic the more of its parts say it.
    """
    said_in = _said_in(topic_of, part_of, weights) if part_of is not None else {}
    count = max(topic_of, default=-1) + 1
    per_topic: list[Counter[str]] = [Counter() for _ in range(count)]
    chunks_with: list[Counter[str]] = [Counter() for _ in range(count)]
    sizes = Counter(topic_of)
    spellings: dict[str, Counter[str]] = {}
    for topic, words in zip(topic_of, weights, strict=True):
        if topic < 0:
            continue
        for word, weight in words.items():
            form = _form(word)
            per_topic[topic][form] += weight
            chunks_with[topic][form] += 1
            spellings.setdefault(form, Counter())[word] += 1
    in_all: Counter[str] = Counter()
    topics_with: Counter[str] = Counter()
    for found in per_topic:
        in_all.update(found)
        topics_with.update(found.keys())
    average = sum(in_all.values()) / max(count, 1)
    telling = {
        form: log(1 + average / in_all[form]) * log(1 + count / topics_with[form])
        for form in in_all
        if shared.isdisjoint(form.split())
    }
    shown = {form: min(counts, key=lambda word: (-counts[word], word)) for form, counts in spellings.items()}
    for (topic, form), parts in said_in.items():
        per_topic[topic][form] *= max(len(parts), 1)
    best = [_best(found, telling, chunks_with[at], sizes[at]) for at, found in enumerate(per_topic)]
    spread = [_spread(forms, [said_in.get((at, form), set()) for form in forms]) for at, forms in enumerate(best)]
    return [tuple(shown[form] for form in forms[:KEYWORDS]) for forms in spread]


def _said_in(
    topic_of: Sequence[int], part_of: Sequence[int], weights: Sequence[Counter[str]]
) -> dict[tuple[int, str], set[int]]:
    """The parts of each topic in which a term is said by at least PART_SHARE of the chunks."""
    sizes = Counter((topic, part) for topic, part in zip(topic_of, part_of, strict=True) if topic >= 0)
    said: Counter[tuple[int, int, str]] = Counter()
    for topic, part, words in zip(topic_of, part_of, weights, strict=True):
        if topic >= 0:
            said.update((topic, part, form) for form in {_form(word) for word in words})
    found: dict[tuple[int, str], set[int]] = {}
    for (topic, part, form), chunks in said.items():
        if chunks >= PART_SHARE * sizes[topic, part]:
            found.setdefault((topic, form), set()).add(part)
    return found


def _spread(forms: Sequence[str], said_in: Sequence[set[int]]) -> list[str]:
    """`forms` with a second one that only one part says behind all others: no part names the whole."""
    first: list[str] = []
    later: list[str] = []
    heard: set[int] = set()
    for form, parts in zip(forms, said_in, strict=True):
        alone = len(parts) == 1
        (later if alone and parts <= heard else first).append(form)
        heard |= parts if alone else set()
    return first + later


def _form(term: str) -> str:
    return " ".join(map(stem, term.split()))


def _best(found: Counter[str], telling: dict[str, float], chunks: Counter[str], size: int) -> list[str]:
    # A term of one chunk is that chunk's affair, unless the topic is hardly larger.
    needed = min(size, 2 + size // 25)
    scores = {
        form: weight * telling[form] for form, weight in found.items() if chunks[form] >= needed and form in telling
    }
    scores = scores or {form: float(weight) for form, weight in found.items()}
    pairs: dict[str, str] = {}
    for form in sorted(scores, key=lambda form: (scores[form], form)):
        for word in form.split() if " " in form else ():
            if found[form] >= PAIR_SHARE * found[word]:
                pairs[word] = form
    best: dict[str, None] = {}
    for form in sorted(scores, key=lambda form: (-scores[form], form)):
        best[pairs.get(form, form)] = None
        if len(best) == CONSIDERED:
            break
    return list(best)


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
    named = _apart(words) or [fallback or "everything"]
    for length in range(min(LABEL_TERMS, len(named)), len(named) + 1):
        yield ", ".join(named[:length])
    number = 2
    while True:
        yield f"{', '.join(named[:LABEL_TERMS])} ({number})"
        number += 1


def _apart(terms: Sequence[str]) -> list[str]:
    """`terms` without those that repeat an earlier one: "request, requests" and "logger, log" say no more than one."""
    said: list[str] = []
    kept = []
    for term in terms:
        words = [*term.split(), term.replace(" ", "")]
        if not any(alike(stem(word), earlier) for word in words for earlier in said):
            kept.append(term)
            said += map(stem, words)
    return kept
