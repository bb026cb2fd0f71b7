"""Pauses of a client that is in no hurry: none is waited for, each is counted."""

import asyncio


class Pauses:
    """A clock that only sleeps move on, at once, and how long they were."""

    def __init__(self):
        self.seconds = []

    async def sleep(self, seconds):
        self.seconds.append(seconds)
        await asyncio.sleep(0)

    def now(self):
        return sum(self.seconds)
