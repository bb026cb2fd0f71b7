"""Files whose bytes are not their text: their chunks lie in the file as it is."""

import json

import pytest

from doctown.ingest.chunks import File, chunks_of
from doctown.ingest.renderings import rendering_of
from tests.fakes.tokenizer import Words

TEXT = "".join(f"def größe_{n}(x):\n    return 'naïve' + x * {n}\n\n\n" for n in range(30))


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("cp1252", b""), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"), ("utf-32-le", b"\xff\xfe\0\0")],
)
def test_chunks_of_a_text_in_another_encoding_are_bytes_of_the_file(encoding, mark):
    data = mark + TEXT.encode(encoding)
    rendering = rendering_of("a.py", "python", data)
    cut = [chunk for chunk, _ in chunks_of(File("a.py", "python", rendering.data, rendering.outline), Words(32))]
    assert len(cut) > 5 and rendering.data.decode() == TEXT
    for chunk in rendering.placed(cut):
        assert data[chunk.start_byte : chunk.end_byte].decode(encoding) == chunk.text
        lines = data[len(mark) : chunk.start_byte].decode(encoding).count("\n") + 1
        assert (chunk.start_line, chunk.symbol_ids) == (lines, ())
        assert chunk.text.startswith("def größe")


def test_all_others_are_left_to_others():
    assert rendering_of("a.py", "python", TEXT.encode()) is None
    assert rendering_of("a.md", "markdown", b"\xef\xbb\xbf# Title\n") is None


def test_a_notebook_is_what_its_cells_say():
    data = json.dumps({"cells": [{"cell_type": "code", "source": ["x = 1"], "outputs": ["no"]}]}).encode()
    rendering = rendering_of("n.ipynb", "jupyter", data)
    ((found, _),) = chunks_of(File("n.ipynb", "jupyter", rendering.data, rendering.outline), Words())
    (chunk,) = rendering.placed([found])
    assert chunk.text == "x = 1"
    assert data[chunk.start_byte : chunk.end_byte] == b"x = 1"
