"""How many requests an endpoint takes, and how large: RunPod's rates and sizes. Pure: times are given, in seconds."""

import json
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runpod_workers.emulator.terms import MIB, Terms, is_number

WINDOW_S = 10.0
MAX_POLICY_MS = 7 * 86_400_000 + 1


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests within ten seconds, and at the same time."""

    in_window: int
    at_once: int | None = None


RATES: Mapping[str, Rate] = {
    "run": Rate(1000, 200),
    "runsync": Rate(2000, 400),
    "status": Rate(2000, 400),
    "status-sync": Rate(2000, 400),
    "stream": Rate(2000, 400),
    "cancel": Rate(100, 20),
    "purge-queue": Rate(2),
    "requests": Rate(10, 2),
}


class Refused(Exception):
    """What was asked is answered with an error: `status` and the exception's text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class RateLimits:
    """The requests of late, by operation and key."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._at_once: Counter[tuple[str, str]] = Counter()
        self._late: dict[tuple[str, str], deque[float]] = {}

    def enter(self, operation: str, key: str, now: float, running_workers: int) -> None:
        """Count a request, which ends with `leave`. Raises Refused: too many; it does not count then."""
        rate = RATES.get(operation)
        if rate is None or not self._terms.rate_limits:
            return
        late = self._late.setdefault((operation, key), deque())
        while late and late[0] <= now - WINDOW_S:
            late.popleft()
        allowed = max(rate.in_window, running_workers * self._terms.requests_per_worker)
        if len(late) >= allowed or (rate.at_once is not None and self._at_once[operation, key] >= rate.at_once):
            raise Refused(429, "too many requests")
        late.append(now)
        self._at_once[operation, key] += 1

    def leave(self, operation: str, key: str) -> None:
        """A request that was counted has its answer."""
        if operation in RATES and self._terms.rate_limits:
            self._at_once[operation, key] -= 1


def job_in(data: bytes, limit: int) -> dict[str, Any]:
    """The body of a submit. Raises Refused."""
    body = object_in(data, limit)
    policy = body.get("policy") or {}
    if "input" not in body or not isinstance(policy, dict):
        raise Refused(400, "input is required")
    for name in ("executionTimeout", "ttl"):
        if name in policy and not (is_number(policy[name]) and 0 <= policy[name] < MAX_POLICY_MS):
            raise Refused(400, f"policy.{name} is not a number of milliseconds")
    return body


def object_in(data: bytes, limit: int) -> dict[str, Any]:
    """The JSON object of at most `limit` bytes. Raises Refused."""
    if len(data) > limit:
        raise Refused(400, f"request exceeded max body size of {limit // MIB}MiB")
    try:
        body = json.loads(data, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Refused(400, "the body is no JSON") from None
    if not isinstance(body, dict):
        raise Refused(400, "the body is no object")
    return body


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
