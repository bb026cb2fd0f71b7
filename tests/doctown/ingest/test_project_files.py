"""Project files say how the code around them is named."""

import pytest

from doctown.ingest.project_files import project_file_of


def entries(path, text):
    project_file = project_file_of(path, text.encode())
    return None if project_file is None else dict(project_file.entries)


def test_go_mod_is_read_line_by_line_with_and_without_brackets():
    text = "// a module\nmodule example.com/x // comment\n\ngo 1.21\n"
    text += "require (\n\ta v1 // indirect\n)\nreplace a => ../b\n"
    assert entries("sub/go.mod", text) == {
        "module": "example.com/x",
        "go": "1.21",
        "require": "a v1",
        "replace": "a => ../b",
    }


def test_json_with_comments_is_flattened_and_keeps_what_only_looks_like_a_comment():
    text = '{ // one\n "compilerOptions": {"baseUrl": "./src", /* two */ "paths": {"@/*": ["a/*", "b//c"],},},\n}'
    project_file = project_file_of("tsconfig.json", text.encode())
    assert project_file.value("compilerOptions.baseUrl") == "./src"
    assert project_file.values("compilerOptions.paths.@/*") == ("a/*", "b//c")
    assert project_file.value("nothing") is None


def test_toml_and_json_say_names_by_dotted_keys():
    assert entries("Cargo.toml", '[package]\nname = "x"\n[lib]\npath = "l.rs"\n') == {
        "package.name": "x",
        "lib.path": "l.rs",
    }
    assert entries("package.json", '{"name": "x", "private": true, "n": 1.5}') == {"name": "x", "private": "true"}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("package.json", "{"),
        ("package.json", "[" * 100_000),
        ("package.json", "[]"),
        ("Cargo.toml", "[["),
        ("go.mod", ""),
        ("other.json", "{}"),
        ("tsconfig.json", "/* " * 300_000),
        ("tsconfig.json", '"' + '\\"' * 300_000),
        ("tsconfig.json", ", " * 300_000),
    ],
)
def test_what_is_no_proper_project_file_says_nothing(path, text):
    assert project_file_of(path, text.encode()) is None


def test_a_project_file_that_is_not_unicode_says_nothing():
    assert project_file_of("package.json", b"\xff{}") is None
