"""The reading of a file: all that it gives by itself. Its facts, and the rows of its symbols and chunks as they are
written.

A reading is pure: the same path, bytes and tokenizer give the same reading, which is why it may be kept and may be made
in another process. Its encoded form executes nothing when it is read. What the facts of all files mean together is left
to `doctown.ingest.resolution`, where readings are kept and made to adapters.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from sys import intern
from typing import NamedTuple, TypeVar

import msgspec
from msgspec.structs import force_setattr, replace

from doctown.ingest import outlines
from doctown.ingest.chunks import File, chunks_of
from doctown.ingest.facts import (
    Called,
    Defined,
    DoesNotParse,
    Expression,
    FileFacts,
    Imported,
    Member,
    Name,
    ProjectFile,
)
from doctown.ingest.filters import reason_by_content
from doctown.ingest.languages import language_of
from doctown.ingest.project_files import project_file_of
from doctown.ingest.renderings import Rendering, rendering_of
from doctown.ingest.resolution import in_order, symbols_of
from doctown.ingest.secrets import SecretPlace
from doctown.ingest.token_places import Tokens
from doctown.model import Chunk, EmbeddingInput
from doctown.rows import jsonl_of

Cut = list[tuple[Chunk, EmbeddingInput]]
Scan = Callable[[str, bytes], tuple[bytes, Sequence[SecretPlace]]]
"""Of a path and a text the same text with its secrets masked, byte for byte, and where they are."""


class Terms(NamedTuple):
    """How a file is read: whether it is left out where it looks generated or minified, and whether its secrets are
    masked; they are told either way.
    """

    by_looks: bool = True
    masks_secrets: bool = True


USUAL = Terms()


class Reading(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """All that one file gives. One that is not indexed has its `reason`, and nothing else."""

    reason: str | None = None
    language: str = ""
    unparsed: int | None = None
    """The line where it was noticed that the file is not of its language."""
    facts: bytes | None = None
    """As far as resolution needs them, encoded: they are many times larger as values, and needed at the end only."""
    ids: tuple[str, ...] = ()
    """The id of each definition of `facts`."""
    project_file: ProjectFile | None = None
    secrets: tuple[tuple[int, str], ...] = ()
    """Line and kind of each."""
    size: int = 0
    """Bytes."""
    lines: int = 0
    chunk_count: int = 0
    tokens: int = 0
    """Of all its chunks."""
    symbols: bytes = b""
    """Rows of `doctown.model.Symbol`, as jsonl."""
    chunks: bytes = b""
    """Rows of `doctown.model.Chunk`."""
    inputs: bytes = b""
    """Rows of `doctown.model.EmbeddingInput`, one for each chunk."""


def reading_of(path: str, data: bytes, tokens: Tokens, scan: Scan, terms: Terms = USUAL) -> Reading:
    """The reading of the file at `path`. Nothing of it but its lines and sizes is told of what `scan` has masked."""
    if reason := reason_by_content(path, data, by_looks=terms.by_looks):
        return Reading(reason=reason)
    language = language_of(path, data[:512])
    places: list[SecretPlace] = []

    def seen(text: bytes) -> bytes:
        masked, found = scan(path, text)
        places.extend(found)
        return masked if terms.masks_secrets else text

    if (rendering := rendering_of(path, language, data, seen)) is not None:
        cut = chunks_of(File(path, language, rendering.data, rendering.outline), tokens)
        placed = rendering.placed([chunk for chunk, _ in cut])
        found = Reading(language=language, secrets=_told(places, rendering))
        return _with_chunks(found, data, list(zip(placed, (row for _, row in cut), strict=True)))
    data = seen(data)
    unparsed: int | None = None
    try:
        facts, outline = outlines.read(path, language, data)
    except DoesNotParse as error:
        unparsed = error.line
        facts, outline = None, outlines.plain_outline(data)
    symbols = symbols_of(facts) if facts is not None else []
    ordered = in_order(symbols)
    found = Reading(
        language=language,
        unparsed=unparsed,
        facts=encoded(_without_words(facts)) if facts is not None else None,
        ids=tuple(symbol.id for symbol in symbols),
        secrets=_told(places),
        project_file=project_file_of(path, data),
        symbols=jsonl_of(ordered),
    )
    return _with_chunks(found, data, chunks_of(File(path, language, data, outline, ordered), tokens))


def _told(places: Iterable[SecretPlace], rendering: Rendering | None = None) -> tuple[tuple[int, str], ...]:
    """Line and kind of each, in the file."""
    ordered = sorted(places)
    lines = [place.line for place in ordered]
    return tuple(zip(rendering.lines(lines) if rendering else lines, (place.kind for place in ordered), strict=True))


def _with_chunks(found: Reading, data: bytes, cut: Cut) -> Reading:
    """`found` with what a file of `data` gives that is `cut`."""
    return replace(
        found,
        size=len(data),
        lines=len(data) and data.count(b"\n") + (not data.endswith(b"\n")),
        chunk_count=len(cut),
        tokens=sum(chunk.tokens for chunk, _ in cut),
        chunks=jsonl_of(chunk for chunk, _ in cut),
        inputs=jsonl_of(row for _, row in cut),
    )


def _without_words(facts: FileFacts) -> FileFacts:
    """What resolution needs of the facts: what describes a definition is in the row of its symbol."""
    bare = tuple(replace(one, signature="", doc="") for one in facts.definitions)
    return replace(facts, definitions=bare)


_ENCODER = msgspec.msgpack.Encoder()
_READINGS = msgspec.msgpack.Decoder(Reading)
_FACTS = msgspec.msgpack.Decoder(FileFacts)
_LIST = b"["
V = TypeVar("V")


def encoded(of: Reading | FileFacts) -> bytes:
    """`of` as bytes: MessagePack, or JSON where a text holds a lone surrogate (a path that is not UTF-8)."""
    try:
        return _ENCODER.encode(of)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(of)).encode()


def decoded(data: bytes) -> Reading:
    """The reading that `encoded` wrote. Raises ValueError."""
    return _decoded(data, _READINGS)


def facts_decoded(data: bytes) -> FileFacts:
    """The facts that `encoded` wrote. Raises ValueError."""
    facts = _decoded(data, _FACTS)
    _share_names(facts)
    return facts


def _decoded(data: bytes, decoder: msgspec.msgpack.Decoder[V]) -> V:
    is_json = data.startswith(_LIST)  # no MessagePack array begins so
    try:
        return msgspec.convert(json.loads(data), decoder.type) if is_json else decoder.decode(data)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(f"this is no reading of a file: {error}") from error


def _share_names(facts: FileFacts) -> None:
    """One string for a name, however often it is said: a third less memory. Nothing that can be seen changes."""
    for of in facts.definitions:
        force_setattr(of, "kind", intern(of.kind))
        force_setattr(of, "name", intern(of.name))
    for binding in facts.bindings:
        force_setattr(binding, "name", intern(binding.name))
        _share(binding.value)
    for site in facts.references:
        _share(site.of)


def _share(value: Expression | Imported | Defined) -> None:
    while True:
        if isinstance(value, Name):
            force_setattr(value, "name", intern(value.name))
            return
        if isinstance(value, Member):
            force_setattr(value, "name", intern(value.name))
            value = value.of
        elif isinstance(value, Called):
            value = value.callee
        else:
            return
