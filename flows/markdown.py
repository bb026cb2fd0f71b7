"""Text of strangers in Prefect's Markdown: in code spans only, with no character that could end one or steer a page."""

import re


def plain(text: str, most: int = 200) -> str:
    """`text` in one line of at most `most` characters, without what cannot be seen or turns the writing round."""
    shown = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[: most + 1])
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def code(text: str, most: int = 200) -> str:
    """A Markdown code span that shows `plain(text)` and nothing else, whatever is in it."""
    shown = plain(text, most) or " "
    fence = "`" * (max(map(len, re.findall("`+", shown)), default=0) + 1)
    return f"{fence} {shown} {fence}"


def cell(text: str, most: int = 200) -> str:
    """As `code`, in a table: there a bar would begin the next cell even within a code span."""
    return code(text.replace("|", "\\u007c"), most)
