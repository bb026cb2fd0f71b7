"""An open placement and its money; what it does is seen whole in tests/end_to_end."""

import pytest

from adapters.pace import note_worker_pace
from adapters.settings import Settings
from doctown.embed.batches import Batch
from doctown.errors import BudgetExceeded, InvalidSettings
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
