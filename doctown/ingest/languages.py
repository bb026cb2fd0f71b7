"""Which language a file is written in: a table of endings, file names and interpreters, and the order to ask them in.

Names are lower case and stand in the docpack as they are here. What nothing tells is "plain": text of no known kind,
indexed as plain chunks. Which languages have symbols is the business of the queries, not of this table.
"""

import re
from collections.abc import Mapping

PLAIN = "plain"
JUPYTER = "jupyter"
"""A notebook: JSON that holds prose and code."""
PROSE: frozenset[str] = frozenset({"markdown", "restructuredtext", "text"})
"""Written to be read by people: indexed as document chunks. "text" is a `.txt` or a file named like README."""

_BY_ENDING: Mapping[str, str] = {
    ending: language
    for language, endings in {
        "ada": "adb ads",
        "asciidoc": "adoc asciidoc",
        "assembly": "asm s",
        "astro": "astro",
        "awk": "awk",
        "batch": "bat cmd",
        "bazel": "bazel bzl star",
        "c": "c h",
        "clojure": "clj cljc cljs edn",
        "cmake": "cmake",
        "cobol": "cbl cob cpy",
        "commonlisp": "asd lisp lsp",
        "cpp": "c++ cc cpp cxx h++ hh hpp hxx inl ipp tpp",
        "crystal": "cr",
        "csharp": "cs csx",
        "css": "css",
        "csv": "csv tsv",
        "cuda": "cu cuh",
        "d": "d di",
        "dart": "dart",
        "diff": "diff patch",
        "elisp": "el",
        "elixir": "ex exs",
        "elm": "elm",
        "erlang": "erl hrl",
        "fortran": "f f03 f08 f90 f95 for",
        "fsharp": "fs fsi fsx",
        "glsl": "frag glsl vert",
        "go": "go",
        "graphql": "gql graphql",
        "groovy": "gradle groovy",
        "haskell": "hs lhs",
        "hcl": "hcl tf tfvars",
        "html": "htm html xhtml",
        "ini": "cfg conf ini properties",
        "java": "java",
        "javascript": "cjs js jsx mjs",
        "json": "geojson json json5 jsonc jsonl ndjson webmanifest",
        "julia": "jl",
        "jupyter": "ipynb",
        "kotlin": "kt kts",
        "latex": "bib cls latex sty tex",
        "less": "less",
        "lua": "lua",
        "makefile": "mak mk",
        "markdown": "markdown md mdown mdx mkd",
        "matlab": "m",
        "nim": "nim nims",
        "nix": "nix",
        "objectivec": "mm",
        "ocaml": "ml mli",
        "pascal": "dpr pas pp",
        "perl": "pl pm t",
        "php": "php phtml",
        "powershell": "ps1 psd1 psm1",
        "prolog": "pro prolog",
        "protobuf": "proto",
        "python": "py pyi pyw pyx pxd",
        "r": "r rmd",
        "racket": "rkt",
        "restructuredtext": "rest rst",
        "ruby": "gemspec rake rb ru",
        "rust": "rs",
        "scala": "sbt sc scala",
        "scheme": "scm ss",
        "scss": "sass scss",
        "shell": "bash bats ksh sh zsh",
        "solidity": "sol",
        "sql": "ddl dml psql sql",
        "svelte": "svelte",
        "swift": "swift",
        "systemverilog": "sv svh",
        "tcl": "tcl",
        "template": "ejs erb hbs j2 jinja jinja2 mustache tmpl",
        "text": "text txt",
        "thrift": "thrift",
        "toml": "toml",
        "tsx": "tsx",
        "typescript": "cts mts ts",
        "verilog": "v vh",
        "vhdl": "vhd vhdl",
        "vimscript": "vim",
        "visualbasic": "bas vb",
        "vue": "vue",
        "wgsl": "wgsl",
        "xml": "csproj fsproj plist props rss targets vbproj wsdl xaml xml xsd xsl xslt",
        "yaml": "yaml yml",
        "zig": "zig",
    }.items()
    for ending in endings.split()
}

_BY_NAME: Mapping[str, str] = {
    name: language
    for language, names in {
        "bazel": "build workspace",
        "cmake": "cmakelists.txt",
        "dockerfile": "containerfile dockerfile",
        "groovy": "jenkinsfile",
        "ini": ".coveragerc .editorconfig .flake8 .pylintrc",
        "json": ".babelrc .eslintrc .prettierrc",
        "just": "justfile",
        "makefile": "gnumakefile makefile",
        "meson": "meson.build meson_options.txt",
        "gomod": "go.mod go.work",
        "ruby": "brewfile capfile gemfile guardfile podfile rakefile vagrantfile",
        "shell": ".bash_profile .bashrc .profile .zshrc",
        "starlark": "tiltfile",
        "text": (
            "authors bugs changelog changes code_of_conduct contributing contributors copying copyright credits faq "
            "history install license licence maintainers news notice readme security thanks todo unlicense version"
        ),
        "toml": "pipfile",
        "vimscript": ".vimrc",
    }.items()
    for name in names.split()
}

_BY_INTERPRETER: Mapping[str, str] = {
    "ash": "shell",
    "awk": "awk",
    "bash": "shell",
    "bun": "javascript",
    "dash": "shell",
    "deno": "typescript",
    "elixir": "elixir",
    "gawk": "awk",
    "groovy": "groovy",
    "guile": "scheme",
    "julia": "julia",
    "ksh": "shell",
    "lua": "lua",
    "make": "makefile",
    "node": "javascript",
    "nodejs": "javascript",
    "perl": "perl",
    "php": "php",
    "pwsh": "powershell",
    "pypy": "python",
    "python": "python",
    "rscript": "r",
    "ruby": "ruby",
    "runhaskell": "haskell",
    "sh": "shell",
    "tclsh": "tcl",
    "ts-node": "typescript",
    "tsx": "typescript",
    "zsh": "shell",
}

_OPENINGS: tuple[tuple[bytes, str], ...] = ((b"<?php", "php"), (b"<?xml", "xml"), (b"<!doctype html", "html"))

_INTERPRETER = re.compile(
    rb"#!\s*(?:\S*/)?(?:env\s+(?:-\S+\s+|\w+=\S*\s+)*(?:\S*/)?)?([A-Za-z][A-Za-z-]*)(?=[\d.]*(?:\s|$))"
)


def language_of(path: str, first_line: bytes) -> str:
    """The language of the file at `path`, whose text opens with `first_line` (more of the file may follow it).

    Asked in turn: the whole file name, the ending, the interpreter after `#!`, the opening; then "plain".
    """
    name = path.rpartition("/")[2].lower()
    stem, dot, ending = name.rpartition(".")
    if name in _BY_NAME:
        return _BY_NAME[name]
    if dot and ending in _BY_ENDING:
        return _BY_ENDING[ending]
    if name.startswith(("dockerfile.", "containerfile.")):
        return "dockerfile"
    if name.startswith("makefile."):
        return "makefile"
    if name.startswith("readme.") and stem == "readme":
        return "text"
    return _language_of_opening(first_line[:512])


def _language_of_opening(opening: bytes) -> str:
    line = opening.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0]
    if found := _INTERPRETER.match(line):
        return _BY_INTERPRETER.get(found[1].decode("ascii").lower(), PLAIN)
    return next((language for mark, language in _OPENINGS if line.lower().startswith(mark)), PLAIN)
