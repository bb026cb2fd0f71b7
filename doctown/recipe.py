"""The one order of work: ingest, embed what is new, assemble. Async, over callables it is given.

The flow passes callables that Prefect watches, the `build` worker plain ones; neither order nor result differ.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

from doctown.blob import Blob
from doctown.embed.batches import Batch, BatchLimits, batches_of
from doctown.errors import EngineMismatch, NothingToIndex, ResultInvalid
from doctown.model import EmbeddingInput, Skipped
from doctown.rows import rows_of
from doctown.steps import (
    AssembleRequest,
    AssembleResult,
    EmbedResult,
    IngestRequest,
    IngestResult,
    ModelRef,
)

_NAMED_REASONS = 3
_MOST_CHANGES = 3
"""Of an endpoint's engine within a run."""


@dataclass(frozen=True, slots=True)
class Known:
    """Which vectors are there already, of the engine that will be used. `engine` is None where it was never seen."""

    engine: str | None
    keys: AbstractSet[str]
    under_way: AbstractSet[str] = frozenset()
    """Which others another run is embedding: not to be embedded by this one. Who asks again waits for them first."""
    engines: AbstractSet[str] = frozenset()
    """Whose vectors those of `keys` are, where they may be of several; empty: all of `engine`."""

    @property
    def found(self) -> AbstractSet[str]:
        """The engines of the vectors that are there."""
        return self.engines or (frozenset({self.engine}) if self.engine and self.keys else frozenset())


OnDone = Callable[[Batch, EmbedResult], Awaitable[None]]


class Callables(Protocol):
    """What the recipe is given. Each may run anywhere."""

    async def ingest(self, request: IngestRequest) -> IngestResult:
        """Run the ingest step."""
        ...

    async def read(self, blob: Blob) -> bytes:
        """The bytes of a blob, checked."""
        ...

    async def known(self, keys: AbstractSet[str], model: str, revision: str) -> Known:
        """Which of `keys` have vectors."""
        ...

    async def embed_all(self, batches: Sequence[Batch], model: str, revision: str, on_done: OnDone) -> None:
        """Embed every batch, in any order; await `on_done` as each is done. Raises if one cannot be embedded."""
        ...

    async def keep(self, batch: Batch, result: EmbedResult) -> None:
        """Keep the vectors of a batch, durably."""
        ...

    async def assemble(self, request: AssembleRequest) -> AssembleResult:
        """Run the assemble step."""
        ...


@dataclass(frozen=True, slots=True)
class Indexed:
    """What a run gives: both results, and how many distinct texts there were and were embedded in this run.

    `engine` is None where nothing was to be embedded.
    """

    ingested: IngestResult
    assembled: AssembleResult
    engine: str | None
    texts: int
    embedded: int


async def index(
    request: IngestRequest,
    do: Callables,
    limits: BatchLimits | None = None,
    *,
    embed: bool = True,
    mixed_engines: bool = False,
) -> Indexed:
    """Repository in, docpack in the store. With `embed` False the docpack is one without vectors, topics and map.

    `mixed_engines` allows vectors of several engines in one docpack, which then is no other run's equal.

    Raises:
        NothingToIndex: no file of the repository gave a chunk.
        EngineMismatch: batches of the run came back from two engines, and that is not allowed.
        DoctownError: whatever a step raised.
    """
    ingested = await do.ingest(request)
    inputs = list(rows_of(await do.read(ingested.inputs), EmbeddingInput))
    if not inputs:
        raise nothing_to_index(ingested, rows_of(await do.read(ingested.skipped), Skipped))
    model, embedded = None, 0
    if embed:
        engines, embedded = await _embed_missing(inputs, ingested, do, limits or BatchLimits(), mixed_engines)
        model = ModelRef(
            name=ingested.model,
            revision=ingested.revision,
            engine=" + ".join(engines),
            dimensions=ingested.dimensions,
            max_tokens=ingested.max_tokens,
            mixed=engines if len(engines) > 1 else (),
        )
    assembled = await do.assemble(
        AssembleRequest(
            repository=ingested.repository,
            symbols=ingested.symbols,
            edges=ingested.edges,
            chunks=ingested.chunks,
            inputs=ingested.inputs,
            skipped=ingested.skipped,
            stats=ingested.stats,
            model=model,
            path=request.path,
            include=request.include,
            exclude=request.exclude,
            mask_secrets=request.mask_secrets,
        )
    )
    texts = len({row.key for row in inputs})
    return Indexed(ingested, assembled, model.engine if model else None, texts, embedded)


def nothing_to_index(ingested: IngestResult, skipped: Iterable[Skipped]) -> NothingToIndex:
    """The sentence for a repository of which no file gave a chunk; `skipped` are the rows of that blob."""
    number = ingested.counts.get("skipped", 0)
    what = {0: "it holds no files", 1: "its one file was skipped"}.get(number, f"all its {number:,} files were skipped")
    reasons = Counter(one.reason.partition(": ")[0] for one in skipped)
    commonest = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))[:_NAMED_REASONS]
    why = ", ".join(f"{times:,} as {reason}" for reason, times in commonest)
    return NothingToIndex(f"Nothing to index in {ingested.repository.name}: {what}{f' ({why})' if why else ''}.")


async def _embed_missing(
    inputs: Iterable[EmbeddingInput], ingested: IngestResult, do: Callables, limits: BatchLimits, mixed: bool
) -> tuple[tuple[str, ...], int]:
    """Embed what has no vector yet; the engine all vectors have, and how many texts were embedded.

    What another run is embedding is left to it, and waited for after our own.

    Which engine a remote endpoint has is only known once it answered. If it answers with another than it had before,
    the vectors kept under the old one do not count, and what the new one lacks is embedded too: one more round. Where
    engines may be `mixed` they do count, and all engines are given.
    """
    model, revision, dimensions = ingested.model, ingested.revision, ingested.dimensions
    wanted = {row.key: row for row in inputs}
    embedded = changes = 0
    engines: set[str] = set()
    while changes < _MOST_CHANGES:
        known = await do.known(wanted.keys(), model, revision)
        missing = wanted.keys() - known.keys
        if not missing:
            return tuple(sorted((engines if mixed else set()) | known.found)), embedded
        ours = len(missing - known.under_way)
        if not ours:
            continue
        seen: set[str] = set()

        async def done(batch: Batch, result: EmbedResult, seen: set[str] = seen) -> None:
            if result.dimensions != dimensions:
                raise ResultInvalid(f"A batch has {result.dimensions} components a vector, the model {dimensions}.")
            seen.add(result.engine)
            if len(seen) > 1 and not mixed:
                raise EngineMismatch(
                    f"Batches of this run came back from two engines: {' and '.join(sorted(seen))}; let its endpoint, "
                    "and a fallback, run one image on one kind of machine, name one endpoint only, or allow several "
                    "with --mixed-engines."
                )
            await do.keep(batch, result)

        batches = batches_of(wanted.values(), limits, known.keys | known.under_way)
        await do.embed_all(batches, model, revision, done)
        embedded += ours
        engines |= seen | known.found
        if mixed and not known.under_way:
            return tuple(sorted(engines)), embedded
        is_the_same = mixed or known.engine in (None, *seen)
        if is_the_same and not known.under_way:
            return tuple(seen), embedded
        changes += not is_the_same
    raise EngineMismatch("The endpoint answers with another engine every time; let it run one image only.")
