"""The facts of a Python file: names, sites, and no file that is too strange for them."""

import sysconfig
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doctown.ingest import outlines
from doctown.ingest.chunks import File, chunks_of
from doctown.ingest.facts import MODULE, Annotated, Called, DoesNotParse, Imported, Member, Name, Own, Unknown
from doctown.ingest.python.facts import facts_of
from doctown.ingest.resolution import in_order, resolved, symbols_of
from tests.fakes.tokenizer import Words

ROOT = Path(__file__).parents[4]
LIBRARY = Path(sysconfig.get_paths()["stdlib"])


def bindings(code):
    return {one.name: one.value for one in facts_of("a.py", code.encode()).bindings}


def sites(code, kind="calls"):
    return [one.of for one in facts_of("a.py", code.encode()).references if one.kind == kind]


def test_assignments_bind_names_to_what_is_written():
    found = bindings("a = b.c()\nx: T = f()\ny, (z, *rest) = p, q\nn = m = k\n")
    assert found["a"] == Called(Member(Name("b"), "c"))
    assert found["x"] == Annotated(Name("T"))
    assert (found["y"], found["z"], found["rest"]) == (Name("p"), Unknown(), Unknown())
    assert found["n"] == found["m"] == Name("k")


def test_names_that_are_not_ascii_are_found_at_their_bytes():
    code = "'漢字'; é = ñ()\ndef ü(å): return å.ö()\n"
    facts = facts_of("a.py", code.encode())
    data = code.encode()
    assert [(one.line, data[one.start_byte :].decode()[:2]) for one in facts.references] == [(1, "ñ("), (2, "å.")]
    assert {one.name for one in facts.bindings} == {"é", "ü", "å"}


def test_self_is_the_first_parameter_of_a_method_whatever_its_name():
    code = "class A:\n def f(me): me.x = 1\n @staticmethod\n def g(me): me.y = 1\n @classmethod\n def h(k): k.z = 1\n"
    facts = facts_of("a.py", code.encode())
    assert {one.name for one in facts.attributes} == {"x", "z"}
    assert [one.value for one in facts.bindings if one.name in ("me", "k")] == [Own(1, False), Unknown(), Own(1, True)]


def test_what_is_assigned_to_other_objects_is_not_an_attribute():
    facts = facts_of("a.py", b"def f(a): a.x = 1\nclass A:\n def g(self, o):\n  o.y = 1\n  def h(): self.z = 1\n")
    assert facts.attributes == ()


def test_imports_are_bound_by_their_first_name_or_their_alias():
    found = bindings("import a.b.c\nimport d.e as f\nfrom .. import g\nfrom .h import i as j\n")
    assert found == {
        "a": Imported("a", 0),
        "f": Imported("d.e", 0),
        "g": Imported("", 2, "g"),
        "j": Imported("h", 1, "i"),
    }


def test_every_call_is_a_site_in_the_innermost_scope():
    code = "@deco\n@maker(1)\ndef f(a=default()):\n  return lambda: inner(deep())\n"
    facts = facts_of("a.py", code.encode())
    scopes = {getattr(one.of, "name", "?"): facts.definitions[one.scope].name for one in facts.references}
    assert scopes == {"deco": "a", "maker": "a", "default": "a", "inner": "<lambda1>", "deep": "<lambda1>"}


def test_exported_names_are_those_written_out():
    assert facts_of("a.py", b"__all__ = ['a', \"b\"]\n").exported == ("a", "b")
    assert facts_of("a.py", b"__all__ = names()\n").exported is None
    assert facts_of("a.py", b"def f():\n  __all__ = ['a']\n").exported is None


def test_a_global_name_is_bound_in_the_module():
    facts = facts_of("a.py", b"def f():\n  global x\n  x = 1\n  def g():\n    nonlocal y\n    y = 2\n")
    assert {(one.scope, one.name) for one in facts.bindings if one.name in "xy"} == {(MODULE, "x"), (1, "y")}


def test_the_functions_that_are_called_when_the_module_is_run_are_entry_points():
    code = "def a(): pass\ndef b(): pass\nif __name__ == '__main__':\n  a()\nb()\n"
    roles = {one.name: one.roles for one in facts_of("m.py", code.encode()).definitions}
    assert roles == {"m": ("entry_point",), "a": ("entry_point",), "b": ()}
    assert facts_of("p/__main__.py", b"def a(): pass\na()\n").definitions[1].roles == ("entry_point",)


def test_the_same_bytes_give_the_same_facts():
    data = (ROOT / "doctown/ingest/chunks.py").read_bytes()
    assert facts_of("a.py", data) == facts_of("a.py", data)


@pytest.mark.parametrize(
    "code", ["", "\n", "\ufeff", "\ufeffx = 1\n", "\f\n", "#", "x", "\\\n", "x = 1\r\ny()\r\n", "\r"]
)
def test_files_with_next_to_nothing_in_them_are_files(code):
    facts = facts_of("pkg/__init__.py", code.encode())
    assert facts.definitions[MODULE].name == "pkg"
    assert facts.definitions[MODULE].end_byte == len(code.encode())


@pytest.mark.parametrize("code", ["def", "x = (", "a b c\n", "\x00", "x = = 1\n", "class A\n  pass\n", "'''"])
def test_what_is_no_python_does_not_parse(code):
    with pytest.raises(DoesNotParse):
        facts_of("a.py", code.encode())


# Whatever is in a file


def taken_in(data: bytes) -> None:
    """All that ingest does with a file. Nothing but DoesNotParse may come of it."""
    try:
        facts, outline = outlines.read("pkg/a.py", "python", data)
    except DoesNotParse:
        facts, outline = None, outlines.plain_outline(data)
    symbols = in_order(symbols_of(facts)) if facts else ()
    if facts:
        for of in facts.definitions:
            assert 0 <= of.start_byte <= of.end_byte <= len(data)
            assert 1 <= of.start_line <= of.end_line
        names = {symbol.id for symbol in symbols}
        assert len(names) == len(symbols)
        for edge in resolved([facts]).edges:
            assert edge.source in names
    chunks = chunks_of(File("pkg/a.py", "python", data, outline, symbols), Words())
    assert b"".join(one.text.encode() for one, _ in chunks).split() == data.split() or len(chunks) > 1


SOURCES = [
    *sorted((ROOT / "doctown/ingest").rglob("*.py")),
    *sorted((ROOT / "tests/samples/python_graph").rglob("*.py")),
    *(LIBRARY / name for name in ("typing.py", "dataclasses.py", "contextlib.py", "enum.py", "asyncio/tasks.py")),
]
TEXTS = [path.read_text() for path in SOURCES]
SIGNS = ["(", ")", "[", ":", ";", "=", ":=", "*", "**", "\t", "\r", "\x0c", "\n", "é", "漢", "🙂", "'''", "..."]
SPLICES = [
    *("def f(", "lambda x:", "class A(A):", "global x\n", "nonlocal y\n", "del x\n", "@property\n", "async ", "await "),
    *("yield ", "return f()\n", "# c", "from . import *\n", "f'{x!r:{y}}'", "self.x = self.x.y\n", "type X = X\n"),
    *("x: 'A.B[C]' = 1\n", "with a() as (b, c): pass\n", "match x:\n  case A(b=[c, *d]) as e: pass\n", "    ", "\\\n"),
]


@st.composite
def mutated(draw):
    """A piece of real Python, cut, spliced and repeated."""
    lines = draw(st.sampled_from(TEXTS)).splitlines(keepends=True)
    start = draw(st.integers(0, max(0, len(lines) - 1)))
    text = "".join(lines[start : start + draw(st.integers(1, 60))])
    for _ in range(draw(st.integers(0, 5))):
        at, length = draw(st.integers(0, len(text))), draw(st.integers(0, 40))
        piece = text[at : at + length]
        change = draw(st.sampled_from(["cut", "splice", "repeat", "move"]))
        if change == "cut":
            text = text[:at] + text[at + length :]
        elif change == "splice":
            text = text[:at] + draw(st.sampled_from(SIGNS + SPLICES)) + text[at:]
        elif change == "repeat":
            text = text[:at] + piece * draw(st.integers(2, 4)) + text[at:]
        else:
            to = draw(st.integers(0, len(text)))
            text = text[:to] + piece + text[to:]
    return text.encode()


WORDS = (
    "a b f x self cls if else for in while def class lambda return yield import from as with try except finally : ( ) "
    "[ ] { } , . = := == + * ** -> @ not and or is None True await async match case global nonlocal del pass 1 'a'"
)
CODE = st.sampled_from(WORDS.split() + ["\n", "\n\n", "\n\t", "\n  ", "\n    "] * 4)


@given(mutated())
@settings(derandomize=True, deadline=None, max_examples=500)
def test_no_mutation_of_real_code_raises_anything(data):
    taken_in(data)


@given(
    st.one_of(st.text().map(lambda text: text.encode("utf-8", "replace")), st.lists(CODE).map(" ".join).map(str.encode))
)
@settings(derandomize=True, deadline=None, max_examples=500)
def test_no_text_raises_anything(data):
    taken_in(data)


@pytest.mark.long
@given(mutated())
@settings(deadline=None, max_examples=20_000)
def test_no_mutation_of_real_code_raises_anything_for_long(data):
    taken_in(data)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_standard_library_is_read_and_resolved():
    found = []
    for path in sorted(LIBRARY.rglob("*.py")):
        name = path.relative_to(LIBRARY).as_posix()
        if "site-packages" in name:
            continue
        try:
            path.read_bytes().decode()
            found.append(facts_of(name, path.read_bytes()))
        except (DoesNotParse, UnicodeDecodeError):
            continue
    calls = resolved(found).calls
    assert calls.resolved > 10_000 and calls.external > 10_000
