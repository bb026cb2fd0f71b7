"""The ingest step: a repository becomes symbols, edges, chunks and what was skipped, as blobs in the store.

Files are read one after the other and let go; what stays of each are its facts and its chunks. Resolution runs over all
facts at the end.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from adapters.encoder import TokenCounter, token_counter
from adapters.entries import Entry
from adapters.git_tokens import git_tokens
from adapters.scratch import scratch_in
from adapters.secret_scanner import SecretScanner
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
from doctown.ingest.resolution import Calls, in_order, resolved, symbols_of
from doctown.ingest.secrets import IN_ITS_NAME, SecretPlace, counted_by_kind, note_on_secrets, secrets_stats
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
    secrets: list[SecretPlace] = field(default_factory=list)
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
            allow_private=settings.private_repositories,
            tokens=git_tokens(settings.git_tokens.get_secret_value()),
        ) as source,
    ):
        progress(_INGESTING, 0, len(source.listed))
        scanner = SecretScanner(Path(settings.cache))
        found = _read(source, tokens, scanner, request.mask_secrets, progress)
    graph = resolved(found.facts, found.project_files)
    store = store_at(settings.store_url)
    skipped = sorted([*_named_without(scanner, source.skipped, request), *found.skipped], key=lambda one: one.path)
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
        stats=_kept_bytes(store, canonical_json(_stats(found, graph.calls, request)), "json", "application/json"),
        counts=counts,
        model=tokens.model,
        revision=tokens.revision,
        dimensions=tokens.dimensions,
        max_tokens=tokens.max_tokens,
        notes=(
            *source.notes,
            *note_on_secrets(found.secrets, are_masked=request.mask_secrets),
            *_notes(found.unparsed),
        ),
        secrets=counted_by_kind(found.secrets),
    )


def _read(source: Source, tokens: TokenCounter, scanner: SecretScanner, are_masked: bool, progress: Progress) -> _Read:
    named = scanner.masked_paths(entry.path for entry in source.listed) if are_masked else {}
    found = _Read(skipped=[Skipped(shown, IN_ITS_NAME) for shown in named.values()])
    listed = [entry for entry in source.listed if entry.path not in named]
    for number, (entry, read) in enumerate(source.read(listed), start=1):
        if reason := reason_by_content(entry.path, read):
            found.skipped.append(Skipped(entry.path, reason))
        else:
            masked, places = scanner.masked(entry.path, read)
            found.secrets += places
            _take(found, entry, masked if are_masked else read, tokens)
        progress(_INGESTING, number, len(source.listed))
    return found


def _named_without(scanner: SecretScanner, skipped: Sequence[Skipped], request: IngestRequest) -> list[Skipped]:
    """`skipped` with the secrets in their names masked."""
    named = scanner.masked_paths(one.path for one in skipped) if request.mask_secrets else {}
    return [Skipped(named.get(one.path, one.path), one.reason) for one in skipped]


def _take(found: _Read, entry: Entry, data: bytes, tokens: TokenCounter) -> None:
    language = language_of(entry.path, data[:512])
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
    found.chunks += [chunk for chunk, _ in cut]
    found.inputs += [row for _, row in cut]
    lines = len(data) and data.count(b"\n") + (not data.endswith(b"\n"))
    of = found.languages.setdefault(language, Counter())
    of.update(files=1, lines=lines, bytes=len(data), chunks=len(cut))


def _stats(found: _Read, calls: Calls, request: IngestRequest) -> dict[str, Any]:
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
        "secrets": secrets_stats(found.secrets, are_masked=request.mask_secrets),
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
