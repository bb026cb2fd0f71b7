import asyncio

import numpy as np
import pytest

from doctown.embed.batches import BatchLimits, batches_of, halves_of
from doctown.embed.vectors import result_of
from doctown.errors import (
    BackendUnavailable,
    EngineMismatch,
    ExecutionTimedOut,
    NotAuthorised,
    NoWorkers,
    ResultInvalid,
    SubmitUnanswered,
    WorkerLost,
)
from doctown.model import EmbeddingInput, embedding_key
from doctown.steps import EmbedRequest
from places.fanout import MAX_ATTEMPTS, FanOut


def batches(n):
    rows = [EmbeddingInput(str(i), embedding_key(str(i)), 3, str(i)) for i in range(n)]
    return batches_of(rows, BatchLimits(texts=1))


class InMemoryPlace:
    """A backend that answers at once, or as `answer(request, attempt)` says."""

    parallel = 2

    def __init__(self, answer=None, address="memory"):
        self.answer, self.address = answer, address
        self.settled: list[str] = []
        self.in_doubt: set[str] = set()
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

    async def settle(self, step, request):
        assert self.attempts[request.batch_id]
        self.settled.append(request.batch_id)
        return request.batch_id in self.in_doubt

    async def aclose(self):
        pass


async def embedded(place, n, *fallbacks, given=None):
    done = []

    async def on_done(batch, result):
        done.append(batch.id)

    fanout = FanOut(place, *fallbacks, pause_s=0)
    await fanout.embed_all(given or batches(n), "m", "r", on_done)
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


async def test_every_attempt_that_was_lost_is_told_with_its_reason():
    async def answer(result, attempt):
        if attempt < MAX_ATTEMPTS:
            raise WorkerLost(f"the {attempt}. worker vanished")
        return result

    _, fanout = await embedded(InMemoryPlace(answer), 1)
    (record,) = fanout.records
    assert [(lost.kind, lost.reason) for lost in record.lost] == [
        ("WorkerLost", "the 1. worker vanished"),
        ("WorkerLost", "the 2. worker vanished"),
    ]
    assert all(lost.seconds >= 0 and lost.address == "memory" for lost in record.lost)


async def test_a_batch_that_may_have_been_paid_for_twice_is_told():
    async def answer(result, attempt):
        if attempt == 1:
            raise SubmitUnanswered
        return result

    place = InMemoryPlace(answer)
    place.in_doubt = {batches(2)[0].id}
    _, fanout = await embedded(place, 2)
    assert {record.batch_id: record.perhaps_paid_twice for record in fanout.records} == {
        batches(2)[0].id: True,
        batches(2)[1].id: False,
    }


async def test_a_batch_is_settled_only_after_its_vectors_are_safe():
    place = InMemoryPlace()

    async def on_done(batch, result):
        raise WorkerLost("the store is full")

    with pytest.raises(WorkerLost, match="full"):
        await FanOut(place, pause_s=0).embed_all(batches(1), "m", "r", on_done)
    assert place.settled == []


async def test_a_result_of_no_use_is_settled_so_that_it_is_not_fetched_again():
    async def answer(result, attempt):
        return result.model_copy(update={"vectors": "AAAA"}) if attempt == 1 else result

    place = InMemoryPlace(answer)
    await embedded(place, 1)
    assert len(place.settled) == 2


async def test_vectors_of_another_width_than_the_first_are_invalid():
    async def answer(result, attempt):
        if result.batch_id == batches(5)[-1].id and attempt < MAX_ATTEMPTS:
            request = EmbedRequest(batch_id=result.batch_id, chunks=[{"chunk_id": result.chunk_ids[0], "content": ""}])
            rows = np.array([[1, 0]], dtype=np.float32)
            return result_of(request.model_copy(update={"encoding": "base64"}), rows, "m", "r", "e")
        return result

    _, fanout = await embedded(InMemoryPlace(answer), 5)
    assert max(record.attempts for record in fanout.records) == MAX_ATTEMPTS


def batch_of(n):
    rows = [EmbeddingInput(str(i), embedding_key(str(i)), 3, str(i)) for i in range(n)]
    (batch,) = batches_of(rows, BatchLimits())
    return batch


async def too_long(result, attempt):
    raise ExecutionTimedOut


async def test_a_batch_that_runs_too_long_is_tried_once_more_in_halves():
    whole = batch_of(9)

    async def answer(result, attempt):
        if result.batch_id == whole.id:
            raise ExecutionTimedOut
        return result

    place = InMemoryPlace(answer)
    done, fanout = await embedded(place, 0, given=[whole])
    assert done == [half.id for half in halves_of(whole)]
    assert [(record.texts, record.attempts) for record in fanout.records] == [(4, 2), (5, 1)]


@pytest.mark.parametrize("texts", [1, 2, 9])
async def test_what_runs_too_long_even_in_halves_fails_the_job(texts):
    place = InMemoryPlace(too_long)
    with pytest.raises(ExecutionTimedOut):
        await embedded(place, 0, given=[batch_of(texts)])
    assert sum(place.attempts.values()) == 2


@pytest.mark.parametrize(("error", "attempts"), [(NoWorkers, 1), (BackendUnavailable, MAX_ATTEMPTS)])
async def test_an_endpoint_without_hope_is_left_for_the_fallback(error, attempts, caplog):
    async def answer(result, attempt):
        raise error("There is no hope.")

    first, second = InMemoryPlace(answer), InMemoryPlace(address="second")
    done, fanout = await embedded(first, 30, second)
    assert len(done) == 30 and {record.address for record in fanout.records} == {"second"}
    assert fanout.address == "second" and max(first.attempts.values()) == attempts
    assert len(first.attempts) <= fanout.in_flight
    assert caplog.text.count("The run goes on at second: There is no hope.") == 1


@pytest.mark.parametrize("error", [NotAuthorised, WorkerLost])
async def test_a_failure_that_is_not_the_endpoints_absence_does_not_change_the_place(error):
    async def answer(result, attempt):
        raise error

    second = InMemoryPlace(address="second")
    with pytest.raises(error):
        await embedded(InMemoryPlace(answer), 3, second)
    assert not second.attempts


async def test_without_a_fallback_an_endpoint_without_workers_fails_the_job_at_once():
    async def answer(result, attempt):
        raise NoWorkers

    place = InMemoryPlace(answer)
    with pytest.raises(NoWorkers, match="raise its most workers"):
        await embedded(place, 3)
    assert set(place.attempts.values()) == {1}


async def test_pauses_between_attempts_grow():
    pauses = []

    async def sleep(seconds):
        pauses.append(seconds)

    async def answer(result, attempt):
        raise WorkerLost

    with pytest.raises(WorkerLost):
        await FanOut(InMemoryPlace(answer), pause_s=2, sleep=sleep).embed_all(batches(1), "m", "r", None)
    assert 1.5 <= pauses[0] <= 2.5 and 6 <= pauses[1] <= 10 and len(pauses) == 2
