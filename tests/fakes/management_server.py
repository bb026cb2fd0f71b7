"""RunPod's management API on loopback, after its OpenAPI document: bodies checked, defaults filled in.

Nothing is idempotent here but what is so there. `faults` say what goes wrong; beside the API the server answers for the
endpoints' own health, so that jobs can be under way. It runs in a thread, for the command and async tests alike.
"""

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from tests.fakes.management_rules import CPUS, DATA_CENTRES, GPUS, made, patched, refusal_of


@dataclass
class Fault:
    """What happens instead of an answer, or after it was decided: at requests of `method` whose path ends like that."""

    method: str
    path: str = ""
    status: int | None = None
    headers: dict = field(default_factory=dict)
    body: bytes | None = None
    """With a status: answered at once, nothing done. Without: it is done, and this is the answer."""
    reset: bool = False
    """The connection is cut: after it was done if `done`, else before."""
    done: bool = False
    delay_s: float = 0
    times: int = 1
    skip: int = 0
    """So many of the requests that are meant go well before."""


@dataclass
class ManagementServer:
    """Use as a context manager. `endpoints`, `workers`, `logs` and `jobs` are by the endpoint's (worker's) id."""

    quota: int = 100
    key: str = "loopback"
    page_size: int = 1000
    lag: int = 0
    """So many lists after it was made do not have an endpoint yet."""
    names_flashboot: bool = False
    """Append to names what RunPod appends to those of endpoints with FlashBoot."""
    faults: list = field(default_factory=list)
    endpoints: dict = field(default_factory=dict)
    workers: dict = field(default_factory=dict)
    releases: dict = field(default_factory=dict)
    logs: dict = field(default_factory=dict)
    jobs: dict = field(default_factory=dict)
    """(waiting, running)."""
    spent: dict = field(default_factory=dict)
    """Dollars, a day each."""
    when_changed: Callable[[], None] = lambda: None
    """What happens in the world as soon as an endpoint was changed."""
    requests: list = field(default_factory=list)
    """(method, path, body) of each."""

    def __enter__(self):
        self._loop, self._unlisted = asyncio.new_event_loop(), 0
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        assert started.wait(10)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join(10)

    @property
    def base(self):
        return f"http://127.0.0.1:{self.port}/v2"

    @property
    def writes(self):
        return [(method, path) for method, path, _ in self.requests if method != "GET"]

    def add(self, **fields):
        """An endpoint that is there already; what is not given is filled in."""
        body = {"name": "other", "type": "QUEUE", "image": "x/y:1", "scaling": {"type": "QUEUE_DELAY", "queueDelay": 4}}
        body |= {} if "cpu" in fields else {"gpu": {"pools": ["ADA_24"]}}
        return self._keep(body | fields)

    def _run(self, started):
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve(started))

    async def _serve(self, started):
        self._ending = asyncio.Event()
        app = web.Application(client_max_size=1 << 24)
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.port = runner.addresses[0][1]
        started.set()
        await self._ending.wait()
        await runner.cleanup()

    async def _answer(self, request):
        data = await request.read()
        body = json.loads(data) if data else None
        self.requests.append((request.method, request.path, body))
        fault = self._fault(request)
        if fault is not None:
            await asyncio.sleep(fault.delay_s)
            if fault.reset and not fault.done:
                request.transport.abort()
                return web.Response()
            if fault.status is not None:
                text = fault.body or json.dumps({"title": "x", "status": fault.status, "detail": "a fault"}).encode()
                return web.Response(status=fault.status, headers=fault.headers, body=text)
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            return problem(401, "missing bearer token")
        answer = await self._done(request, body)
        if fault is not None and fault.reset:
            request.transport.abort()
        if fault is not None and fault.body is not None:
            return web.Response(status=answer.status, body=fault.body, headers=fault.headers)
        return answer

    def _fault(self, request):
        for fault in self.faults:
            if fault.times and fault.method == request.method and request.path.endswith(fault.path):
                if fault.skip:
                    fault.skip -= 1
                    return None
                fault.times -= 1
                return fault
        return None

    async def _done(self, request, body):
        parts = request.path.strip("/").split("/")
        match [request.method, *parts]:
            case ["GET", "jobs", endpoint_id, "health"]:
                waiting, running = self.jobs.get(endpoint_id, (0, 0))
                return web.json_response({"jobs": {"inQueue": waiting, "inProgress": running}, "workers": {}})
            case ["GET", "v2", "serverless"]:
                return self._page(request)
            case ["POST", "v2", "serverless"]:
                return self._create(body)
            case ["GET", "v2", "catalog", kind]:
                found = {"gpus": GPUS, "cpus": CPUS, "datacenters": DATA_CENTRES}[kind]
                return web.json_response({{"datacenters": "dataCenters"}.get(kind, kind): found})
            case ["GET", "v2", "billing", "serverless"]:
                rows = [{"serverlessId": name, "totalAmount": usd} for name, days in self.spent.items() for usd in days]
                return web.json_response({"records": rows, "metadata": {}})
            case [_, "v2", "serverless", endpoint_id, *_] if endpoint_id not in self.endpoints:
                return problem(404, "endpoint not found")
            case ["GET", "v2", "serverless", endpoint_id]:
                return web.json_response(self.endpoints[endpoint_id])
            case ["PATCH", "v2", "serverless", endpoint_id]:
                return self._update(endpoint_id, body)
            case ["DELETE", "v2", "serverless", endpoint_id]:
                del self.endpoints[endpoint_id]
                return web.Response(status=204)
            case ["GET", "v2", "serverless", endpoint_id, "workers"]:
                return self._workers(endpoint_id)
            case ["GET", "v2", "serverless", endpoint_id, "releases"]:
                return web.json_response({"rollout": {}, "releases": self.releases.get(endpoint_id, [])[::-1]})
            case ["GET", "v2", "serverless", _, "workers", worker_id, "logs"]:
                return await self._log(request, worker_id)
        return problem(404, "resource not found")

    def _page(self, request):
        rows, start = list(self.endpoints.values()), int(request.query.get("cursor", "0"))
        if self._unlisted:
            self._unlisted -= 1
            rows = rows[:-1]
        page = {"endpoints": rows[start : start + self.page_size]}
        if len(rows) > self.page_size:
            more = start + self.page_size < len(rows)
            page["pagination"] = {"hasNextPage": more, "nextCursor": str(start + self.page_size) if more else None}
        return web.json_response(page)

    def _create(self, body):
        refusal = refusal_of(body) or self._over_quota(body["workers"]["max"] if "workers" in body else 3)
        if refusal:
            return problem(*refusal)
        self._unlisted = self.lag
        return web.json_response(self._keep(body), status=201)

    def _update(self, endpoint_id, body):
        there = self.endpoints[endpoint_id]
        more = body.get("workers", {}).get("max", there["workers"]["max"]) - there["workers"]["max"]
        refusal = refusal_of(body, there) or (more > 0 and self._over_quota(more))
        if refusal:
            return problem(*refusal)
        after = patched(there, body)
        self._release(endpoint_id, there, after)
        self.endpoints[endpoint_id] = after
        self.when_changed()
        return web.json_response(after)

    def _over_quota(self, more):
        if sum(one["workers"]["max"] for one in self.endpoints.values()) + more <= self.quota:
            return None
        return 400, f"max workers across all endpoints must not exceed your workers quota ({self.quota})", None

    def _keep(self, body):
        endpoint_id = f"ep{len(self.requests) + len(self.endpoints)}"
        endpoint = made(body, endpoint_id, f"http://127.0.0.1:{self.port}/jobs")
        if self.names_flashboot and endpoint["flashboot"] != "OFF":
            endpoint["name"] += " -fb"
        self._release(endpoint_id, {}, endpoint)
        self.endpoints[endpoint_id] = endpoint
        return endpoint

    def _release(self, endpoint_id, before, after):
        known = self.releases.setdefault(endpoint_id, [])
        diff = [
            {"field": name, "old": before.get(name), "new": value}
            for name, value in after.items()
            if before and before.get(name) != value
        ]
        version = len(known) + 1
        known.append(
            {"id": f"r{version}", "version": version, "source": "MANUAL", "diff": diff, "workerCount": 0}
            | {"createdAt": "2026-11-24T12:00:00Z"}
        )

    def _workers(self, endpoint_id):
        rows = [{"gpuCount": 1, "isStale": False} | row for row in self.workers.get(endpoint_id, [])]
        states = ("RUNNING", "IDLE", "INITIALIZING", "THROTTLED", "UNHEALTHY")
        counts = Counter(row["status"] for row in rows)
        summary = {state.lower(): counts[state] for state in states} | {"total": len(rows)}
        return web.json_response({"workers": rows, "summary": summary})

    async def _log(self, request, worker_id):
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        for n, line in enumerate(self.logs.get(worker_id, [])):
            event = {"ts": f"2026-11-24T12:00:{n:02}Z", "source": "container", "line": line}
            await stream.write(f"id: {event['ts']}\ndata: {json.dumps(event)}\n\n".encode())
        await self._ending.wait()  # as there, it does not end
        return stream


def problem(status, detail, errors=None):
    """An error as RFC 9457 has it."""
    body = {"title": "x", "status": status, "detail": detail} | ({"errors": errors} if errors else {})
    return web.Response(status=status, body=json.dumps(body), content_type="application/problem+json")
