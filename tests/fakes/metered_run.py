"""A metered run: batches embedded at an endpoint in memory by a clock that jumps, and its bill beside the account."""

import asyncio
import tempfile
from dataclasses import dataclass
from datetime import date

import numpy as np

from adapters.settings import Settings
from doctown.embed.batches import Batch
from doctown.embed.vectors import result_of
from doctown.model import digest
from doctown.prices import shipped_prices
from doctown.steps import EmbedRequest
from places.bills import bill_of, metered_places, spent_usd
from places.budget import Budget
from places.fanout import FanOut
from places.placement import Placement
from places.runpod import RunPodBackend
from runpod_workers.emulator.terms import Terms
from tests.fakes.memory_endpoint import MemoryEndpoint
from tests.fakes.virtual_time import run_virtually

A_WHILE_S = 120
"""Longer than any idle timeout here: afterwards the endpoint has no worker."""


@dataclass
class Run:
    """What came of it. `account` is what the emulator says once all workers have gone."""

    bill: dict
    account: dict
    kept: list[str]
    error: Exception | None
    open_jobs: int


def batches_of_seconds(seconds):
    texts = [f"{at} {one:.3f}" for at, one in enumerate(seconds)]
    return [Batch(digest(text), (digest(text),), (text,), round(1000 * float(text.split()[1]))) for text in texts]


def answer(job_input):
    request = EmbedRequest.from_json(job_input)
    return result_of(request, np.ones((len(request.chunks), 1), np.float32), "m", "1", "e").to_json()


def seconds_of(job_input):
    return float(job_input["chunks"][0]["content"].split()[1])


def metered_run(seconds, workers=2, cold_s=5.0, idle_s=5.0, rules=(), max_cost=None):
    """Embed a batch for each of `seconds`, which is how long its worker takes."""
    with tempfile.TemporaryDirectory() as cache:
        settings = Settings(cache=cache, embed_workers=workers, idle_s=idle_s, max_cost=max_cost)
        terms = Terms(workers=workers, cold_start_s=cold_s, idle_s=idle_s)
        return run_virtually(_run(seconds, settings, MemoryEndpoint(answer, seconds_of, terms, rules)))


async def _run(seconds, settings, endpoint):
    kept, error = [], None

    async def on_done(batch, result):
        kept.append(batch.id)

    async with endpoint:
        placement, prices = Placement(embed=endpoint.address), shipped_prices()
        places = metered_places(placement, settings, prices)
        meter = places[endpoint.address].meter
        backend = RunPodBackend(endpoint.address, settings, "run", transport=endpoint.transport(), meter=meter)
        fanout, began = FanOut(backend), asyncio.get_running_loop().time()
        work = fanout.embed_all(batches_of_seconds(seconds), "m", "1", on_done)
        try:
            if settings.max_cost is None:
                await work
            else:
                await Budget(settings.max_cost, lambda: spent_usd(places.values(), settings.idle_s)).kept(work)
        except Exception as failure:
            error = failure
        await backend.aclose()
        took = asyncio.get_running_loop().time() - began
        open_jobs = endpoint.endpoint.queue.open_jobs()
        bill = bill_of(places, fanout.records, placement, prices, settings.idle_s, took, date(2026, 9, 1))
        await asyncio.sleep(A_WHILE_S)
        return Run(bill, endpoint.accounting(), kept, error, open_jobs)
