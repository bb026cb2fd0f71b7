"""Prefect meets the steps: task runs with readable names, retries, timeouts, around the callables of an open placement.

A task's parameters are JSON; the placement and the batches it works on are found through a ContextVar of the run.
Nothing is cached and no result persisted: there is one memory, the store. The order of work is doctown.recipe's.
"""

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol

from prefect import task
from prefect.cache_policies import NO_CACHE

from doctown.blob import Blob
from doctown.embed.batches import Batch
from doctown.errors import DoctownError, StepTimedOut
from doctown.recipe import Callables, Known, OnDone
from doctown.steps import AssembleRequest, AssembleResult, EmbedResult, IngestRequest, IngestResult
from flows.markdown import plain
from places.fanout import BatchRecord

ONE_BATCH_A_TASK_UP_TO = 300
MOST_TASK_RUNS = 150
"""Of a larger fan-out. A task run costs the server some 5 ms and 20 KB; thousands make it lose events."""


class OpenPlaces(Callables, Protocol):
    """The recipe's callables, open, and what a report needs of them; `places.Places` is one."""

    @property
    def batch_records(self) -> Sequence[BatchRecord]:
        """What happened to each batch so far."""
        ...

    @property
    def in_flight(self) -> int:
        """The most batches that are worked on at once."""
        ...

    def check_budget(self, batches: Sequence[Batch]) -> None:
        """Before they are embedded. Raises BudgetExceeded: that would cost more than the run may."""
        ...

    def bill(self, seconds: float) -> dict[str, Any] | None:
        """What endpoints were used for by a run that took so many seconds; None where there are none."""
        ...


async def _worth_another(task: object, run: object, state: Any) -> bool:
    """Whether trying again can help. Async, because Prefect never awaits what a plain condition asks of a state."""
    error = await state.result(raise_on_failure=False)
    return isinstance(error, DoctownError) and error.retryable


_KEPT_NOWHERE: dict[str, Any] = {"cache_policy": NO_CACHE, "persist_result": False, "cache_result_in_memory": False}
_TRIED_AGAIN: dict[str, Any] = {"retries": 1, "retry_delay_seconds": 2, "retry_condition_fn": _worth_another}
_HOUR_S = 3600


@dataclass
class _Round:
    """One fan-out: its batches, in order, and the keys of which the vectors are kept already."""

    batches: Sequence[Batch]
    model: str
    revision: str
    on_done: OnDone
    done: set[str] = field(default_factory=set)


_places: ContextVar[OpenPlaces] = ContextVar("open_places")
_round: ContextVar[_Round] = ContextVar("round")


@task(name="ingest", task_run_name="ingest {name}", timeout_seconds=2 * _HOUR_S, **_TRIED_AGAIN, **_KEPT_NOWHERE)
async def ingest_task(name: str, request: dict[str, Any]) -> dict[str, Any]:
    """Read the repository; the request and the result as JSON."""
    return (await _places.get().ingest(IngestRequest.from_json(request))).to_json()


@task(name="embed", task_run_name="{title}", timeout_seconds=6 * _HOUR_S, **_TRIED_AGAIN, **_KEPT_NOWHERE)
async def embed_task(title: str, first: int, last: int) -> dict[str, int]:
    """Embed the batches `first` to `last` of the run, counted from 1, but for those an earlier attempt has kept."""
    current = _round.get()
    batches = [batch for batch in current.batches[first - 1 : last] if not current.done.issuperset(batch.keys)]

    async def done(batch: Batch, result: EmbedResult) -> None:
        await current.on_done(batch, result)
        current.done.update(batch.keys)

    await _places.get().embed_all(batches, current.model, current.revision, done)
    return {"batches": len(batches), "texts": sum(len(batch.keys) for batch in batches)}


@task(name="assemble", task_run_name="assemble", timeout_seconds=6 * _HOUR_S, **_TRIED_AGAIN, **_KEPT_NOWHERE)
async def assemble_task(request: dict[str, Any]) -> dict[str, Any]:
    """Make the docpack; the request and the result as JSON."""
    return (await _places.get().assemble(AssembleRequest.from_json(request))).to_json()


@dataclass(frozen=True, slots=True)
class Shard:
    """The batches `first` to `last`, counted from 1, that one task run embeds, and that task run's name."""

    title: str
    first: int
    last: int


def shards_of(batches: Sequence[Batch]) -> list[Shard]:
    """A batch a shard up to ONE_BATCH_A_TASK_UP_TO batches, beyond that at most MOST_TASK_RUNS shards."""
    size = 1 if len(batches) <= ONE_BATCH_A_TASK_UP_TO else math.ceil(len(batches) / MOST_TASK_RUNS)
    shards = []
    for start in range(0, len(batches), size):
        of_shard = batches[start : start + size]
        first, last = start + 1, start + len(of_shard)
        which = f"batch {first:,}" if first == last else f"batches {first:,} to {last:,}"
        texts = sum(len(batch.keys) for batch in of_shard)
        title = f"embed {which} of {len(batches):,} ({texts:,} text{'s' if texts != 1 else ''})"
        shards.append(Shard(title, first, last))
    return shards


class Watched:
    """The recipe's callables over an open placement, each of the steps as task runs of Prefect."""

    def __init__(
        self,
        places: OpenPlaces,
        on_step: Callable[[str], None],
        shards: Callable[[Sequence[Batch]], list[Shard]] = shards_of,
    ) -> None:
        """`on_step` is called with the name of a step before it begins."""
        self._places, self._on_step, self._shards = places, on_step, shards
        self.seconds: dict[str, float] = {}
        """By step."""
        _places.set(places)

    async def ingest(self, request: IngestRequest) -> IngestResult:
        """The ingest step, as one task run."""
        with self._timed("ingest"):
            return IngestResult.from_json(
                await ingest_task(plain(repository_name(request.repository)), request.to_json())
            )

    async def read(self, blob: Blob) -> bytes:
        """The bytes of a blob, checked."""
        return await self._places.read(blob)

    async def known(self, keys: AbstractSet[str], model: str, revision: str) -> Known:
        """Which of `keys` have vectors."""
        return await self._places.known(keys, model, revision)

    async def embed_all(self, batches: Sequence[Batch], model: str, revision: str, on_done: OnDone) -> None:
        """Embed every batch, a task run a shard, as many at once as the place has in flight.

        The first failure is raised as itself and cancels the others.
        """
        _round.set(_Round(batches, model, revision, on_done))
        shards = self._shards(batches)
        size = shards[0].last if shards else 1
        free = asyncio.Semaphore(math.ceil(self._places.in_flight / size) + 1)

        async def embedded(shard: Shard) -> None:
            await free.acquire()
            await embed_task(shard.title, shard.first, shard.last)
            free.release()  # not where it failed: then no other is to begin

        with self._timed("embed"):
            self._places.check_budget(batches)
            running = [asyncio.create_task(embedded(shard)) for shard in shards]
            try:
                await asyncio.gather(*running)
            finally:
                for one in running:
                    one.cancel()
                await asyncio.gather(*running, return_exceptions=True)

    async def keep(self, batch: Batch, result: EmbedResult) -> None:
        """Keep the vectors of a batch."""
        await self._places.keep(batch, result)

    async def assemble(self, request: AssembleRequest) -> AssembleResult:
        """The assemble step, as one task run."""
        with self._timed("assemble"):
            return AssembleResult.from_json(await assemble_task(request.to_json()))

    @contextmanager
    def _timed(self, step: str) -> Any:
        self._on_step(step)
        started = time.monotonic()
        try:
            yield
        except TimeoutError as error:
            raise StepTimedOut(
                f"The {step} step took longer than Prefect lets it; index a part with --path."
            ) from error
        finally:
            self.seconds[step] = round(self.seconds.get(step, 0.0) + time.monotonic() - started, 3)


def repository_name(repository: str) -> str:
    """What a person calls the repository: the last part of its path or URL."""
    return repository.rstrip("/").rpartition("/")[2].removesuffix(".git") or "repository"
