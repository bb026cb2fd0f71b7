"""What is left to another run and waited for, by a clock that jumps."""

import asyncio

import pytest

from adapters.store import store_at
from adapters.under_way import FOLDER, UnderWay
from places.sharing import BEAT_S, DEAD_S, STALLED_S, Sharing
from tests.fakes.virtual_time import run_virtually

WHOSE = "model 1 engine"


@pytest.fixture
def store(tmp_path):
    return store_at(tmp_path.as_uri())


def test_what_another_embeds_is_waited_for_until_its_vectors_are_there(store):
    vectors = set()

    async def both():
        one, other = Sharing(UnderWay(store)), Sharing(UnderWay(store))
        assert await one.left_to_others(WHOSE, {"a", "b"}) == set()
        assert await other.left_to_others(WHOSE, {"b", "c"}) == {"b"}
        waiting = asyncio.create_task(other.wait({"b", "c"}, lambda keys: keys & vectors))
        await asyncio.sleep(3 * DEAD_S)
        assert not waiting.done()
        vectors.add("b")
        await waiting
        await one.aclose()
        await other.aclose()

    run_virtually(both())
    assert list(store.keys(FOLDER)) == []


@pytest.mark.parametrize("how", ["closed", "silent"])
def test_who_ends_or_gives_no_sign_of_life_is_not_waited_for_for_ever(store, how):
    async def both():
        one, other = Sharing(UnderWay(store)), Sharing(UnderWay(store))
        await one.left_to_others(WHOSE, {"a"})
        assert await other.left_to_others(WHOSE, {"a"}) == {"a"}
        began = asyncio.get_running_loop().time()
        if how == "closed":
            await one.aclose()
        else:
            one._beating.cancel()
        await other.wait({"a"}, lambda keys: set())
        waited = asyncio.get_running_loop().time() - began
        assert waited < BEAT_S if how == "closed" else DEAD_S <= waited <= DEAD_S + BEAT_S
        assert await other.left_to_others(WHOSE, {"a"}) == set()
        await other.aclose()

    run_virtually(both())


def test_with_nothing_left_to_others_nothing_is_waited_for(store):
    async def alone():
        sharing = Sharing(UnderWay(store))
        await sharing.wait({"a"}, lambda keys: 1 / 0)
        await sharing.left_to_others(WHOSE, {"a"})
        await sharing.wait({"a"}, lambda keys: 1 / 0)
        await sharing.aclose()
        await Sharing(UnderWay(store)).aclose()

    run_virtually(alone())


def test_who_lives_and_embeds_nothing_is_not_waited_for_for_ever(store):
    async def both():
        one, other = Sharing(UnderWay(store)), Sharing(UnderWay(store))
        await one.left_to_others(WHOSE, {"a", "b"})
        assert await other.left_to_others(WHOSE, {"a", "b"}) == {"a", "b"}
        loop, vectors = asyncio.get_running_loop(), set()
        loop.call_later(STALLED_S / 2, vectors.add, "a")
        began = loop.time()
        await other.wait({"a", "b"}, lambda keys: keys & vectors)
        assert 1.5 * STALLED_S <= loop.time() - began <= 1.5 * STALLED_S + 2 * BEAT_S
        assert await other.left_to_others(WHOSE, {"a", "b"}) == set()
        await one.aclose()
        await other.aclose()

    run_virtually(both())
