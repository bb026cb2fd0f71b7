import asyncio

import pytest

from doctown.errors import BudgetExceeded
from places.budget import Budget


class Clock:
    """Goes on by what is slept."""

    now = 0.0

    def __call__(self):
        return self.now

    async def sleep(self, seconds):
        self.now += seconds
        await asyncio.sleep(0)


def budget(spent):
    clock = Clock()
    return Budget(1.0, spent, clock, clock.sleep)


async def test_work_within_the_budget_gives_what_it_gives():
    async def work():
        await asyncio.sleep(0.01)
        return 7

    assert await budget(lambda: 1.0).kept(work()) == 7


async def test_an_error_of_the_work_comes_out_as_itself():
    async def work():
        raise KeyError("x")

    with pytest.raises(KeyError):
        await budget(lambda: 0.0).kept(work())


async def test_work_that_costs_too_much_is_cancelled_and_has_ended():
    seen, spent = [], iter([0.1, 0.5, 1.25])

    async def work():
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            seen.append("ended")

    with pytest.raises(BudgetExceeded, match=r"stopped at about \$1.25, and may cost \$1.00; .* kept"):
        await budget(lambda: next(spent)).kept(work())
    assert seen == ["ended"]


async def test_what_was_spent_is_read_once_a_second_however_many_works_there_are():
    reads = []

    def spent():
        reads.append(1)
        return 0.0

    async def work():
        await asyncio.sleep(0.05)

    kept = Budget(1.0, spent)
    await asyncio.gather(*(kept.kept(work()) for _ in range(20)))
    assert len(reads) == 1


async def test_who_is_cancelled_outside_ends_the_work_too():
    seen = asyncio.Event()

    async def work():
        try:
            await asyncio.Event().wait()
        finally:
            seen.set()

    running = asyncio.create_task(Budget(1.0, lambda: 0.0).kept(work()))
    await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert seen.is_set()


def test_what_would_cost_more_than_is_left_is_refused_with_the_estimate_and_what_to_do():
    half_spent = Budget(1.0, lambda: 0.5)
    half_spent.check(0.5, "This")
    with pytest.raises(BudgetExceeded) as error:
        half_spent.check(0.6, "Embedding 9 texts")
    sentence = str(error.value)
    assert sentence.startswith(
        "Embedding 9 texts would cost about $0.60 after $0.50 so far, and the run may cost $1.00"
    )
    assert "--max-cost" in sentence
