"""The facts and the outline of a file: by its grammar where there is one, else by sections, paragraphs and lines."""

from collections.abc import Mapping

from doctown.ingest import borders
from doctown.ingest.borders import Outline
from doctown.ingest.facts import FileFacts
from doctown.ingest.go.reader import GoReader
from doctown.ingest.javascript.reader import JavaScriptReader, TsxReader, TypeScriptReader
from doctown.ingest.plain.borders import outline_in
from doctown.ingest.plain.reader import Reader
from doctown.ingest.python.borders import outline_in as python_outline
from doctown.ingest.python.facts import facts_in as python_facts
from doctown.ingest.rust.reader import RustReader
from doctown.ingest.syntax import LANGUAGES, parsed

_READERS: Mapping[str, type[Reader]] = {
    "go": GoReader,
    "javascript": JavaScriptReader,
    "rust": RustReader,
    "tsx": TsxReader,
    "typescript": TypeScriptReader,
}
"""How a file is read in each language of the plain ladder."""


def read(path: str, language: str, data: bytes) -> tuple[FileFacts | None, Outline]:
    """The facts of a file in a language that has symbols, else None, and its outline. It is parsed once for both.

    Raises DoesNotParse: then it still has an outline, as a text in a language without a grammar.
    """
    if language not in LANGUAGES:
        return None, borders.outline_of(language, data)
    root = parsed(language, data)
    if language == "python":
        return python_facts(path, data, root), python_outline(data, root)
    reader = _READERS[language](path, data, root)
    return reader.facts(), outline_in(data, reader.found, reader.above)


def plain_outline(data: bytes) -> Outline:
    """The outline of a file that is not of its language."""
    return borders.outline_of("plain", data)
