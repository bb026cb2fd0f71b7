"""A run that its budget ended, and the one that goes on from there: the recipe at an endpoint in memory."""

import pytest

from adapters.settings import Settings
from doctown.errors import BudgetExceeded
from doctown.prices import shipped_prices
from places.bills import metered_places, spent_usd
from places.budget import Budget
from places.placement import Placement
from places.runpod import RunPodBackend
from runpod_workers.emulator.terms import Terms
from tests.fakes.memory_endpoint import MemoryEndpoint
from tests.fakes.virtual_time import run_virtually
from tests.faults.embedding import Embedding, answer, right_rows, texts_for

WORKERS, USD_PER_S = 3, 0.00016


async def embedded(endpoint, settings, texts, run, most_usd=None):
    places = metered_places(Placement(embed=endpoint.address), settings, shipped_prices())
    meter = places[endpoint.address].meter
    backend = RunPodBackend(endpoint.address, settings, run, transport=endpoint.transport(), meter=meter)
    embedding = Embedding(texts, settings.store_url, backend)
    if most_usd is None:
        return await embedding.run()
    return await Budget(most_usd, lambda: spent_usd(places.values(), settings.idle_s)).kept(embedding.run())


def test_what_was_embedded_before_the_budget_ended_is_not_embedded_again(tmp_path):
    settings, texts = Settings(cache=str(tmp_path), embed_workers=WORKERS), texts_for(1)

    async def two_runs():
        async with MemoryEndpoint(answer, lambda _: 10.0, Terms(workers=WORKERS)) as endpoint:
            with pytest.raises(BudgetExceeded):
                await embedded(endpoint, settings, texts, "first", most_usd=40 * WORKERS * USD_PER_S)
            assert endpoint.endpoint.queue.open_jobs() == 0
            before = endpoint.accounting()["texts"]
            rows = await embedded(endpoint, settings, texts, "second")
            return before, endpoint.accounting()["texts"], rows

    before, after, rows = run_virtually(two_runs())
    assert 0 < before < len(texts)
    assert after == len(texts)
    assert rows == right_rows(texts)
