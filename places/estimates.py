"""How long a run would take at a placement, step by step, and where each figure comes from.

Nothing is guessed where it can be measured: reading is timed while a plan reads, embedding by a sample of the very
texts, which is thrown away. Assembling and what lies around the steps follow the last run on this machine, and before
there was one, another machine. An endpoint is not asked, for that would cost money: its pace is known once a run has
been there.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from adapters.pace import Pace
from doctown.cost import WorkerPace, embedding_cost
from doctown.embed.batches import Batch, BatchLimits, batches_of, distinct
from doctown.model import EmbeddingInput
from doctown.recipe import Callables
from doctown.steps import EmbedResult, IngestResult
from places.placement import LOCAL, Placement

Source = Literal[
    "nothing to do",
    "measured now",
    "a sample",
    "the last run here",
    "the last run there",
    "another machine",
    "not known",
]

_OTHER_MACHINE = Pace(chunks=3_000, assemble_s=11.0)
_AROUND_S = 6.5
"""Two cores of a server; benchmarks/index.py prints these figures for yours."""
_START_SHARE = 0.6
"""Of assembling 3,000 chunks: the libraries' start and compiling, there with the first chunk; the rest grows."""
_FEW = 16
_FEW_SHARE = 0.12
"""Of the same, where chunks are too few for topics and a layout (`doctown.assemble.clusters`)."""
_FIRST_SAMPLE_TOKENS = 2_048
_LARGEST_SHARE = 0.25
"""Of the texts' tokens: a larger sample is not drawn, however quick it was."""
_LONG_ENOUGH_S = 1.0


@dataclass(frozen=True, slots=True)
class Seconds:
    """An estimate; `seconds` is None where there is none."""

    seconds: float | None
    source: Source


@dataclass(frozen=True, slots=True)
class Estimate:
    """Seconds by step of a whole run at a placement. `around` is what lies outside the steps."""

    placement: Placement
    around: Seconds
    ingest: Seconds
    embed: Seconds
    assemble: Seconds

    @property
    def in_all(self) -> float | None:
        """Seconds of the run; None where a step's are not known."""
        each = [self.around.seconds, self.ingest.seconds, self.embed.seconds, self.assemble.seconds]
        known = [seconds for seconds in each if seconds is not None]
        return sum(known) if len(known) == len(each) else None


async def embedding(
    missing: Sequence[EmbeddingInput],
    ingested: IngestResult,
    placement: Placement,
    do: Callables,
    limits: BatchLimits,
    clock: Callable[[], float] = time.monotonic,
) -> Seconds:
    """Seconds to embed `missing`, by a sample that is embedded now and not kept.

    The first text is embedded alone: with it the engine is loaded. Then come samples of all lengths, each four times
    the one before, until one took long enough to tell.
    """
    if not missing:
        return Seconds(0.0, "nothing to do")
    if placement.embed != LOCAL:
        return Seconds(None, "not known")

    async def seconds_of(rows: Sequence[EmbeddingInput]) -> float:
        started = clock()
        await do.embed_all(batches_of(rows, limits), ingested.model, ingested.revision, _let_go)
        return clock() - started

    rows = distinct(missing)
    tokens = sum(row.tokens for row in rows)
    loading = await seconds_of(rows[:1])
    aim, most = _FIRST_SAMPLE_TOKENS, _LARGEST_SHARE * tokens
    while True:
        sample = _spread(rows, max(1, round(tokens / min(aim, most))))
        took = await seconds_of(sample)
        if took >= _LONG_ENOUGH_S or aim >= most:
            break
        aim *= 4
    return Seconds(loading + took * tokens / sum(row.tokens for row in sample), "a sample")


def embedding_there(missing: Sequence[EmbeddingInput], pace: WorkerPace, limits: BatchLimits) -> Seconds:
    """Seconds to embed `missing` at an endpoint whose workers were so fast, as many as the limits say."""
    if not missing:
        return Seconds(0.0, "nothing to do")
    tokens = [batch.tokens for batch in batches_of(missing, limits)]
    return Seconds(embedding_cost(tokens, limits.workers, pace, 0.0, None).seconds, "the last run there")


def assembling(chunks: int, placement: Placement, last: Pace | None) -> Seconds:
    """Seconds to assemble so many chunks."""
    if placement.assemble != LOCAL:
        return Seconds(None, "not known")
    if last and last.chunks < _FEW <= chunks:
        last = None  # it had no layout, and cannot tell how long one takes
    return Seconds(_on_other_machine(chunks) * _slowness(last), _source_of(last))


def around(last: Pace | None) -> Seconds:
    """Seconds outside the steps: Prefect's server, the page, the files.

    They hang on what else the machine does more than on the run: the last run's own would tell less than its pace.
    """
    return Seconds(_AROUND_S * _slowness(last), _source_of(last))


def _slowness(last: Pace | None) -> float:
    """How many times the other machine's seconds the last run here took."""
    return last.assemble_s / _on_other_machine(last.chunks) if last else 1.0


def _on_other_machine(chunks: int) -> float:
    """Seconds of assembling."""
    return _OTHER_MACHINE.assemble_s * _effort(chunks) / _effort(_OTHER_MACHINE.chunks)


def _effort(chunks: int) -> float:
    """Of assembling, relative to that of 3,000 chunks."""
    if chunks < _FEW:
        return _FEW_SHARE
    return _START_SHARE + (1 - _START_SHARE) * chunks / 3_000


def _source_of(last: Pace | None) -> Source:
    return "the last run here" if last else "another machine"


def _spread(rows: Sequence[EmbeddingInput], step: int) -> Sequence[EmbeddingInput]:
    """Every step-th of `rows`, which are in the order of their length: the sample is as long as they are on average."""
    return rows[min(step // 2, len(rows) - 1) :: step]


async def _let_go(batch: Batch, result: EmbedResult) -> None:
    """A sample's vectors are kept nowhere."""
