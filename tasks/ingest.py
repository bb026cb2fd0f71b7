"""The ingest step: a repository becomes symbols, edges, chunks and what was skipped, as blobs in the store.

Files are streamed through the processes of a pool, unless their reading is kept from an earlier run; rows go to disk as
they come, in the order of the paths. What stays of a file are its facts: resolution runs over all of them at the end.
"""

import gc
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from adapters.entries import Entry
from adapters.git_tokens import git_tokens
from adapters.kept_readings import KeptReadings
from adapters.model_files import ModelFiles, model_files
from adapters.processor import cores
from adapters.reading_pool import Bounds, Pending, ReadingPool
from adapters.scratch import scratch_in
from adapters.settings import Settings
from adapters.sources import Source, opened
from adapters.store import Store, store_of
from doctown.blob import Blob
from doctown.ingest.facts import FileFacts, ProjectFile
from doctown.ingest.reading import Reading, Terms, decoded, facts_decoded
from doctown.ingest.resolution import Calls, Tally, edges_between
from doctown.ingest.secrets import IN_ITS_NAME, SecretPlace, counted_by_kind, note_on_secrets, secrets_stats
from doctown.model import Edge, Skipped
from doctown.rows import canonical_json, jsonl_of
from doctown.steps import IngestRequest, IngestResult, Progress

_INGESTING = "ingesting"
_JSONL = "application/jsonl"
_NAMED = 3
"""Files that do not parse and are named in a note."""
_MOST_AHEAD, _MOST_AHEAD_BYTES = 256, 16_000_000
"""Files and bytes: readings that wait for one before them, and the files that are being read."""
_EDGES_AT_ONCE = 4_000


@dataclass
class _Read:
    """What was read so far. The rows lie in files of the scratch folder."""

    facts: list[bytes] = field(default_factory=list)
    """Encoded: as values they are for the time when the processes that read files are no more."""
    ids: list[tuple[str, ...]] = field(default_factory=list)
    project_files: list[ProjectFile] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    left_out: int = 0
    """How many of those that were to be read."""
    unparsed: list[str] = field(default_factory=list)
    secrets: list[SecretPlace] = field(default_factory=list)
    languages: dict[str, Counter[str]] = field(default_factory=dict)
    tokens: int = 0


class _Rows:
    """Rows that are written to a file of the scratch folder as they come, and in the end to the store."""

    def __init__(self, folder: Path, name: str, open_files: ExitStack) -> None:
        self._place = folder / f"{name}.jsonl"
        self._file: BinaryIO = open_files.enter_context(self._place.open("wb"))

    def add(self, rows: bytes) -> None:
        self._file.write(rows)

    def kept(self, store: Store) -> Blob:
        self._file.close()
        return _kept_bytes(store, self._place.read_bytes(), "jsonl", _JSONL)


def ingest(request: IngestRequest, settings: Settings, progress: Progress) -> IngestResult:
    """Read the repository of `request`.

    Raises:
        RepositoryNotFound, RefNotFound, BadRequest: as `adapters.sources.opened` does.
        LimitExceeded: the repository is too large, or takes too long.
        ModelUnavailable, ModelInvalid: there is no tokenizer to count with.
        StoreUnavailable: the store cannot be written.
    """
    model = model_files(settings, request.model, progress)
    with (
        _uncollected(),
        scratch_in(Path(settings.cache)) as scratch,
        ExitStack() as open_files,
        opened(
            *(request.repository, request.ref, request.path, request.limits, scratch),
            patterns=(request.include, request.exclude),
            allow_private=settings.private_repositories,
            tokens=git_tokens(settings.git_tokens.get_secret_value()),
        ) as source,
    ):
        progress(_INGESTING, 0, len(source.listed))
        rows = {name: _Rows(scratch, name, open_files) for name in ("symbols", "edges", "chunks", "inputs")}
        found = _read(source, model, request, settings, rows, progress)
        tally, edges = Tally(), 0
        for some in _some(edges_between(_facts(found), found.ids, found.project_files, tally)):
            edges += len(some)
            rows["edges"].add(jsonl_of(some))
        gc.collect()  # what resolves holds the facts in a circle
        store = store_of(settings)
        blobs = {name: of.kept(store) for name, of in rows.items()}
    skipped = sorted(found.skipped, key=lambda one: one.path)
    return IngestResult(
        repository=source.repository,
        **blobs,
        skipped=_kept_bytes(store, jsonl_of(skipped), "jsonl", _JSONL),
        stats=_kept_bytes(store, canonical_json(_stats(found, tally.calls(), request)), "json", "application/json"),
        counts={
            "files": len(source.listed) - found.left_out,
            "skipped": len(skipped),
            "symbols": sum(map(len, found.ids)),
            "edges": edges,
            "chunks": sum(counts["chunks"] for counts in found.languages.values()),
        },
        model=model.model,
        revision=model.revision,
        dimensions=model.dimensions,
        max_tokens=model.max_tokens,
        notes=(
            *source.notes,
            *note_on_secrets(found.secrets, are_masked=request.mask_secrets),
            *_notes(found.unparsed),
        ),
        secrets=counted_by_kind(found.secrets),
    )


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector of circles: facts and what is found among them hold none, and looking takes a quarter."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _read(
    source: Source,
    model: ModelFiles,
    request: IngestRequest,
    settings: Settings,
    rows: dict[str, _Rows],
    progress: Progress,
) -> _Read:
    found, total = _Read(), len(source.listed)
    kept = KeptReadings(Path(settings.cache), model, ignored=request.full)
    bounds = Bounds(settings.parsing_file_s, settings.parsing_s)

    def slow(path: str, seconds: float) -> None:
        progress(f"{_INGESTING} {path}", round(seconds), max(round(seconds), round(bounds.file_s)))

    most = settings.parsing_processes or cores()
    with ReadingPool(model, Path(settings.cache), bounds, most, slow) as pool:
        names = [entry.path for entry in source.listed]
        names += [text for one in source.skipped for text in (one.path, one.reason)]  # reasons quote patterns
        named = pool.masked_names(names) if request.mask_secrets and names else {}
        listed = [entry for entry in source.listed if entry.path not in named]
        found.skipped += [Skipped(named[one.path], IN_ITS_NAME) for one in source.listed if one.path in named]
        files = ((entry, data, Terms(entry.by_looks, request.mask_secrets)) for entry, data in source.read(listed))
        for number, (path, reading) in enumerate(_readings(files, kept, pool), start=1 + len(found.skipped)):
            _take(found, path, reading, rows)
            progress(_INGESTING, number, total)
    kept.clear()
    found.left_out = len(found.skipped)
    found.skipped += [
        Skipped(named.get(one.path, one.path), named.get(one.reason, one.reason)) for one in source.skipped
    ]
    return found


@dataclass
class _Ahead:
    """A file whose turn comes: the name its reading is kept by, and its reading, there or awaited."""

    entry: Entry
    name: str
    reading: Reading | None
    pending: Pending | None
    size: int


def _readings(
    files: Iterable[tuple[Entry, bytes, Terms]], kept: KeptReadings, pool: ReadingPool
) -> Iterator[tuple[str, Reading]]:
    """The readings of all files, in their order, of which no more lie ready than fit the bound."""
    ahead: deque[_Ahead] = deque()
    for entry, data, terms in files:
        name = kept.name(entry.path, data, terms)
        reading = _kept_reading(kept, name)
        pending = pool.give(entry.path, data, terms) if reading is None else None
        ahead.append(_Ahead(entry, name, reading, pending, len(data)))
        while ahead and (_is_ready(ahead[0]) or _is_too_much(ahead)):
            yield _next(ahead, kept, pool)
    while ahead:
        yield _next(ahead, kept, pool)


def _is_ready(one: _Ahead) -> bool:
    return one.pending is None or one.pending.is_over


def _is_too_much(ahead: Sequence[_Ahead]) -> bool:
    size = sum(one.size + len((one.pending and one.pending.reading) or b"") for one in ahead)
    return len(ahead) > _MOST_AHEAD or size > _MOST_AHEAD_BYTES


def _next(ahead: deque[_Ahead], kept: KeptReadings, pool: ReadingPool) -> tuple[str, Reading]:
    one = ahead.popleft()
    if one.reading is not None:
        return one.entry.path, one.reading
    assert one.pending is not None
    while not one.pending.is_over:
        pool.wait()
    if one.pending.reading is None:
        return one.entry.path, Reading(reason=one.pending.reason)
    kept.put(one.name, one.pending.reading)
    return one.entry.path, decoded(one.pending.reading)


def _kept_reading(kept: KeptReadings, name: str) -> Reading | None:
    if (data := kept.get(name)) is None:
        return None
    try:
        return decoded(data)
    except ValueError:
        kept.forget(name)
        return None


def _take(found: _Read, path: str, reading: Reading, rows: dict[str, _Rows]) -> None:
    if reading.reason is not None:
        found.skipped.append(Skipped(path, reading.reason))
        return
    found.secrets += [SecretPlace(path, line, kind) for line, kind in reading.secrets]
    if reading.unparsed is not None:
        found.unparsed.append(f"{path}:{reading.unparsed}")
    if reading.facts is not None:
        found.facts.append(reading.facts)
        found.ids.append(reading.ids)
    if reading.project_file is not None:
        found.project_files.append(reading.project_file)
    rows["symbols"].add(reading.symbols)
    rows["chunks"].add(reading.chunks)
    rows["inputs"].add(reading.inputs)
    found.tokens += reading.tokens
    of = found.languages.setdefault(reading.language, Counter())
    of.update(files=1, lines=reading.lines, bytes=reading.size, chunks=reading.chunk_count)


def _facts(found: _Read) -> list[FileFacts]:
    """The facts that were read, in the order of the files. Whoever holds them holds more than all the rest."""
    facts = [facts_decoded(encoded) for encoded in found.facts]
    found.facts.clear()
    return facts


def _some(edges: Iterator[Edge]) -> Iterator[list[Edge]]:
    """The edges, so many at a time."""
    while some := list(islice(edges, _EDGES_AT_ONCE)):
        yield some


def _stats(found: _Read, calls: Calls, request: IngestRequest) -> dict[str, Any]:
    return {
        "languages": {language: dict(counts) for language, counts in found.languages.items()},
        "lines": sum(counts["lines"] for counts in found.languages.values()),
        "tokens": found.tokens,
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


def _kept_bytes(store: Store, data: bytes, ending: str, media_type: str) -> Blob:
    """Named by content: a run that is repeated writes the same objects."""
    return store.put(f"ingested/{sha256(data).hexdigest()}.{ending}", data, media_type)
