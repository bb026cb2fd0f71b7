"""How many workers an endpoint is to have: RunPod's two scalers. Pure.

REQUEST_COUNT: a worker for every so many jobs, waiting or running. QUEUE_DELAY: one as soon as there is a job, and
another for each time the job at the front has waited so many seconds.
"""

import math
from dataclasses import dataclass

from runpod_workers.emulator.terms import REQUEST_COUNT, Terms


@dataclass(frozen=True, slots=True)
class Load:
    """What is to be done: jobs that wait or run, how long the oldest has waited, and the workers there are."""

    jobs: int
    waiting: int
    oldest_wait_s: float
    workers: int
    since_start_s: float
    """How long ago the last worker was started."""


def wanted_workers(terms: Terms, load: Load) -> int:
    """Between the least and the most that the terms allow."""
    if terms.scaler == REQUEST_COUNT:
        wanted = math.ceil(load.jobs / terms.scaler_value)
    elif not load.jobs:
        wanted = 0
    else:
        is_late = load.waiting and min(load.oldest_wait_s, load.since_start_s) >= terms.scaler_value
        wanted = max(1, load.workers + (1 if is_late else 0))
    return min(max(wanted, terms.workers_min), terms.workers)
