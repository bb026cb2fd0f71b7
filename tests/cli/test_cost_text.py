"""How costs read, from those of a plan."""

from cli.cost_text import costs_text
from tests.places.test_plan_costs import costs, rows


def test_each_placement_has_a_line_with_seconds_and_dollars_and_for_how_many_workers():
    lines = costs_text(costs(rows(4000), embed_workers=4))
    assert lines[1] == "cost, by the prices of 2026-08-20 for AMPERE_16:"
    here, cheap, fast, *_ = (line.split() for line in lines[2:])
    assert " ".join(here) == "all on this machine 50 s $0.00"
    assert " ".join(cheap[:4]) == "texts at an endpoint" and " ".join(cheap[-3:]) == "1 worker, cheapest"
    assert " ".join(fast[-3:]) == "4 workers, fastest"
    assert any("tokens/s (assumed)" in line for line in lines)


def test_one_number_of_workers_that_is_both_has_one_line():
    assert sum("texts at an endpoint" in line for line in costs_text(costs(rows(1)))) == 1


def test_where_nothing_is_to_be_embedded_no_worker_is_named():
    (hybrid,) = (line for line in costs_text(costs([])) if "texts at an endpoint" in line)
    assert hybrid.endswith("$0.00  nothing to embed")


def test_what_is_not_known_is_a_question_mark_with_what_to_do():
    lines = costs_text(costs(rows(1)))
    (serverless,) = (line for line in lines if "every step" in line)
    assert serverless.split()[-6] == "?"
    assert "DOCTOWN_PRICES" in lines[-1]


def test_where_nothing_is_indexed_nothing_is_said():
    assert costs_text(None) == []
