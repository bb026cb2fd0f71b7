"""The reading of a file: all that it gives by itself. Its facts, and the rows of its symbols and chunks as they are
written.

A reading is pure: the same path, bytes and tokenizer give the same reading, which is why it may be kept and may be made
in another process. Its encoded form executes nothing when it is read. What the facts of all files mean together is left
to `doctown.ingest.resolution`, where readings are kept and made to adapters.
"""

import json
from sys import intern

import msgspec
from msgspec.structs import force_setattr, replace

from doctown.ingest import outlines
from doctown.ingest.chunks import File, Tokens, chunks_of
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
from doctown.ingest.resolution import in_order, symbols_of
from doctown.rows import jsonl_of


class Reading(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """All that one file gives. One that is not indexed has its `reason`, and nothing else."""

    reason: str | None = None
    language: str = ""
    unparsed: int | None = None
    """The line where it was noticed that the file is not of its language."""
    facts: FileFacts | None = None
    """As far as resolution needs them."""
    ids: tuple[str, ...] = ()
    """The id of each definition of `facts`."""
    project_file: ProjectFile | None = None
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


def reading_of(path: str, data: bytes, tokens: Tokens) -> Reading:
    """The reading of the file at `path`. `data` is what may be seen of it: what must not be is masked by then."""
    if reason := reason_by_content(path, data):
        return Reading(reason=reason)
    language = language_of(path, data[:512])
    unparsed: int | None = None
    try:
        facts, outline = outlines.read(path, language, data)
    except DoesNotParse as error:
        unparsed = error.line
        facts, outline = None, outlines.plain_outline(data)
    symbols = symbols_of(facts) if facts is not None else []
    ordered = in_order(symbols)
    cut = chunks_of(File(path, language, data, outline, ordered), tokens)
    return Reading(
        language=language,
        unparsed=unparsed,
        facts=_without_words(facts) if facts is not None else None,
        ids=tuple(symbol.id for symbol in symbols),
        project_file=project_file_of(path, data),
        size=len(data),
        lines=len(data) and data.count(b"\n") + (not data.endswith(b"\n")),
        chunk_count=len(cut),
        tokens=sum(chunk.tokens for chunk, _ in cut),
        symbols=jsonl_of(ordered),
        chunks=jsonl_of(chunk for chunk, _ in cut),
        inputs=jsonl_of(row for _, row in cut),
    )


def _without_words(facts: FileFacts) -> FileFacts:
    """What resolution needs of the facts: what describes a definition is in the row of its symbol."""
    bare = tuple(replace(one, signature="", doc="") for one in facts.definitions)
    return replace(facts, definitions=bare)


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Reading)
_LIST = b"["


def encoded(reading: Reading) -> bytes:
    """`reading` as bytes: MessagePack, or JSON where a text holds a lone surrogate (a path that is not UTF-8)."""
    try:
        return _ENCODER.encode(reading)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(reading)).encode()


def decoded(data: bytes) -> Reading:
    """What `encoded` wrote. Raises ValueError."""
    is_json = data.startswith(_LIST)  # no MessagePack array begins so
    try:
        reading = msgspec.convert(json.loads(data), Reading) if is_json else _DECODER.decode(data)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(f"this is no reading of a file: {error}") from error
    if reading.facts is not None:
        _share_names(reading.facts)
    return reading


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
