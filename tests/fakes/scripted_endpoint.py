"""An endpoint that answers by a script, whatever RunPod would: for the refusals and losses that no worker can cause."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

DROP = "drop"
"""Read the request, then close the connection without an answer."""
DRIP = "drip"
"""Begin an answer and go on with it, a byte at a time, for as long as anybody listens."""


@dataclass
class ScriptedEndpoint:
    """Per operation (run, status, status-sync, cancel, health) a list of answers, the last of which repeats.

    What the script does not have is answered with 404.
    An answer is (status, body) or (status, body, headers), or DROP or DRIP. Use as an async context manager.
    """

    script: Mapping[str, list]
    requests: list = field(default_factory=list)
    """(operation, headers, body) of each request."""

    async def __aenter__(self):
        app = web.Application(client_max_size=1 << 30)
        app.router.add_route("*", "/v2/ep/{operation}", self._answer)
        app.router.add_route("*", "/v2/ep/{operation}/{job}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.address = f"http://127.0.0.1:{self.port}/v2/ep"
        self._left = {operation: list(answers) for operation, answers in self.script.items()}
        return self

    async def __aexit__(self, *_):
        await self._runner.cleanup()

    def count(self, operation):
        """How often it was asked for."""
        return sum(asked == operation for asked, _, _ in self.requests)

    async def _answer(self, request):
        operation = request.match_info["operation"]
        self.requests.append((operation, dict(request.headers), await request.read()))
        left = self._left.get(operation, [(404, {})])
        answer = left.pop(0) if len(left) > 1 else left[0]
        if answer == DROP:
            request.transport.close()
            return web.Response()
        if answer == DRIP:
            dripping = web.StreamResponse()
            await dripping.prepare(request)
            while True:
                await dripping.write(b" ")
                await asyncio.sleep(0.02)
        status, body, *headers = answer
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return web.Response(status=status, body=data, headers=headers[0] if headers else None)
