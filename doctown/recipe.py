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


@dataclass(frozen=True, slots=True)
class Known:
    """Which vectors are there already, of the engine that will be used. `engine` is None where it was never seen."""

    engine: str | None
    keys: AbstractSet[str]


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
    """What a run gives: both results, and how many distinct texts there were and were embedded in this run."""

    ingested: IngestResult
    assembled: AssembleResult
    engine: str
    texts: int
    embedded: int


async def index(request: IngestRequest, do: Callables, limits: BatchLimits | None = None) -> Indexed:
    """Repository in, docpack in the store.

    Raises:
        NothingToIndex: no file of the repository gave a chunk.
        EngineMismatch: batches of the run came back from two engines.
        DoctownError: whatever a step raised.
    """
    ingested = await do.ingest(request)
    inputs = list(rows_of(await do.read(ingested.inputs), EmbeddingInput))
    if not inputs:
        raise nothing_to_index(ingested, rows_of(await do.read(ingested.skipped), Skipped))
    engine, embedded = await _embed_missing(inputs, ingested, do, limits or BatchLimits())
    assembled = await do.assemble(
        AssembleRequest(
            repository=ingested.repository,
            symbols=ingested.symbols,
            edges=ingested.edges,
            chunks=ingested.chunks,
            inputs=ingested.inputs,
            skipped=ingested.skipped,
            stats=ingested.stats,
            model=ModelRef(
                name=ingested.model,
                revision=ingested.revision,
                engine=engine,
                dimensions=ingested.dimensions,
                max_tokens=ingested.max_tokens,
            ),
            path=request.path,
            mask_secrets=request.mask_secrets,
        )
    )
    texts = len({row.key for row in inputs})
    return Indexed(ingested, assembled, engine, texts, embedded)


def nothing_to_index(ingested: IngestResult, skipped: Iterable[Skipped]) -> NothingToIndex:
    """The sentence for a repository of which no file gave a chunk; `skipped` are the rows of that blob."""
    number = ingested.counts.get("skipped", 0)
    what = {0: "it holds no files", 1: "its one file was skipped"}.get(number, f"all its {number:,} files were skipped")
    reasons = Counter(one.reason.partition(": ")[0] for one in skipped)
    commonest = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))[:_NAMED_REASONS]
    why = ", ".join(f"{times:,} as {reason}" for reason, times in commonest)
    return NothingToIndex(f"Nothing to index in {ingested.repository.name}: {what}{f' ({why})' if why else ''}.")


async def _embed_missing(
    inputs: Iterable[EmbeddingInput], ingested: IngestResult, do: Callables, limits: BatchLimits
) -> tuple[str, int]:
    """Embed what has no vector yet; the engine all vectors have, and how many texts were embedded.

    Which engine a remote endpoint has is only known once it answered. If it answers with another than it had before,
    the vectors kept under the old one do not count, and what the new one lacks is embedded too: one more round.
    """
    model, revision, dimensions = ingested.model, ingested.revision, ingested.dimensions
    wanted = {row.key: row for row in inputs}
    embedded = 0
    for _ in range(3):
        known = await do.known(wanted.keys(), model, revision)
        missing = len(wanted.keys() - known.keys)
        if not missing and known.engine is not None:
            return known.engine, embedded
        seen: set[str] = set()

        async def done(batch: Batch, result: EmbedResult, seen: set[str] = seen) -> None:
            if result.dimensions != dimensions:
                raise ResultInvalid(f"A batch has {result.dimensions} components a vector, the model {dimensions}.")
            seen.add(result.engine)
            if len(seen) > 1:
                raise EngineMismatch(
                    f"Batches of this run came back from two engines: {' and '.join(sorted(seen))}; let its endpoint, "
                    "and a fallback, run one image on one kind of machine, or name one endpoint only."
                )
            await do.keep(batch, result)

        batches = batches_of(wanted.values(), limits, known.keys)
        await do.embed_all(batches, model, revision, done)
        embedded += missing
        (engine,) = seen
        if known.engine in (None, engine):
            return engine, embedded
    raise EngineMismatch("The endpoint answers with another engine every time; let it run one image only.")
