"""The outline of any file: by its grammar where there is one, else by its sections, paragraphs and lines."""

from collections.abc import Callable, Mapping

from doctown.ingest import borders
from doctown.ingest.borders import Outline
from doctown.ingest.facts import DoesNotParse, FileFacts
from doctown.ingest.python.borders import outline_of as python_outline
from doctown.ingest.python.facts import facts_of as python_facts

_FACTS: Mapping[str, Callable[[str, bytes], FileFacts]] = {"python": python_facts}
_OUTLINES: Mapping[str, Callable[[bytes], Outline]] = {"python": python_outline}


def read(path: str, language: str, data: bytes) -> tuple[FileFacts | None, Outline]:
    """The facts of a file in a language that has symbols, else None, and its outline.

    Raises DoesNotParse: then it still has an outline, as a text in a language without a grammar.
    """
    facts = _FACTS[language](path, data) if language in _FACTS else None
    return facts, _OUTLINES[language](data) if language in _OUTLINES else borders.outline_of(language, data)


def plain_outline(data: bytes) -> Outline:
    """The outline of a file that is not of its language."""
    return borders.outline_of("plain", data)


__all__ = ["DoesNotParse", "plain_outline", "read"]
