"""Where JavaScript and TypeScript calls lead: modules of both kinds, receivers, prototypes, and what is not guessed."""

import pytest

from tests.doctown.ingest.graphs import edges_in, graph_of, rules_in

TWO = "class S { m() { return this } static of() { return new S() } }\nclass O { m() {} }\n"


def from_f(text, path="a.ts", **more):
    """What the function `f` of a file calls."""
    edges = edges_in(graph_of({path: text, **more}))
    return {edge.removeprefix("a.f -> ").removeprefix("a.") for edge in edges if edge.startswith("a.f -> ")}


@pytest.mark.parametrize(
    ("exported", "taken", "call"),
    [
        ("export function g() {}", "import { g } from './b'", "g()"),
        ("export function g() {}", "import { g as h } from './b.js'", "h()"),
        ("export function g() {}", "import * as b from './b'", "b.g()"),
        ("export default function g() {}", "import h from './b'", "h()"),
        ("function g() {}\nexport { g as default }", "import h from './b'", "h()"),
        ("function g() {}\nexport { g as h }", "import { h } from './b'", "h()"),
        ("export const g = () => 1", "export { g } from './b'\nimport { g } from './b'", "g()"),
        ("exports.g = function () {}", "const b = require('./b')", "b.g()"),
        ("exports.g = function () {}", "const { g: h } = require('./b')", "h()"),
        ("module.exports = { g() {} }", "const b = require('./b')", "b.g()"),
        ("function g() {}\nmodule.exports = { g }", "import { g } from './b'", "g()"),
        ("function g() {}\nmodule.exports = g", "const h = require('./b')", "h()"),
        ("function g() {}\nmodule.exports = g", "import h from './b'", "h()"),
        ("exports.g = () => 1", "", "require('./b').g()"),
        ("export function g() {}", "", "(await import('./b')).g()"),
    ],
)
def test_what_is_exported_is_found_however_it_is_taken(exported, taken, call):
    graph = graph_of({"a.js": f"{taken}\nasync function f() {{ {call} }}", "b.js": exported})
    assert edges_in(graph) == {"a.f -> b.g"}


@pytest.mark.parametrize(
    "barrel",
    [
        "export * from './g'",
        "export { g } from './g'",
        "export { default as g } from './g'",
        "export * as ns from './g'",
    ],
)
def test_a_barrel_is_followed_to_the_definition(barrel):
    name = "ns" if "ns" in barrel else "g"
    call = "ns.g()" if name == "ns" else "g()"
    given = "export default function g() {}" if "default" in barrel else "export function g() {}"
    files = {"a.ts": f"import {{ {name} }} from './lib'\n{call}", "lib/index.ts": barrel, "lib/g.ts": given}
    assert edges_in(graph_of(files)) == {"a -> lib.g.g"}


@pytest.mark.parametrize(
    ("specifier", "files"),
    [
        ("@/g", {"tsconfig.json": '{ "compilerOptions": { "paths": { "@/*": ["./src/lib/*"] } } // c\n}'}),
        ("lib/g", {"jsconfig.json": '{ "compilerOptions": { "baseUrl": "src" } }'}),
        (
            "@/g",
            {
                "tsconfig.json": '{ "extends": "./tsconfig.base" }',
                "tsconfig.base.json": '{ "compilerOptions": { "baseUrl": ".", "paths": { "@/*": ["src/lib/*"] } } }',
            },
        ),
        ("#g", {"package.json": '{ "imports": { "#g": "./src/lib/g.js" } }'}),
        ("#in/g.js", {"package.json": '{ "imports": { "#in/*.js": { "default": "./src/lib/*.js" } } }'}),
        ("shop/g", {"package.json": '{ "name": "shop", "exports": { "./g": { "import": "./dist/lib/g.js" } } }'}),
        ("shop", {"package.json": '{ "name": "shop", "main": "dist/lib/g.js" }'}),
        ("@x/lib", {"src/lib/package.json": '{ "name": "@x/lib", "exports": "./g.js" }'}),
    ],
)
def test_project_files_say_where_modules_are(specifier, files):
    text = f"import {{ g }} from '{specifier}'\ng()"
    graph = graph_of({**files, "src/a.ts": text, "src/lib/g.ts": "export function g() {}"})
    assert edges_in(graph) == {"src.a -> src.lib.g.g"}


def test_what_is_outside_is_named_by_its_module():
    text = "import React, { useState } from 'react'\nimport * as fs from 'node:fs'\nimport './a.css'\n"
    graph = graph_of({"a.tsx": text + "useState(1); React.memo(1); fs.readFile(''); console.log(1); const e = <Link/>"})
    assert edges_in(graph) == {
        f"a -> (outside) {name}" for name in ("react.useState", "react.memo", "fs.readFile", "console.log")
    }
    assert edges_in(graph, "imports") == {f"a -> (outside) {name}" for name in ("react", "react.useState", "fs")}


def test_an_import_leads_to_what_it_names_even_if_that_is_no_function():
    files = {"a.ts": "import { limit, Shape } from './b'", "b.ts": "export const limit = 3\nexport interface Shape {}"}
    assert edges_in(graph_of(files), "imports") == {"a -> b.limit", "a -> b.Shape"}


@pytest.mark.parametrize(
    "body",
    [
        "function f(s: S) { s.m() }",
        "function f(s: S | null) { s?.m() }",
        "function f({ s }: { s: S }) { s.m() }",
        "function f([s]: S[]) { s.m() }",
        "function f() { const s = new S(); s.m() }",
        "function f() { let s; s = new S(); s.m() }",
        "function f() { (x as S).m() }",
        "function f(x: unknown) { if (x instanceof S) { x.m() } }",
        "function f(x: unknown) { if (!(x instanceof S)) { return } x.m() }",
        "function f(x: unknown) { x instanceof S && x.m() }",
        "function f(all: S[]) { for (const s of all) s.m() }",
        "function f(all: Map<string, S>) { for (const [k, s] of all) s.m() }",
        "function f(all: Map<string, S>) { all.get('a')!.m() }",
        "function f(all: S[]) { all.filter(Boolean)[0].m() }",
        "async function f(s: Promise<S>) { (await s).m() }",
        "class B<T> { v: T }\nfunction f(b: B<S>) { b.v.m() }",
        "class B<T> { one(): T { return null } }\nclass C extends B<S> {}\nfunction f(c: C) { c.one().m() }",
        "type T = S\nfunction f(t: T) { t.m() }",
        "class B { constructor(readonly s: S) {} }\nfunction f(b: B) { b.s.m() }",
        "class B { s; constructor() { this.s = new S() } }\nfunction f(b: B) { b.s.m() }",
        "class B { get s(): S { return null } }\nfunction f(b: B) { b.s.m() }",
        "/** @param {S} s */\nfunction f(s) { s.m() }",
        "const make = () => ({ s: new S() })\nfunction f() { make().s.m() }",
        "let s: ReturnType<typeof g>\nconst g = () => new S()\nfunction f() { s.m() }",
    ],
)
def test_a_receiver_whose_type_is_said_is_followed(body):
    found = from_f(TWO + body)
    assert {one for one in found if one.endswith(".m")} == {"S.m"}


def test_a_method_that_returns_this_gives_what_it_was_called_on():
    text = "class A { a() { return this } }\nclass B extends A { b() {} }\nfunction f() { new B().a().b() }"
    assert from_f(text) == {"B", "A.a", "B.b"}


def test_making_something_calls_its_constructor_or_else_its_class():
    text = "class A { constructor() {} }\nclass B extends A { constructor() { super() } }\nclass C {}\n"
    graph = graph_of({"a.js": text + "function f() { new A(); new B(); new C() }"})
    assert edges_in(graph) == {
        "a.f -> a.A.constructor",
        "a.f -> a.B.constructor",
        "a.f -> a.C",
        "a.B.constructor -> a.A.constructor",
    }


def test_this_and_super_lead_to_members():
    text = "class A { m() { this.n() } n() {} static s() { this.t() } static t() {} }\n"
    text += "class B extends A { m() { super.m() } }"
    graph = graph_of({"a.js": text})
    assert edges_in(graph) == {"a.A.m -> a.A.n", "a.A.s -> a.A.t", "a.B.m -> a.A.m"}
    assert rules_in(graph)["a.A.m"] == "super"


def test_functions_with_prototypes_are_types():
    text = "function A() { this.x = 1 }\nA.prototype.m = function () { this.n() }\nA.prototype.n = function () {}\n"
    text += "function B() { A.call(this) }\nB.prototype = Object.create(A.prototype)\nfunction f() { new B().m() }"
    graph = graph_of({"a.js": text})
    assert edges_in(graph) == {
        "a.A.m -> a.A.n",
        "a.B -> a.A",
        "a.f -> a.B",
        "a.f -> a.A.m",
        "a -> (outside) Object.create",
    }
    assert edges_in(graph, "inherits") == {"a.B -> a.A"}


@pytest.mark.parametrize(
    "text",
    [
        "function f() { function A() {}\nA.prototype.m = function () {}\nnew A().m() }",
        "function A() {}\nfunction fill() { A.prototype.m = function () {} }\nfunction f() { new A().m() }",
        "function A() {}\nA.B = class { m() {} }\nfunction f() { new A.B().m() }",
    ],
)
def test_what_is_assigned_to_a_member_is_found_wherever_that_is_written(text):
    assert any(one.endswith(".m") for one in from_f(text))


def test_a_class_that_is_assigned_to_a_member_has_no_name_of_its_own():
    assert from_f("function A() {}\nA.B = class { }\nfunction f() { new B() }") == set()


def test_barrels_that_all_pass_on_each_other_are_looked_through_once():
    files = {f"m{i}.ts": "".join(f"export * from './m{j}'\n" for j in range(16) if j != i) for i in range(16)}
    files["m15.ts"] += "export function g() {}"
    graph = graph_of({**files, "a.ts": "import { g, none } from './m0'\nfunction f() { g(); none() }"})
    assert edges_in(graph) == {"a.f -> m15.g"}


def test_objects_call_their_own_members():
    text = "const api = { get() { return this.load() }, load: () => 1 }\nfunction f() { api.get(); api['load']() }"
    assert edges_in(graph_of({"a.js": text})) == {"a.api.get -> a.api.load", "a.f -> a.api.get", "a.f -> a.api.load"}


def test_a_component_in_the_page_is_called():
    text = "import { B } from './b'\nfunction A() { return <div><B/><B.C>x</B.C></div> }"
    graph = graph_of({"a.tsx": text, "b.tsx": "export function B() {}\nB.C = () => null"})
    assert edges_in(graph) == {"a.A -> b.B", "a.A -> b.B.C"}


def test_a_call_through_an_interface_leads_to_its_method_and_one_of_several_to_each():
    text = "interface I { m(): void }\nclass A implements I { m() {} }\nclass B { m() {} }\n"
    assert from_f(text + "function f(i: I) { i.m() }") == {"I.m"}
    assert from_f(text + "function f(i: A | B) { i.m() }") == {"A.m", "B.m"}


@pytest.mark.parametrize(
    "body",
    [
        "function f(o, name) { o[name]() }",
        "const o = { m() {} }\nfunction f(name) { o[name]() }",
        "function f(callback) { callback() }",
        "function f(x: any) { x.m() }",
        "function f(m) { m() }",
        "function f() { JSON.parse('').m() }",
        "class B { get m() { return 1 } }\nfunction f(b: B) { b.m }",
    ],
)
def test_what_nothing_says_is_not_guessed(body):
    assert {one for one in from_f(TWO + "function m() {}\n" + body) if "outside" not in one} == set()


def test_names_hold_in_their_blocks():
    text = "function a() {}\nfunction b() {}\n{ const g = a; g() }\n"
    text += "function f() { const g = b; later(); function later() { g() } }"
    assert edges_in(graph_of({"m.js": text})) == {"m -> m.a", "m.f -> m.f.later", "m.f.later -> m.b"}
