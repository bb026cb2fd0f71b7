"""The ingest step: a repository becomes symbols, edges, chunks and what was skipped, as blobs in the store.

Files are read one after the other and let go; what stays of each are its facts and its chunks. Resolution runs over all
facts at the end.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from adapters.encoder import TokenCounter, token_counter
from adapters.entries import Entry
from adapters.scratch import scratch_in
from adapters.settings import Settings
from adapters.sources import Source, opened
from adapters.store import Store, store_at
from doctown.blob import Blob
from doctown.ingest import outlines
from doctown.ingest.chunks import File, chunks_of
from doctown.ingest.facts import DoesNotParse, FileFacts, ProjectFile
from doctown.ingest.filters import reason_by_content
from doctown.ingest.languages import language_of
from doctown.ingest.project_files import project_file_of
from doctown.ingest.renderings import rendering_of
from doctown.ingest.resolution import Calls, in_order, resolved, symbols_of
from doctown.model import Chunk, EmbeddingInput, Skipped
from doctown.rows import Row, canonical_json, jsonl_of
from doctown.steps import IngestRequest, IngestResult, Progress

_INGESTING = "ingesting"
_JSONL = "application/jsonl"
_NAMED = 3
"""Files that do not parse and are named in a note."""


@dataclass
class _Read:
    """What was read so far."""

    facts: list[FileFacts] = field(default_factory=list)
    project_files: list[ProjectFile] = field(default_factory=list)
    chunks: list[Chunk] = field(default_factory=list)
    inputs: list[EmbeddingInput] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    unparsed: list[str] = field(default_factory=list)
    languages: dict[str, Counter[str]] = field(default_factory=dict)


def ingest(request: IngestRequest, settings: Settings, progress: Progress) -> IngestResult:
    """Read the repository of `request`.

    Raises:
        RepositoryNotFound, RefNotFound, LimitExceeded, BadRequest: as `adapters.sources.opened` does.
        ModelUnavailable, ModelInvalid: there is no tokenizer to count with.
        StoreUnavailable: the store cannot be written.
    """
    tokens = token_counter(settings, request.model, progress)
    with (
        scratch_in(Path(settings.cache)) as scratch,
        opened(
            *(request.repository, request.ref, request.path, request.limits, scratch),
            patterns=(request.include, request.exclude),
            allow_private=settings.private_repositories,
        ) as source,
    ):
        progress(_INGESTING, 0, len(source.listed))
        found = _read(source, tokens, progress)
    graph = resolved(found.facts, found.project_files)
    store = store_at(settings.store_url)
    skipped = sorted([*source.skipped, *found.skipped], key=lambda one: one.path)
    counts = {
        "files": len(source.listed) - len(found.skipped),
        "skipped": len(skipped),
        "symbols": len(graph.symbols),
        "edges": len(graph.edges),
        "chunks": len(found.chunks),
    }
    return IngestResult(
        repository=source.repository,
        symbols=_kept(store, graph.symbols),
        edges=_kept(store, graph.edges),
        chunks=_kept(store, found.chunks),
        inputs=_kept(store, found.inputs),
        skipped=_kept(store, skipped),
        stats=_kept_bytes(store, canonical_json(_stats(found, graph.calls)), "json", "application/json"),
        counts=counts,
        model=tokens.model,
        revision=tokens.revision,
        dimensions=tokens.dimensions,
        max_tokens=tokens.max_tokens,
        notes=(*source.notes, *_notes(found.unparsed)),
    )


def _read(source: Source, tokens: TokenCounter, progress: Progress) -> _Read:
    found = _Read()
    for number, (entry, data) in enumerate(source.read(source.listed), start=1):
        if reason := reason_by_content(entry.path, data, by_looks=entry.by_looks):
            found.skipped.append(Skipped(entry.path, reason))
        else:
            _take(found, entry, data, tokens)
        progress(_INGESTING, number, len(source.listed))
    return found


def _take(found: _Read, entry: Entry, data: bytes, tokens: TokenCounter) -> None:
    language = language_of(entry.path, data[:512])
    if (rendering := rendering_of(entry.path, language, data)) is not None:
        cut = chunks_of(File(entry.path, language, rendering.data, rendering.outline), tokens)
        chunks = rendering.placed([chunk for chunk, _ in cut])
        _count(found, language, data, [(chunk, row) for chunk, (_, row) in zip(chunks, cut, strict=True)])
        return
    try:
        facts, outline = outlines.read(entry.path, language, data)
    except DoesNotParse as error:
        found.unparsed.append(f"{entry.path}:{error.line}")
        facts, outline = None, outlines.plain_outline(data)
    symbols = in_order(symbols_of(facts)) if facts is not None else ()
    if facts is not None:
        found.facts.append(facts)
    if (project_file := project_file_of(entry.path, data)) is not None:
        found.project_files.append(project_file)
    cut = chunks_of(File(entry.path, language, data, outline, symbols), tokens)
    _count(found, language, data, cut)


def _count(found: _Read, language: str, data: bytes, cut: list[tuple[Chunk, EmbeddingInput]]) -> None:
    found.chunks += [chunk for chunk, _ in cut]
    found.inputs += [row for _, row in cut]
    lines = len(data) and data.count(b"\n") + (not data.endswith(b"\n"))
    of = found.languages.setdefault(language, Counter())
    of.update(files=1, lines=lines, bytes=len(data), chunks=len(cut))


def _stats(found: _Read, calls: Calls) -> dict[str, Any]:
    return {
        "languages": {language: dict(counts) for language, counts in found.languages.items()},
        "lines": sum(counts["lines"] for counts in found.languages.values()),
        "tokens": sum(chunk.tokens for chunk in found.chunks),
        "calls": {
            "resolved": calls.resolved,
            "external": calls.external,
            "ambiguous": calls.ambiguous,
            "by_rule": dict(calls.by_rule),
            "unresolved": dict(calls.unresolved),
        },
        "unparsed": found.unparsed,
    }


def _notes(unparsed: list[str]) -> Iterator[str]:
    if unparsed:
        files, do = ("1 file", "does") if len(unparsed) == 1 else (f"{len(unparsed):,} files", "do")
        named = ", ".join(unparsed[:_NAMED]) + (" and others" if len(unparsed) > _NAMED else "")
        yield f"{files} {do} not parse and became text without symbols: {named}."


def _kept(store: Store, rows: Iterable[Row]) -> Blob:
    return _kept_bytes(store, jsonl_of(rows), "jsonl", _JSONL)


def _kept_bytes(store: Store, data: bytes, ending: str, media_type: str) -> Blob:
    """Named by content: a run that is repeated writes the same objects."""
    return store.put(f"ingested/{sha256(data).hexdigest()}.{ending}", data, media_type)
