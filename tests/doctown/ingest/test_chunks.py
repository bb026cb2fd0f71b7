"""Chunks: all of a file but its blank lines, each byte once, nothing larger than the model takes."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.model_files import model_files
from adapters.settings import Settings
from adapters.tokenizer import TokenCounter
from doctown.ingest import outlines
from doctown.ingest.chunks import MAX_BYTES, SMALL, File, chunks_of
from doctown.ingest.resolution import in_order, symbols_of
from doctown.model import embedding_key
from tests.fakes.tokenizer import Marks, Words

LANGUAGES = ["plain", "markdown", "restructuredtext", "text", "c"]


@pytest.fixture(scope="module")
def real(model_cache):
    files = model_files(Settings(cache=str(model_cache)), "all-MiniLM-L6-v2", lambda *_: None)
    return TokenCounter(files.tokenizer, files.max_tokens)


def file_of(data: bytes, path="pkg/mod.py", language="python") -> File:
    facts, outline = outlines.read(path, language, data)
    return File(path, language, data, outline, in_order(symbols_of(facts)) if facts else ())


def checked(file: File, tokens):
    """The chunks of `file`, after everything that holds for any file has been looked at."""
    found = chunks_of(file, tokens)
    data, at = file.data, 0
    for chunk, row in found:
        assert not data[at : chunk.start_byte].strip()
        assert chunk.text.encode() == data[chunk.start_byte : chunk.end_byte]
        assert chunk.text.strip(" \t\r\n\f\v")
        assert chunk.start_line == data.count(b"\n", 0, chunk.start_byte) + 1
        assert chunk.end_line == data.count(b"\n", 0, chunk.end_byte - 1) + 1
        assert chunk.tokens == row.tokens == tokens.counts([row.content])[0] <= tokens.max_tokens
        assert chunk.end_byte - chunk.start_byte <= MAX_BYTES
        assert row.content.endswith("\n" + chunk.text)
        assert (row.chunk_id, row.key) == (chunk.id, embedding_key(row.content))
        assert (chunk.path, chunk.language) == (file.path, file.language)
        at = chunk.end_byte
    assert not data[at:].strip()
    assert len({chunk.id for chunk, _ in found}) == len(found)
    assert chunks_of(file, tokens) == found
    return [chunk for chunk, _ in found]


blanks = st.sampled_from(["\n", "\n\n", "\r\n", "\t", "    ", "\f\n", "\r", "\v", "\n" + " " * 60, "\u2028", "\u3000"])
words = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(
        ["def f():", "# Title", "=====", "```", "漢字かな交じり文", "👩‍👩‍👧‍👦", "한글", "ﷺ", "e\u0301" * 9, "{", "}"]
    ),
    st.integers(1, 400).map(lambda n: "x" * n),
    st.integers(1, 90).map(lambda n: "w y, " * n),
    st.integers(1, 50).map(lambda n: "é漢🙂"[n % 3] * n * 7),
)
texts = st.lists(st.one_of(words, blanks), max_size=60).map("".join)


@given(texts, st.sampled_from(LANGUAGES), st.sampled_from([8, 16, 64]))
@settings(derandomize=True, deadline=None, max_examples=300)
def test_any_text_is_held_once_and_in_order_by_chunks_that_fit(text, language, most):
    checked(file_of(text.encode(), "notes/file", language), Words(most))


@given(texts, st.sampled_from(LANGUAGES))
@settings(derandomize=True, deadline=None, max_examples=80)
def test_any_text_fits_a_model_for_which_a_letter_is_several_tokens(text, language):
    checked(file_of(text.encode(), "é漢🙂/file", language), Marks(16))


@given(texts, st.sampled_from(LANGUAGES))
@settings(derandomize=True, deadline=None, max_examples=60)
def test_any_text_fits_the_real_model(real, text, language):
    checked(file_of((text * 5).encode(), "notes/file", language), real)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n \t\n",
        "x",
        "\ufeffx = 1",
        "x" * 30_000,
        "漢" * 30_000,
        "🙂" * 9_000,
        "👩‍👩‍👧‍👦" * 2_000,
        "e" + "\u0301" * 20_000,
        "한글 " * 5_000,
        "\u00a0" * 20_000,
        "word " * 9_000,
        ("a" * 101 + " ") * 300,
        " " * 20_000 + "x" + " " * 20_000,
        "a\r" * 9_000,
        "\f\v\n" * 1_000 + "x",
        "".join(" " * (at % 300) + "x\n" for at in range(2_000)),
        "\x01\x02" * 9_000,
    ],
    ids=range(18),
)
def test_long_words_lines_and_blanks_fit_the_real_model(real, text, language):
    checked(file_of(text.encode(), "a", language), real)


# Python


def function(at: int, size: int, indent: str = "") -> str:
    body = "".join(f"{indent}    value_{line} = {line}\n" for line in range(size))
    return f"{indent}def f{at}(a):\n{body}{indent}    return a\n"


@st.composite
def modules(draw):
    parts = []
    for at in range(draw(st.integers(1, 8))):
        kind = draw(st.sampled_from(["function", "class", "statement", "decorated", "doc"]))
        size = draw(st.integers(0, 14))
        if kind == "class":
            methods = "\n".join(function(n, draw(st.integers(0, 9)), "    ") for n in range(draw(st.integers(1, 5))))
            parts.append(f"class C{at}:\n    '''{'Words. ' * size}'''\n    field: int = {size}\n\n{methods}")
        elif kind == "statement":
            parts.append(f"v{at} = [\n{'    1,' * size}\n]\n")
        elif kind == "doc":
            parts.append(f'"""{"Très long. 漢字 " * size}"""\n')
        else:
            parts.append(("@cached(1)\n" if kind == "decorated" else "") + function(at, size))
    return draw(st.sampled_from(["\n", "\n\n", "\n\n\n"])).join(parts)


@given(modules(), st.booleans())
@settings(derandomize=True, deadline=None, max_examples=150)
def test_a_symbol_that_fits_is_never_cut(code, is_crlf):
    data = code.replace("\n", "\r\n" if is_crlf else "\n").encode()
    file, tokens = file_of(data), Words()
    chunks = checked(file, tokens)
    names = {one.id: one.name for one in file.symbols}
    for symbol in file.symbols:
        if symbol.kind in ("module", "field", "variable"):
            continue
        around = "" if symbol.parent_id == file.symbols[0].id else " " + names[symbol.parent_id]
        text = data[symbol.start_byte : symbol.end_byte].decode()
        if tokens.counts([f"{file.path}{around}\n{text}"])[0] <= tokens.max_tokens:
            assert any(one.start_byte <= symbol.start_byte and symbol.end_byte <= one.end_byte for one in chunks), (
                symbol
            )


@given(st.lists(st.integers(0, 12), min_size=1, max_size=20))
@settings(derandomize=True, deadline=None)
def test_no_small_function_stands_alone_where_it_fits_beside_its_neighbour(sizes):
    data = "\n\n".join(function(at, size) for at, size in enumerate(sizes)).encode()
    tokens = Words(256)
    chunks = checked(file_of(data), tokens)
    for one, other in pairwise(chunks):
        both = data[one.start_byte : other.end_byte].decode()
        is_small = min(len(tokens.starts(part.text)) for part in (one, other)) < SMALL
        assert not is_small or tokens.counts(["pkg/mod.py\n" + both])[0] > tokens.max_tokens


def test_a_file_that_fits_is_one_chunk_of_all_its_symbols():
    file = file_of(b'"""Two."""\n\n\ndef a(): pass\n\n\nclass B:\n    c = 1\n')
    (chunk,) = checked(file, Words())
    assert [one.name for one in file.symbols if one.id in chunk.symbol_ids] == ["mod", "a", "B", "c"]
    assert chunk.symbol_ids[-1] == file.symbols[0].id


def test_a_header_names_the_path_and_the_symbols_around_but_not_those_that_start_there():
    body = "".join(f"        self.value_{at} = compute(1, 2, 3)\n" for at in range(30))
    rows = chunks_of(file_of(f"class Outer:\n    def method(self):\n{body}".encode()), Words())
    contents = [row.content for _, row in rows]
    assert contents[0].startswith("pkg/mod.py\nclass Outer:")
    assert contents[1].startswith("pkg/mod.py Outer\n    def method(self):")
    assert all(content.startswith("pkg/mod.py Outer > method\n        self") for content in contents[2:])
    assert len(contents) > 3


def test_a_section_is_named_by_its_headings():
    text = "# Guide\n\n" + "Some words here. " * 20 + "\n\n## Install\n\n" + "Run this now. " * 40
    rows = chunks_of(file_of(text.encode(), "docs/a.md", "markdown"), Words())
    assert rows[0][1].content.startswith("docs/a.md\n# Guide")
    assert rows[-1][1].content.startswith("docs/a.md Guide > Install\nRun")


@pytest.mark.parametrize("path", ["p/" * 2_000 + "x.md", "漢字/" * 300 + "x.md", "new\nline\t\udcff.md", "x" * 4_000])
def test_a_header_stays_short_and_in_one_line_whatever_the_path(real, path):
    for tokens in (real, Words(8), Marks(8)):
        for _, row in chunks_of(file_of(b"word " * 99, path, "markdown"), tokens):
            header = row.content.partition("\n")[0]
            assert len(header) <= 200
            assert header.isprintable()
            assert row.tokens <= tokens.max_tokens


def test_a_chunk_belongs_to_the_symbols_that_start_in_it_or_to_the_one_around_it():
    body = "".join(f"    value_{at} = compute(1, 2, 3)\n" for at in range(30))
    file = file_of(f"def long():\n{body}".encode())
    chunks = checked(file, Words())
    long = file.symbols[1].id
    assert chunks[0].symbol_ids == (long, file.symbols[0].id)
    assert all(one.symbol_ids == (long,) for one in chunks[1:])


def test_equal_texts_in_one_file_have_ids_of_their_own():
    chunks = checked(file_of(b"same words\n" * 500, "a.txt", "text"), Words())
    assert len({one.text for one in chunks}) < len(chunks)


def test_comments_and_decorators_stay_with_what_they_describe():
    parts = [f"# About {at}.\n@cache\ndef f{at}():\n    return {', '.join('abcdefghijklm')}\n" for at in range(9)]
    chunks = checked(file_of("\n".join(parts).encode()), Words())
    assert len(chunks) > 3
    assert all(one.text.startswith("# About") for one in chunks)


MANY = {
    "lines": ("plain", "a = 1\n" * 40_000),
    "a word": ("plain", "a" * 300_000),
    "words": ("plain", "word " * 60_000),
    "blanks": ("plain", ("x\n" + "\n" * 500) * 600),
    "headings": ("markdown", "# a\n" * 60_000),
    "headings below": ("markdown", "# a\n" + "###### b\n" * 30_000),
    "titles": ("restructuredtext", "a\n=====\n" * 30_000),
    "functions": ("python", "def f(): pass\n" * 10_000),
    "lambdas": ("python", "x = " + "(lambda:\n" * 20_000 + "x" + ")" * 20_000 + "\n"),
    "deep": ("python", "".join(" " * at + f"class C{at}:\n" for at in range(400)) + (" " * 400 + "x = 1\n") * 300),
}


@pytest.mark.parametrize("kind", MANY)
def test_a_large_file_is_tokenized_a_few_times_over_and_no_more(kind):
    language, text = MANY[kind]
    tokens = Words()
    chunks = chunks_of(file_of(text.encode(), "a.py", language), tokens)
    assert tokens.characters <= 5 * len(text) + 500 * len(chunks)
    assert tokens.calls <= 4 * len(chunks) + 2_000


@pytest.mark.long
@pytest.mark.timeout(240)  # cut twice and counted; on two busy cores
@pytest.mark.parametrize("kind", MANY)
def test_a_megabyte_takes_seconds_and_is_right(real, kind):
    language, text = MANY[kind]
    data = (text * (1_000_000 // len(text) + 1) if language != "python" else text).encode()
    checked(file_of(data, "a.py", language), real)
