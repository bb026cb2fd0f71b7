"""What kind of text a chunk is: by its path, its language and its words."""

import numpy as np
import pytest

from doctown.assemble.neighbours import neighbours_of
from doctown.assemble.standing import Standing, is_boilerplate, is_test_path, standings_of
from doctown.model import Chunk, Symbol

IMPORTS = """from __future__ import annotations

import os
from collections.abc import (
    Iterator,
    Mapping,
)

from .model import Chunk
"""
LICENCE = """# Copyright 2020 Somebody
# Licensed under the Apache License, Version 2.0; distributed on an "AS IS" basis,
# without warranties of any kind.
"""


def chunk(path, text="x = 1", language="python", symbols=()):
    return Chunk(path, path, language, 1, 2, 0, 9, tuple(symbols), 9, text)


def standings(chunks, rows=None, symbols=()):
    rows = np.eye(len(chunks), dtype=np.float32) if rows is None else rows
    found = standings_of(chunks, {symbol.id: symbol for symbol in symbols}, neighbours_of(rows, 5))
    return [Standing(int(one)) for one in found]


@pytest.mark.parametrize(
    "path",
    ["tests/a.py", "pkg/test_a.py", "conftest.py", "src/a.test.ts", "a_test.go", "__tests__/b.js", "ATest.java"],
)
def test_files_that_test_others_are_known_by_the_customs_of_languages(path):
    assert is_test_path(path)


@pytest.mark.parametrize("path", ["test.py", "latest.py", "pkg/testing.py", "contest/a.py", "protests.md"])
def test_files_that_only_sound_so_are_not(path):
    assert not is_test_path(path)


@pytest.mark.parametrize(
    "text", [IMPORTS, LICENCE, "#include <a.h>\n#include <b.h>\n", "use a::b;\nuse c::{\n  d,\n};\n"]
)
def test_imports_and_licences_are_boilerplate(text):
    assert is_boilerplate(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        IMPORTS + "\n\ndef f():\n    return 1\n\n\ndef g():\n    return 2\n" * 2,
        'def holder(text):\n    """Copyright, all rights reserved or not."""\n    return text.split()[-1]\n',
        "Using this, one can import data from a file.",
        "x = 1",
    ],
)
def test_code_and_prose_are_not(text):
    assert not is_boilerplate(text)


def test_documents_data_tests_and_code_are_told_apart():
    tested = Symbol("s", "function", ("test",), "s", "s", "rust", "a.rs", 1, 2, 0, 9, "", "", None)
    chunks = [
        chunk("a.py"),
        chunk("tests/a.py"),
        chunk("README.md", language="markdown"),
        chunk("ci.yaml", language="yaml"),
        chunk("docs/conf.py"),
        chunk("a.rs", language="rust", symbols=["s"]),
        chunk("b.py", IMPORTS),
    ]
    code, test, document, boilerplate = Standing.CODE, Standing.TEST, Standing.DOCUMENT, Standing.BOILERPLATE
    assert standings(chunks, symbols=[tested]) == [code, test, document, document, document, test, boilerplate]


def test_of_chunks_that_are_nearly_the_same_the_first_counts():
    rows = np.array([[1, 0], [1, 0.01], [1, 0.02], [0, 1], [0.01, 1]], np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    found = standings([chunk(f"{at}.py") for at in range(5)], rows)
    assert found == [Standing.CODE, Standing.REPEATED, Standing.REPEATED, Standing.CODE, Standing.CODE]


def test_no_chunks_have_no_standing():
    assert standings([], np.zeros((0, 2), np.float32)) == []
