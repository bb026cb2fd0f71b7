from flows.bill_report import MOST_WORKERS, bill_markdown, usd_by_batch
from tests.fakes.bills import bill


def test_the_page_says_what_it_cost_by_which_prices_and_what_machines_that_are_always_on_cost():
    page = "\n".join(bill_markdown(bill()))
    assert "$0.00560 by the prices of 2026-08-20: 35 billed seconds (start 20.0, execution 4.5, idle 10.0)" in page
    assert "$30 to $50 a month, as much as 5,357 to 8,929 such runs." in page


def test_every_worker_has_its_row_one_that_took_no_job_too():
    lines = bill_markdown(bill())
    assert "| ` w ` | ` https://api.runpod.ai/v2/x ` | ` AMPERE_16 ` | 2 | 10.0 | 4.5 | 5.0 | 20 | $0.00320 |" in lines
    assert any(line.startswith("| came and took no job |") for line in lines)


def test_of_a_thousand_workers_the_first_are_shown():
    many = bill()
    many["places"][0]["workers"] *= 500
    lines = bill_markdown(many)
    assert sum(line.startswith("| ` w `") or line.startswith("| came") for line in lines) == MOST_WORKERS
    assert "and 950 more workers" in lines


def test_a_price_that_is_not_known_is_said_to_be_so():
    assert "not known by the prices" in "\n".join(bill_markdown(bill(usd=None)))


def test_prices_that_are_out_of_date_are_said_to_be_so():
    old = bill(prices={"as_of": "2020-01-01", "out_of_date": "The prices are old."})
    assert "The prices are old." in bill_markdown(old)


def test_the_jobs_of_a_batch_are_added_up():
    assert usd_by_batch(bill()) == {"b": 0.0032}
    assert usd_by_batch(None) == {}
