"""What a JavaScript or TypeScript file says by itself: its symbols, and how they are called and described."""

import pytest

from doctown.ingest.facts import DoesNotParse
from doctown.ingest.resolution import symbols_of
from tests.doctown.ingest.graphs import facts_of, graph_of


def symbols(text, path="src/m.ts"):
    return {one.qualified_name: one for one in symbols_of(facts_of(path, text))}


def kinds(text, path="src/m.ts"):
    return {name.removeprefix("src.m."): one.kind for name, one in symbols(text, path).items() if name != "src.m"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "function f() {}\nfunction* g() {}\nexport async function h() {}",
            {"f": "function", "g": "function", "h": "function"},
        ),
        ("const f = () => 1, g = function () {}", {"f": "function", "g": "function"}),
        ("export const N = 1; let n = 2; var m", {"N": "constant", "n": "variable", "m": "variable"}),
        (
            "class A { x = 1; #y; m() {} go = () => 1; constructor() {} get g() { return 1 } #p() {} }",
            {
                "A": "class",
                "A.x": "field",
                "A.#y": "field",
                "A.m": "method",
                "A.go": "method",
                "A.constructor": "constructor",
                "A.g": "method",
                "A.#p": "method",
            },
        ),
        (
            "const api = { get() {}, put: () => 1, n: 1, nested: { load() {} } }",
            {
                "api": "constant",
                "api.get": "function",
                "api.put": "function",
                "api.nested": "field",
                "api.nested.load": "function",
            },
        ),
        ("const plain = { a: 1 }", {"plain": "constant"}),
        (
            "f(() => 1); f(function () {}, () => () => 2)",
            {
                "<lambda1>": "function",
                "<lambda2>": "function",
                "<lambda3>": "function",
                "<lambda3>.<lambda1>": "function",
            },
        ),
        ("export default () => 1", {"default": "function"}),
        ("export default class A {}", {"A": "class"}),
        (
            "function S() {}\nS.prototype.push = function () {}\nS.of = () => 1",
            {"S": "function", "S.push": "method", "S.of": "method"},
        ),
        ("exports.f = function () {}\nmodule.exports.g = () => 1", {"f": "function", "g": "function"}),
        ("module.exports = { f() {}, g: () => 1 }", {"f": "function", "g": "function"}),
        ("describe('a b', () => { it(`c`, function () {}) })", {"a b": "test", "a b.c": "test"}),
    ],
)
def test_values_are_called_by_what_they_are_bound_to(text, expected):
    assert kinds(text) == expected
    assert kinds(text, "src/m.js") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("interface I { m(): void; x: number }", {"I": "interface", "I.m": "method", "I.x": "field"}),
        ("type T = { m(): void; x: number }", {"T": "type", "T.m": "method", "T.x": "field"}),
        ("enum E { A, B = 2 }", {"E": "enum", "E.A": "constant", "E.B": "constant"}),
        ("namespace N { export function f() {} }", {"N": "namespace", "N.f": "function"}),
        ("abstract class A { abstract m(): void }", {"A": "class", "A.m": "method"}),
        (
            "class A { constructor(private x: number, y: number) {} }",
            {"A": "class", "A.constructor": "constructor", "A.x": "field"},
        ),
        ("declare function f(): void;\ndeclare const c: number", {"f": "function"}),
        ("function f(a: string): A;\nfunction f(a: number): B;\nfunction f(a: any) {}", {"f": "function"}),
        ("interface I { m(): A; m(x: number): B }", {"I": "interface", "I.m": "method"}),
    ],
)
def test_typescript_has_symbols_of_its_own(text, expected):
    assert kinds(text) == expected


def test_a_definition_has_its_signature_and_the_comment_above_it():
    text = (
        "/**\n * Opens it.\n */\nexport const open = async (\n  path: string,\n): Promise<File> => {\n  return x;\n};\n"
    )
    found = symbols(text)["src.m.open"]
    assert found.signature == "export const open = async (path: string): Promise<File> =>"
    assert (found.doc, found.start_line, found.end_line) == ("Opens it.", 4, 8)


def test_an_index_is_called_as_its_folder_and_a_file_of_tests_has_the_role():
    assert set(symbols("", "src/store/index.tsx")) == {"src.store"}
    assert symbols("", "src/a.test.ts")["src.a.test"].roles == ("test",)


@pytest.mark.parametrize("path", ["a.js", "a.jsx", "a.tsx"])
def test_jsx_is_read(path):
    assert facts_of(path, "const A = () => <><B.C x={1} {...y}>text</B.C></>;\n") is not None


def test_what_typescript_allows_and_its_grammar_does_not_is_read_all_the_same():
    found = symbols("interface I<in out T, out U = unknown> { m(): import('./x').Y<T> }\nlet x: import(\"./y\").Z<A>\n")
    assert set(found) == {"src.m", "src.m.I", "src.m.I.m", "src.m.x"}


def test_a_file_that_is_no_javascript_says_so():
    with pytest.raises(DoesNotParse):
        facts_of("a.js", "function (\n")


MANY = 5_000
HOSTILE = {
    "brackets": "x = " + "(" * 100_000 + "1" + ")" * 100_000,
    "arrows": "x = " + "() => " * 100_000 + "1",
    "elements": "x = " + "<A>" * MANY + "</A>" * MANY,
    "objects": "const x = " + "{ a: " * MANY + "() => 1" + "}" * MANY,
    "chain": "x" + ".a()" * 50_000,
    "conditions": "if (" + " && ".join(f"x{at} instanceof A" for at in range(MANY)) + ") { x1.f() }",
    "guards": "function f(x) {" + "if (!(x instanceof A)) return;\n" * MANY + "x.f() }",
    "one name again and again": "let x;\n" + "x = f(x); x.m();\n" * MANY,
    "exports": "".join(f"exports.f{at} = function () {{ exports.f{at}() }};\n" for at in range(5_000)),
    "prototypes": "function A() {}\n"
    + "".join(f"A.prototype.f{at} = function () {{ this.f{at}() }};\n" for at in range(5_000)),
    "classes": "".join(f"class A{at} extends A{at - 1} {{ m() {{ super.m() }} }}\n" for at in range(1, 3_000)),
    "one line": "x=1;" * 50_000,
    "stars": "export * from './a';\n" * MANY,
    "of itself": "const a = b, b = a; class C extends C { m() { return this.m().m() } }\n"
    "function f() { return f().g() }\nconst o = { o, p: () => o.p() }; o.o.o.p(); a(); new C().m().n(); f()()()",
}
HOSTILE_TYPES = {
    "arguments": "let x: " + "A<" * MANY + "B" + ">" * MANY,
    "either": "let x: " + " | ".join(f"A{at}" for at in range(MANY)) + "\nx.f()",
    "overloads": "function f(x): A;\n" * MANY + "function f(x) {}",
    "growing": "".join(f"interface I{at}<T> extends I{at - 1}<I{at}<T>> {{ m{at}(): T }}\n" for at in range(1, 2_000))
    + "function f(x: I1999<A>) { x.m1() }",
    "of itself": "type T = T; type U = U | V; type V = U[]; let t: T, u: U; t.m(); u.m(); let q: typeof q; q()",
    "covered": "let x: " + 'import("x").A<' * MANY + "B" + ">" * MANY,
}


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.timeout(60)  # what goes by the square takes hours
def test_no_script_however_deep_or_long_takes_long_or_raises(what):
    assert graph_of({"a.js": HOSTILE[what] + "\n"}).symbols


@pytest.mark.parametrize("what", HOSTILE_TYPES)
@pytest.mark.timeout(60)
def test_no_type_however_deep_or_long_takes_long_or_raises(what):
    assert graph_of({"a.ts": HOSTILE_TYPES[what] + "\n"}).symbols
