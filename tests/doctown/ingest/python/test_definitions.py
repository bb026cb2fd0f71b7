"""What a Python file defines, and the words that describe it."""

import warnings

import pytest

from doctown.ingest.python.definitions import is_test_file
from doctown.ingest.python.facts import facts_of
from doctown.ingest.words import MAX_SIGNATURE


def definitions(code, path="a.py"):
    return facts_of(path, code.encode()).definitions[1:]


def one(code, path="a.py"):
    return definitions(code, path)[0]


@pytest.mark.parametrize(
    ("code", "signature"),
    [
        ("def f(): pass", "def f()"),
        ("async  def f(a,\n   b=1,\n) -> dict[str, int]:\n  pass", "async def f(a, b=1) -> dict[str, int]"),
        ("def f(a: 'x:y' = {1: 2}, *, b): return a[1:2]", "def f(a: 'x:y' = {1: 2}, *, b)"),
        ("def f(\n    a,\n    ): pass", "def f(a)"),
        ("class A(B, metaclass=C): x: int", "class A(B, metaclass=C)"),
        ("class A[T]: pass", "class A[T]"),
        ("@d(1)\ndef f(): pass", "def f()"),
        ("é = 'ü'  # c", "é = 'ü'"),
        ("def 漢字(é='🙂'): pass", "def 漢字(é='🙂')"),
    ],
)
def test_a_signature_is_one_line_without_its_body(code, signature):
    assert one(code).signature == signature


def test_the_signature_of_a_lambda_ends_before_its_body_whatever_the_letters():
    assert definitions("f = lambda é, 漢='ü': é.body")[0].signature.rstrip() == "lambda é, 漢='ü':"


def test_a_long_signature_is_cut_and_says_so():
    for many in (600, 100_000):
        found = one(f"def f({'a,' * many}): pass").signature
        assert len(found) == MAX_SIGNATURE and found.endswith("…")
    assert len(one("x = '" + "a" * 90_000 + "'").signature) == 200
    assert one("x = [" + " " * 9_000 + "1]").signature.endswith("…")


@pytest.mark.parametrize(
    ("code", "doc"),
    [
        ("def f():\n  '''One.\n\n    Two.\n  '''\n", "One.\n\nTwo."),
        ("def f():\n  'a' 'b'\n", "ab"),
        ("def f():\n  # first\n  'doc'\n", "doc"),
        ("def f():\n  r'\\d'\n", "\\d"),
        ("def f():\n  '\\u00e9 \\ud800'\n", "é \ud800"),
        ("def f():\n  f'{x}'\n", ""),
        ("def f():\n  b'x'\n", ""),
        ("def f():\n  x = 'no'\n", ""),
        ("def f(): 'short'", "short"),
        ("class A:\n  '''Of a class.'''\n", "Of a class."),
        ("def f():\n  '\\N{no such name}'\n", ""),
    ],
)
def test_a_docstring_is_what_python_takes_for_one(code, doc):
    assert one(code).doc == doc


def test_the_docstring_of_a_module_is_its_own():
    assert facts_of("a.py", b"#!/bin/x\n'''Module.'''\n").definitions[0].doc == "Module."


def test_an_escape_that_is_none_is_no_reason_to_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert one("def f():\n  '\\d'\n").doc == "\\d"


def test_kinds():
    code = """
import enum
from typing import Protocol, TypeVar, TypeAlias
T = TypeVar("T")
type U = int
V: TypeAlias = int
LIMIT = 1
value = 2
class P(Protocol): ...
class E(enum.Enum):
    RED = 1
class C(Base[int]):
    field: int
    def __init__(self): self.x = 1
    def m(self):
        local = 1
        def inner(): pass
f = lambda: 0
"""
    found = {of.name: of.kind for of in definitions(code)}
    assert found == {
        "T": "type",
        "U": "type",
        "V": "type",
        "LIMIT": "constant",
        "value": "variable",
        "P": "interface",
        "E": "enum",
        "RED": "field",
        "C": "class",
        "field": "field",
        "__init__": "constructor",
        "m": "method",
        "inner": "function",
        "f": "variable",
        "<lambda1>": "function",
    }


def test_a_span_starts_with_the_first_decorator_and_ends_with_the_body():
    code = "x = 1\n@a\n@b(\n  1)\ndef f():\n  return 1\n\n\ny = 2\n"
    (found,) = [of for of in definitions(code) if of.name == "f"]
    assert (found.start_line, found.end_line) == (2, 6)
    assert code[found.start_byte : found.end_byte] == "@a\n@b(\n  1)\ndef f():\n  return 1"


@pytest.mark.parametrize(
    ("path", "is_test"),
    [
        ("tests/x.py", True),
        ("a/test/b/c.py", True),
        ("test_x.py", True),
        ("x_test.pyi", True),
        ("a/conftest.py", True),
        ("tests/new\nline.py", True),
        ("testing/x.py", False),
        ("contest.py", False),
        ("tests.py", False),
        ("latest/a.py", False),
        ("tests/x.txt", False),
    ],
)
def test_test_files_are_known_by_their_path(path, is_test):
    assert is_test_file(path) is is_test


def test_tests_and_only_tests_have_the_role():
    code = "def test_a(): pass\ndef helper(): pass\nclass TestB:\n  def test_c(self): pass\n"
    assert [of.name for of in definitions(code, "tests/test_a.py") if of.roles] == ["test_a", "TestB", "test_c"]
    assert not [of for of in definitions(code, "app.py") if of.roles]


def test_what_lies_deeper_than_anyone_writes_belongs_to_the_last_that_is_known():
    found = definitions("x = " + "(lambda:\n" * 300 + "x" + ")" * 300)
    assert len([of for of in found if of.name.startswith("<")]) == 100


@pytest.mark.parametrize(
    "code",
    [
        "x = " + "(lambda:\n" * 20_000 + "x" + ")" * 20_000,
        "x = " + "lambda a=(\n" * 20_000 + "1" + "): 0" * 20_000,
        "a=" * 100_000 + "1\n",
        "".join(" " * at + "class A:\n" for at in range(400)) + " " * 400 + "pass\n",
        "class A:\n" + "  def f(s): s.a = 1\n" * 10_000,
        "def f(a):\n" + "  a.b = 1\n" * 30_000,
        "if __name__ == '__main__': f()\n" * 10_000,
        "x = " + "[\n" * 20_000 + "x" + " for x in y]" * 20_000 + "\n" + "y = 1\n" * 20_000,
        "[" * 20_000 + "a" + "]" * 20_000 + " = x\n",
        "for " + "(" * 20_000 + "a" + ",)" * 20_000 + " in x: pass\n",
        "match x:\n  case " + "(" * 20_000 + "A()|B()" + ")" * 20_000 + ": pass\n",
        "match x:\n  case " + "(" * 20_000 + "A()" + "|C())" * 20_000 + " as y: pass\n",
        "'''" + "\\d" * 200_000 + "'''\n",
    ],
    ids=range(13),
)
@pytest.mark.timeout(20)  # what goes by the square takes hours
def test_large_and_deep_files_are_read_in_one_go(code):
    assert facts_of("a.py", code.encode()).definitions
