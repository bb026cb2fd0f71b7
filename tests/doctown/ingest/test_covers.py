"""What the grammars do not know is covered, byte for byte in its place."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doctown.ingest.covers import covered
from doctown.ingest.outlines import read
from doctown.ingest.syntax import parsed, tree

SIGNATURES = """interface Get<E extends Env> {
  <Key extends keyof E['Variables']>(key: Key): E['Variables'][Key]
  <Key extends keyof Vars>(key: Key): Vars[Key] // the second
  // a comment between
  <
    A extends Input = {},
    B extends (x: A) => void = (x: A) => void,
  >(
    ...handlers: [H<A>, H<B>]
  ): Promise<A>
  /* and another */
  <T extends A>(x: T): { y: T }
  <T>(): T | undefined
}
export function after(x: number): number { return x }
"""
KNOWN_TO_TYPESCRIPT = {
    "several call signatures": SIGNATURES,
    "exported types": "export type * from './types'\nexport type * as names from './names'\n",
    "variance": "interface Box<in out T, const out U> { x: T }\n",
    "an imported type with arguments": "let x: import('./x').Box<number>\n",
}


@pytest.mark.parametrize("language", ["typescript", "tsx"])
@pytest.mark.parametrize("what", KNOWN_TO_TYPESCRIPT)
def test_what_typescript_allows_is_read_though_its_grammar_does_not_know_it(language, what):
    text = KNOWN_TO_TYPESCRIPT[what].encode()
    assert tree(language, text).has_error, "the grammar knows it now: the cover can go"
    assert not parsed(language, text).has_error
    assert len(covered(language, text)) == len(text)


def test_what_stands_after_it_is_a_symbol_at_its_own_place():
    facts, _ = read("src/get.ts", "typescript", SIGNATURES.encode())
    (after,) = [one for one in facts.definitions if one.name == "after"]
    assert SIGNATURES[after.start_byte :].startswith(("export function after", "function after"))


def test_elements_and_comparisons_on_a_line_of_their_own_are_left_as_they_are():
    text = b"const a = (\n  <Page>(x)</Page>\n)\nconst b = x\n  < y\nfunction f() {\n  return <T,>(x: T) => x\n}\n"
    assert covered("tsx", text) == text


@given(st.text(alphabet="\n <>()=/*x]:;'", max_size=200))
def test_nothing_is_moved_and_only_blanks_become_semicolons(text):
    data = text.encode()
    after = covered("typescript", data)
    assert len(after) == len(data)
    assert all(b == a or (bytes([a]) in b" \n" and b == ord(";")) for a, b in zip(data, after, strict=True))


@pytest.mark.parametrize(
    "data",
    [b"x\n<a" * 250_000, b"x\n<a>(" * 160_000, b"x//" + b"/*" * 400_000 + b"\n<a>(", b"x\n" + b"<" * 900_000],
    ids=["open", "calls", "comments", "angles"],
)
def test_a_megabyte_made_to_be_slow_is_not(data):
    started = time.process_time()
    covered("typescript", data)
    assert time.process_time() - started < 10
