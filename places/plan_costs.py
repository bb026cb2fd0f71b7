"""What a run would take and cost at each placement: all here, texts at an endpoint, every step at endpoints.

Reading and assembling are taken to be as fast on a CPU worker as here. How fast the workers of an endpoint are was
measured by the last run there; before there was one it is assumed, and said so (`doctown.cost.ASSUMED`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from adapters.pace import worker_pace
from adapters.settings import Settings
from doctown.cost import ASSUMED, Cost, WorkerPace, always_on_month, embedding_cost, step_cost
from doctown.embed.batches import BatchLimits, batches_of
from doctown.model import EmbeddingInput
from doctown.prices import Prices, out_of_date
from places.estimates import Estimate
from places.placement import LOCAL, is_local

ALL_HERE, HYBRID, SERVERLESS = "local", "hybrid", "serverless"
_STEPS_OF_COUNTS = (1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200, 300, 500, 800)


@dataclass(frozen=True, slots=True)
class _Row:
    """One placement with so many embedding workers. None: not known."""

    placement: str
    workers: int
    seconds: float | None
    billed_s: int
    usd: float | None

    def told(self) -> dict[str, Any]:
        return {
            "placement": self.placement,
            "workers": self.workers,
            "seconds": None if self.seconds is None else round(self.seconds, 1),
            "billed_seconds": self.billed_s,
            "usd": None if self.usd is None else round(self.usd, 6),
        }


def plan_costs(
    missing: Sequence[EmbeddingInput], estimate: Estimate, settings: Settings, prices: Prices, today: date
) -> dict[str, Any]:
    """As JSON: a row for all here, and one for each number of embedding workers at the other placements.

    Raises InvalidSettings: the GPU pool has no price.
    """
    pace = _pace(settings)
    usd_per_s = prices.gpu_usd_per_s(settings.embed_pool)
    costs = [_embedding(missing, n, pace, usd_per_s, settings) for n in _counts(settings.embed_workers)]
    embedding = {cost.workers: cost for cost in costs}.values()  # never more of them than batches
    hybrid = [_hybrid(cost, estimate) for cost in embedding]
    serverless = [_serverless(cost, estimate, settings, prices) for cost in embedding]
    return {
        "prices": {"as_of": prices.as_of.isoformat(), "out_of_date": out_of_date(prices, today)},
        "pool": settings.embed_pool,
        "workers": {
            "start_s": round(pace.start_s, 1),
            "tokens_per_s": round(pace.tokens_per_s),
            "idle_s": settings.idle_s,
        },
        "workers_from": "the last run there" if pace.is_measured else "assumed",
        "placements": [row.told() for row in (_all_here(estimate), *hybrid, *serverless)],
        "cheapest": {HYBRID: _cheapest(hybrid), SERVERLESS: _cheapest(serverless)},
        "fastest": {HYBRID: _fastest(hybrid), SERVERLESS: _fastest(serverless)},
        "always_on_usd_per_month": {
            HYBRID: always_on_month(prices, embeds=True, builds=False).rounded(2),
            SERVERLESS: always_on_month(prices, embeds=True, builds=True).rounded(2),
        },
    }


def _pace(settings: Settings) -> WorkerPace:
    known = None if is_local(settings.embed_at) else worker_pace(Path(settings.cache), settings.embed_at)
    return known or ASSUMED


def _counts(most: int) -> list[int]:
    """Numbers of workers worth telling, `most` the last."""
    return [*(n for n in _STEPS_OF_COUNTS if n < most), most]


def _embedding(
    missing: Sequence[EmbeddingInput], workers: int, pace: WorkerPace, usd_per_s: float, settings: Settings
) -> Cost:
    batches = batches_of(missing, BatchLimits(tokens=settings.batch_tokens, workers=workers))
    return embedding_cost([batch.tokens for batch in batches], workers, pace, settings.idle_s, usd_per_s)


def _all_here(estimate: Estimate) -> _Row:
    is_here = all(address == LOCAL for address in (*estimate.placement.embed_places, estimate.placement.assemble))
    return _Row(ALL_HERE, 0, estimate.in_all if is_here else None, 0, 0.0)


def _hybrid(cost: Cost, estimate: Estimate) -> _Row:
    here = _sum(estimate.around.seconds, estimate.ingest.seconds, estimate.assemble.seconds)
    return _Row(HYBRID, cost.workers, _sum(here, cost.seconds), cost.billed_s, cost.usd)


def _serverless(cost: Cost, estimate: Estimate, settings: Settings, prices: Prices) -> _Row:
    """Ingest and assembly are so far apart that the one CPU worker has gone between them, and starts twice."""
    cpu = prices.cpu_usd_per_s(settings.vcpus)
    ingest, assemble = (
        None if one.seconds is None else step_cost(one.seconds, ASSUMED.start_s, settings.idle_s, cpu)
        for one in (estimate.ingest, estimate.assemble)
    )
    if ingest is None or assemble is None:
        return _Row(SERVERLESS, cost.workers, None, cost.billed_s, None)
    seconds = _sum(estimate.around.seconds, ingest.seconds, cost.seconds, assemble.seconds)
    billed = ingest.billed_s + cost.billed_s + assemble.billed_s
    return _Row(SERVERLESS, cost.workers, seconds, billed, _sum(ingest.usd, cost.usd, assemble.usd))


def _sum(*amounts: float | None) -> float | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None


def _cheapest(rows: Sequence[_Row]) -> int:
    """How many workers; where CPU workers have no price, they cost the same in every row."""
    return min(rows, key=lambda row: (row.billed_s if row.usd is None else row.usd, row.workers)).workers


def _fastest(rows: Sequence[_Row]) -> int:
    return min(rows, key=lambda row: (row.seconds if row.seconds is not None else 0.0, row.workers)).workers


def chosen(costs: Mapping[str, Any], placement: str) -> list[dict[str, Any]]:
    """Of the rows of a placement the cheapest and, where that is another, the fastest."""
    wanted = dict.fromkeys((costs["cheapest"][placement], costs["fastest"][placement]))
    rows = [row for row in costs["placements"] if row["placement"] == placement]
    return [next(row for row in rows if row["workers"] == workers) for workers in wanted]
