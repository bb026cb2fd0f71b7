"""What expressions stand for: bounded, whatever the code does with itself.

What is meant by ordinary code stands in tests/end_to_end/test_graph.py.
"""

import re
import sys
from inspect import stack

import pytest

from doctown.ingest.python.facts import facts_of
from doctown.ingest.resolution import Resolved, resolved

pytestmark = pytest.mark.timeout(60)


def of(files: dict[str, str]) -> Resolved:
    """The graph of `files`, found with little room on the stack: no code may need more of it than other code."""
    facts = [facts_of(path, code.encode()) for path, code in sorted(files.items())]
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(len(stack()) + 500)
    try:
        return resolved(facts)
    finally:
        sys.setrecursionlimit(before)


def calls(found: Resolved) -> list[tuple[str, str]]:
    names = {symbol.id: symbol.qualified_name for symbol in found.symbols}
    return [(names[edge.source], names.get(edge.target, edge.external)) for edge in found.edges if edge.kind == "calls"]


@pytest.mark.parametrize(
    "code",
    [
        "x = x.y\nx.z()\n",
        "x = x\nx()\n",
        "x = x()\nx.y()\n",
        "x = [x]\nx[0].y()\n",
        "x = x[0]\nx.y()\n",
        "x, y = y, x\nx.z()\ny()\n",
        "def f(): return f()\nf().x()\n",
        "def f(): return g()\ndef g(): return f()\nf().x()\n",
        "def f(): yield f()\nfor x in f(): x.y()\n",
        "def f() -> 'f': pass\nf().x()\n",
        "f = lambda: f()\nf().x()\n",
        "T = 'T'\ndef f(a: T): a.x()\n",
        "T = Union[T, T]\ndef f(a: T): a.x()\n",
        "type T = list[T]\ndef f(a: T): a[0].x()\n",
        "class A(A): pass\nA().x()\n",
        "class A(B): pass\nclass B(A): pass\nA().x()\nB.y()\n",
        "class A(A.B):\n  class B(A): pass\nA().x()\n",
        "class A(A().x): pass\nA().y()\n",
        "class A:\n  x = A.x\n  def f(self): self.x.y()\n",
        "class A:\n  def f(self): self.x = self.x; self.x.y()\n",
        "class A:\n  @property\n  def x(self): return self.x\nA().x.y()\n",
        "class A:\n  def __call__(self): return self()\nA()()()()\n",
        "class A:\n  def __getitem__(self, i): return self[0]\nA()[0].x()\n",
        "class A:\n  def __iter__(self): return self\nfor a in A(): a.x()\n",
        "class A:\n  def __enter__(self): return self.__enter__()\nwith A() as a: a.x()\n",
        "class A:\n  def f(self): return super().f()\nA().f().g()\n",
        "import a\na.a.a.a()\n",
        "from a import x\nx()\n",
        "from a import *\nx()\n",
        "from . import a\na.x()\n",
        "x: x = x\nx.y()\n",
        "global x\nx = 1\ndef f():\n  nonlocal x\n  x()\n",
        "with x as x: x.y()\n",
        "for x in x: x.y()\n",
        "x = [x for x in x if x()]\n",
        "def x(x=x, *a: x, **k: x) -> x: x(); return x\nx().y()\n",
        "@f\ndef f(): pass\nf()\n",
    ],
)
def test_what_is_said_in_terms_of_itself_comes_to_an_end(code):
    of({"a.py": code})


MANY = 2_000


def numbered(line: str, many: int = MANY) -> str:
    """`line` many times, with its number for `<0>`, the next for `<1>` and so on."""
    template = re.sub("<([0-8])>", "{\\1}", line.replace("{", "{{").replace("}", "}}"))
    return "".join(template.format(*range(number, number + 9)) for number in range(many))


def eight(part: str) -> str:
    """`part` for each of the eight that follow, `<n>`."""
    return "".join(part.replace("<n>", f"<{at}>") for at in range(1, 9))


@pytest.mark.parametrize(
    "code",
    [
        "x" + ".a" * 10_000 + "()\n",
        "x" + ".a()" * 10_000 + "\n",
        "f(" * 5_000 + ")" * 5_000 + "\n",
        "x = " + "(" * 5_000 + "y" + ")" * 5_000 + "\nx()\n",
        "x = " + "[" * 5_000 + "]" * 5_000 + "\nx[0]()\n",
        "x = " + "a or " * 20_000 + "b\nx()\n",
        "x: " + "a[" * 5_000 + "b" + "]" * 5_000 + " = 1\nx.y()\n",
        "def f(): pass\n" * 3_000 + "f()\n" * 3_000,
        numbered("if c<0>:\n  def f(): pass\n", 3_000) + "f()\n" * 3_000,
        "if c:\n  f = 1\n" + numbered("elif c<0>:\n  f = g<0>\n", 5_000) + "else:\n" + "  f()\n" * 5_000,
        "f = g\nf()\n" * 10_000,
        "class A:\n  def f(self):\n" + "    self.x = g()\n    self.x.y()\n" * 5_000,
        "class A0: pass\n" + numbered("class A<1>(A<0>): pass\n") + "A1999().x()\n",
        numbered("class B<0>: pass\n") + "class C(" + numbered("B<0>, ") + "):\n  def f(self): self.g()\n",
        "class A:\n  def f(self):\n"
        + numbered("    self.m<0>()\n", 5_000)
        + numbered("class B<0>(A):\n  def m<0>(self): pass\n", 5_000),
        numbered("def f<0>():\n" + eight("  if a: return f<n>(<n>)\n"), 1_000) + "f0().x()\n",
        numbered("def f<0>():\n  return [" + eight("f<n>(), ") + "][0]\n", 1_000) + "f0().x()\n",
        numbered("class A<0>:\n  @property\n  def p(self):\n" + eight("    if a: return A<n>().p\n"), 1_000)
        + "A0().p.x()\n",
        numbered(eight("if a: v<0> = v<n>.q\n"), 1_000) + "v0.x()\n",
        numbered("T<0> = Union[" + eight("T<n>, ") + "]\n", 1_000) + "def f(a: T0): a.x()\n",
        "a0 = q()\n" + numbered("a<1> = [a<0>, (a<0>,)]\n") + numbered("a<0>()\n"),
        "import os\na0 = os\n" + numbered("a<1> = a<0>.bb\n", 10_000) + numbered("a<0>()\n", 10_000),
        numbered("class A<0>:\n  def __call__(self): return A<1>()()\n") + "A0()().x()\n",
    ],
    ids=range(23),
)
def test_much_of_the_same_comes_to_an_end_soon(code):
    of({"a.py": code})


@pytest.mark.parametrize(
    "files",
    [
        {f"m{at}.py": f"from m{(at + 1) % MANY} import *\nf()\ng()\n" for at in range(MANY)},
        {f"m{at}.py": f"from m{(at + 1) % MANY} import f\nf()\n" for at in range(MANY)},
        {f"m{at}.py": f"from m{at + 1} import f\nf()\n" for at in range(MANY)},
        {f"m{at}.py": f"import m{(at + 1) % MANY} as m\nm.m.m.m.m()\n" for at in range(MANY)},
        {f"m{at}.py": "".join(f"from m{to} import *\n" for to in range(60)) + "f()\n" for at in range(60)},
        {f"m{at}.py": "".join(f"from m{to} import *\n" for to in range(60)) + "from m1 import f\n" for at in range(60)},
        {
            f"m{at}.py": "".join(f"if a:\n  from m{(at + to) % 99} import x\n" for to in range(1, 30)) + "x()\n"
            for at in range(99)
        },
        {f"m{at}.py": f"from m{at + 1} import A\nclass A(A):\n  def f(self): self.g()\n" for at in range(600)},
    ],
    ids=range(8),
)
def test_files_that_lean_on_each_other_come_to_an_end_soon(files):
    of(files)


def test_a_name_is_followed_through_a_circle_of_star_imports():
    files = {f"m{at}.py": f"from m{(at + 1) % 20} import *\n" for at in range(20)}
    files["m7.py"] += "def found(): pass\n"
    files["use.py"] = "from m0 import found\nimport m3\nfound()\nm3.found()\nm3.lost()\n"
    assert calls(of(files)) == [("use", "m7.found")] * 2


def test_more_possibilities_than_eight_are_none_and_eight_are_eight():
    def branches(many):
        code = "".join(f"def g{at}(): pass\n" for at in range(many))
        return code + "".join(f"if a:\n  f = g{at}\n" for at in range(many)) + "f()\n"

    assert len(calls(of({"a.py": branches(8)}))) == 8
    assert calls(of({"a.py": branches(9)})) == []


def test_a_question_that_goes_too_far_spoils_no_other():
    far = numbered("def f<0>():\n" + eight("  if a: return f<n>(<n>)\n"), 200)
    near = "class A:\n  def x(self): pass\ndef make(): return A()\n"
    found = calls(of({"a.py": far + near + "f0().x()\nmake().x()\n"}))
    assert ("a", "a.A.x") in found


def test_no_value_is_guessed_for_a_relative_import_beyond_the_top():
    found = of({"a/b.py": "from ....c import d\nd()\nfrom .... import *\n", "c.py": "def d(): pass\n"})
    assert calls(found) == [("a.b", "c.d")]
    assert {edge.external for edge in found.edges if edge.kind == "imports"} == {"c.d"}
    assert all(edge.target is None for edge in found.edges if edge.kind != "contains")


def test_a_lambda_with_a_name_is_called_by_it():
    source = b"double = lambda n: 2 * n\n\n\ndef twice(n):\n    half = lambda: n / 2\n    return double(n) + half()\n"
    graph = resolved([facts_of("mod.py", source)])
    names = {symbol.id: symbol.qualified_name for symbol in graph.symbols}
    calls = {(names[edge.source], names[edge.target]) for edge in graph.edges if edge.kind == "calls" and edge.target}
    assert calls == {("mod.twice", "mod.<lambda1>"), ("mod.twice", "mod.twice.<lambda1>")}
