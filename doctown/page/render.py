"""One HTML file out of a docpack: template, style and script from `assets/`, data in JSON blocks, one strict policy.

Three walls keep a repository's text from becoming the page's code. The data is deflated and base64 (or JSON with every
`<`, `>` and `&` escaped), so that no block can end early; the script puts text on the page as text nodes only; and the
content security policy allows the one inline script and the one inline style by their hashes, and nothing else: where
the browser knows trusted types, the script could not even make markup out of text if it wanted to.
"""

import re
from base64 import b64encode
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any

from doctown.page.parts import parts_of, plain_json
from doctown.page.tables import Pack

MODULES = (
    "text", "source", "data", "spread", "colours", "camera", "grid", "points", "labels", "names", "lines", "picture",
    "map", "find", "topics", "graph", "details", "dialogs", "share", "links", "stage", "main",
)  # fmt: skip
"""The script's parts, in the order in which they are joined."""


def page_of(docpack: Pack, name: str | None = None) -> str:
    """The page of `docpack`, equal for equal docpacks; UTF-8 can carry it whatever the repository holds.

    `name` is what the repository is called here; a docpack itself knows no more than a URL.
    """
    parts = parts_of(docpack, name)
    style, script = _asset("map.css"), _script()
    return _filled(
        _asset("map.html"),
        {
            "policy": policy_of(script, style),
            "title": escape(_printable(parts.about["name"])),
            "style": style,
            "script": script,
            "about": _block("about", parts.about),
            "tables": _block("tables", parts.tables),
            "blocks": "\n".join(_block(f"block{number}", block) for number, block in enumerate(parts.blocks)),
        },
    )


def json_block(value: Any) -> str:
    """`value` as JSON that may stand in a `<script type="application/json">`: ASCII, without `<`, `>` and `&`."""
    return plain_json(value).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def policy_of(script: str, style: str) -> str:
    """The content security policy under which exactly `script` runs and exactly `style` applies."""
    return (
        f"default-src 'none'; script-src '{_source(script)}'; style-src '{_source(style)}'; "
        "img-src data:; connect-src 'none'; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _source(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


def _block(name: str, value: Any) -> str:
    return f'<script type="application/json" id="{name}">{json_block(value)}</script>'


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
