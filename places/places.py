"""Places: the recipe's callables, each at the place its step was given, with one store behind them."""

import asyncio
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from adapters.scratch import scratch_in
from adapters.settings import Settings
from adapters.store import store_at
from adapters.vectors import VectorCache
from doctown.blob import Blob
from doctown.embed.batches import Batch
from doctown.embed.vectors import rows_of_result
from doctown.recipe import Known, OnDone
from doctown.steps import (
    ASSEMBLE,
    INGEST,
    AssembleRequest,
    AssembleResult,
    Backend,
    EmbedResult,
    IngestRequest,
    IngestResult,
    Progress,
    Q,
    R,
    Step,
)
from places.addresses import backend_at
from places.fanout import BatchRecord, FanOut, request_for
from places.placement import LOCAL, Placement, check


def _silent(what: str, done: int, total: int) -> None:
    """No one is watching."""


class Places:
    """An open placement. Use as an async context manager: leaving it ends local processes and connections."""

    def __init__(
        self,
        placement: Placement,
        settings: Settings,
        progress: Progress = _silent,
        *,
        full: bool = False,
        run: str = "",
    ) -> None:
        """`full` takes no vector of an earlier run; `run` names the run that pays for remote jobs.

        Raises InvalidSettings for an impossible placement.
        """
        check(placement, settings)
        self.placement, self.settings = placement, settings
        self._progress, self._full = progress, full
        self._store = store_at(settings.store_url)
        self._vectors = VectorCache(self._store)
        addresses = {placement.ingest, *placement.embed_places, placement.assemble}
        self._backends: dict[str, Backend] = {address: backend_at(address, settings, run) for address in addresses}
        self._fanout = FanOut(*(self._backends[address] for address in placement.embed_places))
        self._in_use = ExitStack()  # a scratch folder: what lies in the cache is needed for as long as it is held
        self._kept: set[str] = set()
        self._to_embed = 0

    async def __aenter__(self) -> Self:
        self._in_use.enter_context(scratch_in(Path(self.settings.cache)))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._in_use:
            await asyncio.gather(*(backend.aclose() for backend in self._backends.values()))

    @property
    def batch_records(self) -> Sequence[BatchRecord]:
        """What happened to each batch so far."""
        return self._fanout.records

    @property
    def in_flight(self) -> int:
        """The most batches that are worked on at once."""
        return self._fanout.in_flight

    async def ingest(self, request: IngestRequest) -> IngestResult:
        """Run the ingest step at its place."""
        return await self._run_at(self.placement.ingest, INGEST, request)

    async def read(self, blob: Blob) -> bytes:
        """The bytes of a blob, checked."""
        return await asyncio.to_thread(self._store.read, blob)

    async def known(self, keys: AbstractSet[str], model: str, revision: str) -> Known:
        """Which of `keys` have vectors of the engine that the embed step's place has, as far as that is known."""
        engine = None
        if self.placement.embed == LOCAL:
            from adapters.engine_choice import engine_of

            engine = engine_of(self.settings, model, revision)
        engine = engine or self._vectors.remembered_engine(self.placement.embed, model, revision)
        if engine is None:
            found: AbstractSet[str] = frozenset()
        else:
            found = await asyncio.to_thread(self._vectors.known, model, revision, engine, keys)
        if self._full:
            found = found & self._kept
        self._to_embed = len(keys) - len(found)
        return Known(engine, found)

    async def embed_all(self, batches: Sequence[Batch], model: str, revision: str, on_done: OnDone) -> None:
        """Embed every batch at the embed step's place."""
        self._progress("embedding", len(self._kept), self._to_embed)  # the first batch waits for the model
        await self._fanout.embed_all(batches, model, revision, on_done)

    async def keep(self, batch: Batch, result: EmbedResult) -> None:
        """Keep the vectors of a batch in the store, and whose engine made them."""
        rows = rows_of_result(request_for(batch, result.model, result.revision), result)
        whose = (result.model, result.revision, result.engine)
        await asyncio.to_thread(self._vectors.keep, *whose, batch.keys, rows)
        self._vectors.remember_engine(self._fanout.address, *whose)
        self._kept.update(batch.keys)
        self._progress("embedding", len(self._kept), self._to_embed)

    async def assemble(self, request: AssembleRequest) -> AssembleResult:
        """Run the assemble step at its place."""
        return await self._run_at(self.placement.assemble, ASSEMBLE, request)

    async def _run_at(self, address: str, step: Step[Q, R], request: Q) -> R:
        backend = self._backends[address]
        result = await backend.run(step, request, self._progress)
        await backend.settle(step, request)
        return result
