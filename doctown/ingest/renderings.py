"""Files whose bytes are not their text: notebooks, and texts in another encoding than UTF-8.

They become chunks without symbols. The text of a chunk is what a reader of the file sees; its bytes and lines are those
of the file as it lies in the repository.
"""

from dataclasses import replace

from doctown.ingest import outlines
from doctown.ingest.borders import Outline
from doctown.ingest.chunks import File, Tokens, chunks_of
from doctown.ingest.encodings import Text, decoded, places
from doctown.ingest.facts import DoesNotParse
from doctown.ingest.languages import JUPYTER
from doctown.ingest.notebooks import notebook_of, placed
from doctown.model import Chunk, EmbeddingInput

Cut = list[tuple[Chunk, EmbeddingInput]]


def rendered(path: str, language: str, data: bytes, tokens: Tokens) -> Cut | None:
    """The chunks of a file whose bytes `data` are not its text; None for all others."""
    text = decoded(data)
    assert isinstance(text, Text), "such a file is left out before"
    if language == JUPYTER:
        notebook = notebook_of(text.data)
        cut = chunks_of(File(path, language, notebook.data, notebook.outline), tokens)
        found = placed(notebook, [chunk for chunk, _ in cut])
    elif text.is_foreign:
        cut = chunks_of(File(path, language, text.data, _outline(path, language, text.data)), tokens)
        found = [chunk for chunk, _ in cut]
    else:
        return None
    return list(zip(_in_file(found, text), (row for _, row in cut), strict=True))


def _outline(path: str, language: str, data: bytes) -> Outline:
    try:
        return outlines.read(path, language, data)[1]
    except DoesNotParse:
        return outlines.plain_outline(data)


def _in_file(chunks: list[Chunk], text: Text) -> list[Chunk]:
    """`chunks` of `text.data` with their bytes in the file; lines are the same in any encoding."""
    if not text.is_foreign:
        return chunks
    found = list(places(text, [byte for chunk in chunks for byte in (chunk.start_byte, chunk.end_byte)]))
    return [
        replace(chunk, start_byte=start, end_byte=end)
        for chunk, start, end in zip(chunks, found[::2], found[1::2], strict=True)
    ]
