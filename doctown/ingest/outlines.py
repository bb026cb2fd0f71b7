"""The facts and the outline of a file: by its grammar where there is one, else by sections, paragraphs and lines."""

from collections.abc import Callable, Mapping

from tree_sitter import Node

from doctown.ingest import borders
from doctown.ingest.borders import Outline
from doctown.ingest.facts import FileFacts
from doctown.ingest.python.borders import outline_in as python_outline
from doctown.ingest.python.facts import facts_in as python_facts
from doctown.ingest.syntax import LANGUAGES, parsed

_FACTS: Mapping[str, Callable[[str, bytes, Node], FileFacts]] = {"python": python_facts}
_OUTLINES: Mapping[str, Callable[[bytes, Node], Outline]] = {"python": python_outline}


def read(path: str, language: str, data: bytes) -> tuple[FileFacts | None, Outline]:
    """The facts of a file in a language that has symbols, else None, and its outline. It is parsed once for both.

    Raises DoesNotParse: then it still has an outline, as a text in a language without a grammar.
    """
    if language not in LANGUAGES:
        return None, borders.outline_of(language, data)
    root = parsed(language, data)
    return _FACTS[language](path, data, root), _OUTLINES[language](data, root)


def plain_outline(data: bytes) -> Outline:
    """The outline of a file that is not of its language."""
    return borders.outline_of("plain", data)
