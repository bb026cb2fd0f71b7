"""One HTML file out of a docpack: template, style and script from `assets/`, data in JSON blocks, one strict policy.

Three walls keep a repository's text from becoming the page's code. The data is deflated and base64 (or JSON with every
`<`, `>` and `&` escaped), so that no block can end early; the script puts text on the page as text nodes only; and the
content security policy allows the one inline script and the one inline style by their hashes, and nothing else: where
the browser knows trusted types, the script could not even make markup out of text if it wanted to.
"""

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any
from zlib import compress

from doctown.page.tables import Pack, about_of, contents_of, details_of, repository_name, tables_of

MODULES = (
    "text", "data", "colours", "camera", "grid", "points", "labels", "picture",
    "map", "find", "topics", "details", "dialogs", "links", "main",
)  # fmt: skip
"""The script's parts, in the order in which they are joined."""

BLOCK_CHARACTERS = 200_000
"""How much text one lazily read block holds before the next begins: read in a few milliseconds, packed well."""


def page_of(docpack: Pack, name: str | None = None) -> str:
    """The page of `docpack`, equal for equal docpacks; UTF-8 can carry it whatever the repository holds.

    `name` is what the repository is called here; a docpack itself knows no more than a URL.
    """
    contents = contents_of(docpack)
    name = name or repository_name(docpack.manifest)
    tables = tables_of(docpack, contents)
    blocks: list[str] = []
    tables["blocks"] = []
    for first, rows in _blocks(details_of(contents)):
        blocks.append(f'<script type="application/json" id="block{len(blocks)}">{_packed(rows)}</script>')
        tables["blocks"].append(first)
    style, script = _asset("map.css"), _script()
    return _filled(
        _asset("map.html"),
        {
            "policy": policy_of(script, style),
            "title": escape(_printable(name)),
            "style": style,
            "script": script,
            "about": json_block(about_of(docpack, contents) | {"name": name}),
            "tables": _packed(tables),
            "blocks": "\n".join(blocks),
        },
    )


def json_block(value: Any) -> str:
    """`value` as JSON that may stand in a `<script type="application/json">`: ASCII, without `<`, `>` and `&`."""
    return _json(value).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def policy_of(script: str, style: str) -> str:
    """The content security policy under which exactly `script` runs and exactly `style` applies."""
    return (
        f"default-src 'none'; script-src '{_source(script)}'; style-src '{_source(style)}'; "
        "img-src data:; connect-src 'none'; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _source(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


def _packed(value: Any) -> str:
    """`value` as JSON, deflated, in base64, as one JSON string."""
    return json_block(b64encode(compress(_json(value).encode(), 9)).decode())


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False)


def _blocks(rows: Iterable[list[Any]]) -> Iterator[tuple[int, list[Any]]]:
    """`rows` in consecutive groups of about BLOCK_CHARACTERS, each with the number of its first row."""
    first, characters = 0, 0
    group: list[Any] = []
    for number, row in enumerate(rows):
        if characters > BLOCK_CHARACTERS:
            yield first, group
            first, group, characters = number, [], 0
        group.append(row)
        characters += len(row[0]) + sum(len(words) for detail in row[1] for words in detail[1:])
    if group:
        yield first, group


def _asset(name: str) -> str:
    return files("doctown.page").joinpath("assets", name).read_text("utf-8")


def _script() -> str:
    parts = "\n".join(_asset(f"{module}.js") for module in MODULES)
    return f'"use strict";\n(() => {{\n{parts}\n}})();\n'


def _filled(template: str, values: dict[str, str]) -> str:
    """`template` with each `{{name}}` replaced once: what is filled in is never looked at again."""
    return re.sub(r"\{\{(\w+)\}\}", lambda found: values[found[1]], template)


def _printable(text: str) -> str:
    """`text` in one line that UTF-8 can carry."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)[:200]
