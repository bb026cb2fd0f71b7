"""How far a build is, told to RunPod while it runs: `{"step", "done", "total"}` as the job's output until it has one.

The SDK's own `progress_update` sends from a thread that nobody waits for, and one that comes after the result leaves
the job IN_PROGRESS for good (runpod-python#250). Here every message is waited for before the result may follow.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Any

Send = Callable[[Mapping[str, Any], Mapping[str, Any]], Awaitable[None]]

EVERY_S = 2.0
LONGEST_S = 10.0
"""A message that takes longer is given up; nothing is lost but the news."""


class Told:
    """The news of one job; entered, it is a `Progress`. Left, there is nothing more under way."""

    def __init__(self, job: Mapping[str, Any], send: Send | None = None, every_s: float = EVERY_S) -> None:
        self._job, self._send, self._every_s = job, send or send_to_runpod, every_s
        self._news: Mapping[str, Any] | None = None
        self._over = asyncio.Event()

    async def __aenter__(self) -> Callable[[str, int, int], None]:
        self._telling = asyncio.create_task(self._tell())
        return self._note

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        await self._telling

    def _note(self, what: str, done: int, total: int) -> None:
        self._news = {"step": what, "done": done, "total": total}

    async def _tell(self) -> None:
        while not self._over.is_set():
            if (news := self._news) is not None:
                self._news = None
                try:
                    async with asyncio.timeout(LONGEST_S):
                        await self._send(self._job, news)
                except TimeoutError:
                    pass
            try:
                async with asyncio.timeout(self._every_s):
                    await self._over.wait()
            except TimeoutError:
                continue


async def send_to_runpod(job: Mapping[str, Any], news: Mapping[str, Any]) -> None:
    """As the SDK's `progress_update` sends it, and awaited. Where the SDK tries a job by itself nobody is told."""
    if not os.environ.get("RUNPOD_WEBHOOK_POST_OUTPUT"):
        return
    from runpod.http_client import AsyncClientSession
    from runpod.serverless.modules.rp_http import send_result

    async with AsyncClientSession() as session:
        await send_result(session, {"status": "IN_PROGRESS", "output": dict(news)}, job)
