"""An endpoint whose answers depend on the time, by a clock that only sleeps move on: no test waits for an hour."""

import asyncio

import httpx
from pydantic import SecretStr

from adapters.runpod import RunPodClient

ADDRESS = "http://127.0.0.1:1/v2/ep"


class ClockedEndpoint:
    """`record_at(job, seconds)` is the job's record, or None, or a status code; `workers_at(seconds)` the workers.

    With `holds` it offers the long poll, and holds an answer until the job is over.
    """

    def __init__(self, record_at, workers_at=lambda seconds: {"running": 1}, *, holds=False):
        self._record_at, self._workers_at, self._holds = record_at, workers_at, holds
        self.seconds = 0.0
        self.asked = []
        """(operation, time) of each request."""
        transport = httpx.MockTransport(self._answer)
        self.client = RunPodClient(ADDRESS, SecretStr(""), transport=transport, sleep=self.sleep, now=self.now)

    def now(self):
        return self.seconds

    async def sleep(self, seconds):
        self.seconds += seconds
        await asyncio.sleep(0)

    def count(self, operation):
        """How often it was asked for."""
        return sum(asked == operation for asked, _ in self.asked)

    def _answer(self, request):
        _, _, _, operation, *job = request.url.path.split("/")
        self.asked.append((operation, self.seconds))
        if operation == "health":
            return httpx.Response(200, json={"workers": self._workers_at(self.seconds)})
        if operation == "status-sync" and not self._holds:
            return httpx.Response(404, json={})
        record = self._record_at(job[0], self.seconds)
        if operation == "status-sync":
            end = self.seconds + int(request.url.params["wait"]) / 1000
            while self.seconds < end and isinstance(record, dict) and record["status"].startswith("IN_"):
                self.seconds = min(end, self.seconds + 0.1)
                record = self._record_at(job[0], self.seconds)
        if isinstance(record, int):
            return httpx.Response(record, json={})
        return httpx.Response(404, json={}) if record is None else httpx.Response(200, json={"id": job[0], **record})
