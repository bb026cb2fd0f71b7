"""What holds at an endpoint: times, sizes, rates and scaling, as RunPod has them. Pure.

Where RunPod's documents give a number it is the default; where they give none, the default is what was observed, or,
for want of that, a guess, which is said. Any of them may stand in the `[settings]` of a file of faults.
"""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from doctown.errors import InvalidSettings

MIB = 1 << 20
MOST = 1e300
"""Of what a number may be; a whole number can be larger than any float."""
REQUEST_COUNT, QUEUE_DELAY = "REQUEST_COUNT", "QUEUE_DELAY"


@dataclass(frozen=True, slots=True)
class Terms:
    """Seconds, bytes and counts."""

    # Jobs
    execution_s: float = 600
    ttl_s: float = 86_400
    longest_execution_s: float = 7 * 86_400
    longest_ttl_s: float = 7 * 86_400
    """What a job's own policy may ask for at most; it is given that and no more."""
    kept_s: float = 1800
    """A result of `/run`."""
    kept_sync_s: float = 60
    """A result of `/runsync`."""
    propagation_s: float = 0
    """For so long a job that was accepted is unknown to everything but the queue; RunPod: sometimes, for up to 30 s."""
    loss_retries: int = 1
    """How often a job whose worker vanished is given to another."""
    error_retries: int = 0
    """How often a job whose handler failed is given to another; no source says that RunPod does."""
    requeue_s: float = 0
    """Between the loss of a worker and its jobs being in the queue again; a guess."""

    # Requests
    run_bytes: int = 10 * MIB
    runsync_bytes: int = 20 * MIB
    result_bytes: int = 10 * MIB
    result_sync_bytes: int = 20 * MIB
    oversize_status: int = 400
    """What a worker is told whose result is too large."""
    strips_empty_input: bool = True
    """An input that is an empty object never arrives, and its job times out after a retry, as on RunPod."""
    has_status_sync: bool = True
    """It is used by RunPod's own clients and documented nowhere."""
    unknown_text: str = "job not found"
    rate_limits: bool = True
    requests_per_worker: int = 0
    """How much each running worker adds to what a limit allows; RunPod names the rule and no number."""
    key: str = ""
    """The only key that clients may have; empty: any."""

    # Workers
    workers: int = 1
    workers_min: int = 0
    idle_s: float = 5
    cold_start_s: float = 0
    """Beside what the worker itself takes to start."""
    scaler: str = REQUEST_COUNT
    scaler_value: float = 1
    hold_s: float = 10
    """How long a worker's question for a job is held; observed 5 to 20."""
    ping_s: int = 10
    heartbeat_s: float = 60
    """A worker that has pinged once and then not for so long is dead; 0: never. No figure is known."""
    stop_grace_s: float = 1
    """How long a worker has to report a job that it was told to stop."""
    believes_stops: bool = False
    """Whether a worker that says it does nothing any more is believed: the SDK says so while threads go on."""
    drain_s: float = 30
    """How long a worker that is to end may take for what it runs."""
    usd_per_s: float = 0.00016
    """A worker of the cheapest kind, in 2026; CPU workers have no published price."""

    # Webhooks
    webhook_attempts: int = 3
    webhook_pause_s: float = 10
    webhooks_anywhere: bool = False
    """Whether they may leave this machine."""


def terms_with(changes: Mapping[str, Any], terms: Terms) -> Terms:
    """`terms` with some of them changed. Raises InvalidSettings: an unknown name or an impossible value."""
    known = {found.name: found.type for found in dataclasses.fields(Terms)}
    for name, value in changes.items():
        if name not in known:
            raise InvalidSettings(f"There is no setting {name!r}; there are {', '.join(known)}.")
        right, is_right = _check_of(name, known[name])
        if not is_right(value):
            raise InvalidSettings(f"The setting {name} is {value!r:.80}; it must be {right}.")
    return dataclasses.replace(terms, **changes)


def _check_of(name: str, kind: Any) -> tuple[str, Callable[[Any], bool]]:
    if name == "scaler":
        return f"{REQUEST_COUNT} or {QUEUE_DELAY}", lambda value: value in (REQUEST_COUNT, QUEUE_DELAY)
    if name == "scaler_value":
        return "a number above 0", lambda value: is_number(value) and value > 0
    if kind is bool:
        return "true or false", lambda value: isinstance(value, bool)
    if kind is str:
        return "a text", lambda value: isinstance(value, str)
    if kind is int:
        return "a whole number that is not negative", lambda value: is_number(value, int) and value >= 0
    return "a number that is not negative", lambda value: is_number(value) and value >= 0


def is_number(value: Any, kind: Any = (int, float)) -> bool:
    """Whether `value`, out of a file, is a finite number; true and false are none."""
    return isinstance(value, kind) and not isinstance(value, bool) and -MOST < value < MOST
