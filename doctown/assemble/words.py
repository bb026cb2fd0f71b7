"""The words of a chunk as a reader would say them: identifiers split at case and underscore, without those every
program has. Weighing them is left to `doctown.assemble.labels`.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

_RUN = re.compile(r"[^\W\d_]+")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\WA-Z\d_]+|[^\W\d_]")

STOP_WORDS = frozenset(files(__package__).joinpath("stop_words.txt").read_text("utf-8").split())
"""Words of language and of programs, which set no topic apart."""


def identifier_parts(name: str) -> list[str]:
    """`parseHTTPHeader_list` as `parse`, `http`, `header`, `list`."""
    return [part for run in _RUN.findall(name) for part in _parts(run)]


@lru_cache(maxsize=100_000)
def _parts(run: str) -> tuple[str, ...]:
    """Of one run of letters. A repository says the same few names over and over."""
    return tuple(part.lower() for part in _PART.findall(run))


def alike(one: str, other: str) -> bool:
    """Whether two words say the same to a reader: download and downloader, referer and referrer,
    structures and datastructures.
    """
    common = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    short, long = sorted((one, other), key=len)
    return (common >= 4 and common >= 0.7 * len(short)) or (len(short) >= 5 and short in long)


def words_of(text: str) -> Iterator[str]:
    """The words of `text` in order, folded to one form (`stem`), without stop words and single letters."""
    for part in identifier_parts(text):
        if 2 < len(part) < 25 and part not in STOP_WORDS:
            yield part


def stem(word: str) -> str:
    """One form for singular and plural. Crude on purpose: it decides what counts as the same, not what is shown."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("ie") and len(word) > 4:
        return word[:-2] + "y"  # cookie, as cookies
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word
