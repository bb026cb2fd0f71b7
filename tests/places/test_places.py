"""An open placement and its money; what it does is seen whole in tests/end_to_end."""

import pytest

from adapters.pace import note_worker_pace
from adapters.settings import Settings
from doctown.embed.batches import Batch
from doctown.errors import BackendUnavailable, BudgetExceeded, InvalidSettings
from doctown.steps import EmbedResult, EmbedVector
from places.placement import Placement
from places.places import Places

AWAY = Placement(embed="http://127.0.0.1:9/v2/embed")
BATCHES = [Batch(str(n), (str(n), f"{n}x"), ("a", "b"), 10_000) for n in range(10)]


def settings(tmp_path, **more):
    return Settings(cache=str(tmp_path), embed_workers=2, **more)


async def test_what_would_cost_more_than_the_run_may_is_refused_before_anything_is_sent(tmp_path):
    async with Places(AWAY, settings(tmp_path, max_cost=0.001)) as places:
        with pytest.raises(
            BudgetExceeded, match=r"Embedding 20 texts on 2 workers of AMPERE_16 would cost about \$0.00"
        ):
            places.check_budget(BATCHES)
        places.check_budget([])


async def test_the_estimate_goes_by_the_pace_of_the_last_run_there(tmp_path):
    given = settings(tmp_path, max_cost=0.05)
    async with Places(AWAY, given) as places:
        places.check_budget(BATCHES)
        note_worker_pace(tmp_path, AWAY.embed, start_s=5.0, tokens_per_s=100.0)
        with pytest.raises(BudgetExceeded, match=r"about \$0.16"):
            places.check_budget(BATCHES)


async def test_where_everything_runs_here_there_is_no_budget_and_no_bill(tmp_path):
    async with Places(Placement(), settings(tmp_path, max_cost=0.0)) as places:
        places.check_budget(BATCHES)
        assert places.bill(10.0) is None


async def test_an_endpoint_that_was_not_needed_cost_nothing(tmp_path):
    async with Places(AWAY, settings(tmp_path)) as places:
        bill = places.bill(10.0)
    assert (bill["usd"], bill["billed_seconds"], bill["batches"]) == (0, 0, [])
    assert bill["always_on"]["runs_a_month_of_equal_cost"] is None


def test_a_pool_that_has_no_price_is_refused_at_the_start(tmp_path):
    with pytest.raises(InvalidSettings, match="DOCTOWN_EMBED_POOL"):
        Places(AWAY, settings(tmp_path, embed_pool="NONE"))


FALLBACK = "http://127.0.0.1:9/v2/other"
WHOSE = ("m", "1")


async def embedded(places, batch, engine):
    chunks = tuple(EmbedVector(chunk_id=key, vector=(1.0, 0.0)) for key in batch.keys)
    given = EmbedResult(batch_id=batch.id, model="m", revision="1", engine=engine, dimensions=2, vectors=chunks)
    await places.keep(batch, given)


@pytest.mark.parametrize("run", ["", "a run that shares"])
async def test_where_engines_may_be_mixed_the_vectors_of_all_count_in_this_run_and_the_next(tmp_path, run):
    first, second, third = BATCHES[:3]
    keys = {key for batch in (first, second) for key in batch.keys}
    for mixed, found, engines in ((True, keys, {"e1", "e2"}), (False, set(second.keys), {"e2"})):
        async with Places(AWAY, settings(tmp_path, mixed_engines=mixed), run=run) as places:
            if mixed:
                await embedded(places, first, "e1")
                await embedded(places, second, "e2")
                assert (await places.known(keys, *WHOSE)).keys == keys
        async with Places(AWAY, settings(tmp_path, mixed_engines=mixed), run=run) as places:
            known = await places.known(keys | set(third.keys), *WHOSE)
            assert (known.engine, known.keys, known.found) == ("e2", found, engines)


async def test_where_engines_may_be_mixed_what_the_fallback_embedded_counts_for_the_first_place_too(tmp_path):
    away = Placement(embed=AWAY.embed, embed_fallback=FALLBACK)
    given = settings(tmp_path, mixed_engines=True)
    async with Places(Placement(embed=FALLBACK), given) as places:
        await embedded(places, BATCHES[0], "e1")
    async with Places(away, given) as places:
        known = await places.known(set(BATCHES[0].keys), *WHOSE)
    assert (known.keys, known.found) == (set(BATCHES[0].keys), {"e1"})


@pytest.mark.long
async def test_once_a_run_goes_on_at_the_fallback_its_engine_is_the_one_that_counts(tmp_path):
    away = Placement(embed=AWAY.embed, embed_fallback=FALLBACK)
    for place, engine in ((AWAY.embed, "e1"), (FALLBACK, "e2")):
        async with Places(Placement(embed=place), settings(tmp_path)) as places:
            await embedded(places, BATCHES[0], engine)
    async with Places(away, settings(tmp_path)) as places:
        assert (await places.known(set(BATCHES[0].keys), *WHOSE)).engine == "e1"
        with pytest.raises(BackendUnavailable):
            await places.embed_all(BATCHES[:1], *WHOSE, on_done=None)
        assert (await places.known(set(BATCHES[0].keys), *WHOSE)).engine == "e2"
