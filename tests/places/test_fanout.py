import asyncio

import numpy as np
import pytest

from doctown.embed.batches import BatchLimits, batches_of
from doctown.embed.vectors import result_of
from doctown.errors import EngineMismatch, NotAuthorised, ResultInvalid, WorkerLost
from doctown.model import EmbeddingInput, embedding_key
from doctown.steps import EmbedRequest
from places.fanout import MAX_ATTEMPTS, FanOut


def batches(n):
    rows = [EmbeddingInput(str(i), embedding_key(str(i)), 3, str(i)) for i in range(n)]
    return batches_of(rows, BatchLimits(texts=1))


class InMemoryPlace:
    """A backend that answers at once, or as `answer(request, attempt)` says."""

    address, parallel = "memory", 2

    def __init__(self, answer=None):
        self.answer = answer
        self.attempts: dict[str, int] = {}
        self.now = self.most = self.cancelled = 0

    async def run(self, step, request: EmbedRequest, progress=None):
        self.attempts[request.batch_id] = self.attempts.get(request.batch_id, 0) + 1
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(0)
            rows = np.ones((len(request.chunks), 1), dtype=np.float32)
            result = result_of(request, rows, request.model, request.revision, "e")
            if self.answer is None:
                return result
            return await self.answer(result, self.attempts[request.batch_id])
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.now -= 1

    async def aclose(self):
        pass


async def embedded(place, n, **more):
    done = []

    async def on_done(batch, result):
        done.append(batch.id)

    fanout = FanOut(place, pause_s=0, **more)
    await fanout.embed_all(batches(n), "m", "r", on_done)
    return done, fanout


async def test_every_batch_is_done_once_and_recorded():
    done, fanout = await embedded(InMemoryPlace(), 20)
    assert sorted(done) == sorted(batch.id for batch in batches(20))
    assert [record.attempts for record in fanout.records] == [1] * 20


async def test_at_most_twice_what_the_place_can_work_on_is_in_flight():
    place = InMemoryPlace()
    await embedded(place, 50)
    assert place.most == 4


async def test_a_failure_that_may_pass_is_tried_three_times():
    async def answer(result, attempt):
        if attempt < MAX_ATTEMPTS:
            raise WorkerLost
        return result

    place = InMemoryPlace(answer)
    done, fanout = await embedded(place, 5)
    assert len(done) == 5 and {record.attempts for record in fanout.records} == {3}


async def test_a_batch_that_exhausts_its_attempts_fails_the_job():
    async def answer(result, attempt):
        raise WorkerLost("gone")

    place = InMemoryPlace(answer)
    with pytest.raises(WorkerLost, match="gone"):
        await embedded(place, 1)
    assert list(place.attempts.values()) == [MAX_ATTEMPTS]


@pytest.mark.parametrize("error", [NotAuthorised, EngineMismatch])
async def test_a_failure_that_stays_is_not_tried_again_and_cancels_the_others(error):
    async def answer(result, attempt):
        if result.batch_id == batches(10)[0].id:
            raise error("for good")
        await asyncio.Event().wait()

    place = InMemoryPlace(answer)
    with pytest.raises(error, match="for good"):
        await embedded(place, 10)
    assert place.now == 0 and place.cancelled == 3
    assert place.attempts[batches(10)[0].id] == 1


async def test_vectors_that_are_not_those_asked_for_count_as_a_failure():
    async def answer(result, attempt):
        return result.model_copy(update={"chunk_ids": ("foreign",)}) if attempt == 1 else result

    done, fanout = await embedded(InMemoryPlace(answer), 1)
    assert len(done) == 1 and fanout.records[0].attempts == 2


HOSTILE = [
    {"vectors": "é"},
    {"vectors": "AAAA="},
    {"vectors": "AADAfw=="},
    {"vectors": "", "chunk_ids": (), "dimensions": 10**30},
    {"vectors": (), "encoding": "list", "dimensions": 10**30},
    {"vectors": (), "encoding": "list", "dimensions": -1},
]


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_a_hostile_result_is_an_invalid_one_and_nothing_worse(hostile):
    async def answer(result, attempt):
        return result.model_copy(update=hostile)

    with pytest.raises(ResultInvalid):
        await embedded(InMemoryPlace(answer), 1)


async def test_vectors_that_are_never_right_fail_the_job():
    async def answer(result, attempt):
        return result.model_copy(update={"vectors": "AAAA"})

    with pytest.raises(ResultInvalid):
        await embedded(InMemoryPlace(answer), 1)


async def test_after_a_failure_the_same_fan_out_has_all_its_room_again():
    async def answer(result, attempt):
        raise NotAuthorised

    place = InMemoryPlace(answer)
    fanout = FanOut(place, pause_s=0)

    async def on_done(batch, result):
        pass

    for _ in range(10):
        with pytest.raises(NotAuthorised):
            await fanout.embed_all(batches(9), "m", "r", on_done)
    place.answer = None
    await asyncio.wait_for(fanout.embed_all(batches(9), "m", "r", on_done), 10)
    assert len(fanout.records) == 9
