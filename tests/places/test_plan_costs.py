from datetime import date

import pytest

from adapters.pace import note_worker_pace
from adapters.settings import Settings
from doctown.cost import ASSUMED
from doctown.errors import InvalidSettings
from doctown.model import EmbeddingInput, embedding_key
from doctown.prices import prices_of, shipped_prices
from places.estimates import Estimate, Seconds
from places.placement import Placement
from places.plan_costs import chosen, plan_costs
from tests.doctown.test_prices import RIGHT

TODAY = date(2026, 11, 24)
ENDPOINT = "https://api.runpod.ai/v2/x"


def rows(number=200, tokens=200):
    return [EmbeddingInput(f"c{n}", embedding_key(str(n)), tokens, str(n)) for n in range(number)]


def estimate(embed=20.0, placement=None, **other):
    steps = {"around": 5.0, "ingest": 10.0, "assemble": 15.0, "embed": embed} | other
    seconds = {name: Seconds(amount, "measured now") for name, amount in steps.items()}
    return Estimate(placement=placement or Placement(), **seconds)


def costs(missing, found=None, prices=None, **settings):
    return plan_costs(missing, found or estimate(), Settings(**settings), prices or shipped_prices(), TODAY)


def test_all_on_this_machine_costs_nothing_and_takes_what_the_estimate_says():
    here = costs(rows())["placements"][0]
    assert (here["placement"], here["usd"], here["seconds"]) == ("local", 0, 50)


def test_texts_at_an_endpoint_cost_their_workers_and_take_their_time_beside_the_steps_here():
    found = costs(rows(), embed_workers=1)
    (hybrid,) = (row for row in found["placements"] if row["placement"] == "hybrid")
    assert hybrid["seconds"] == pytest.approx(5 + 10 + 15 + ASSUMED.start_s + 40_000 / ASSUMED.tokens_per_s, abs=0.1)
    assert hybrid["usd"] == pytest.approx(0.00016 * hybrid["billed_seconds"])
    assert found["workers_from"] == "assumed"


def test_every_number_of_workers_is_told_and_which_is_cheapest_and_which_fastest():
    found = costs(rows(4000), embed_workers=4)
    assert [row["workers"] for row in found["placements"] if row["placement"] == "hybrid"] == [1, 2, 3, 4]
    assert (found["cheapest"]["hybrid"], found["fastest"]["hybrid"]) == (1, 4)
    assert [row["workers"] for row in chosen(found, "hybrid")] == [1, 4]


def test_where_one_number_of_workers_is_both_it_is_told_once():
    assert [row["workers"] for row in chosen(costs(rows(1)), "hybrid")] == [1]


def test_nothing_to_embed_costs_nothing_at_an_endpoint():
    (row,) = chosen(costs([]), "hybrid")
    assert (row["workers"], row["usd"], row["seconds"]) == (0, 0, 30)


def test_every_step_at_endpoints_has_dollars_once_a_cpu_worker_has_a_price():
    (row, *_) = chosen(costs(rows()), "serverless")
    assert row["usd"] is None and row["seconds"] > 60
    priced = prices_of(RIGHT + "[cpu]\nusd_per_vcpu_h = 0.36", "mine")
    (row,) = chosen(costs(rows(), prices=priced, embed_pool="SOME_24", embed_workers=1, vcpus=2), "serverless")
    assert row["usd"] == pytest.approx(0.0002 * (15 + 1 + 5) + 0.0002 * (15 + 10 + 5 + 15 + 15 + 5))


def test_what_the_last_run_at_the_endpoint_measured_is_taken_for_this_one(tmp_path):
    note_worker_pace(tmp_path, ENDPOINT, start_s=3.0, tokens_per_s=1000.0)
    found = costs(rows(), cache=str(tmp_path), embed_at=ENDPOINT, embed_workers=1)
    assert found["workers"] == {"start_s": 3.0, "tokens_per_s": 1000, "idle_s": 5.0}
    assert found["workers_from"] == "the last run there"


def test_what_the_estimate_does_not_know_is_not_known():
    away = Placement(embed=ENDPOINT, assemble=ENDPOINT)
    found = costs(rows(), estimate(embed=None, placement=away, assemble=None))
    assert [row["seconds"] for row in found["placements"]] == [None] * len(found["placements"])


def test_a_pool_without_a_price_and_prices_of_long_ago_are_said():
    with pytest.raises(InvalidSettings, match="DOCTOWN_EMBED_POOL"):
        costs(rows(), embed_pool="x")
    later = plan_costs(rows(), estimate(), Settings(), shipped_prices(), date(2027, 11, 24))
    assert "461 days old" in later["prices"]["out_of_date"]
