"""The record of remote jobs, in the store: one small object per piece of work that a job was submitted for.

Written before the job is submitted (an intent), completed with the job's id, removed when its result is here. Whoever
needs the same work meanwhile, a second run or the next one after a kill, finds the job and waits for it instead of
paying for another. Where the answer to a submit got lost, only an intent is left: the one case that may pay twice.
"""

import json
import logging
import math
import os
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from adapters.store import Store
from doctown.model import digest
from doctown.wire import is_job_id

_log = logging.getLogger(__name__)

MEDIA_TYPE = "application/json"
SUBMIT_S = 90.0
"""An intent that is older was given up, whoever wrote it."""


@dataclass(frozen=True, slots=True)
class RemoteJob:
    """A record. `job_id` is None while the job is being submitted; `since` is in unix seconds."""

    job_id: str | None
    owner: str
    since: float


def work_key(address: str, step: str, request: Mapping[str, Any]) -> str:
    """Where the record of this work lies: equal requests to one endpoint have one."""
    work = digest(step, json.dumps(request, sort_keys=True, ensure_ascii=True))
    return f"remote-jobs/{digest(address)[:16]}/{work}"


def this_process() -> str:
    """The owner that this process writes down."""
    return f"{socket.gethostname()}/{os.getpid()}"


class RemoteJobs:
    """The records in one store, as this owner sees them. Its methods touch the store: call them from a thread."""

    def __init__(self, store: Store, owner: str = "", now: Callable[[], float] = time.time) -> None:
        self._store, self._owner, self._now = store, owner or this_process(), now

    def claim(self, key: str) -> RemoteJob | None:
        """None: the intent is written, submit now. Else somebody's job for this work, or their intent to submit it.

        A job whose owner is gone becomes ours.
        """
        intent = RemoteJob(None, self._owner, self._now())
        if self._store.put_if_absent(key, _bytes_of(intent)):
            return None
        found = self._read(key)
        if found is not None and found.job_id is not None:
            if _is_gone(found.owner):
                found = replace(found, owner=self._owner)
                self._put(key, found)
            return found
        if found is not None and not self._is_given_up(found):
            return found
        if found is not None:
            _log.warning("A job was submitted whose answer got lost; the same texts may be paid for twice.")
        self._put(key, intent)
        return None

    def note(self, key: str, job_id: str) -> RemoteJob:
        """Complete our intent with the job's id."""
        job = RemoteJob(job_id, self._owner, self._now())
        self._put(key, job)
        return job

    def is_ours(self, job: RemoteJob) -> bool:
        """Whether it is for us to cancel the job."""
        return job.owner == self._owner

    def age_s(self, job: RemoteJob) -> float:
        """Seconds since the job was submitted."""
        return max(0.0, self._now() - job.since)

    def forget(self, key: str, job_id: str | None = None) -> None:
        """Remove our intent, or the record if it still is that of `job_id`."""
        found = self._read(key)
        if found is None or found.job_id == job_id:
            self._store.delete(key)

    def _is_given_up(self, intent: RemoteJob) -> bool:
        """One from the future as well: a clock was wrong, and it would be waited for until that time comes."""
        return intent.owner == self._owner or _is_gone(intent.owner) or abs(self._now() - intent.since) > SUBMIT_S

    def _read(self, key: str) -> RemoteJob | None:
        """The record; None where there is none that can be read."""
        try:
            found = json.loads(self._store.get(key) or b"null")
            job = RemoteJob(found["job_id"], str(found["owner"]), float(found["since"]))
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return None
        return job if (job.job_id is None or is_job_id(job.job_id)) and math.isfinite(job.since) else None

    def _put(self, key: str, job: RemoteJob) -> None:
        self._store.put(key, _bytes_of(job), MEDIA_TYPE)


def _bytes_of(job: RemoteJob) -> bytes:
    return json.dumps(asdict(job)).encode()


def _is_gone(owner: str) -> bool:
    """Whether `owner` was a process of this machine that is no more. Of other machines nothing is known."""
    host, _, pid = owner.rpartition("/")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError, ValueError):
        return False
    return False
