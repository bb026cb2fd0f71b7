"""RunPod's jobs over HTTP: submit, status, cancel, health. Which job is whose is left to `adapters.remote_jobs`.

An address is a parameter, and whoever starts a run must not be able to collect the key with it: it goes to RunPod's
own host and those the operator has listed, over https, and to nobody a server points at (redirects are not followed).
Loopback gets a word in its place. No error and no log has the key in it, nor what a server answered but its status.
"""

import asyncio
import json
import logging
import random
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from pydantic import SecretStr

from adapters.rate import Rate, Sleep, asked_rest_s, loop_now
from adapters.runpod_key import host_of, key_for, without_key
from adapters.settings import LOOPBACK_HOSTS
from doctown.errors import BackendUnavailable, DoctownError, InvalidSettings, LimitExceeded, NotAuthorised, StepFailed
from doctown.wire import is_job_id

_log = logging.getLogger(__name__)

TIMEOUT = httpx.Timeout(60, connect=10, pool=None)
ANSWER_S = 120.0
"""For a whole answer: TIMEOUT counts from byte to byte, and one could be sent now and then for ever."""
SLACK_S = 40.0
"""For the answer of a long poll, beside the time it was asked to wait."""
MAX_ANSWER_BYTES = 32 << 20
"""RunPod's results have at most 20 MB."""
ATTEMPTS = 4
ATTEMPTS_AT_LIMIT = 9
"""Where the answer is 429: their pauses outlast the ten seconds by which RunPod counts."""
FIRST_PAUSE_S = 0.2
MAX_PAUSE_S = 10.0
RATES = {"run": (200, 1000), "status": (400, 2000), "cancel": (20, 100), "health": (20, 200)}
"""Requests at once and in ten seconds, by operation: RunPod's limits (for `health` it names none)."""
MIN_LONG_POLL_S, MAX_LONG_POLL_S = 1.0, 40.0
"""The endpoint holds up to 90 s; TIMEOUT ends an answer of which nothing comes for 60."""
_NO_LONG_POLL = 3
"""So often `/status-sync` may not know a job that `/status` knows before it is no longer asked."""
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 522, 524})
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol)


def check_address(address: str, key: SecretStr, key_hosts: str) -> None:
    """Raises InvalidSettings: the address is none, or may not be given the key, or there is no key."""
    key_for(host_of(address.rstrip("/")), key, key_hosts)


class RunPodClient:
    """One endpoint. Holds a pool of connections: close it."""

    def __init__(
        self,
        address: str,
        key: SecretStr,
        key_hosts: str = "",
        answer_s: float = ANSWER_S,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
        now: Callable[[], float] = loop_now,
    ) -> None:
        """`key_hosts`: hosts beside RunPod's own that may have the key, separated by commas.

        `transport` takes the place of the network. Raises InvalidSettings: the address is none, or may not be given
        the key, or there is no key.
        """
        self.address = address.rstrip("/")
        self._answer_s, self._sleep = answer_s, sleep
        host = host_of(self.address)
        self.is_loopback = host in LOOPBACK_HOSTS
        own_key = key_for(host, key, key_hosts)
        self._key = SecretStr(own_key)
        self._http = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {own_key}"},
            timeout=TIMEOUT,
            follow_redirects=False,
            trust_env=not self.is_loopback,  # the proxy of a company does not lead back to this machine
            limits=httpx.Limits(max_connections=200, max_keepalive_connections=50),
            transport=transport,
        )
        self._rates = {name: Rate(*limits, now, sleep) for name, limits in RATES.items()}
        self._unknown_to_long_poll = 0

    async def submit(
        self, job_input: Mapping[str, Any], policy: Mapping[str, int], left: asyncio.Event | None = None
    ) -> str | None:
        """The id of the new job. None: no answer came that names one, and the endpoint may have the job or not.

        Never sent again once it may have arrived: RunPod would run, and bill, a second job; nor once `left` is set,
        because nobody waits for it any more.

        Raises:
            NotAuthorised, InvalidSettings, LimitExceeded, StepFailed: refused, and will be again.
            BackendUnavailable: not reached, or refused for now.
        """
        body = json.dumps({"input": job_input, "policy": policy}).encode()
        left = left or asyncio.Event()
        for attempt in range(ATTEMPTS_AT_LIMIT):
            try:
                status, headers, data = await self._ask_unless(left, body)
            except _NOT_SENT as error:
                await self._again("run", attempt, _failure(self.address, error), left=left)
                continue
            except (httpx.HTTPError, StepFailed):
                return None
            if status == 429:
                await self._again("run", attempt, _refusal(self.address, status), status, headers, left)
                continue
            if status in _TRANSIENT:
                return None
            return self._job_id(status, data)
        raise AssertionError("the last attempt raises")

    async def status(self, job_id: str) -> dict[str, Any] | None:
        """The job's record. None: the endpoint does not know the job, not yet or not any more.

        Raises:
            NotAuthorised, InvalidSettings, StepFailed: refused, and will be again.
            BackendUnavailable: no answer in several attempts.
        """
        return await self._repeated("status", "GET", f"/status/{job_id}")

    async def awaited(self, job_id: str, wait_s: float) -> dict[str, Any] | None:
        """As `status`, but answered when the job is over or `wait_s` has passed, where the endpoint offers that."""
        wait_ms = round(1000 * min(max(wait_s, MIN_LONG_POLL_S), MAX_LONG_POLL_S))
        status = 0
        if self._unknown_to_long_poll < _NO_LONG_POLL:
            try:
                within_s = min(self._answer_s, wait_ms / 1000 + SLACK_S)
                status, _, data = await self._ask(
                    "status", "GET", f"/status-sync/{job_id}?wait={wait_ms}", None, within_s
                )
            except httpx.HTTPError:
                status = 0  # whether it is the endpoint that is away will be seen below
            if status == 200:
                self._unknown_to_long_poll = 0
                return self._answer(status, data)
        record = await self.status(job_id)
        if record is not None and status in (400, 404, 405, 501):
            self._unknown_to_long_poll += 1
        return record

    async def cancel(self, job_id: str) -> None:
        """Cancel a job; one that is over or unknown is left as it is. Raises as `status` does."""
        await self._repeated("cancel", "POST", f"/cancel/{job_id}")

    async def health(self) -> dict[str, Any]:
        """How many jobs and workers are in which state. Raises as `status` does."""
        return await self._repeated("health", "GET", "/health") or {}

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _repeated(self, operation: str, method: str, path: str) -> dict[str, Any] | None:
        """For what may be asked twice without harm."""
        for attempt in range(ATTEMPTS_AT_LIMIT):
            try:
                status, headers, data = await self._ask(operation, method, path)
            except httpx.HTTPError as error:
                await self._again(operation, attempt, _failure(self.address, error))
                continue
            if status in _TRANSIENT:
                await self._again(operation, attempt, _refusal(self.address, status), status, headers)
                continue
            return None if status == 404 else self._answer(status, data)
        raise AssertionError("the last attempt raises")

    async def _ask_unless(self, left: asyncio.Event, body: bytes) -> tuple[int, httpx.Headers, bytes]:
        """Submit a job, unless `left` is set before it is sent: what is sent is seen through."""
        sent = asyncio.Event()
        asking = asyncio.ensure_future(self._ask("run", "POST", "/run", body, sent=sent))
        leaving = asyncio.ensure_future(left.wait())
        try:
            await asyncio.wait({asking, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not asking.done() and not sent.is_set():
                raise BackendUnavailable(f"A job was not sent to {self.address}: nobody waits for it any more.")
            return await asking
        finally:
            asking.cancel()
            leaving.cancel()

    async def _ask(
        self,
        operation: str,
        method: str,
        path: str,
        body: bytes | None = None,
        within_s: float | None = None,
        sent: asyncio.Event | None = None,
    ) -> tuple[int, httpx.Headers, bytes]:
        """Status, headers and body of the answer. `sent` is set once the request's turn has come."""
        kind = {} if body is None else {"Content-Type": "application/json"}
        data = bytearray()
        async with self._rates[operation]:
            if sent is not None:
                sent.set()
            try:
                async with (
                    asyncio.timeout(within_s or self._answer_s),
                    self._http.stream(method, self.address + path, content=body, headers=kind) as answer,
                ):
                    async for piece in answer.aiter_bytes():
                        data += piece
                        if len(data) > MAX_ANSWER_BYTES:
                            raise StepFailed(f"{self.address} answered with more than {MAX_ANSWER_BYTES:,} bytes.")
            except TimeoutError as error:
                raise httpx.ReadTimeout("the answer does not end") from error
        return answer.status_code, answer.headers, without_key(bytes(data), self._key.get_secret_value())

    async def _again(
        self,
        operation: str,
        attempt: int,
        failure: DoctownError,
        status: int = 0,
        headers: Mapping[str, str] | None = None,
        left: asyncio.Event | None = None,
    ) -> None:
        """Wait before the next attempt; raise `failure` after the last, or as soon as `left` is set."""
        at_limit = status == 429
        if attempt + 1 >= (ATTEMPTS_AT_LIMIT if at_limit else ATTEMPTS):
            raise failure
        pause_s = min(FIRST_PAUSE_S * 2**attempt * random.uniform(0.5, 1.5), MAX_PAUSE_S)
        pause_s = max(pause_s, asked_rest_s((headers or {}).get("Retry-After", ""), time.time()))
        if at_limit:
            self._rates[operation].rest(pause_s)
        if left is None:
            await self._sleep(pause_s)
            return
        waits = {asyncio.ensure_future(self._sleep(pause_s)), asyncio.ensure_future(left.wait())}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        if left.is_set():
            raise failure

    def _job_id(self, status: int, data: bytes) -> str | None:
        """The id in the answer to a submit; None: the job was taken, but what it is called is not said."""
        try:
            job_id = self._answer(status, data).get("id")
        except BackendUnavailable:
            job_id = None
        if is_job_id(job_id):
            return str(job_id)
        _log.warning("%s took a job but gave no id that could be asked for.", self.address)
        return None

    def _answer(self, status: int, data: bytes) -> dict[str, Any]:
        if status != 200:
            raise _error_for(self.address, status, data)
        try:
            found = json.loads(data)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise BackendUnavailable(f"{self.address} answered with something that is no JSON object; is it RunPod's?")
        return found


def _failure(address: str, error: httpx.HTTPError) -> DoctownError:
    return BackendUnavailable(f"{address} does not answer ({type(error).__name__}); check the address and the network.")


def _refusal(address: str, status: int) -> DoctownError:
    if status == 429:
        return BackendUnavailable(f"{address} says again and again that it is asked too much (429); try again later.")
    return BackendUnavailable(f"{address} answered {status} several times; try again later.")


def _error_for(address: str, status: int, data: bytes) -> DoctownError:
    if status in (401, 403):
        return NotAuthorised(f"{address} did not accept the key ({status}); check RUNPOD_API_KEY.")
    if status == 404:
        return InvalidSettings(f"There is no endpoint at {address}; check its id.")
    if 300 <= status < 400:
        return InvalidSettings(
            f"{address} points elsewhere ({status}), which is not followed; write the endpoint's own."
        )
    if status == 413 or b"max body size" in data:
        return LimitExceeded(f"A request is larger than {address} takes; lower DOCTOWN_BATCH_TOKENS.")
    return StepFailed(f"{address} refused the request ({status}).")
