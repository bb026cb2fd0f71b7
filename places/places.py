"""Places: the recipe's callables, each at the place its step was given, with one store behind them."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from adapters.pace import worker_pace
from adapters.price_file import prices_for
from adapters.retention import prune_daily
from adapters.scratch import scratch_in
from adapters.settings import Settings
from adapters.store import store_of
from adapters.under_way import UnderWay
from adapters.vectors import VectorCache
from doctown.blob import Blob
from doctown.cost import ASSUMED, embedding_cost
from doctown.embed.batches import Batch
from doctown.embed.vectors import rows_of_result
from doctown.errors import StoreUnavailable
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
    silent,
)
from places.addresses import backend_at
from places.bills import bill_of, metered_places, spent_usd
from places.budget import Budget
from places.fanout import BatchRecord, FanOut, request_for
from places.placement import LOCAL, Placement, check, check_repository
from places.sharing import Sharing

_log = logging.getLogger(__name__)

T = TypeVar("T")


def _united(whose: Mapping[str, AbstractSet[str]]) -> AbstractSet[str]:
    return frozenset().union(*whose.values())


class Places:
    """An open placement. Use as an async context manager: leaving it ends local processes and connections."""

    def __init__(
        self,
        placement: Placement,
        settings: Settings,
        progress: Progress = silent,
        *,
        full: bool = False,
        run: str = "",
    ) -> None:
        """`full` takes nothing that an earlier run has read or embedded; `run` names the run that pays for remote jobs,
        and shares its work with others; without a name it does neither.

        Raises InvalidSettings for an impossible placement, a price file that cannot be read, or a missing price.
        """
        check(placement, settings)
        self.placement, self.settings = placement, settings
        self._progress, self._full = progress, full
        self._store = store_of(settings)
        self._vectors = VectorCache(self._store)
        self._sharing = Sharing(UnderWay(self._store)) if run and not full else None
        addresses = {placement.ingest, *placement.embed_places, placement.assemble}
        self._prices = prices_for(settings)
        self._metered = metered_places(placement, settings, self._prices)
        self._backends: dict[str, Backend] = {
            address: backend_at(address, settings, run, self._metered[address].meter)
            if address in self._metered
            else backend_at(address, settings, run)
            for address in addresses
        }
        self._budget: Budget | None = None
        if settings.max_cost is not None and self._metered:
            self._budget = Budget(settings.max_cost, lambda: spent_usd(self._metered.values(), settings.idle_s))
        self._fanout = FanOut(*(self._backends[address] for address in placement.embed_places))
        self._in_use = ExitStack()  # a scratch folder: what lies in the cache is needed for as long as it is held
        self._kept: set[str] = set()
        self._to_embed = 0

    async def __aenter__(self) -> Self:
        """Raises InvalidSettings, StoreRefused or StoreUnavailable for a store that cannot be used."""
        await asyncio.to_thread(self._store.check)
        self._in_use.enter_context(scratch_in(Path(self.settings.cache)))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._in_use:
            await asyncio.gather(*(backend.aclose() for backend in self._backends.values()))
            if self._sharing is not None:
                await self._sharing.aclose()
                if error is None:
                    await asyncio.to_thread(self._tidy)

    def _tidy(self) -> None:
        """Once a day: what no run needs any more goes. A run that went well does not fail for it."""
        try:
            prune_daily(self._store, self.settings)
        except StoreUnavailable as problem:
            _log.warning("The store was not rid of what is old: %s", problem)

    @property
    def batch_records(self) -> Sequence[BatchRecord]:
        """What happened to each batch so far."""
        return self._fanout.records

    @property
    def in_flight(self) -> int:
        """The most batches that are worked on at once."""
        return self._fanout.in_flight

    def check_budget(self, batches: Sequence[Batch]) -> None:
        """Before they are embedded. Raises BudgetExceeded: that would cost more than the run may."""
        place = self._metered.get(self._fanout.address)
        if self._budget is None or place is None or not batches:
            return
        pace = worker_pace(Path(self.settings.cache), place.address) or ASSUMED
        tokens = [batch.tokens for batch in batches]
        workers, idle_s = self.settings.embed_workers, self.settings.idle_s
        cost = embedding_cost(tokens, workers, pace, idle_s, place.usd_per_s)
        texts = sum(len(batch.keys) for batch in batches)
        workers_of = "1 worker of" if cost.workers == 1 else f"{cost.workers} workers of"
        self._budget.check(cost.usd or 0.0, f"Embedding {texts:,} texts on {workers_of} {place.machine}")

    def bill(self, seconds: float) -> dict[str, Any] | None:
        """What endpoints were used for by a run that took so many seconds, as JSON; None where there are none."""
        today, idle_s = datetime.now(UTC).date(), self.settings.idle_s
        return bill_of(
            self._metered, self.batch_records, self.placement, self._prices, idle_s, seconds=seconds, today=today
        )

    async def ingest(self, request: IngestRequest) -> IngestResult:
        """Run the ingest step at its place. Raises InvalidSettings: a path of this machine, to be read elsewhere."""
        check_repository(request.repository, self.placement)
        wanted = request.model_copy(update={"full": True}) if self._full else request
        return await self._run_at(self.placement.ingest, INGEST, wanted)

    async def read(self, blob: Blob) -> bytes:
        """The bytes of a blob, checked."""
        return await asyncio.to_thread(self._store.read, blob)

    async def known(self, keys: AbstractSet[str], model: str, revision: str) -> Known:
        """Which of `keys` have vectors of the engine that the embed step's place has, as far as that is known."""
        if self._sharing is not None:
            await self._sharing.wait(keys, lambda some: self._found(model, revision, some))
        engines = await asyncio.to_thread(self._engines, model, revision)
        engine = next(iter(engines), None)
        whose = await asyncio.to_thread(self._found_of, model, revision, keys & self._kept if self._full else keys)
        left: AbstractSet[str] = frozenset()
        if self._sharing is not None and len(found := _united(whose)) < len(keys):
            of = engine if self.placement.embed == LOCAL and engine else self.placement.embed
            left = await self._sharing.left_to_others(f"{model} {revision} {of}", keys - found)
            # Again: who was before us may have kept its last vectors, and gone, since we looked.
            whose = await asyncio.to_thread(self._found_of, model, revision, keys)
            left = left - _united(whose)
        found = _united(whose)
        self._to_embed = len(keys) - len(found) - len(left)
        return Known(engine, found, left, frozenset(one for one, some in whose.items() if some))

    def _found(self, model: str, revision: str, keys: AbstractSet[str]) -> AbstractSet[str]:
        return _united(self._found_of(model, revision, keys))

    def _found_of(self, model: str, revision: str, keys: AbstractSet[str]) -> dict[str, AbstractSet[str]]:
        """Which of `keys` have a vector, by its engine. Each is told of the first engine alone that has it."""
        found: dict[str, AbstractSet[str]] = {}
        for engine in self._engines(model, revision):
            found[engine] = self._vectors.known(model, revision, engine, keys)
            keys = keys - found[engine]
        return found

    def _engines(self, model: str, revision: str) -> list[str]:
        """The engine of the place that embeds now, as far as that is known. Where engines may be mixed also those that
        it, and the run's other place, have had.
        """
        now = self._engines_at(self._fanout.address, model, revision)
        if not self.settings.mixed_engines:
            return now[:1]
        others = [one for place in self.placement.embed_places for one in self._engines_at(place, model, revision)]
        return list(dict.fromkeys(now + others))

    def _engines_at(self, address: str, model: str, revision: str) -> list[str]:
        """The engine that the place at `address` has, then those that it has had."""
        if address == LOCAL:
            from adapters.engine_choice import engine_of

            engine = engine_of(self.settings, model, revision)
            if engine:
                return [engine]
        return self._vectors.remembered_engines(address, model, revision)

    async def embed_all(self, batches: Sequence[Batch], model: str, revision: str, on_done: OnDone) -> None:
        """Embed every batch at the embed step's place."""
        self._progress("embedding", len(self._kept), self._to_embed)  # the first batch waits for the model
        await self._within_budget(self._fanout.embed_all(batches, model, revision, on_done))

    async def keep(self, batch: Batch, result: EmbedResult) -> None:
        """Keep the vectors of a batch in the store, and whose engine made them."""
        rows = rows_of_result(request_for(batch, result.model, result.revision), result)
        whose = (result.model, result.revision, result.engine)
        await asyncio.to_thread(self._vectors.keep, *whose, batch.keys, rows)
        await asyncio.to_thread(self._vectors.remember_engine, self._fanout.address, *whose)
        self._kept.update(batch.keys)
        self._progress("embedding", len(self._kept), self._to_embed)

    async def assemble(self, request: AssembleRequest) -> AssembleResult:
        """Run the assemble step at its place."""
        return await self._run_at(self.placement.assemble, ASSEMBLE, request)

    async def _run_at(self, address: str, step: Step[Q, R], request: Q) -> R:
        backend = self._backends[address]
        result = await self._within_budget(backend.run(step, request, self._progress))
        await backend.settle(step, request)
        return result

    async def _within_budget(self, work: Coroutine[Any, Any, T]) -> T:
        return await (work if self._budget is None else self._budget.kept(work))
