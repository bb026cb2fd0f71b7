"""What came of a fault that was tried, and what is wrong with that."""

import asyncio
import contextlib
import logging
from collections import Counter
from dataclasses import dataclass, field

CANARY = "rpa_CANARY0123456789"


@dataclass
class Outcome:
    """Of one try. `begun`: how often a worker began with each text."""

    case: object
    error: BaseException | None = None
    is_whole: bool = False
    """All vectors are those of a quiet run, bit for bit."""
    is_mended: bool | None = None
    """Where it ended in an error: the next run, without the fault, is whole."""
    seconds: float = 0
    quiet_s: float = 0
    begun: Counter = field(default_factory=Counter)
    batches: dict = field(default_factory=dict)
    """The texts of each batch, by its id."""
    records: list = field(default_factory=list)
    left: int = 0
    """Jobs that waited or ran when the run was over."""
    left_later: int = 0
    """And after a while, in which all that workers had begun is over."""
    records_left: int = 0
    """In the record of remote jobs."""
    told: str = ""
    """All logs, errors and what the store holds."""
    lost_workers: int = 0
    """How often the endpoint ran a job again of its own accord; a client sees only whether it did."""
    doubled: int = 0
    """How many jobs it gave to two workers, which no client can see."""
    never_struck: list = field(default_factory=list)
    """Rules of the fault that did nothing: what they stand for was not tried."""

    @property
    def ended(self):
        """In a word."""
        if self.error is None:
            return "complete"
        return "cancelled" if isinstance(self.error, asyncio.CancelledError) else type(self.error).__name__

    @property
    def again(self):
        """How many batches were begun more than once, by reason: the client's where it has one."""
        found = Counter()
        for texts in self.batches.values():
            extra = max(self.begun[text] for text in texts) - 1
            if extra <= 0:
                continue
            reasons = [reason for reason, of in self._reasons() if of & texts]
            found.update(set(reasons) or {"?"})
            if extra > len(reasons) + self.lost_workers:
                found["more often than explained"] += 1
        return found

    def _reasons(self):
        """Why texts were begun again: (reason, those texts)."""
        for record in self.records:
            texts = self.batches.get(record.batch_id, set())
            for lost in record.lost:
                yield lost.kind, self._family(record.batch_id) if lost.kind == "ExecutionTimedOut" else texts
            if record.perhaps_paid_twice:
                yield "perhaps paid twice", texts
        every = set(self.begun)
        if self.error is not None:  # there is no table of a run that failed; its log has each attempt that was lost
            for batch_id, texts in self.batches.items():
                for _ in range(self.told.count(f"Batch {batch_id[:12]}: an attempt was lost")):
                    yield "in the log", texts
            for _ in range(self.lost_workers):
                yield "the endpoint ran it again", every
        for _ in range(self.doubled):
            yield "the endpoint gave it to two", every

    def _family(self, batch_id):
        """The texts of the whole batch, of which this may be a half: what it lost is told with the first half."""
        texts = self.batches[batch_id]
        return next((whole for whole in self.batches.values() if texts < whole), texts)

    def faults(self):
        """What is not as it must be, in words."""
        case, wrong = self.case, []
        wanted = "cancelled" if case.cancelled_s else case.error or "complete"
        if self.ended != wanted:
            wrong.append(f"it ended {self.ended}, not {wanted}: {self.error}")
        if self.error is None and not self.is_whole:
            wrong.append("vectors differ from those of a quiet run")
        if self.error is not None and not self.is_mended:
            wrong.append("the next run was not whole")
        if case.says and case.says not in str(self.error):
            wrong.append(f"the error does not say {case.says!r}: {self.error}")
        if unexplained := set(self.again) - set(case.again):
            wrong.append(f"embedded more than once for {sorted(unexplained)}")
        if self.left_later or (self.left and not case.may_leave):
            wrong.append(f"{self.left} jobs left, {self.left_later} later")
        if self.records_left:
            wrong.append(f"{self.records_left} records of remote jobs left")
        if self.seconds - self.quiet_s > case.lost_s:
            wrong.append(f"{self.seconds - self.quiet_s:.0f} s lost")
        if CANARY in self.told:
            wrong.append("the key was told")
        return wrong


@contextlib.contextmanager
def logged():
    """What is logged meanwhile, of every level."""
    lines, root = [], logging.getLogger()
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())
    level = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(handler)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
