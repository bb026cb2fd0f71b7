"""Estimates over a place whose pace is known exactly: a clock that the place itself moves on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.pace import Pace
from doctown.blob import Blob
from doctown.cost import WorkerPace
from doctown.embed.batches import BatchLimits
from doctown.model import EmbeddingInput, Repository, embedding_key
from doctown.steps import IngestResult
from places.estimates import Estimate, Seconds, around, assembling, embedding, embedding_there
from places.placement import Placement

HERE = Placement()
AWAY = Placement(embed="https://api.runpod.ai/v2/x", assemble="https://api.runpod.ai/v2/y")
INGESTED = IngestResult(
    repository=Repository(name="r"),
    counts={},
    model="m",
    revision="1",
    dimensions=2,
    max_tokens=256,
    **dict.fromkeys(
        ("symbols", "edges", "chunks", "inputs", "skipped", "stats"),
        Blob(key="x", media_type="text/plain", size=0, sha256="0" * 64),
    ),
)


class Place:
    """Takes `loading_s` once, then so many seconds a token; that is its clock's time."""

    def __init__(self, seconds_a_token, loading_s=0.0):
        self.now, self.seconds_a_token, self.loading_s = 0.0, seconds_a_token, loading_s
        self.tokens = 0

    def clock(self):
        return self.now

    async def embed_all(self, batches, model, revision, on_done):
        self.now, self.loading_s = self.now + self.loading_s, 0.0
        tokens = sum(batch.tokens for batch in batches)
        self.tokens += tokens
        self.now += self.seconds_a_token * tokens
        for batch in batches:
            await on_done(batch, None)


def texts(lengths):
    return [EmbeddingInput(f"c{n}", embedding_key(str(n)), tokens, str(n)) for n, tokens in enumerate(lengths)]


async def estimated(place, rows, placement=HERE):
    return await embedding(rows, INGESTED, placement, place, BatchLimits(), place.clock)


@given(
    lengths=st.lists(st.integers(3, 256), min_size=20, max_size=400),
    seconds_a_token=st.sampled_from([1e-6, 1e-4, 1e-2]),
    loading_s=st.sampled_from([0.0, 3.0]),
)
async def test_a_sample_tells_how_long_all_texts_take(lengths, seconds_a_token, loading_s):
    place = Place(seconds_a_token, loading_s)
    found = await estimated(place, texts(lengths))
    right = loading_s + seconds_a_token * sum(lengths)
    assert found.source == "a sample"
    assert found.seconds == pytest.approx(right + seconds_a_token * min(lengths))


async def test_a_sample_is_a_part_of_many_texts_and_larger_where_the_place_is_quick():
    rows = texts([100] * 10_000)
    slow, quick = Place(1e-3), Place(1e-6)
    await estimated(slow, rows)
    await estimated(quick, rows)
    assert slow.tokens < 5_000
    assert slow.tokens < quick.tokens < len(rows) * 100 / 2


async def test_one_text_is_measured_too():
    found = await estimated(Place(0.5, loading_s=2.0), texts([10]))
    assert found.seconds == pytest.approx(2.0 + 5.0 + 5.0)


async def test_nothing_to_embed_takes_no_time_and_loads_no_engine():
    place = Place(1.0, loading_s=9.0)
    assert await estimated(place, [], AWAY) == Seconds(0.0, "nothing to do")
    assert place.now == 0


async def test_an_endpoint_is_not_asked_because_that_costs_money():
    place = Place(1.0)
    assert await estimated(place, texts([10]), AWAY) == Seconds(None, "not known")
    assert place.tokens == 0


def test_assembling_follows_the_last_run_here():
    last = Pace(chunks=1_000, assemble_s=5.0)
    assert assembling(1_000, HERE, last) == Seconds(pytest.approx(5.0), "the last run here")
    some, many = assembling(100, HERE, last).seconds, assembling(10_000, HERE, last).seconds
    assert 2.5 < some < 5.0 < many < 50.0
    twice = Pace(chunks=1_000, assemble_s=10.0)
    assert around(twice) == Seconds(pytest.approx(2 * around(last).seconds), "the last run here")


def test_a_handful_of_chunks_has_no_layout_and_tells_nothing_of_one():
    last = Pace(chunks=5, assemble_s=2.0)
    assert assembling(8, HERE, last) == Seconds(pytest.approx(2.0), "the last run here")
    assert assembling(1_000, HERE, last) == assembling(1_000, HERE, None)
    assert assembling(8, HERE, None).seconds < assembling(16, HERE, None).seconds / 2


def test_before_a_run_another_machine_must_do_and_is_named():
    assert assembling(3_000, HERE, None).source == around(None).source == "another machine"
    assert assembling(3_000, HERE, None).seconds > 0
    assert assembling(3_000, AWAY, None) == Seconds(None, "not known")


def test_the_whole_is_the_sum_unless_a_part_is_not_known():
    one = Seconds(1.0, "measured now")
    assert Estimate(HERE, one, one, one, one).in_all == 4.0
    assert Estimate(AWAY, one, one, Seconds(None, "not known"), one).in_all is None


def test_an_endpoint_takes_as_long_as_its_workers_were_fast_in_the_last_run_there():
    pace = WorkerPace(start_s=10.0, tokens_per_s=100.0)
    one = embedding_there(texts([100] * 40), pace, BatchLimits(tokens=256))
    two = embedding_there(texts([100] * 40), pace, BatchLimits(tokens=256, workers=2))
    assert one == Seconds(50.0, "the last run there")
    assert two == Seconds(30.0, "the last run there")
    assert embedding_there([], pace, BatchLimits()) == Seconds(0.0, "nothing to do")
