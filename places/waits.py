"""How long the RunPod backend waits for what: every time it knows, in seconds, in one place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from adapters.settings import Settings


@dataclass(frozen=True, slots=True)
class Waits:
    """Queueing and running have deadlines of their own; the ttl bounds both, and what nobody is left to cancel."""

    queue_s: float = 900
    execution_s: float = 600
    young_s: float = 31
    """For so long a job that was accepted may still be unknown."""
    late_s: float = 60
    """So much longer than its execution timeout a job may run before it is cancelled from here."""
    straggler_s: float = 60
    straggler_times: float = 8
    """A job that runs so many times as long as the median of the others, and longer than that, is cut once."""
    unheard_s: float = 60
    """For so long no status at all may come while a job is waited for."""
    look_s: float = 15
    """Between looks at the workers' health while jobs are queued."""
    hopeless_s: float = 300
    """For so long an endpoint may have no worker at all, not even one that starts or is throttled."""
    long_poll_s: float = 20
    least_pause_s: float = 0.25
    most_pause_s: float = 3
    cancel_s: float = 25
    """Prefect ends a cancelled run after 30 s; RunPod takes 100 cancellations in 10 s."""

    @classmethod
    def of(cls, settings: Settings, *, is_loopback: bool) -> Self:
        """As the settings say; this machine itself may be asked more often."""
        times = {"queue_s": settings.queue_s, "execution_s": settings.execution_s}
        return cls(**times, least_pause_s=0.05, most_pause_s=0.5) if is_loopback else cls(**times)

    @property
    def ttl_s(self) -> float:
        """Of a job, from its submission: the queue, and two runs, because a lost worker's job is run once more."""
        return self.queue_s + 2 * self.execution_s + self.late_s

    @property
    def policy(self) -> Mapping[str, int]:
        """What is sent with every job: milliseconds."""
        return {"executionTimeout": round(1000 * self.execution_s), "ttl": round(1000 * self.ttl_s)}
