"""Tests that ask an endpoint in memory: a small client, and what runs such a test by a clock that jumps."""

import asyncio

import httpx

from runpod_workers.emulator.faults import read_faults
from runpod_workers.emulator.terms import Terms
from tests.fakes.memory_endpoint import MemoryEndpoint
from tests.fakes.virtual_time import run_virtually


class Client:
    """Asks an endpoint in memory."""

    def __init__(self, endpoint, key="x"):
        self.endpoint = endpoint
        self.http = httpx.AsyncClient(
            transport=endpoint.transport(), base_url=endpoint.address + "/", headers={"Authorization": f"Bearer {key}"}
        )

    async def submit(self, job_input=None, **more):
        answer = await self.http.post("run", json={"input": {"x": 1} if job_input is None else job_input} | more)
        assert answer.status_code == 200, answer.text
        return answer.json()["id"]

    async def status(self, job_id):
        return await self.http.get(f"status/{job_id}")

    async def ended(self, job_id):
        for _ in range(100):
            record = (await self.http.get(f"status-sync/{job_id}?wait=60000")).json()
            if record["status"] not in ("IN_QUEUE", "IN_PROGRESS"):
                return record
        raise AssertionError(record)

    async def health(self):
        return (await self.http.get("health")).json()


def scenario(toml="", handler=lambda job_input: {"did": job_input["x"]}, seconds_of=lambda _: 10.0):
    """Runs a test with a client of an endpoint in memory, in virtual time."""

    def decorated(test):
        async def main():
            rules, terms = read_faults(toml, Terms(workers=2))
            async with MemoryEndpoint(handler, seconds_of, terms, rules) as endpoint:
                await test(Client(endpoint))

        def run():
            run_virtually(main())

        run.__name__ = test.__name__
        return run

    return decorated


def time():
    return asyncio.get_running_loop().time()
