"""A run's bill beside the account of the emulator's process, with workers that are real processes of RunPod's SDK."""

import asyncio
import time
from datetime import date

import httpx
import pytest

from adapters.settings import Settings
from doctown.embed.batches import Batch
from doctown.errors import BudgetExceeded
from doctown.model import digest
from doctown.prices import shipped_prices
from places.bills import bill_of, metered_places, spent_usd
from places.budget import Budget
from places.fanout import FanOut
from places.placement import Placement
from places.runpod import RunPodBackend
from tests.fakes.emulator_process import emulator_process


def batch(at, seconds):
    key = digest(str(at))
    return Batch(key, (key,), (f"sleep {seconds}",), 1000)


async def billed(address, cache, seconds, idle_s, max_cost=1.0):
    settings = Settings(cache=str(cache), embed_workers=2, idle_s=idle_s)
    placement, prices = Placement(embed=address), shipped_prices()
    places = metered_places(placement, settings, prices)
    backend = RunPodBackend(address, settings, "run", meter=places[address].meter)
    fanout, began = FanOut(backend), time.monotonic()

    async def on_done(*_):
        """Nobody keeps the vectors."""

    try:
        work = fanout.embed_all([batch(at, one) for at, one in enumerate(seconds)], "m", "1", on_done)
        await Budget(max_cost, lambda: spent_usd(places.values(), idle_s)).kept(work)
    finally:
        await backend.aclose()
    took = time.monotonic() - began
    return bill_of(places, fanout.records, placement, prices, idle_s, took, date(2026, 9, 1))


async def health_of(address):
    async with httpx.AsyncClient(headers={"Authorization": "Bearer x"}) as http:
        return (await http.get(f"{address}/health")).json()


async def account_of(address):
    """Once all workers have gone."""
    base = address.removesuffix("/v2/embed")
    async with httpx.AsyncClient() as http:
        for _ in range(300):
            workers = (await health_of(address))["workers"]
            if not any(workers.values()):
                return (await http.get(f"{base}/emulator/accounting")).json()
            await asyncio.sleep(0.1)
    raise AssertionError(workers)


def told(bill, account):
    return (
        f"billed {bill['billed_seconds']} s {bill['seconds']}, account {account['billed_seconds']} {account['workers']}"
    )


async def test_a_short_run_is_billed_to_a_second_or_two_a_worker(tmp_path):
    with emulator_process(tmp_path, "[settings]\nworkers = 2\nidle_s = 1\n") as (_, address):
        bill = await billed(address, tmp_path, [1.5, 1.5, 1, 1], 1)
        account = await account_of(address)
    print(told(bill, account))
    assert abs(bill["billed_seconds"] - account["billed_seconds"]) <= 2 * len(account["workers"])


@pytest.mark.long
async def test_a_run_of_minutes_is_billed_within_a_hundredth(tmp_path):
    with emulator_process(tmp_path, "[settings]\nworkers = 2\nidle_s = 5\n") as (_, address):
        bill = await billed(address, tmp_path, [20] * 6 + [10] * 6 + [5] * 4, 5)
        account = await account_of(address)
    print(told(bill, account))
    assert bill["usd"] == pytest.approx(account["usd"], rel=0.01)


@pytest.mark.long
async def test_a_budget_stops_real_workers_and_leaves_no_job(tmp_path):
    with emulator_process(tmp_path, "[settings]\nworkers = 2\nidle_s = 1\n") as (_, address):
        with pytest.raises(BudgetExceeded):
            await billed(address, tmp_path, [3] * 20, 1, max_cost=0.004)
        jobs = (await health_of(address))["jobs"]
        account = await account_of(address)
    print(account)
    assert jobs["inProgress"] == jobs["inQueue"] == 0
    assert 0 < jobs["completed"] < 20
    assert account["usd"] <= 0.004 + 2 * 10 * 0.00016
