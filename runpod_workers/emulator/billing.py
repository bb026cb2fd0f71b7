"""What workers would cost: seconds from start to end, rounded up for each. Pure: time is an argument, in seconds.

RunPod bills a worker's start (its container and the loading of its model), what it runs, and the idle time before it
ends; not the wait for a machine.
"""

import math
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

STARTING, RUNNING, IDLE = "start", "execution", "idle"
MOST_TOLD = 1000


@dataclass(slots=True)
class Account:
    """One worker's seconds, by what it did."""

    worker: str
    since: float
    doing: str = STARTING
    seconds: Counter[str] = field(default_factory=Counter)

    def turn_to(self, doing: str, now: float) -> None:
        """From now on it does something else."""
        self.seconds[self.doing] += now - self.since  # type: ignore[assignment]
        self.since, self.doing = now, doing

    def told(self) -> dict[str, Any]:
        """As `/emulator/accounting` has it."""
        total = sum(self.seconds.values())
        parts = {f"{doing}_s": round(self.seconds[doing], 3) for doing in (STARTING, RUNNING, IDLE)}
        return {"worker": self.worker} | parts | {"billed_s": math.ceil(round(total, 6))}


class Ledger:
    """The accounts of an endpoint's workers, those that have ended included."""

    def __init__(self) -> None:
        self._open: dict[str, Account] = {}
        self._closed: deque[dict[str, Any]] = deque(maxlen=MOST_TOLD)
        self._seconds = 0.0
        self._billed = 0

    def start(self, worker: str, now: float) -> None:
        """A worker has its machine."""
        self._open[worker] = Account(worker, now)

    def turn_to(self, worker: str, doing: str, now: float) -> None:
        """What a worker does from now on."""
        if (account := self._open.get(worker)) is not None and account.doing != doing:
            account.turn_to(doing, now)

    def end(self, worker: str, now: float) -> None:
        """A worker is gone."""
        if (account := self._open.pop(worker, None)) is None:
            return
        account.turn_to(account.doing, now)
        self._seconds += sum(account.seconds.values())
        self._billed += account.told()["billed_s"]
        self._closed.append(account.told())

    def report(self, now: float) -> dict[str, Any]:
        """`worker_seconds`, `billed_seconds`, and `workers`, the last thousand that ended and all that live."""
        living = []
        for account in self._open.values():
            account.turn_to(account.doing, now)
            living.append(account)
        return {
            "worker_seconds": round(self._seconds + sum(sum(one.seconds.values()) for one in living), 3),
            "billed_seconds": self._billed + sum(one.told()["billed_s"] for one in living),
            "workers": [*self._closed, *(one.told() for one in living)],
        }
