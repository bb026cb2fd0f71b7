"""The emulator's two sides over HTTP: clients as at api.runpod.ai, workers as the SDK asks.

Clients need some key, workers the one they were started with. What is answered is left to `clients` and `worker_side`.
"""

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from runpod_workers.emulator.clients import POSTED, WITH_JOB, WITHOUT_JOB, Asked, ClientSide, Reply, accounting
from runpod_workers.emulator.endpoint import Endpoint
from runpod_workers.emulator.limits import Refused
from runpod_workers.emulator.terms import MIB
from runpod_workers.emulator.worker_side import WorkerSide

READ_BYTES = 64 * MIB
"""More than any limit: a body that is larger than a limit is to be refused in RunPod's words."""
DRIP_S = 0.5

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def app_of(endpoints: Mapping[str, Endpoint], worker_key: str) -> web.Application:
    """The whole of it, below `/v2/<endpoint>/`, and `/emulator/accounting`."""
    clients, workers = ClientSide(endpoints), _WorkerRoutes(endpoints, worker_key)
    app = web.Application(client_max_size=READ_BYTES)

    def asking(operation: str) -> Answer:
        async def answer(request: web.Request) -> web.StreamResponse:
            return await _sent(request, await clients.answer(await _asked(request, operation)))

        return answer

    async def account(_: web.Request) -> web.Response:
        return web.json_response(accounting(endpoints))

    for operation in sorted(WITHOUT_JOB | WITH_JOB):
        path = f"/v2/{{endpoint}}/{operation}" + ("/{job}" if operation in WITH_JOB else "")
        app.router.add_route("POST" if operation in POSTED else "GET", path, asking(operation))
    app.add_routes(
        [
            web.get("/v2/{endpoint}/job-take/{worker}", workers.take),
            web.get("/v2/{endpoint}/job-take-batch/{worker}", workers.take_batch),
            web.get("/v2/{endpoint}/job-stop/{worker}", workers.stop),
            web.get("/v2/{endpoint}/ping/{worker}", workers.ping),
            web.post("/v2/{endpoint}/job-done/{worker}/{job}", workers.done),
            web.post("/v2/{endpoint}/job-stream/{worker}/{job}", workers.chunk),
            web.get("/emulator/accounting", account),
        ]
    )
    return app


async def _asked(request: web.Request, operation: str) -> Asked:
    return Asked(
        endpoint=request.match_info["endpoint"],
        operation=operation,
        job_id=request.match_info.get("job", ""),
        query=request.query,
        authorization=request.headers.get("Authorization", ""),
        body=await _body(request) if operation in POSTED else b"",
    )


async def _body(request: web.Request) -> bytes:
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        return b" " * READ_BYTES


async def _sent(request: web.Request, reply: Reply) -> web.StreamResponse:
    if reply.is_reset:
        _reset(request)
        return web.Response()
    is_text = isinstance(reply.body, str)
    data = (reply.body if is_text else json.dumps(reply.body)).encode()
    kind = "text/plain" if is_text and reply.status != 200 else "application/json"
    if not reply.drips_s:
        return web.Response(
            body=data, status=reply.status, headers=dict(reply.headers) | {"Content-Type": f"{kind}; charset=utf-8"}
        )
    dripping = web.StreamResponse(headers={"Content-Type": f"{kind}; charset=utf-8"})
    await dripping.prepare(request)
    end = asyncio.get_running_loop().time() + reply.drips_s
    while asyncio.get_running_loop().time() < end:
        await dripping.write(b" ")
        await asyncio.sleep(DRIP_S)
    await dripping.write(data)
    return dripping


def _reset(request: web.Request) -> None:
    """End the connection without a farewell: the other side reads that it was reset."""
    transport = request.transport
    if transport is None:
        return
    if (connection := transport.get_extra_info("socket")) is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


class _WorkerRoutes:
    def __init__(self, endpoints: Mapping[str, Endpoint], key: str) -> None:
        self._sides = {name: WorkerSide(endpoint) for name, endpoint in endpoints.items()}
        self._key = key

    def _side(self, request: web.Request) -> WorkerSide:
        if request.headers.get("Authorization") != self._key:
            raise web.HTTPUnauthorized(text="unauthorized")
        try:
            return self._sides[request.match_info["endpoint"]]
        except KeyError:
            raise web.HTTPNotFound(text="no such endpoint") from None

    async def take(self, request: web.Request) -> web.Response:
        jobs = await self._taken(request, 1)
        return web.json_response(jobs[0]) if jobs else web.Response(status=204)

    async def take_batch(self, request: web.Request) -> web.Response:
        size = request.query.get("batch_size", "1")
        jobs = await self._taken(request, int(size) if size.isdecimal() and len(size) < 4 else 1)
        return web.json_response(jobs) if jobs else web.Response(status=204)

    async def _taken(self, request: web.Request, most: int) -> list[dict[str, Any]]:
        return await self._side(request).take(
            request.match_info["worker"],
            most,
            does_nothing=request.query.get("job_in_progress") == "0",
            is_heard=lambda: request.transport is not None and not request.transport.is_closing(),
        )

    async def stop(self, request: web.Request) -> web.Response:
        jobs = await self._side(request).stop(request.match_info["worker"])
        return web.json_response({"jobsToStop": jobs}) if jobs else web.Response(status=204)

    async def ping(self, request: web.Request) -> web.Response:
        self._side(request).ping(request.match_info["worker"])
        return web.Response()

    async def done(self, request: web.Request) -> web.Response:
        side = self._side(request)
        return _told(side.done, request, await _body(request))

    async def chunk(self, request: web.Request) -> web.Response:
        side = self._side(request)
        return _told(side.chunk, request, await _body(request))


def _told(tell: Callable[[str, str, bytes], None], request: web.Request, data: bytes) -> web.Response:
    try:
        tell(request.match_info["worker"], request.match_info["job"], data)
    except Refused as refusal:
        return web.Response(status=refusal.status, text=str(refusal))
    return web.Response()
