import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.report import Bar, artifact_key, batch_rows, batches_told, summary_markdown
from places.fanout import BatchRecord, LostAttempt
from tests.fakes.bills import bill
from tests.fakes.hostile_text import HOSTILE, tokens_of


def summary(text):
    return {
        "docpack": {"key": "docpacks/x", "media_type": "a/b", "size": 1, "sha256": "0" * 64},
        "docpack_id": "d" * 64,
        "repository": {"name": text, "url": None, "ref": text, "commit": "c" * 40, "tree": None},
        "counts": {"files": 1234, "chunks": 5},
        "topics": [text, "another"],
        "topic_sizes": [1200, 3],
        "notes": [text],
        "texts": 5,
        "embedded": 2,
        "engine": text,
        "seconds": {"ingest": 1.25, "embed": 2.0, "assemble": 3.5},
        "bill": bill(worker=text, address=text),
    }


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_repository_cannot_write_in_its_summary(text):
    harmless, hostile = (list(tokens_of(summary_markdown(summary(name)))) for name in ("harmless", text))
    assert [(token.type, token.tag) for token in hostile] == [(token.type, token.tag) for token in harmless]
    assert not {token.type for token in hostile} & {"html_block", "html_inline", "link_open", "image"}


def test_a_summary_says_what_was_found_and_how_long_it_took():
    page = summary_markdown(summary("httpx"))
    for line in ("# ` httpx `", "| files | 1,234 |", "| embedded in this run | 2 |", "| assemble | 3.5 |"):
        assert line in page.splitlines()
    assert "1. ` httpx `, 1,200 chunks\n2. ` another `, 3 chunks" in page


def test_a_summary_of_an_older_worker_or_without_topics_is_a_summary_too():
    told = summary("httpx")
    del told["topic_sizes"]
    assert "1. ` httpx `\n2. ` another `" in summary_markdown(told)
    page = summary_markdown(told | {"topics": [], "engine": None})
    assert "\nnone\n" in page and "Engine ` none `" in page


def test_a_run_that_used_no_endpoint_has_no_bill_in_its_summary():
    assert "What it cost" in summary_markdown(summary("httpx"))
    assert "What it cost" not in summary_markdown(summary("httpx") | {"bill": None})


def test_the_batch_table_has_the_slowest_first_and_not_thousands_of_rows():
    records = [BatchRecord(f"{n:064d}", 1, 10, 1, float(n), "local", "e\n1") for n in range(1000)]
    rows = batch_rows(records)
    assert [row["seconds"] for row in rows[:3]] == [999.0, 998.0, 997.0]
    assert len(rows) == 200
    assert rows[0]["engine"] == "e\\u000a1"


def test_the_batch_table_has_the_dollars_of_the_bill():
    records = [BatchRecord(name, 1, 10, 1, 1.0, "a", "e") for name in ("b", "of another run")]
    assert [row["dollars"] for row in batch_rows(records, bill())] == [0.0032, None]


def test_the_batch_table_has_the_attempts_that_were_lost_and_why():
    lost = (
        LostAttempt("WorkerLost", "The worker vanished.\n", 12.5, "a"),
        LostAttempt("SubmitUnanswered", "x", 1.0, "a"),
    )
    quiet = BatchRecord("b", 1, 10, 1, 1.0, "a", "e")
    records = [quiet, BatchRecord("c", 1, 10, 3, 2.0, "a", "e", lost, perhaps_paid_twice=True)]
    first, second = batch_rows(records)
    assert first["lost"] == "WorkerLost after 12.5 s: The worker vanished.\\u000a; SubmitUnanswered after 1.0 s: x"
    assert (first["attempts"], first["paid twice"], second["lost"], second["paid twice"]) == (3, "perhaps", "", "")
    assert batches_told(records) == (
        "2 batches, the slowest first, at most 200 of them. Lost to SubmitUnanswered: 1 attempts, 1.0 s. "
        "Lost to WorkerLost: 1 attempts, 12.5 s. "
        "Perhaps paid for twice, because a submit got no answer or a worker was lost: 1."
    )


@given(st.text())
def test_a_key_is_one_that_prefect_accepts(name):
    assert re.fullmatch(r"index-[a-z0-9]+(-[a-z0-9]+)*", artifact_key(name))


@given(st.lists(st.tuples(st.sampled_from(["ingest", "embed", "assemble"]), st.integers(-1, 9), st.integers(0, 8))))
def test_the_bar_never_goes_back_nor_over(reports):
    bar, last = Bar(), 0.0
    for step, done, total in reports:
        bar.enter(step)
        bar.report("what", done, total)
        assert last <= bar.percent <= 100
        last = bar.percent


def test_half_the_texts_embedded_is_half_of_the_steps_share():
    bar = Bar()
    bar.enter("embed")
    bar.report("embedding", 5, 10)
    assert (bar.percent, bar.text) == (47.5, "embedding: 5 of 10")
