"""What the emulator's two sides are told over HTTP: clients as by api.runpod.ai, workers as the SDK asks.

Clients need some key, workers the one they were started with. Polls of workers are held, because the SDK asks again at
once whatever it is answered; a worker that is being ended is given no job.
"""

import asyncio
import json
import math
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from doctown.wire import IN_QUEUE, TERMINAL
from runpod_workers.emulator.states import Queue
from runpod_workers.emulator.workers import Workers

MIB = 1 << 20
RUN_BYTES, RUNSYNC_BYTES = 10 * MIB, 20 * MIB
MAX_POLICY_MS = 7 * 86_400_000 + 1
HOLD_S = 10.0
MAX_WAIT_S = 300.0

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint: its jobs and its workers."""

    queue: Queue
    workers: Workers


def app_of(endpoints: Mapping[str, Endpoint], worker_key: str) -> web.Application:
    """The whole of it, below `/v2/<endpoint>/`, and `/emulator/accounting`."""
    clients, workers = _Clients(endpoints), _WorkerSide(endpoints, worker_key)
    app = web.Application(client_max_size=RUNSYNC_BYTES + MIB)
    app.add_routes(
        [
            web.post("/v2/{endpoint}/run", clients.run),
            web.post("/v2/{endpoint}/runsync", clients.runsync),
            web.get("/v2/{endpoint}/status/{job}", clients.status),
            web.post("/v2/{endpoint}/cancel/{job}", clients.cancel),
            web.get("/v2/{endpoint}/health", clients.health),
            web.get("/v2/{endpoint}/job-take/{worker}", workers.take),
            web.get("/v2/{endpoint}/job-take-batch/{worker}", workers.take_batch),
            web.get("/v2/{endpoint}/job-stop/{worker}", workers.stop),
            web.get("/v2/{endpoint}/ping/{worker}", workers.ping),
            web.post("/v2/{endpoint}/job-done/{worker}/{job}", workers.done),
            web.get("/emulator/accounting", clients.accounting),
        ]
    )
    return app


def _endpoint(request: web.Request, endpoints: Mapping[str, Endpoint]) -> Endpoint:
    try:
        return endpoints[request.match_info["endpoint"]]
    except KeyError:
        raise web.HTTPNotFound(text="no such endpoint") from None


class _Clients:
    def __init__(self, endpoints: Mapping[str, Endpoint]) -> None:
        self._endpoints = endpoints

    def _at(self, request: web.Request) -> Endpoint:
        if not request.headers.get("Authorization", "").removeprefix("Bearer").strip():
            raise web.HTTPUnauthorized(text="unauthorized")
        return _endpoint(request, self._endpoints)

    async def run(self, request: web.Request) -> web.Response:
        endpoint = self._at(request)
        body = await _job_of(request, RUN_BYTES)
        job = endpoint.queue.submit(f"{uuid.uuid4()}-l1", body, time.monotonic())
        endpoint.workers.bell.ring()
        return web.json_response({"id": job.id, "status": IN_QUEUE})

    async def runsync(self, request: web.Request) -> web.Response:
        endpoint = self._at(request)
        body = await _job_of(request, RUNSYNC_BYTES)
        end = time.monotonic() + min(_number(request, "wait", 90_000) / 1000, MAX_WAIT_S)
        job = endpoint.queue.submit(f"sync-{uuid.uuid4()}-l1", body, time.monotonic(), sync=True)
        endpoint.workers.bell.ring()
        while job.status not in TERMINAL and (left := end - time.monotonic()) > 0:
            await endpoint.workers.bell.wait(left)
        return web.json_response(job.record())

    async def status(self, request: web.Request) -> web.Response:
        job = self._at(request).queue.get(request.match_info["job"])
        if job is None:
            raise web.HTTPNotFound(text="job not found")
        return web.json_response(job.record())

    async def cancel(self, request: web.Request) -> web.Response:
        endpoint = self._at(request)
        job = endpoint.queue.cancel(request.match_info["job"], time.monotonic())
        if job is None:
            raise web.HTTPNotFound(text="job not found")
        endpoint.workers.bell.ring()
        return web.json_response({"id": job.id, "status": job.status})

    async def health(self, request: web.Request) -> web.Response:
        endpoint = self._at(request)
        counts = endpoint.queue.counts()
        names = {"completed": "COMPLETED", "failed": "FAILED", "inProgress": "IN_PROGRESS", "inQueue": "IN_QUEUE"}
        jobs = {name: counts.get(status, 0) for name, status in names.items()}
        return web.json_response({"jobs": jobs, "workers": endpoint.workers.health()})

    async def accounting(self, request: web.Request) -> web.Response:
        """No part of RunPod: what was done and what it would be billed by."""
        every = self._endpoints.values()
        return web.json_response(
            {
                "texts": sum(endpoint.queue.texts for endpoint in every),
                "jobs": sum(endpoint.queue.submitted for endpoint in every),
                "jobs_by_status": sum((Counter(endpoint.queue.counts()) for endpoint in every), Counter()),
                "worker_seconds": round(sum(endpoint.workers.seconds for endpoint in every), 3),
            }
        )


class _WorkerSide:
    def __init__(self, endpoints: Mapping[str, Endpoint], key: str) -> None:
        self._endpoints, self._key = endpoints, key

    def _at(self, request: web.Request) -> Endpoint:
        if request.headers.get("Authorization") != self._key:
            raise web.HTTPUnauthorized(text="unauthorized")
        return _endpoint(request, self._endpoints)

    async def take(self, request: web.Request) -> web.Response:
        jobs = await self._next_jobs(request, 1)
        return web.json_response(jobs[0]) if jobs else web.Response(status=204)

    async def take_batch(self, request: web.Request) -> web.Response:
        jobs = await self._next_jobs(request, int(_number(request, "batch_size", 1)))
        return web.json_response(jobs) if jobs else web.Response(status=204)

    async def _next_jobs(self, request: web.Request, most: int) -> list[dict[str, Any]]:
        """Up to `most` jobs, but no more than the worker's share: the others without work get some too."""
        endpoint, worker = self._at(request), request.match_info["worker"]
        queue, end = endpoint.queue, time.monotonic() + HOLD_S
        while endpoint.workers.asking(worker) and _is_heard(request):
            share = math.ceil(queue.waiting_jobs() / max(1, endpoint.workers.without_work()))
            if jobs := [job for _ in range(min(most, share)) if (job := queue.take(worker, time.monotonic()))]:
                return [{"id": job.id, "input": job.input} for job in jobs]
            if (left := end - time.monotonic()) <= 0:
                return []
            await endpoint.workers.bell.wait(left)
        await asyncio.sleep(1)  # being ended: an answer at once would only have it ask again
        return []

    async def stop(self, request: web.Request) -> web.Response:
        endpoint, worker = self._at(request), request.match_info["worker"]
        end = time.monotonic() + HOLD_S
        while (left := end - time.monotonic()) > 0:
            if jobs := endpoint.queue.stops(worker):
                return web.json_response({"jobsToStop": jobs})
            await endpoint.workers.bell.wait(left)
        return web.Response(status=204)

    async def ping(self, request: web.Request) -> web.Response:
        self._at(request)
        return web.Response()

    async def done(self, request: web.Request) -> web.Response:
        """A result that is no JSON or too large is refused, and its job is COMPLETED without one, as on RunPod."""
        endpoint, worker, job_id = self._at(request), request.match_info["worker"], request.match_info["job"]
        job = endpoint.queue.get(job_id)
        if job is None:
            raise web.HTTPNotFound(text="job not found")
        limit = RUNSYNC_BYTES if job_id.startswith("sync-") else RUN_BYTES
        try:
            body = await _json_of(request, limit)
        except web.HTTPBadRequest:
            endpoint.queue.finish(worker, job_id, None, time.monotonic())
            raise
        else:
            endpoint.queue.finish(worker, job_id, body, time.monotonic())
        finally:
            endpoint.workers.bell.ring()
        return web.Response()


async def _job_of(request: web.Request, limit: int) -> dict[str, Any]:
    body = await _json_of(request, limit)
    policy = body.get("policy") or {}
    if "input" not in body or not isinstance(policy, dict):
        raise web.HTTPBadRequest(text="input is required")
    for name in ("executionTimeout", "ttl"):
        if not isinstance(value := policy.get(name, 0), int | float) or not 0 <= value < MAX_POLICY_MS:
            raise web.HTTPBadRequest(text=f"policy.{name} is not a number of milliseconds")
    return body


async def _json_of(request: web.Request, limit: int) -> dict[str, Any]:
    try:
        data = await request.read()
    except web.HTTPRequestEntityTooLarge:
        data = b" " * (limit + 1)
    if len(data) > limit:
        raise web.HTTPBadRequest(text=f"request exceeded max body size of {limit // MIB}MiB")
    try:
        body = json.loads(data, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest(text="the body is no JSON") from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="the body is no object")
    return body


def _is_heard(request: web.Request) -> bool:
    """Whether somebody still waits for the answer: a job handed to a worker that has died costs it an attempt."""
    return request.transport is not None and not request.transport.is_closing()


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _number(request: web.Request, name: str, default: float) -> float:
    try:
        return float(request.query.get(name, default))
    except ValueError:
        return default
