"""Notebooks: what their cells say, where that lies in the file, and what is no notebook."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doctown.ingest.chunks import File, chunks_of
from doctown.ingest.notebooks import notebook_of, placed, reason_of_notebook
from doctown.ingest.renderings import rendering_of
from tests.fakes.tokenizer import Words

PROSE = {
    "cell_type": "markdown",
    "metadata": {},
    "source": ["# Über Größen\n", "\n", "Some words of prose.\n", "\n", "## Part\n"],
}
CODE = {
    "cell_type": "code",
    "outputs": [{"output_type": "stream", "text": ["a secret output\n"]}],
    "source": [
        "%matplotlib inline\n",
        "import os\n",
        "\n",
        "def f(x):\n",
        '    return "\\u00e9 🙂" + x\n',
        "\n",
        "def g():\n",
        "    return 1",
    ],
}
METADATA = {"kernelspec": {"language": "python"}, "language_info": {"name": "python"}}


def file_of(*cells, **more):
    return {"cells": list(cells), "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5} | more


def said(cell):
    return "".join(cell["source"])


def cut(data, max_tokens=24):
    notebook = notebook_of(data)
    chunks = [
        chunk for chunk, _ in chunks_of(File("n.ipynb", "jupyter", notebook.data, notebook.outline), Words(max_tokens))
    ]
    return chunks, placed(notebook, chunks)


def read_back(data, start, end):
    """What the bytes of the file say: each string of the JSON between them, the outer ones completed."""
    part = data[start:end].decode()
    out, inside, at = [], True, 0
    raw = ""
    while at < len(part):
        letter = part[at]
        if inside and letter == "\\":
            raw += part[at : at + 2]
            at += 2
            continue
        if letter == '"':
            if inside:
                out.append(json.loads(f'"{raw}"'))
            inside, raw = not inside, ""
        elif inside:
            raw += letter
        at += 1
    return "".join([*out, json.loads(f'"{raw}"')])


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_a_chunk_lies_where_its_text_is_written(indent, ascii_only):
    data = json.dumps(file_of(PROSE, CODE), indent=indent, ensure_ascii=ascii_only).encode()
    within, found = cut(data)
    assert len(found) >= 3
    text = said(PROSE) + said(CODE)
    for one in found:
        assert one.text in text
        assert read_back(data, one.start_byte, one.end_byte) == one.text
        assert one.start_line == data.count(b"\n", 0, one.start_byte) + 1
        assert one.end_line == data.count(b"\n", 0, one.end_byte) + 1
    assert [one.id for one in found] == [one.id for one in within]
    assert not any("secret" in one.text for one in found)


def test_the_text_is_prose_and_code_in_their_order_and_no_output():
    notebook = notebook_of(json.dumps(file_of(PROSE, CODE)).encode())
    assert notebook.data.decode() == said(PROSE) + "\n\n" + said(CODE) + "\n\n"
    assert [one.name for one in notebook.outline.sections] == ["Über Größen", "Part"]
    assert notebook.outline.sections[1].end == len(notebook.data)


def test_a_heading_reaches_over_the_cells_below_it():
    other = {"cell_type": "markdown", "source": "# Next\n"}
    sections = notebook_of(json.dumps(file_of(PROSE, CODE, other)).encode()).outline.sections
    start = sections[2].start
    assert [(one.name, one.end) for one in sections[:2]] == [("Über Größen", start), ("Part", start)]


def test_sources_may_be_one_string_and_older_forms_are_read():
    old = {
        "worksheets": [
            {"cells": [{"cell_type": "code", "input": ["x = 1\n"]}, {"cell_type": "markdown", "source": "Words."}]}
        ]
    }
    assert notebook_of(json.dumps(old).encode()).data == b"x = 1\n\n\nWords.\n\n"
    assert notebook_of(b"\xef\xbb\xbf" + json.dumps(file_of(PROSE)).encode()).data.decode() == said(PROSE) + "\n\n"


def test_a_mark_before_the_text_counts_as_bytes():
    data = b"\xef\xbb\xbf" + json.dumps(file_of(PROSE)).encode()
    _, (one, *_) = cut(data, 200)
    assert data[one.start_byte :].startswith(b"# \\u00dcber")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "notebook: not in the form of Jupyter's"),
        (b"{}", "notebook: not in the form of Jupyter's"),
        (b"[]", "notebook: not in the form of Jupyter's"),
        (b'{"cells": 1}', "notebook: not in the form of Jupyter's"),
        (b'{"cells": [{"source": [1]}]}', "notebook: not in the form of Jupyter's"),
        (b'{"cells": [', "notebook: not in the form of Jupyter's"),
        (b'{"a": ' + b"[" * 100_000, "notebook: not in the form of Jupyter's"),
        (b'{"cells": []}', "empty"),
        (b'{"cells": [{"cell_type": "code", "source": [" \\n"]}]}', "empty"),
        (b'{"cells": [{"cell_type": "code", "source": "x"}]}', None),
    ],
)
def test_what_is_no_notebook_says_so(data, reason):
    assert reason_of_notebook(data) == reason


texts = st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=4)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["code", "markdown", "raw"]), texts), max_size=4), st.booleans())
def test_every_letter_is_found_where_it_is_written(cells, ascii_only):
    made = [{"cell_type": kind, "source": source} for kind, source in cells]
    data = json.dumps(file_of(*made), ensure_ascii=ascii_only).encode()
    if reason_of_notebook(data):
        return
    _, found = cut(data, 8)
    for one in found:
        assert json.loads('"' + json.dumps(one.text[0])[1:-1] + '"') == one.text[0]
        written = data[one.start_byte :].decode()
        assert written.startswith((one.text[0], json.dumps(one.text[0])[1:-1]))
        assert data[: one.end_byte].decode().endswith((one.text[-1], json.dumps(one.text[-1])[1:-1]))


@given(st.binary())
def test_any_bytes_are_judged(data):
    try:
        data.decode()
    except UnicodeDecodeError:
        return
    assert reason_of_notebook(data) is not None or notebook_of(data)


def test_half_a_surrogate_pair_is_a_question_mark_of_its_own_place():
    data = b'{"cells": [{"cell_type": "code", "source": ["a\\ud800b = 1"]}]}'
    _, (one,) = cut(data, 64)
    assert one.text == "a?b = 1"
    assert data[one.start_byte : one.end_byte] == b"a\\ud800b = 1"


def test_a_notebook_in_another_encoding_lies_in_its_file_too():
    data = "\ufeff".encode("utf-16-le") + json.dumps(file_of(PROSE), ensure_ascii=False).encode("utf-16-le")
    rendering = rendering_of("n.ipynb", "jupyter", data)
    cut = chunks_of(File("n.ipynb", "jupyter", rendering.data, rendering.outline), Words(64))
    one = rendering.placed([chunk for chunk, _ in cut])[0]
    assert data[one.start_byte : one.end_byte].decode("utf-16-le").startswith("# Über")
