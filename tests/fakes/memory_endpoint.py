"""The emulator's endpoint without HTTP and without processes: a transport of httpx, and workers that only wait.

States, limits, faults, scaling and billing are the emulator's own. Made for `virtual_time.run_virtually`, in which ten
thousand jobs of minutes take seconds; it runs in any loop.
"""

import asyncio
import json
from collections import Counter

import httpx

from runpod_workers.emulator.clients import POSTED, WITH_JOB, WITHOUT_JOB, Asked, ClientSide, accounting
from runpod_workers.emulator.clock import now
from runpod_workers.emulator.endpoint import Endpoint
from runpod_workers.emulator.faults import Faults
from runpod_workers.emulator.limits import Refused
from runpod_workers.emulator.terms import Terms
from runpod_workers.emulator.worker_side import WorkerSide

DRIP_S = 0.5


class MemoryEndpoint:
    """One endpoint, alive while it is entered. `address` is where clients with its transport find it.

    `handler(job_input)` gives what a worker's handler returns, its `error` and `stopPod` included; an exception is
    reported as the SDK does. `seconds_of(job_input)` is how long that takes.
    """

    def __init__(self, handler, seconds_of=lambda _: 1.0, terms=None, rules=(), name="embed"):
        self.handler, self.seconds_of = handler, seconds_of
        self.terms, self.rules, self.name = terms or Terms(), tuple(rules), name
        self.address = f"http://127.0.0.1/v2/{name}"
        self.requests = Counter()
        """How often each operation was asked for."""
        self.webhooks = []
        """(time, address, record) of each that was sent; `answers_webhooks` is what they are answered."""
        self.answers_webhooks = 200

    async def __aenter__(self):
        self._begin()
        return self

    async def __aexit__(self, *_):
        await self._end()

    async def restart(self):
        """What an emulator that was killed and started anew is: all jobs and workers are gone."""
        await self._end()
        self._begin()

    def transport(self):
        """A transport for a client of its own; closing it closes nothing."""
        return _Transport(self)

    def accounting(self):
        """What `/emulator/accounting` answers."""
        return accounting({self.name: self.endpoint})

    def _begin(self):
        faults = Faults(self.rules, now())
        self.endpoint = Endpoint(self.name, self.terms, faults, self._launch, self._post)
        self.side = WorkerSide(self.endpoint)
        self.clients = ClientSide({self.name: self.endpoint})
        self._running = asyncio.ensure_future(self.endpoint.run())

    async def _end(self):
        self.endpoint.end()
        await self._running

    async def _launch(self, name):
        return _Worker(self, name)

    async def _post(self, url, record):
        self.webhooks.append((now(), url, dict(record)))
        return self.answers_webhooks


class _Transport(httpx.AsyncBaseTransport):
    def __init__(self, memory):
        self._memory = memory

    async def handle_async_request(self, request):
        memory = self._memory
        _, _, name, operation, *job = request.url.path.split("/", 4)
        known = WITH_JOB if job else WITHOUT_JOB
        if operation not in known or (request.method == "POST") != (operation in POSTED):
            return httpx.Response(405 if operation in known else 404, request=request)
        memory.requests[operation] += 1
        reply = await memory.clients.answer(
            Asked(
                endpoint=name,
                operation=operation,
                job_id=job[0] if job else "",
                query=dict(request.url.params),
                authorization=request.headers.get("Authorization", ""),
                body=await request.aread(),
            )
        )
        if reply.is_reset:
            raise httpx.ReadError("the connection was reset", request=request)
        data = (reply.body if isinstance(reply.body, str) else json.dumps(reply.body)).encode()
        stream = _Dripping(data, reply.drips_s) if reply.drips_s else httpx.ByteStream(data)
        return httpx.Response(reply.status, headers=dict(reply.headers), stream=stream, request=request)


class _Dripping(httpx.AsyncByteStream):
    def __init__(self, data, seconds):
        self._data, self._seconds = data, seconds

    async def __aiter__(self):
        end = now() + self._seconds
        while now() < end:
            yield b" "
            await asyncio.sleep(DRIP_S)
        yield self._data


class _Worker:
    """A simulated worker: takes a job, waits, and reports, one after the other; it cannot be told to stop a job."""

    def __init__(self, memory, name):
        self._memory, self._name = memory, name
        self._code = asyncio.get_running_loop().create_future()
        self._is_draining = False
        self._working = asyncio.ensure_future(self._work())

    async def wait(self):
        return await self._code

    def kill(self):
        self._exit(-9)
        self._working.cancel()

    def drain(self):
        self._is_draining = True

    def hang(self):
        self._working.cancel()

    def last_words(self):
        return "  (it is simulated)"

    def _exit(self, code):
        if not self._code.done():
            self._code.set_result(code)

    async def _work(self):
        while not self._is_draining:
            for job in await self._memory.side.take(self._name, 1):
                if "input" in job:  # else the SDK does not take it
                    await self._run(job)
        self._exit(0)

    async def _run(self, job):
        await asyncio.sleep(self._memory.seconds_of(job["input"]))
        body = _reported(self._memory.handler, job["input"])
        try:
            data = json.dumps(body).encode()
        except TypeError:  # the SDK reports nothing then
            return
        for pause_s in (2, 3, None):  # as the SDK does
            try:
                self._memory.side.done(self._name, job["id"], data)
                return
            except Refused as refusal:
                if refusal.status < 500 or pause_s is None:
                    return
            await asyncio.sleep(pause_s)


def _reported(handler, job_input):
    try:
        found = handler(job_input)
    except Exception as error:
        told = {"error_type": str(type(error)), "error_message": str(error)}
        return {"error": json.dumps(told)}
    if not isinstance(found, dict):
        return {"output": found}
    rest = {name: value for name, value in found.items() if name not in ("error", "refresh_worker")}
    body = {"output": rest} if rest else {}
    if "error" in found:
        body["error"] = found["error"]
    return body | ({"stopPod": True} if found.get("refresh_worker") else {})
