"""Files whose bytes are not their text: notebooks, and texts in another encoding than UTF-8.

They become chunks without symbols. The text of a chunk is what a reader of the file sees; its bytes and lines are those
of the file as it lies in the repository. Whoever looks for something in a file's text must look in `Rendering.data`:
the file's bytes may hide it behind an encoding or the escapes of JSON.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from doctown.ingest import outlines
from doctown.ingest.borders import Outline
from doctown.ingest.encodings import Text, decoded, places
from doctown.ingest.facts import DoesNotParse
from doctown.ingest.languages import JUPYTER
from doctown.ingest.notebooks import Notebook, Seen, notebook_of, placed
from doctown.model import Chunk


@dataclass(frozen=True, slots=True)
class Rendering:
    """The text of such a file: `data` in UTF-8, and where it may be cut."""

    data: bytes
    outline: Outline
    file: Text
    notebook: Notebook | None = None

    def lines(self, lines: Sequence[int]) -> list[int]:
        """The lines of the file on which these `lines` of `data` begin; both are in order and start at 1."""
        if self.notebook is None:
            return list(lines)
        starts = [0, *accumulate(len(line) + 1 for line in self.data.split(b"\n"))]
        blank = Chunk("", "", "", 0, 0, 0, 0, (), 0, "")
        marks = [replace(blank, start_byte=starts[line - 1], end_byte=starts[line - 1] + 1) for line in lines]
        return [mark.start_line for mark in placed(self.notebook, marks)]

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


def rendering_of(path: str, language: str, data: bytes, seen: Seen = bytes) -> Rendering | None:
    """The rendering of a file of which `filters.reason_by_content` says nothing; None where `data` are its text.

    `seen` gives, of the text, what may be seen of it: as many bytes.
    """
    text = decoded(data)
    assert isinstance(text, Text), "such a file is left out before"
    if language == JUPYTER:
        notebook = notebook_of(text.data, seen)
        return Rendering(notebook.data, notebook.outline, text, notebook)
    if not text.is_foreign:
        return None
    shown = seen(text.data)
    return Rendering(shown, _outline(path, language, shown), text)


def _outline(path: str, language: str, data: bytes) -> Outline:
    try:
        return outlines.read(path, language, data)[1]
    except DoesNotParse:
        return outlines.plain_outline(data)
