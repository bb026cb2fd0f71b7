import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prefect import flow

from doctown.embed.batches import Batch, BatchLimits, batches_of
from doctown.errors import EngineMismatch, WorkerLost
from doctown.model import EmbeddingInput, embedding_key
from flows.prefect_tasks import MOST_TASK_RUNS, ONE_BATCH_A_TASK_UP_TO, Shard, Watched, repository_name, shards_of
from tests.fakes.open_places import InMemoryPlaces


def batches(n):
    rows = [EmbeddingInput(str(i), embedding_key(str(i)), 3, str(i)) for i in range(n)]
    return batches_of(rows, BatchLimits(texts=1))


@given(st.integers(0, 5000))
def test_shards_hold_every_batch_once_in_order_and_stay_few(n):
    one = Batch("b", ("k",), ("t",), 3)
    shards = shards_of([one] * n)
    assert [at for shard in shards for at in range(shard.first, shard.last + 1)] == list(range(1, n + 1))
    assert len(shards) <= (ONE_BATCH_A_TASK_UP_TO if n <= ONE_BATCH_A_TASK_UP_TO else MOST_TASK_RUNS)


def test_a_shard_is_named_by_its_batches_and_texts():
    of_two = Batch("b", ("k", "l"), ("t", "u"), 6)
    assert shards_of([of_two] * 12)[2].title == "embed batch 3 of 12 (2 texts)"
    assert shards_of([of_two] * 3000)[1].title == "embed batches 21 to 40 of 3,000 (40 texts)"
    assert shards_of([Batch("b", ("k",), ("t",), 3)])[0].title == "embed batch 1 of 1 (1 text)"


@pytest.mark.parametrize(
    ("repository", "name"),
    [
        ("https://github.com/encode/httpx.git", "httpx"),
        ("https://github.com/encode/httpx/", "httpx"),
        ("/home/me/project", "project"),
        ("/", "repository"),
    ],
)
def test_a_repository_is_called_by_the_last_part_of_its_path(repository, name):
    assert repository_name(repository) == name


def embed_flow(places, shards=shards_of, n=6):
    """A flow that embeds `n` batches, and the ids of those that were kept, in order."""
    kept = []

    async def on_done(batch, result):
        kept.append(batch.id)

    @flow(name="embedding", persist_result=False)
    async def embedding():
        await Watched(places, lambda step: None, shards).embed_all(batches(n), "m", "1", on_done)

    return embedding, kept


@pytest.mark.prefect
async def test_no_more_shards_run_at_once_than_the_place_has_in_flight(prefect):
    places = InMemoryPlaces([], in_flight=2)
    embedding, kept = embed_flow(places)
    await embedding()
    assert sorted(kept) == sorted(batch.id for batch in batches(6))
    assert places.most_embedding <= 3


@pytest.mark.prefect
async def test_a_shard_tried_again_embeds_only_what_it_had_not_kept(prefect):
    async def lose_the_worker_once(step, n):
        if n == 3:
            raise WorkerLost

    places = InMemoryPlaces([], before=lose_the_worker_once)
    embedding, kept = embed_flow(places, lambda found: [Shard("all of them", 1, len(found))])
    await embedding()
    assert kept == [batch.id for batch in batches(6)]
    assert places.calls == {"embed": 7}


@pytest.mark.prefect
async def test_a_shard_that_fails_for_good_fails_the_run_as_itself_and_starts_no_other(prefect):
    async def mismatch(step, n):
        raise EngineMismatch("two engines")

    places = InMemoryPlaces([], before=mismatch, in_flight=1)
    embedding, kept = embed_flow(places)
    with pytest.raises(EngineMismatch, match="two engines"):
        await embedding()
    assert kept == []
    assert places.calls["embed"] <= 3


@pytest.mark.prefect
@pytest.mark.long
async def test_a_thousand_batches_are_a_hundred_and_fifty_task_runs_at_most(prefect):
    embedding, kept = embed_flow(InMemoryPlaces([], in_flight=20), n=1000)
    state = await embedding(return_state=True)
    assert len(kept) == 1000
    found = prefect.post(
        "/flow_runs/filter", json={"flow_runs": {"id": {"any_": [str(state.state_details.flow_run_id)]}}}
    )
    assert len(found.json()) == 1
    assert math.ceil(1000 / MOST_TASK_RUNS) * MOST_TASK_RUNS >= 1000
