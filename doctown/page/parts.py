"""The three things a page is fed with: `about`, the tables, and blocks of details that are read when somebody looks.

Each part is deflated JSON in base64, so that it may stand in a page as it is and be served from a URL just as well:
`render` puts the parts into one file, a server may hand them out one by one, and `assets/source.js` is the one place
that knows which. The parts together hold at most MOST_CHARACTERS: where a repository has more to say, the code of its
least central chunks stays out, then the contexts of its least central symbols, and `about` says how many of each.
"""

import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import compress

from doctown.page.tables import Contents, Pack, about_of, contents_of, details_of, repository_name, tables_of

MOST_CHARACTERS = 14_600_000
"""Of all parts together: with the script and the style a page stays under 15 MB."""

BLOCK_CHARACTERS = 200_000
"""How much text one lazily read block holds before the next begins: read in a few milliseconds, packed well."""

Row = list[Any]
"""What `details_of` gives for one chunk: its code, and `[symbol, signature, doc, context]` of its symbols."""


@dataclass(frozen=True)
class Parts:
    """`about` is plain JSON; `tables` and each of `blocks` are packed (`packed`)."""

    about: dict[str, Any]
    tables: str
    blocks: Sequence[str]


def parts_of(docpack: Pack, name: str | None = None, most: int = MOST_CHARACTERS) -> Parts:
    """The parts of the page of `docpack`, equal for equal docpacks; `name` is what the repository is called here."""
    contents = contents_of(docpack)
    tables = tables_of(docpack, contents)
    rows = list(details_of(contents))
    room = most - len(packed(tables))
    blocks = _packed_blocks(rows)
    share = 1.0
    while sum(len(block) for _, block in blocks) > room and share > 0.001:
        rows = _kept(rows, _ranks(contents), share * room * _characters(rows) / sum(len(block) for _, block in blocks))
        blocks, share = _packed_blocks(rows), share * 0.96
    tables["blocks"] = [first for first, _ in blocks]
    about = about_of(docpack, contents) | {
        "name": name or repository_name(docpack.manifest),
        "without_code": sum(text is None for text, _ in rows),
        "without_context": sum(context is None for _, words in rows for *_, context in words),
    }
    return Parts(about, packed(tables), [block for _, block in blocks])


def packed(value: Any) -> str:
    """`value` as JSON, deflated, in base64."""
    return b64encode(compress(plain_json(value).encode(), 9)).decode()


def plain_json(value: Any) -> str:
    """`value` as JSON in ASCII: half a surrogate pair, which a repository may hold, stays an escape."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False)


def _ranks(contents: Contents) -> list[float]:
    """For each chunk the centrality of its most central symbol."""
    rank = {symbol: context.centrality for symbol, context in contents.contexts.items()}
    return [max((rank.get(symbol, 0.0) for symbol in chunk.symbol_ids), default=0.0) for chunk in contents.chunks]


def _kept(rows: Sequence[Row], ranks: Sequence[float], characters: float) -> list[Row]:
    """`rows` cut down to about `characters`: first come the contexts, then the code, the most central first of each."""
    order = sorted(range(len(rows)), key=lambda at: (-ranks[at], at))
    with_words, with_code = set[int](), set[int]()
    for at in order:
        characters -= sum(map(_length, rows[at][1]))
        if characters > 0:
            with_words.add(at)
    for at in order:
        characters -= len(rows[at][0] or "")
        if characters > 0:
            with_code.add(at)
    return [
        [
            text if at in with_code else None,
            words if at in with_words else [[symbol, signature, "", None] for symbol, signature, *_ in words],
        ]
        for at, (text, words) in enumerate(rows)
    ]


def _length(detail: Row) -> int:
    return sum(len(words or "") for words in detail[1:])


def _characters(rows: Sequence[Row]) -> int:
    return sum(len(text or "") + sum(map(_length, words)) for text, words in rows)


def _packed_blocks(rows: Sequence[Row]) -> list[tuple[int, str]]:
    return [(first, packed(group)) for first, group in _blocks(rows)]


def _blocks(rows: Sequence[Row]) -> Iterator[tuple[int, list[Row]]]:
    """`rows` in consecutive groups of about BLOCK_CHARACTERS, each with the number of its first row."""
    first, characters = 0, 0
    group: list[Row] = []
    for number, row in enumerate(rows):
        if characters > BLOCK_CHARACTERS:
            yield first, group
            first, group, characters = number, [], 0
        group.append(row)
        characters += _characters([row])
    if group:
        yield first, group
