"""Text that would do something where it is shown, and what Markdown makes of a page."""

from markdown_it import MarkdownIt

HOSTILE = [
    "<script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "![x](https://example.org/pixel.png)",
    "`</code><img src=x onerror=alert(1)>",
    "a\n\n# Heading\n\n<b>bold</b>",
    "``` \n| a | b |",
    "a | b",
    "\u202egnp.exe\x1b[31m",
    "https://example.org www.example.org a@example.org",
    "&lt;script&gt; \\` \\",
]
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")


def tokens_of(markdown):
    for token in MARKDOWN.parse(markdown):
        yield token
        yield from token.children or []
