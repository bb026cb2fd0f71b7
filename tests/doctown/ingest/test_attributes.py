"""The attributes of nested .gitattributes files: compared with git itself over generated lines."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doctown.ingest.attributes import ASKED, GENERATED, VENDORED, Attributes
from doctown.ingest.patterns import encoded
from tests.fakes.repositories import git
from tests.fakes.trees import RULED, make_tree, paths_of, pattern, put

states = st.sampled_from(
    [
        *("linguist-generated", "-linguist-generated", "!linguist-generated", "linguist-generated=true"),
        *("linguist-vendored", "-linguist-vendored", "linguist-vendored=false", "linguist-vendored="),
        *("mine", "-mine", "!mine", "other", "-other", "text=auto", "-bad name", "-", "=x", "--x", "a\tb", "é"),
    ]
)
quoted = pattern.map(lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"')
name = st.one_of(
    pattern, pattern, quoted, st.sampled_from(['"\\141*"', '"a', '"\\x"', '"a\\tb"', "[attr]mine", "[attr]"])
)
lines = st.builds(
    lambda before, name, states, after: f"{before}{name} {' '.join(states)}{after}\n",
    st.sampled_from(["", "", " ", "\t", "#"]),
    name,
    st.lists(states, max_size=3),
    st.sampled_from(["", "", " ", "\r"]),
)
macros = st.sampled_from(
    ["", "", "[attr]mine linguist-generated -linguist-vendored\n", "[attr]mine other\n[attr]other linguist-vendored\n"]
)
attributes = st.builds(lambda macro, lines: encoded(macro + "".join(lines)), macros, st.lists(lines, max_size=4))
said = st.fixed_dictionaries({"": attributes}, optional=dict.fromkeys(RULED[1:], attributes))


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    return make_tree(tmp_path_factory.mktemp("attributes"))


def compare(tree, said):
    put(tree, ".gitattributes", said)
    found = Attributes()
    for folder in sorted(said, key=lambda folder: folder.count("/") + bool(folder)):
        found.add(folder, said[folder])
    asked = [path for path, is_folder in paths_of(tree) if not is_folder]
    stdin = b"".join(path.encode("utf-8", "surrogateescape") + b"\0" for path in asked)
    fields = git(tree, "check-attr", "--stdin", "-z", *sorted(ASKED), stdin=stdin).split("\0")
    wanted = {(path, name): value for path, name, value in zip(*(fields[at::3] for at in range(3)), strict=False)}
    assert len(wanted) == 2 * len(asked)
    words = {True: "set", False: "unset"}
    ours = {(path, name): found.of(path).get(name) for path in asked for name in ASKED}
    assert {
        key: "unspecified" if given is None else words.get(given.value, given.value) for key, given in ours.items()
    } == wanted


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said)
def test_a_path_has_the_attributes_git_says(tree, said):
    compare(tree, said)


@pytest.mark.long
@settings(max_examples=5_000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said)
def test_a_path_has_the_attributes_git_says_over_many_trees(tree, said):
    compare(tree, said)


def test_the_line_that_gives_an_attribute_is_known():
    found = Attributes()
    found.add("", b"# comment\n\n*.go linguist-generated\n")
    found.add("sub", b"*.go -linguist-generated linguist-vendored=true\n")
    given = found.of("a.go")[GENERATED]
    assert (given.is_true, given.is_false, given.by.source, given.by.line) == (True, False, ".gitattributes", 3)
    given = found.of("sub/a.go")
    assert given[GENERATED].is_false and given[VENDORED].is_true
    assert given[VENDORED].by.source == "sub/.gitattributes"
    assert found.of("a.py") == {}


def test_what_is_set_to_false_is_not_set():
    found = Attributes()
    found.add("", b"*.a linguist-generated=false\n*.b linguist-generated=true\n*.c !linguist-generated\n")
    assert found.of("x.a")[GENERATED].is_false and found.of("x.b")[GENERATED].is_true
    assert found.of("x.c") == {}


def test_a_part_of_a_tree_is_asked_by_its_own_paths():
    found = Attributes("sub/")
    found.add("", b"/sub/vendor/** -linguist-vendored\n/other/** -linguist-vendored\n")
    assert found.of("vendor/a.py")[VENDORED].is_false
    assert found.takers(VENDORED) == ["vendor", ""]
