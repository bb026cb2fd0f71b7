"""The workers of an endpoint as `/health` counts them: whether a queued job has anybody to wait for.

Asked before a wait that may be long and then now and then, once for all jobs that wait. One whose workers can never
come is told at once; a cold start, a shortage of machines or other people's jobs are waited for until the deadline.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from adapters.rate import loop_now
from adapters.runpod import RunPodClient
from doctown.errors import BackendUnavailable, NoWorkers
from places.waits import Waits

_log = logging.getLogger(__name__)

NONE, UNHEALTHY, THROTTLED, STARTING, WORKING, UNKNOWN = "none", "unhealthy", "throttled", "starting", "working", "?"

CAUSES = {
    NONE: (
        "has no workers: its most workers may be 0, as RunPod sets them after a week without requests, or no machine "
        "is free for one; raise them, or allow more kinds of machine"
    ),
    UNHEALTHY: "has only workers that fail when they start; see their logs",
    THROTTLED: "has only throttled workers: there is no machine for them now; allow more kinds of GPU, or try later",
    STARTING: "has workers that are still starting; allow more time for that with DOCTOWN_QUEUE_S",
    WORKING: "has workers, and they are busy with other jobs; raise the most workers, or DOCTOWN_QUEUE_S",
    UNKNOWN: "does not say how its workers are; see its page",
}
"""What is said of an endpoint, after its address."""


def state_of(health: Mapping[str, Any]) -> str:
    """The state of the workers together, from the answer of `/health`."""
    found = health.get("workers")
    if not isinstance(found, Mapping):
        return UNKNOWN
    counts = {name: n for name, n in found.items() if isinstance(n, int) and n > 0}
    if any(counts.get(name) for name in ("running", "idle", "ready")):
        return WORKING
    for name, state in (("initializing", STARTING), ("throttled", THROTTLED), ("unhealthy", UNHEALTHY)):
        if counts.get(name):
            return state
    return NONE


class WorkerHealth:
    """Looks at one endpoint's workers, at most once in `look_s` whoever asks."""

    def __init__(
        self,
        client: RunPodClient,
        waits: Waits,
        now: Callable[[], float] = loop_now,
        counted: Callable[[Mapping[str, Any]], None] = lambda _: None,
    ) -> None:
        """`counted` is told each answer of `/health`."""
        self._client, self._waits, self._now, self._counted = client, waits, now, counted
        self._looking = asyncio.Lock()
        self._state, self._since, self._next, self._told = UNKNOWN, 0.0, 0.0, False

    @property
    def cause(self) -> str:
        """Why a job still waits, as a sentence without its end."""
        return f"{self._client.address} {CAUSES[self._state]}"

    async def look(self) -> None:
        """For a job that is queued. Raises NoWorkers: there is none, or none that starts, and has not been for long."""
        async with self._looking:
            if self._now() >= self._next:
                await self._ask()
        lasted_s = self._now() - self._since
        too_long_s = {NONE: self._waits.hopeless_s, UNHEALTHY: self._waits.look_s}.get(self._state)
        if too_long_s is not None and lasted_s >= too_long_s:
            raise NoWorkers(f"{self.cause}.")

    async def _ask(self) -> None:
        try:
            health = await self._client.health()
            self._counted(health)
            state = state_of(health)
        except BackendUnavailable:
            state = UNKNOWN  # whether the endpoint is there at all is for who asks for the job
        self._next = self._now() + self._waits.look_s
        if state != self._state:
            self._state, self._since, self._told = state, self._now(), False
            if state == NONE:  # as it is before the first job has started one
                _log.info(
                    "%s has no workers now; a job starts one, if its most workers are not 0.", self._client.address
                )
                return
        if state in (NONE, UNHEALTHY, THROTTLED) and not self._told:
            self._told = True
            _log.warning("Jobs wait, and %s.", self.cause)
