"""What kind of text a chunk is, as far as topics care: code makes them, tests and documents join them, boilerplate and
repetition neither make nor name them.

Told from the path, the language and the text itself. Which topic a chunk that makes none joins is left to
`doctown.assemble.clusters`.
"""

import re
from collections.abc import Mapping, Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from doctown.assemble.neighbours import Neighbours
from doctown.ingest.languages import PLAIN, PROSE
from doctown.model import Chunk, Symbol


class Standing(IntEnum):
    """What a chunk is to the topics."""

    CODE = 0
    TEST = 1
    DOCUMENT = 2
    BOILERPLATE = 3
    """Licences, blocks of imports."""
    REPEATED = 4
    """Nearly the same as an earlier chunk, and one of several."""


Standings = NDArray[np.int8]

_DOCUMENTS = PROSE | {PLAIN, "asciidoc", "csv", "diff", "ini", "json", "latex", "toml", "xml", "yaml"}
_DOCUMENT_FOLDERS = frozenset({"doc", "docs", "documentation"})
_TEST_FOLDERS = frozenset({"test", "tests", "__tests__", "spec", "specs", "testdata", "e2e"})
_TEST_FILE = re.compile(r"^(?:test_.*|conftest\.py|.*[._](?:test|tests|spec)\.\w+|.*Tests?\.(?:java|kt|cs|swift))$")

_IMPORT = re.compile(
    r"(?:import|from\s+\S+\s+import|using|use|pub use|require|package|#\s*include|export\s+(?:\*|\{).*from)\b"
)
_IMPORT_GOES_ON = re.compile(r"[\w.,*{}()\"'\s/@-]+[;]?$")
_COMMENT = re.compile(r"(?:#(?!\s*include)|//|/\*|\*|--|;|\"\"\"|''')")
_IMPORT_SHARE = 0.8

_LICENCE = (
    "copyright",
    "all rights reserved",
    "permission is hereby granted",
    "redistribution and use",
    "without warranty",
    "warranties",
    "merchantability",
    "licensed under",
    "apache license",
    "general public license",
    "as is",
    "spdx-license-identifier",
)
_LICENCE_WORDS = 2
NEARLY_THE_SAME = 0.985
"""Cosine."""
REPETITIONS = 3


def standings_of(chunks: Sequence[Chunk], symbols: Mapping[str, Symbol], neighbours: Neighbours) -> Standings:
    """The standing of each chunk, int8 of shape (n,)."""
    standings = np.array([_standing_of(chunk, symbols) for chunk in chunks], np.int8)
    repeated = _repeated(neighbours, standings)
    return np.where(repeated & (standings == Standing.CODE), Standing.REPEATED, standings).astype(np.int8)


def _standing_of(chunk: Chunk, symbols: Mapping[str, Symbol]) -> Standing:
    if is_boilerplate(chunk.text):
        return Standing.BOILERPLATE
    if is_test_path(chunk.path):
        return Standing.TEST
    if chunk.language in _DOCUMENTS or not _DOCUMENT_FOLDERS.isdisjoint(chunk.path.split("/")[:-1]):
        return Standing.DOCUMENT
    if chunk.symbol_ids and all("test" in symbols[name].roles for name in chunk.symbol_ids):
        return Standing.TEST
    return Standing.CODE


def is_test_path(path: str) -> bool:
    """Whether a file at `path` is there to test others, by the custom of its language."""
    *folders, name = path.split("/")
    return not _TEST_FOLDERS.isdisjoint(folders) or _TEST_FILE.match(name) is not None


def is_boilerplate(text: str) -> bool:
    """Whether `text` is nothing but imports, or the words of a licence."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return _is_licence(text, lines) or _is_imports(lines)


def _is_licence(text: str, lines: Sequence[str]) -> bool:
    lowered = " ".join(text.lower().split())
    if sum(phrase in lowered for phrase in _LICENCE) < _LICENCE_WORDS:
        return False
    words = [line for line in lines if _COMMENT.match(line)]
    # A licence is prose or comment from end to end; code that mentions one is code.
    return len(words) >= 0.7 * len(lines) or not any(line.endswith((":", ";", "{", "}", ")")) for line in lines)


def _is_imports(lines: Sequence[str]) -> bool:
    told = [line for line in lines if not _COMMENT.match(line)]
    imports, within = 0, False
    for line in told:
        if _IMPORT.match(line):
            imports += 1
            within = line.endswith(("(", "{", ",", "\\")) or ("(" in line and ")" not in line)
        elif within and _IMPORT_GOES_ON.match(line):
            imports += 1
            within = not line.rstrip(";").endswith((")", "}"))
        else:
            within = False
    return bool(told) and imports >= _IMPORT_SHARE * len(told)


def _repeated(neighbours: Neighbours, standings: Standings) -> NDArray[np.bool_]:
    """Chunks of groups that are nearly the same, but for the first of each group."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    n, k = neighbours.indices.shape
    close = neighbours.similarities >= NEARLY_THE_SAME
    rows, columns = np.repeat(np.arange(n), k)[close.ravel()], neighbours.indices[close]
    alike = (standings[rows] == standings[columns]) if len(rows) else np.zeros(0, bool)
    graph = coo_matrix((np.ones(int(alike.sum())), (rows[alike], columns[alike])), shape=(n, n))
    _, group = connected_components(graph, directed=False)
    repeated = np.bincount(group, minlength=1)[group] >= REPETITIONS if n else np.zeros(0, bool)
    first = np.zeros(n, bool)
    first[np.unique(group, return_index=True)[1]] = True
    return np.asarray(repeated & ~first, np.bool_)
