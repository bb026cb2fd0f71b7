"""What work would cost before it is done, and what machines that are always on would have cost. Pure.

A worker is billed for its start (container and model), what it runs, and its idle timeout, rounded up to the second.
What finished work was billed for is left to `doctown.worker_time`.
"""

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doctown.prices import Prices

MONTH_S = 365 * 86_400 / 12


@dataclass(frozen=True, slots=True)
class WorkerPace:
    """How fast a worker of an endpoint is. `is_measured`: by a run at that endpoint."""

    start_s: float
    tokens_per_s: float
    is_measured: bool = True


ASSUMED = WorkerPace(start_s=15.0, tokens_per_s=50_000.0, is_measured=False)
"""Until the first run has measured an endpoint: nobody's figures, and low rather than high."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one step: `seconds` until it is done, `billed_s` of all its workers; `usd` None: no price is known."""

    workers: int
    seconds: float
    billed_s: int
    usd: float | None


def embedding_cost(
    batch_tokens: Sequence[int], workers: int, pace: WorkerPace, idle_s: float, usd_per_s: float | None
) -> Cost:
    """Of batches with so many tokens, each given, in their order, to the worker that is free first."""
    busy = [0.0] * min(workers, len(batch_tokens))
    for tokens in batch_tokens:
        heapq.heapreplace(busy, busy[0] + tokens / pace.tokens_per_s)
    if not busy:
        return Cost(0, 0.0, 0, 0.0)
    billed = sum(math.ceil(round(pace.start_s + one + idle_s, 6)) for one in busy)
    return Cost(len(busy), pace.start_s + max(busy), billed, None if usd_per_s is None else billed * usd_per_s)


def step_cost(seconds: float, start_s: float, idle_s: float, usd_per_s: float | None) -> Cost:
    """Of a step that one worker runs for so long."""
    billed = math.ceil(round(start_s + seconds + idle_s, 6))
    return Cost(1, start_s + seconds, billed, None if usd_per_s is None else billed * usd_per_s)


@dataclass(frozen=True, slots=True)
class Span:
    """Dollars, least and most."""

    least: float
    most: float

    def times(self, factor: float) -> "Span":
        """Both of them so many times."""
        return Span(self.least * factor, self.most * factor)

    def rounded(self, digits: int) -> dict[str, float]:
        """As JSON."""
        return {"least": round(self.least, digits), "most": round(self.most, digits)}


def always_on_month(prices: Prices, *, embeds: bool, builds: bool) -> Span:
    """Dollars a month of the machines that would do this: an embedding worker, a CPU pod for the other steps."""
    machines = [(embeds, prices.always_on_usd_per_month.embedding_worker)]
    machines += [(builds, prices.always_on_usd_per_month.cpu_pod)]
    taken = [span for is_taken, span in machines if is_taken]
    return Span(sum(least for least, _ in taken), sum(most for _, most in taken))


def compared(month: Span, usd: float | None, seconds: float) -> dict[str, Any]:
    """A run of `usd` and so many seconds beside machines of `month` dollars, as JSON."""
    runs = None if not usd else month.times(1 / usd).rounded(0)
    return {
        "usd_per_month": month.rounded(2),
        "usd_while_it_ran": month.times(seconds / MONTH_S).rounded(6),
        "runs_a_month_of_equal_cost": runs,
    }


def dollars(usd: float) -> str:
    """As a person reads it: two digits after the point, and more where those say little."""
    return f"${usd:,.2f}" if usd >= 1 or usd == 0 else f"${usd:.{2 - math.floor(math.log10(usd)) if usd < 0.1 else 2}f}"


def always_on_told(found: Mapping[str, Any]) -> str:
    """What `compared` found, as a sentence."""
    month, runs = found["usd_per_month"], found["runs_a_month_of_equal_cost"]
    told = f"Machines that are always on for this: ${month['least']:,.0f} to ${month['most']:,.0f} a month"
    return f"{told}, as much as {runs['least']:,.0f} to {runs['most']:,.0f} such runs." if runs else f"{told}."
