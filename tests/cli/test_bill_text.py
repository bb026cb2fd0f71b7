from cli.bill_text import bill_text
from tests.fakes.bills import bill


def test_the_end_of_a_run_says_what_it_cost():
    first, second, lost, twice, always_on = (line.strip() for line in bill_text(bill()))
    assert first == "cost     about $0.00560 by the prices of 2026-08-20: 2 workers (AMPERE_16), 35 s billed"
    assert second == "start 20 s, execution 4 s, idle 10 s; jobs waited 10 s in all"
    assert lost == "lost to WorkerLost: 1 attempt, 1 min 1 s"
    assert twice == "perhaps paid for twice: 1 of the batches"
    assert always_on.startswith("Machines that are always on for this: $30 to $50 a month")


def test_what_is_not_known_and_what_is_out_of_date_is_said():
    told = bill_text(bill(usd=None, prices={"as_of": "2020-01-01", "out_of_date": "The prices are old."}))
    assert "cost     not known" in told[0]
    assert "The prices are old." in [line.strip() for line in told]
