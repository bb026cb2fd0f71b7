"""Python's own parser as the judge: every class and function of real code, by name and lines."""

import ast
import sysconfig
import warnings
from collections import Counter
from pathlib import Path

import pytest

from doctown.ingest.facts import DoesNotParse
from doctown.ingest.python.facts import facts_of

LIBRARY, PACKAGES = Path(sysconfig.get_path("stdlib")), Path(sysconfig.get_path("purelib"))
DEFINED = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
NOT_READ = {"test_compile.py", "badsyntax_future8.py"}
"""Of the standard library's own tests: what its parser takes, and the grammar or its compiler does not."""
KINDS = {"class", "enum", "interface", "function", "method", "constructor"}


def by_python(data: bytes) -> Counter | None:
    """(name, first line, last line) of what the file defines, decorators included; None where it is no Python."""
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError):
        return None
    return Counter(
        (node.name, min([node.lineno, *(one.lineno for one in node.decorator_list)]), node.end_lineno)
        for node in ast.walk(tree)
        if isinstance(node, DEFINED)
    )


def by_us(path: str, data: bytes, wanted: Counter) -> Counter:
    """The same. Comments that end a body belong to it here; Python knows of none."""
    lines = data.split(b"\n")
    found: Counter = Counter()
    for one in facts_of(path, data).definitions:
        if one.kind in KINDS and not one.name.startswith("<lambda"):
            end = one.end_line
            while (one.name, one.start_line, end) not in wanted and lines[end - 1].lstrip()[:1] in (b"", b"#"):
                end -= 1
            found[one.name, one.start_line, end] += 1
    return found


def compared(files) -> tuple[int, list[str], list[str]]:
    """How many definitions were compared, the files that only Python reads, and what differs."""
    number, unread, differing = 0, [], []
    for file in files:
        data = file.read_bytes()
        wanted = by_python(data)
        try:
            data.decode()
        except UnicodeDecodeError:
            continue  # not indexed
        if wanted is None:
            continue
        try:
            found = by_us(file.name, data, wanted)
        except DoesNotParse as error:
            unread.append(f"{file}:{error.line}")
            continue
        number += sum(wanted.values())
        differing += [f"{file}: {one}" for one in (wanted - found) + (found - wanted)]
    return number, unread, differing


def files_below(folder: Path) -> list[Path]:
    return sorted(one for one in folder.rglob("*.py") if one.is_file() and "site-packages" not in one.parts[-6:])


def test_some_of_the_standard_library_has_the_definitions_that_python_sees():
    number, unread, differing = compared(sorted(LIBRARY.glob("*.py"))[::7])
    assert (unread, differing) == ([], [])
    assert number > 500


@pytest.mark.long
def test_the_whole_standard_library_has_the_definitions_that_python_sees():
    number, unread, differing = compared(files_below(LIBRARY))
    assert differing == []
    assert {Path(one).name.partition(":")[0] for one in unread} <= NOT_READ
    assert number > 40_000


@pytest.mark.long
@pytest.mark.parametrize("package", ["sqlalchemy", "scipy", "networkx"])
def test_a_large_package_has_the_definitions_that_python_sees(package):
    number, unread, differing = compared(sorted((PACKAGES / package).rglob("*.py")))
    assert (unread, differing) == ([], [])
    assert number > 2_000
