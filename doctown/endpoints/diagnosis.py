"""What is wrong with an endpoint, in a sentence: from its settings, workers, queue and the last words of its workers.

The sentence follows what RunPod shows where nothing else explains it: jobs that wait in the queue for ever.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from doctown.endpoints.answers import EndpointAnswer, LogLine, ReleaseAnswer, WorkerAnswer
from doctown.endpoints.spec import Endpoint

SPENT_DAYS = 7
STATES = ("RUNNING", "IDLE", "INITIALIZING", "THROTTLED", "UNHEALTHY")
SCALED_DOWN = 2
"""To so many workers RunPod lowers an endpoint after three days without requests; after seven, to none."""

_NO_IMAGE = re.compile(
    r"manifest (for \S+ )?(unknown|not found)|pull access denied|repository does not exist|ErrImagePull"
    r"|ImagePullBackOff"
    r"|\b(failed|error|unable|cannot)\b.{0,40}\bpull"
    r"|no matching manifest|toomanyrequests|denied: requested access"
    r"|unauthorized: authentication required",
    re.IGNORECASE,
)
_NO_MEMORY = re.compile(r"out of memory|OOMKilled|\bexit(ed)?( with)?( code)? 137\b|MemoryError", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was seen of one endpoint."""

    there: EndpointAnswer
    workers: Sequence[WorkerAnswer] = ()
    releases: Sequence[ReleaseAnswer] = ()
    queued: int | None = None
    running: int | None = None
    """Jobs; None: the endpoint did not say."""
    logs: Mapping[str, Sequence[LogLine]] = field(default_factory=dict)
    """The last lines of workers that are not well, by the worker's id."""
    stock: Mapping[str, str] = field(default_factory=dict)
    """How many machines its GPU pools have, in the catalog's words."""
    spent_usd: float | None = None
    """What it cost in the last SPENT_DAYS; None: RunPod did not say."""

    @property
    def counts(self) -> Counter[str]:
        """How many workers are in each state."""
        return Counter(worker.status for worker in self.workers)


def needs_logs(worker: WorkerAnswer) -> bool:
    """Whether a worker's last lines may say what is wrong: a missing image keeps it starting for ever."""
    return worker.status == "UNHEALTHY" or (worker.status == "INITIALIZING" and worker.uptime_seconds is None)


def diagnosis(look: Look, wanted: Endpoint) -> str:
    """One sentence. `wanted`: the endpoint as the file has it."""
    most, counts = look.there.workers.max, look.counts
    lines = [line.line for found in look.logs.values() for line in found]
    if most == 0 < wanted.workers_max:
        return (
            "It takes jobs but runs none: its most workers are 0, as RunPod sets them after seven days without "
            f"requests; doctown endpoints apply sets them to {wanted.workers_max} again."
        )
    if any(_NO_IMAGE.search(line) for line in lines):
        return (
            f"Its image {look.there.image} cannot be pulled: check its name and version, push it, and for a private "
            "one name a registry credential (registry) in the file."
        )
    if counts["UNHEALTHY"] and not (counts["RUNNING"] or counts["IDLE"]):
        if any(_NO_MEMORY.search(line) for line in lines):
            return "Its workers run out of memory when they start; give it a larger machine."
        return "Its workers fail again and again when they start; their last lines say why."
    if counts["THROTTLED"] and not (counts["RUNNING"] or counts["IDLE"] or counts["INITIALIZING"]):
        return f"RunPod has no machine for it now ({_stock(look)}); allow more GPU pools or data centres, or try later."
    if counts["UNHEALTHY"]:
        return f"{counts['UNHEALTHY']} of its {len(look.workers)} workers fail; their last lines say why."
    if not look.workers and look.queued:
        return "Jobs wait and it has no worker yet; if that lasts, there is no machine for it: allow more pools."
    return _well(look, wanted)


def _well(look: Look, wanted: Endpoint) -> str:
    most, counts = look.there.workers.max, look.counts
    stale = sum(worker.is_stale for worker in look.workers)
    if stale:
        return f"A new release comes: {stale} of its {len(look.workers)} workers still run the one before."
    if most == SCALED_DOWN < wanted.workers_max:
        return (
            f"It may have {most} workers instead of {wanted.workers_max}, as RunPod sets them after three days without "
            "requests; doctown endpoints apply raises them."
        )
    if most == 0:
        return "It runs no jobs: the file gives it no workers."
    if counts["INITIALIZING"] and not (counts["RUNNING"] or counts["IDLE"]):
        return "Its workers are starting."
    if counts["RUNNING"] or counts["IDLE"]:
        return "It is well."
    return "It is well, and has no worker until the next job comes."


def _stock(look: Look) -> str:
    told = ", ".join(f"{pool}: {level.lower()}" for pool, level in sorted(look.stock.items()))
    return told or "all its workers are throttled"
