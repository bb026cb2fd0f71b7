"""The words of a chunk as a reader would say them: identifiers split at case and underscore, without those every
program has. Weighing them is left to `doctown.assemble.labels`.
"""

import re
from collections.abc import Iterator
from importlib.resources import files

_RUN = re.compile(r"[^\W\d_]+")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\WA-Z\d_]+|[^\W\d_]")

STOP_WORDS = frozenset(files(__package__).joinpath("stop_words.txt").read_text("utf-8").split())
"""Words of language and of programs, which set no topic apart."""


def identifier_parts(name: str) -> list[str]:
    """`parseHTTPHeader_list` as `parse`, `http`, `header`, `list`."""
    return [part.lower() for run in _RUN.findall(name) for part in _PART.findall(run)]


def words_of(text: str) -> Iterator[str]:
    """The words of `text` in order, folded to one form (`stem`), without stop words and single letters."""
    for part in identifier_parts(text):
        if 2 < len(part) < 25 and part not in STOP_WORDS:
            yield part


def stem(word: str) -> str:
    """One form for singular and plural. Crude on purpose: it decides what counts as the same, not what is shown."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word
