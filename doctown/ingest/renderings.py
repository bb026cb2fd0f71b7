"""Files whose bytes are not their text: notebooks, and texts in another encoding than UTF-8.

They become chunks without symbols. The text of a chunk is what a reader of the file sees; its bytes and lines are those
of the file as it lies in the repository. Whoever looks for something in a file's text must look in `Rendering.data`:
the file's bytes may hide it behind an encoding or the escapes of JSON.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from doctown.ingest import outlines
from doctown.ingest.borders import Outline
from doctown.ingest.encodings import Text, decoded, places
from doctown.ingest.facts import DoesNotParse
from doctown.ingest.languages import JUPYTER
from doctown.ingest.notebooks import Notebook, notebook_of, placed
from doctown.model import Chunk


@dataclass(frozen=True, slots=True)
class Rendering:
    """The text of such a file: `data` in UTF-8, and where it may be cut."""

    data: bytes
    outline: Outline
    file: Text
    notebook: Notebook | None = None

    def placed(self, chunks: Sequence[Chunk]) -> list[Chunk]:
        """`chunks` of `data`, in their order, with the places they have in the file."""
        found = placed(self.notebook, chunks) if self.notebook else list(chunks)
        if not self.file.is_foreign:
            return found
        at = list(places(self.file, [byte for chunk in found for byte in (chunk.start_byte, chunk.end_byte)]))
        return [
            replace(chunk, start_byte=start, end_byte=end)  # lines are the same in any encoding
            for chunk, start, end in zip(found, at[::2], at[1::2], strict=True)
        ]


def rendering_of(path: str, language: str, data: bytes) -> Rendering | None:
    """The rendering of a file of which `filters.reason_by_content` says nothing; None where `data` are its text."""
    text = decoded(data)
    assert isinstance(text, Text), "such a file is left out before"
    if language == JUPYTER:
        notebook = notebook_of(text.data)
        return Rendering(notebook.data, notebook.outline, text, notebook)
    return Rendering(text.data, _outline(path, language, text.data), text) if text.is_foreign else None


def _outline(path: str, language: str, data: bytes) -> Outline:
    try:
        return outlines.read(path, language, data)[1]
    except DoesNotParse:
        return outlines.plain_outline(data)
