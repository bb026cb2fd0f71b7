"""Webhooks: when a job has come to its end, its record is posted to where the job says, three times at most.

By default to this machine alone: a job's submitter chooses the address, and an emulator is no way into other networks.
How it is posted is left to whoever runs the endpoint.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from runpod_workers.emulator.terms import Terms

Post = Callable[[str, Mapping[str, Any]], Awaitable[int]]
"""Posts a record to an address; the HTTP status of the answer, 0 if there was none."""

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def may_receive(url: str, terms: Terms) -> bool:
    """Whether a webhook may be sent to `url`."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and (host in LOOPBACK or (terms.webhooks_anywhere and bool(host)))


async def deliver(post: Post, url: str, record: Mapping[str, Any], terms: Terms) -> None:
    """Post `record` until it is answered with 200, but no more often than the terms say."""
    for attempt in range(terms.webhook_attempts):
        if attempt:
            await asyncio.sleep(terms.webhook_pause_s)
        if await post(url, record) == 200:
            return
