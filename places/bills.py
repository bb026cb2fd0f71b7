"""The bill of a run: what its jobs at endpoints have used, in seconds and dollars, per worker and per batch.

The seconds are those of `doctown.worker_time`, the prices those of the price file. Nothing here is asked of anybody:
what was heard while the run ran is all there is. A bill is JSON; how it is shown is left to the doors.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from adapters.pace import note_worker_pace
from adapters.settings import Settings
from doctown.cost import always_on_month, compared
from doctown.errors import InvalidSettings
from doctown.prices import Prices, out_of_date
from doctown.worker_time import JobTimes, WorkerTime, workers_of
from places.fanout import BatchRecord
from places.meter import Meter
from places.placement import Placement, is_local

PARTS = ("start", "execution", "idle")


@dataclass(frozen=True, slots=True)
class MeteredPlace:
    """An endpoint of a run. `machine` says what is priced there; `usd_per_s` is None where no price is known."""

    address: str
    machine: str
    usd_per_s: float | None
    meter: Meter = field(default_factory=Meter)

    def workers(self, idle_s: float) -> list[WorkerTime]:
        """Its workers until now."""
        return workers_of(self.meter.jobs(), idle_s, self.meter.most_workers)


def metered_places(placement: Placement, settings: Settings, prices: Prices) -> dict[str, MeteredPlace]:
    """The endpoints of a placement, by address.

    Raises InvalidSettings: the GPU pool has no price, or there is a budget and a price is not known.
    """
    found = {}
    cpu_usd_per_s = prices.cpu_usd_per_s(settings.vcpus)
    for address in (placement.ingest, placement.assemble):
        if not is_local(address):
            found[address] = MeteredPlace(address, f"CPU, {settings.vcpus} vCPU", cpu_usd_per_s)
    for address in placement.embed_places:
        if not is_local(address):
            found[address] = MeteredPlace(address, settings.embed_pool, prices.gpu_usd_per_s(settings.embed_pool))
    unpriced = next((place for place in found.values() if place.usd_per_s is None), None)
    if unpriced is not None and settings.max_cost is not None:
        raise InvalidSettings(
            f"DOCTOWN_MAX_COST: what a CPU worker at {unpriced.address} costs is not known; set cpu.usd_per_vcpu_h in "
            "a price file of your own (DOCTOWN_PRICES), or unset one of them."
        )
    return found


def spent_usd(places: Iterable[MeteredPlace], idle_s: float) -> float:
    """Dollars until now, with the idle timeouts that follow if everything is stopped now."""
    return sum((place.usd_per_s or 0.0) * sum(one.billed_s for one in place.workers(idle_s)) for place in places)


def bill_of(
    places: Mapping[str, MeteredPlace],
    records: Sequence[BatchRecord],
    placement: Placement,
    prices: Prices,
    idle_s: float,
    seconds: float,
    today: date,
) -> dict[str, Any] | None:
    """The bill of a run that took so many seconds; None where no endpoint was used."""
    if not places:
        return None
    told = [_place_told(place, place.workers(idle_s), records) for place in places.values()]
    known = [place["usd"] for place in told if place["usd"] is not None]
    usd = round(sum(known), 6) if len(known) == len(told) else None
    month = always_on_month(
        prices,
        embeds=not is_local(placement.embed),
        builds=not (is_local(placement.ingest) and is_local(placement.assemble)),
    )
    lost = [one for record in records for one in record.lost]
    return {
        "usd": usd,
        "billed_seconds": sum(place["billed_seconds"] for place in told),
        "seconds": {part: round(sum(place["seconds"][part] for place in told), 3) for part in ("queue", *PARTS)},
        "places": told,
        "batches": _batches_told(places.values(), idle_s, records),
        "lost_attempts": {
            kind: {"attempts": times, "seconds": round(sum(one.seconds for one in lost if one.kind == kind), 3)}
            for kind, times in sorted(Counter(one.kind for one in lost).items())
        },
        "perhaps_paid_twice": sum(record.perhaps_paid_twice for record in records),
        "prices": {"as_of": prices.as_of.isoformat(), "out_of_date": out_of_date(prices, today)},
        "always_on": compared(month, usd, seconds),
    }


def note_paces(cache: Path, bill: Mapping[str, Any]) -> None:
    """Keep how fast the workers of a bill were, for the next plan or budget."""
    for place in bill["places"]:
        starts = [worker["start_s"] for worker in place["workers"] if worker["jobs"]]
        if starts and place["tokens_per_s"]:
            note_worker_pace(cache, place["address"], median(starts), place["tokens_per_s"])


def _place_told(place: MeteredPlace, workers: Sequence[WorkerTime], records: Sequence[BatchRecord]) -> dict[str, Any]:
    jobs = place.meter.jobs()
    seconds = {part: sum(getattr(worker, f"{part}_s") for worker in workers) for part in PARTS}
    tokens = sum(record.tokens for record in records if record.address == place.address)
    billed = sum(worker.billed_s for worker in workers)
    return {
        "address": place.address,
        "machine": place.machine,
        "usd_per_s": place.usd_per_s,
        "usd": _usd(place, billed),
        "billed_seconds": billed,
        "seconds": {"queue": round(sum(job.waited_s for job in jobs), 3)}
        | {part: round(total, 3) for part, total in seconds.items()},
        "jobs": dict(sorted(Counter(job.status for job in jobs).items())),
        "jobs_of_other_runs": sum(job.is_shared for job in jobs),
        "tokens_per_s": round(tokens / seconds["execution"], 1) if tokens and seconds["execution"] else None,
        "workers": [
            {"worker": one.worker, "jobs": len(one.jobs)}
            | {f"{part}_s": round(getattr(one, f"{part}_s"), 3) for part in PARTS}
            | {"billed_s": one.billed_s, "usd": _usd(place, one.billed_s)}
            for one in workers
        ],
    }


def _batches_told(
    places: Iterable[MeteredPlace], idle_s: float, records: Sequence[BatchRecord]
) -> list[dict[str, Any]]:
    """A row for each job, in the order they were submitted: its batch's attempts, and its share of its worker."""
    of = {record.batch_id: record for record in records}
    rows = []
    for place in places:
        shares = _shares(place, idle_s)
        for job in sorted(place.meter.jobs(), key=lambda job: (job.submitted, job.job_id)):
            record = of.get(job.work)
            rows.append(
                {
                    "step": job.step,
                    "batch": job.work or None,
                    "address": place.address,
                    "status": job.status,
                    "worker": job.worker,
                    "queue_s": round(job.waited_s, 3),
                    "execution_s": None if job.execution_s is None else round(job.execution_s, 3),
                    "usd": None if place.usd_per_s is None else round(shares.get(job.job_id, 0.0), 6),
                    "is_of_another_run": job.is_shared,
                    "texts": record.texts if record else None,
                    "tokens": record.tokens if record else None,
                    "attempts": record.attempts if record else None,
                    "lost": [f"{one.kind} after {one.seconds:.1f} s: {one.reason}" for one in record.lost]
                    if record
                    else [],
                    "perhaps_paid_twice": record is not None and record.perhaps_paid_twice,
                }
            )
    return rows


def _shares(place: MeteredPlace, idle_s: float) -> dict[str, float]:
    """Dollars by job: a worker's are shared by those it took, by the seconds each ran there."""
    times: dict[str, JobTimes] = {job.job_id: job for job in place.meter.jobs()}
    found = {}
    for worker in place.workers(idle_s):
        ran = [times[job_id].execution_s or 0.0 for job_id in worker.jobs]
        for job_id, seconds in zip(worker.jobs, ran, strict=True):
            share = seconds / sum(ran) if sum(ran) else 1 / len(ran)
            found[job_id] = (place.usd_per_s or 0.0) * worker.billed_s * share
    return found


def _usd(place: MeteredPlace, billed_s: int) -> float | None:
    return None if place.usd_per_s is None else round(place.usd_per_s * billed_s, 6)
