"""Ridding a store of what `doctown.retention` says may go: by whoever asks, and once a day by a run that went well."""

import time
from collections.abc import Iterator

from adapters.settings import Settings
from adapters.store import Store
from doctown.blob import Stored
from doctown.retention import DAY_S, FOLDERS, Retention, expired

MARK = "checks/pruned"


def expired_in(store: Store, keep: Retention, now: float) -> Iterator[Stored]:
    """The objects of `store` that may go, folder by folder; those in which nothing may are not listed."""
    for folder in FOLDERS:
        if keep.days_of(f"{folder}/") is not None:
            yield from expired(store.listed(folder), keep, now)


def prune(store: Store, keep: Retention, now: float | None = None) -> list[Stored]:
    """Remove what may go; what that was."""
    gone = list(expired_in(store, keep, time.time() if now is None else now))
    for one in gone:
        store.delete(one.key)
    return gone


def prune_daily(store: Store, settings: Settings, now: float | None = None) -> list[Stored]:
    """Remove what was read and is not needed, and traces of dead runs, unless that was done in the last day."""
    at = time.time() if now is None else now
    if not settings.keep_days:
        return []
    if any(one.key == MARK and at - one.written < DAY_S for one in store.listed("checks")):
        return []
    store.put(MARK, b"", "text/plain")
    job_days = 1 + (settings.queue_s + 2 * settings.execution_s) / DAY_S  # a lost worker's job is run once more
    traces_days = max(Retention().traces_days or 0.0, job_days)
    return prune(store, Retention(ingested_days=settings.keep_days, traces_days=traces_days), at)
