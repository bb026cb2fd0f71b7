"""How fast an endpoint may be asked."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.rate import MAX_REST_S, WINDOW_S, Rate, asked_rest_s


class Clock:
    """Time that only sleeps move on: the earliest of those who sleep wakes first."""

    def __init__(self):
        self.time = 0.0
        self._sleeping = []

    def now(self):
        return self.time

    async def sleep(self, seconds):
        until = self.time + seconds
        self._sleeping.append(until)
        while until > self.time:
            await asyncio.sleep(0)
            if until == min(self._sleeping):
                self.time = max(self.time, until)
        self._sleeping.remove(until)


async def asked(requests, at_once, per_window, takes_s, rest_at=None):
    """When each of so many requests began, and the most that were under way at once."""
    clock, begun, under_way, most = Clock(), [], 0, 0
    rate = Rate(at_once, per_window, clock.now, clock.sleep)

    async def ask():
        nonlocal under_way, most
        async with rate:
            begun.append(clock.now())
            under_way += 1
            most = max(most, under_way)
            await clock.sleep(takes_s)
            under_way -= 1
        if len(begun) == rest_at:
            rate.rest(30)

    await asyncio.gather(*(ask() for _ in range(requests)))
    return begun, most


@given(st.integers(1, 60), st.integers(1, 9), st.integers(1, 20), st.sampled_from([0.1, 1.0, 7.0]))
def test_neither_the_limit_at_once_nor_that_of_any_window_is_passed(requests, at_once, per_window, takes_s):
    begun, most = asyncio.run(asked(requests, at_once, per_window, takes_s))
    assert len(begun) == requests and most <= at_once
    later = begun[per_window:]
    assert all(second - first >= WINDOW_S - 1e-9 for first, second in zip(begun, later, strict=False))


async def test_a_hundred_and_fifty_cancellations_are_begun_well_within_prefects_thirty_seconds():
    begun, most = await asked(150, 20, 100, 0.3)
    assert most == 20 and begun[-1] < 15


async def test_after_a_refusal_nothing_is_begun_for_as_long_as_was_asked():
    begun, _ = await asked(3, 1, 100, 1.0, rest_at=1)
    assert begun[1] - begun[0] >= 30


async def test_a_request_that_is_cancelled_while_it_waits_gives_its_place_back():
    rate = Rate(1, 1)
    async with rate:
        pass
    waiting = asyncio.create_task(rate.__aenter__())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not rate._free.locked()


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("9" * 50, MAX_REST_S),
        ("Thu, 01 Jan 1970 00:00:30 GMT", 20),
        ("Thu, 01 Jan 1970 00:00:05 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", MAX_REST_S),
        ("", 0),
        ("nan", 0),
        ("-1", 0),
        ("²", 0),
    ],
)
def test_a_rest_is_asked_for_in_seconds_or_by_date(header, seconds):
    assert asked_rest_s(header, unix_now=10.0) == seconds


@given(st.text())
def test_whatever_a_server_asks_for_is_a_rest_that_ends(header):
    assert 0 <= asked_rest_s(header, 0.0) <= MAX_REST_S
