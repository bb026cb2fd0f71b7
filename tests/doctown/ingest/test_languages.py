"""The language of a file, from its name and its first line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doctown.ingest.languages import PROSE, language_of


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("a.py", "python"),
        ("deep/er/A.PY", "python"),
        ("types.pyi", "python"),
        ("a.tsx", "tsx"),
        ("a.jsx", "javascript"),
        ("a.rs", "rust"),
        ("a.go", "go"),
        ("a.h", "c"),
        ("a.hpp", "cpp"),
        ("Makefile", "makefile"),
        ("sub/Makefile.am", "makefile"),
        ("Dockerfile", "dockerfile"),
        ("Dockerfile.gpu", "dockerfile"),
        ("CMakeLists.txt", "cmake"),
        ("go.mod", "gomod"),
        ("pyproject.toml", "toml"),
        ("README.md", "markdown"),
        ("docs/index.rst", "restructuredtext"),
        ("notes.txt", "text"),
        ("README", "text"),
        ("LICENSE", "text"),
        ("README.xyz", "text"),
        ("data.xyz", "plain"),
        ("folder.py/name", "plain"),
        (".py", "python"),
        ("py", "plain"),
        ("", "plain"),
    ],
)
def test_the_name_tells_the_language(path, language):
    assert language_of(path, b"") == language


@pytest.mark.parametrize(
    ("line", "language"),
    [
        (b"#!/usr/bin/python\n", "python"),
        (b"#!/usr/bin/env python3.11\nprint()", "python"),
        (b"#! /bin/bash -e\r\n", "shell"),
        (b"#!/bin/sh", "shell"),
        (b"#!/usr/bin/env -S node --no-warnings\n", "javascript"),
        (b"#!/usr/bin/env -i PATH=/bin ruby\n", "ruby"),
        (b"#!/usr/bin/perl -w\n", "perl"),
        (b"#!/opt/unheard-of\n", "plain"),
        (b"#!\n", "plain"),
        (b"<?php echo 1;", "php"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "xml"),
        (b"<!DOCTYPE html>\n", "html"),
        (b"print(1)\n", "plain"),
        (b"", "plain"),
    ],
)
def test_without_an_ending_the_first_line_tells(line, language):
    assert language_of("bin/tool", line) == language


def test_the_name_counts_before_the_first_line():
    assert language_of("a.rb", b"#!/usr/bin/python\n") == "ruby"


def test_what_is_unknown_is_plain_and_no_prose():
    assert "plain" not in PROSE
    assert {language_of(name, b"") for name in ("a.md", "a.rst", "a.txt", "CHANGELOG")} == PROSE


@given(st.text(), st.binary())
def test_every_name_and_line_has_one_language(path, line):
    assert language_of(path, line).islower()
