"""The record of remote jobs, in the store: one small object per piece of work that a job was submitted for.

Written before the job is submitted (an intent), completed with the job's id, removed when its result is safe. Whoever
needs the same work meanwhile, a second run or the next one after a kill, finds the job and waits for it instead of
paying for another. It belongs to its owner, a run; who waits beside the owner leaves a small object of their own, so
that the job is cancelled only with the last who needs it. A record is created only if absent, and taken over only while
it still is what was seen, so that of several machines one submits. Where the answer to a submit got lost, only an
intent is left: the one case that may pay twice. Which process is alive is left to `adapters.liveness`.
"""

import json
import logging
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

from adapters.liveness import is_gone, this_process
from adapters.store import Store
from doctown.errors import StoreUnavailable
from doctown.model import digest
from doctown.wire import is_job_id

_log = logging.getLogger(__name__)

MEDIA_TYPE = "application/json"
PREFIX = "remote-jobs"
SUBMIT_S = 120.0
"""An intent that is older was given up, whoever wrote it: a submit that waits out a rate limit takes a minute."""
_LOOKS = 20
"""At a record that others change meanwhile."""
TTL_S = 86_400.0
"""RunPod's own, where a record does not say."""


@dataclass(frozen=True, slots=True)
class RemoteJob:
    """A record. `job_id` is None while the job is being submitted; `since` is in unix seconds."""

    job_id: str | None
    owner: str
    """The run that pays for it."""
    process: str
    """Where that run runs: with it the owner is gone."""
    since: float
    ttl_s: float = TTL_S
    address: str = ""
    unanswered: bool = False
    """An intent whose submit got no answer: nobody is submitting any more."""
    in_doubt: bool = False
    """An earlier submit of the same work may have been taken: it may be paid for twice."""


class Claim(NamedTuple):
    """What is to be done for a piece of work: wait for `job` (or for its id), or, where it is None, submit one."""

    job: RemoteJob | None
    in_doubt: bool


def work_key(address: str, step: str, request: Mapping[str, Any]) -> str:
    """Where the record of this work lies: equal requests to one endpoint have one."""
    work = digest(step, json.dumps(request, sort_keys=True, ensure_ascii=True))
    return f"{PREFIX}/{digest(address)[:16]}/{work}"


class RemoteJobs:
    """The records in one store, as this owner sees them. Its methods touch the store: call them from a thread."""

    def __init__(self, store: Store, owner: str = "", process: str = "", now: Callable[[], float] = time.time) -> None:
        """`owner` names a run; without it this process is the owner."""
        self._process = process or this_process()
        self._store, self._owner, self._now = store, owner or self._process, now
        self._attached: set[str] = set()

    def claim(self, key: str, address: str = "", ttl_s: float = TTL_S) -> Claim:
        """Our intent is written, submit now; or somebody's job for this work, or their intent to submit it.

        A job whose owner is gone becomes ours; beside a living owner we are noted as waiting.
        """
        intent = RemoteJob(None, self._owner, self._process, self._now(), ttl_s, address)
        for _ in range(_LOOKS):
            if self._store.put_if_absent(key, _bytes_of(intent)):
                return Claim(None, in_doubt=False)
            seen = self._store.get(key)
            if seen is not None and (claim := self._claim_of(key, seen, intent)) is not None:
                return claim
        raise StoreUnavailable(f"The record of a remote job, {key}, can neither be written nor read; remove it.")

    def _claim_of(self, key: str, seen: bytes, intent: RemoteJob) -> Claim | None:
        """The claim where the record holds `seen`; None: it has changed since, and is to be looked at anew."""
        found = _job_of(seen)
        if found is None:  # unreadable
            return Claim(None, in_doubt=False) if self._store.replace(key, seen, _bytes_of(intent)) else None
        if found.job_id is not None:
            if not self.is_ours(found) and not is_gone(found.process):
                self._attach(key)
                return Claim(found, found.in_doubt)
            mine = replace(found, owner=self._owner, process=self._process)
            is_mine = mine == found or self._store.replace(key, seen, _bytes_of(mine))
            return Claim(mine, mine.in_doubt) if is_mine else None
        if not self._is_given_up(found):
            return Claim(found, found.in_doubt)
        if not self._store.replace(key, seen, _bytes_of(replace(intent, in_doubt=True))):
            return None
        _log.warning("A job was submitted whose answer got lost; the same work may be paid for twice.")
        return Claim(None, in_doubt=True)

    def note(
        self, key: str, job_id: str, address: str = "", ttl_s: float = TTL_S, *, in_doubt: bool = False
    ) -> RemoteJob:
        """Complete our intent with the job's id."""
        job = RemoteJob(job_id, self._owner, self._process, self._now(), ttl_s, address, in_doubt=in_doubt)
        self._put(key, job)
        return job

    def leave_unanswered(self, key: str) -> None:
        """Our submit got no answer: whoever needs the work next is to submit it again, and to count that."""
        found = self._read(key)
        if found is not None and found.job_id is None and self.is_ours(found):
            self._put(key, replace(found, unanswered=True))

    def records(self) -> Iterator[tuple[str, RemoteJob]]:
        """Every record with its key, whoever's it is; what cannot be read is left out."""
        for key in list(self._store.keys(PREFIX)):
            if ".waiting/" not in key and (found := self._read(key)) is not None:
                yield key, found

    def leave(self, key: str, job: RemoteJob, *, owner_is_over: bool = False) -> bool:
        """We do not need the job any more. Whether nobody does: it is for us to cancel it, then.

        The owner leaves it to one who waits, if there is one. Who begins to wait in this very moment finds the job
        cancelled, and submits another. `owner_is_over`: whoever owns it is known to need it no more.
        """
        self._detach(key)
        found = self._read(key)
        if found is None or found.job_id != job.job_id or (found.owner != job.owner and owner_is_over):
            return False
        if not (owner_is_over or self.is_ours(found) or is_gone(found.process)):
            return False
        heir = next(self._waiting(key, found.ttl_s, found.owner), None)
        if heir is not None:
            self._put(key, replace(found, owner=heir[0], process=heir[1]))
        return heir is None

    @property
    def owner(self) -> str:
        """The run whose view this is."""
        return self._owner

    def is_ours(self, job: RemoteJob) -> bool:
        """Whether this run is the job's owner."""
        return job.owner == self._owner

    def age_s(self, job: RemoteJob) -> float:
        """Seconds since the job was submitted."""
        return max(0.0, self._now() - job.since)

    def forget(self, key: str, job_id: str | None = None) -> None:
        """Remove our intent, or the record if it still is that of `job_id`; we wait for it no longer."""
        self._detach(key)
        found = self._read(key)
        if found is None or found.job_id == job_id:
            self._store.delete(key)

    def _attach(self, key: str) -> None:
        waiter = {"owner": self._owner, "process": self._process, "since": self._now()}
        self._store.put(self._waiter_key(key), json.dumps(waiter).encode(), MEDIA_TYPE)
        self._attached.add(key)

    def _detach(self, key: str) -> None:
        if key in self._attached:
            self._store.delete(self._waiter_key(key))
            self._attached.discard(key)

    def _waiter_key(self, key: str) -> str:
        return f"{key}.waiting/{digest(self._owner, self._process)[:16]}"

    def _waiting(self, key: str, ttl_s: float, of: str = "") -> Iterator[tuple[str, str]]:
        """Owner and process of each living run that waits for the job `of` another; what the dead left is removed."""
        for place in list(self._store.keys(f"{key}.waiting")):
            try:
                found = json.loads(self._store.get(place) or b"null")
                owner, process, since = str(found["owner"]), str(found["process"]), float(found["since"])
            except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
                continue
            if is_gone(process) or not abs(self._now() - since) < ttl_s:
                self._store.delete(place)
            elif owner not in (self._owner, of):
                yield owner, process

    def _is_given_up(self, intent: RemoteJob) -> bool:
        """One from the future as well: a clock was wrong, and it would be waited for until that time comes."""
        return intent.unanswered or is_gone(intent.process) or abs(self._now() - intent.since) > SUBMIT_S

    def _read(self, key: str) -> RemoteJob | None:
        """The record; None where there is none that can be read."""
        return _job_of(self._store.get(key) or b"null")

    def _put(self, key: str, job: RemoteJob) -> None:
        self._store.put(key, _bytes_of(job), MEDIA_TYPE)


def _bytes_of(job: RemoteJob) -> bytes:
    return json.dumps(asdict(job)).encode()


def _job_of(data: bytes) -> RemoteJob | None:
    """The record in the bytes of an object; None where that is none."""
    try:
        found = json.loads(data)
        owner = str(found["owner"])
        job = RemoteJob(
            found["job_id"],
            owner,
            str(found.get("process", owner)),
            float(found["since"]),
            float(found.get("ttl_s", TTL_S)),
            str(found.get("address", "")),
            found.get("unanswered") is True,
            found.get("in_doubt") is True,
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return None
    is_finite = math.isfinite(job.since) and math.isfinite(job.ttl_s)
    return job if (job.job_id is None or is_job_id(job.job_id)) and is_finite else None
