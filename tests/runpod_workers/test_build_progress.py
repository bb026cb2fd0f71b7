"""News of a build, none of which may come after its result."""

import asyncio

import pytest

from runpod_workers.build.progress import Told

JOB = {"id": "1"}


class Platform:
    """Takes the news, each after a while, and knows when it is being told."""

    def __init__(self, takes_s=0.0):
        self.heard, self.busy, self._takes_s = [], 0, takes_s

    async def send(self, job, news):
        self.busy += 1
        await asyncio.sleep(self._takes_s)
        self.heard.append((job["id"], news))
        self.busy -= 1


async def test_the_newest_of_the_news_is_told():
    platform = Platform()
    async with Told(JOB, platform.send, every_s=0.01) as progress:
        for done in range(5):
            progress("embedding", done, 5)
        while not platform.heard:
            await asyncio.sleep(0.01)
    assert platform.heard == [("1", {"step": "embedding", "done": 4, "total": 5})]


async def test_nothing_is_under_way_any_more_when_the_work_is_over():
    platform = Platform(takes_s=0.2)
    async with Told(JOB, platform.send, every_s=0.01) as progress:
        progress("ingesting", 0, 1)
        while not platform.busy:
            await asyncio.sleep(0.01)
        progress("ingesting", 1, 1)
    heard = list(platform.heard)
    assert platform.busy == 0 and len(heard) == 1
    await asyncio.sleep(0.05)
    assert platform.heard == heard


async def test_an_error_of_the_work_stays_the_error():
    with pytest.raises(ZeroDivisionError):
        async with Told(JOB, Platform().send, every_s=0.01):
            raise ZeroDivisionError
