"""RunPod's management API, version 2: endpoints are made, changed and ended, their workers and logs read.

What should be there is left to `doctown.endpoints`, in which order it is done to `places.provisioning`. The key goes to
the API's own host and those the operator has listed. A create is never repeated blindly: where no answer came it is
looked for by its name first. What is refused is told in RunPod's words, without the key or any value that is hidden.
"""

import asyncio
import json
import random
import re
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn, TypeVar
from urllib.parse import quote, urlencode

import httpx
from pydantic import BaseModel, SecretStr, ValidationError

from adapters.rate import MAX_REST_S, Rate, Sleep, asked_rest_s, loop_now
from adapters.runpod_key import MANAGEMENT_HOST, MIN_KEY, host_of, key_for, without_key
from adapters.settings import LOOPBACK_HOSTS
from doctown.endpoints.answers import (
    BillingAnswer,
    CpuType,
    DataCentre,
    EndpointAnswer,
    GpuType,
    LogLine,
    ReleaseAnswer,
    WorkerAnswer,
)
from doctown.endpoints.catalog import Catalog
from doctown.errors import BackendUnavailable, DoctownError, EndpointRefused, NotAuthorised

TIMEOUT = httpx.Timeout(30, connect=10, pool=None)
ANSWER_S = 60.0
"""For a whole answer."""
MAX_ANSWER_BYTES = 16 << 20
ATTEMPTS = 4
FIRST_PAUSE_S = 1.0
"""Doubled with each attempt."""
LOOKS_S = (1.0, 2.0, 4.0)
"""Pauses, each before a look for an endpoint whose create was not answered; only then it is created again."""
AT_ONCE, IN_TEN_SECONDS = 4, 40
MAX_PAGES = 100
LOG_QUIET_S, LOG_S = 3.0, 15.0
"""A worker's log never ends: it is read until nothing came for so long, or for so long in all."""
MAX_LOG_BYTES = 1 << 20
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 522, 524})
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol)
_WINDOW = re.compile(r'"?(\w+)"?;r=(\d{1,9});t=(\d{1,9})')

Answer = TypeVar("Answer", bound=BaseModel)


class ManagementClient:
    """The endpoints of the account that the key belongs to. Holds a pool of connections: close it."""

    def __init__(
        self,
        base: str,
        key: SecretStr,
        key_hosts: str = "",
        hidden: Iterable[str] = (),
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
        now: Callable[[], float] = loop_now,
    ) -> None:
        """`hidden`: values that no error and no log line may show. `transport` takes the place of the network.

        Raises InvalidSettings: `base` is no address, or may not be given the key, or there is no key.
        """
        self.base = base.rstrip("/")
        host = host_of(self.base, f"a management API; write it as https://{MANAGEMENT_HOST}/v2")
        own_key = key_for(host, key, key_hosts, own=MANAGEMENT_HOST)
        self._key = SecretStr(own_key)
        self._hidden = tuple(sorted((v for v in hidden if len(v) >= MIN_KEY), key=len, reverse=True))
        self._sleep = sleep
        self._rate = Rate(AT_ONCE, IN_TEN_SECONDS, now, sleep)
        self._http = httpx.AsyncClient(
            # A name of our own: what stands before RunPod's API turns some libraries away.
            headers={"Authorization": f"Bearer {own_key}", "User-Agent": "doctown"},
            timeout=TIMEOUT,
            follow_redirects=False,
            trust_env=host not in LOOPBACK_HOSTS,
            transport=transport,
        )

    async def endpoints(self) -> list[EndpointAnswer]:
        """All endpoints of the account, whoever made them.

        Raises, as all methods here do:
            NotAuthorised: the key is not accepted, or may not do this.
            EndpointRefused: refused, and will be again.
            BackendUnavailable: no answer in several attempts, or none that can be read.
        """
        return await self._list("/serverless", "endpoints", EndpointAnswer)

    async def endpoint(self, endpoint_id: str) -> EndpointAnswer | None:
        """One endpoint; None: there is none of that id."""
        found = await self._repeated("GET", f"/serverless/{quote(endpoint_id, safe='')}")
        return None if found is None else self._read(EndpointAnswer, found)

    async def create(self, body: Mapping[str, Any]) -> EndpointAnswer:
        """Make an endpoint. Its name must be nobody's: that is how it is found if no answer comes."""
        name = str(body["name"])
        failure: DoctownError = BackendUnavailable()
        for attempt in range(ATTEMPTS):
            may_be_there = True
            try:
                status, headers, data = await self._ask("POST", "/serverless", body)
            except httpx.HTTPError as error:
                failure = self._unreached(error)
                may_be_there = not isinstance(error, _NOT_SENT)
            else:
                if status in (200, 201):
                    try:
                        return self._read(EndpointAnswer, self._object(data))
                    except BackendUnavailable as error:
                        failure = error
                else:
                    failure = self._failure_for(status, data)
                    if status not in _TRANSIENT:
                        raise failure
                    if status == 429:
                        await self._rest_or_raise(headers)
                        continue
            if may_be_there and (found := await self._looked_for(name)):
                return found
            if not may_be_there:
                await self._sleep(FIRST_PAUSE_S * 2**attempt * random.uniform(0.5, 1.5))
        raise failure

    async def update(self, endpoint_id: str, body: Mapping[str, Any]) -> EndpointAnswer:
        """Change what `body` names, and nothing else."""
        found = await self._repeated("PATCH", f"/serverless/{quote(endpoint_id, safe='')}", body)
        return self._read(EndpointAnswer, found if found is not None else self._gone(endpoint_id))

    async def delete(self, endpoint_id: str) -> None:
        """End it for ever, with the jobs it has; one that is gone already is no failure."""
        await self._repeated("DELETE", f"/serverless/{quote(endpoint_id, safe='')}")

    async def workers(self, endpoint_id: str) -> list[WorkerAnswer]:
        """The workers that are there now."""
        return await self._list(f"/serverless/{quote(endpoint_id, safe='')}/workers", "workers", WorkerAnswer)

    async def releases(self, endpoint_id: str) -> list[ReleaseAnswer]:
        """The versions of its configuration, the newest first."""
        return await self._list(f"/serverless/{quote(endpoint_id, safe='')}/releases", "releases", ReleaseAnswer)

    async def catalog(self) -> Catalog:
        """What machines there are, and how many are free for endpoints."""
        query = urlencode({"include": "AVAILABILITY", "product": "SERVERLESS"})
        return Catalog(
            gpus=await self._list(f"/catalog/gpus?{query}", "gpus", GpuType),
            cpus=await self._list("/catalog/cpus", "cpus", CpuType),
            data_centres=await self._list("/catalog/datacenters", "dataCenters", DataCentre),
        )

    async def spent_usd(self, days: int) -> dict[str, float]:
        """What each endpoint cost in the last days, today included, by its id; without cost it may be missing."""
        query = urlencode({"bucketSize": "day", "lastN": days})
        found: dict[str, float] = {}
        for row in await self._list(f"/billing/serverless?{query}", "records", BillingAnswer):
            found[row.serverless_id] = found.get(row.serverless_id, 0.0) + row.total_amount
        return found

    async def log_lines(self, endpoint_id: str, worker_id: str, most: int = 20) -> list[LogLine]:
        """The last lines of a worker and its machine, the oldest first. Without an answer, none."""
        path = f"/serverless/{quote(endpoint_id, safe='')}/workers/{quote(worker_id, safe='')}/logs?tail={most}"
        found: list[LogLine] = []
        read = 0
        try:
            async with (
                self._rate,
                asyncio.timeout(LOG_S),
                self._http.stream("GET", self.base + path, headers={"Accept": "text/event-stream"}) as answer,
            ):
                if answer.status_code != 200:
                    return found
                pieces = answer.aiter_lines()
                while len(found) < most and read < MAX_LOG_BYTES:
                    async with asyncio.timeout(LOG_QUIET_S):
                        line = await anext(pieces)
                    read += len(line)
                    found += self._log_line(line)
        except (TimeoutError, StopAsyncIteration, httpx.HTTPError):
            pass  # what came is what there is
        return found

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def _log_line(self, line: str) -> list[LogLine]:
        if not line.startswith("data:"):
            return []
        try:
            return [LogLine.model_validate_json(self._clean(line.removeprefix("data:").encode()))]
        except ValidationError:
            return []

    async def _looked_for(self, name: str) -> EndpointAnswer | None:
        """The endpoint of that name; a list may lag behind what was made."""
        for pause_s in LOOKS_S:
            await self._sleep(pause_s)
            if found := next((one for one in await self.endpoints() if one.plain_name == name), None):
                return found
        return None

    async def _list(self, path: str, key: str, kind: type[Answer]) -> list[Answer]:
        """All pages: the published API has one, but an answer that names a next page is believed."""
        found: list[Answer] = []
        query, cursors = path, set[str]()
        for _ in range(MAX_PAGES):
            page = await self._repeated("GET", query)
            if page is None:
                self._gone(path)
            rows = page.get(key)
            if not isinstance(rows, list):
                raise self._unreadable()
            found += [self._read(kind, row) for row in rows]
            paging = page.get("pagination")
            cursor = paging.get("nextCursor") if isinstance(paging, dict) and paging.get("hasNextPage") else None
            if not isinstance(cursor, str) or not cursor or cursor in cursors:
                return found
            cursors.add(cursor)
            query = f"{path}{'&' if '?' in path else '?'}{urlencode({'cursor': cursor})}"
        raise self._unreadable()

    async def _repeated(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
        """For what may be asked twice without harm. The answer; empty where there is none; None: not there."""
        for attempt in range(ATTEMPTS):
            is_last = attempt + 1 == ATTEMPTS
            try:
                status, headers, data = await self._ask(method, path, body)
            except httpx.HTTPError as error:
                if is_last:
                    raise self._unreached(error) from error
            else:
                if status == 404:
                    return None
                if status == 204:
                    return {}
                if status in (200, 201):
                    return self._object(data)
                failure = self._failure_for(status, data)
                if is_last or status not in _TRANSIENT:
                    raise failure
                if status == 429:
                    await self._rest_or_raise(headers)
                    continue
            await self._sleep(FIRST_PAUSE_S * 2**attempt * random.uniform(0.5, 1.5))
        raise AssertionError("the last attempt raises")

    async def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> tuple[int, httpx.Headers, bytes]:
        content = None if body is None else json.dumps(body).encode()
        kind = {} if content is None else {"Content-Type": "application/json"}
        data = bytearray()
        async with self._rate:
            try:
                async with (
                    asyncio.timeout(ANSWER_S),
                    self._http.stream(method, self.base + path, content=content, headers=kind) as answer,
                ):
                    async for piece in answer.aiter_bytes():
                        data += piece
                        if len(data) > MAX_ANSWER_BYTES:
                            raise httpx.ReadError("the answer is too long")
            except TimeoutError as error:
                raise httpx.ReadTimeout("the answer does not end") from error
        self._rate.rest(_spent_rest_s(answer.headers.get("RateLimit", "")))
        return answer.status_code, answer.headers, without_key(bytes(data), self._key.get_secret_value())

    async def _rest_or_raise(self, headers: Mapping[str, str]) -> None:
        """After a 429: wait as long as is asked for, or give up at once where that is longer than anybody would."""
        asked = headers.get("Retry-After", "").strip()
        if asked.isascii() and asked.isdecimal() and float(asked[:9]) > MAX_REST_S:
            minutes = -(-int(asked[:9]) // 60)
            raise BackendUnavailable(f"{self.base} takes no more requests for {minutes} minutes; try again then.")
        rest_s = max(asked_rest_s(asked, time.time()), FIRST_PAUSE_S)
        self._rate.rest(rest_s)

    def _object(self, data: bytes) -> dict[str, Any]:
        try:
            found = json.loads(data)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise self._unreadable()
        return found

    def _read(self, kind: type[Answer], found: Any) -> Answer:
        try:
            return kind.model_validate(found)
        except ValidationError:
            raise self._unreadable() from None  # its text has values of the answer, secret ones too

    def _unreadable(self) -> BackendUnavailable:
        return BackendUnavailable(f"{self.base} answered with something that cannot be read; is it RunPod's API?")

    def _unreached(self, error: httpx.HTTPError) -> BackendUnavailable:
        return BackendUnavailable(
            f"{self.base} does not answer ({type(error).__name__}); check the address and the network."
        )

    def _gone(self, what: str) -> NoReturn:
        raise EndpointRefused(f"{self.base} does not know {what} any more; look with doctown endpoints plan.")

    def _failure_for(self, status: int, data: bytes) -> DoctownError:
        """What an answer that is no success means, with RunPod's own words for it."""
        told = self._words(data)
        if status == 401:
            return NotAuthorised(f"{self.base} did not accept the key (401{told}); check RUNPOD_API_KEY.")
        if status == 403:
            return NotAuthorised(f"The key may not do that (403{told}); it needs the right to write endpoints.")
        if 300 <= status < 400:
            return EndpointRefused(f"{self.base} points elsewhere ({status}), which is not followed; write its own.")
        if status == 429:
            return BackendUnavailable(f"{self.base} says that it is asked too much (429{told}); try again later.")
        if status in _TRANSIENT or status >= 500:
            return BackendUnavailable(f"{self.base} does not do that now ({status}{told}); try again later.")
        return EndpointRefused(f"RunPod refused that ({status}{told}).")

    def _words(self, data: bytes) -> str:
        """What a problem's body says (RFC 9457), shortened, or nothing."""
        try:
            found = json.loads(self._clean(data))
        except (ValueError, RecursionError):
            return ""
        if not isinstance(found, dict):
            return ""
        errors = found.get("errors")
        words = [found.get("detail"), *(errors if isinstance(errors, list) else [])]
        said = "; ".join(word.strip().rstrip(".") for word in words if isinstance(word, str) and word.strip())
        return f": {said[:400]}" if said else ""

    def _clean(self, data: bytes) -> bytes:
        for value in self._hidden:
            for form in (json.dumps(value)[1:-1].encode(), value.encode(errors="surrogatepass")):
                data = data.replace(form, b"***")
        return without_key(data, self._key.get_secret_value())


def _spent_rest_s(rate_limit: str) -> float:
    """Seconds until a window opens again of which nothing is left; what is longer than a rest is for the 429 to say."""
    waits = [float(t) for _, left, t in _WINDOW.findall(rate_limit) if int(left) == 0]
    return max((wait for wait in waits if wait <= MAX_REST_S), default=0.0)
