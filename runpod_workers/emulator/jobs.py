"""One job: what was asked, what became of it, and its record as clients read it. Pure: times are given, in seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from doctown.wire import IN_PROGRESS, IN_QUEUE, TERMINAL
from runpod_workers.emulator.terms import Terms

PASSED_ON = ("webhook", "policy", "s3Config")
"""Of what a client sends beside the input, what the worker is given as well."""


@dataclass(slots=True)
class Job:
    """One job. `worker` is who holds it or held it last; `number` counts an endpoint's jobs from 1."""

    id: str
    number: int
    body: Mapping[str, Any]
    execution_s: float
    ttl_s: float
    kept_s: float
    created: float
    known_from: float
    """Before that nobody but the queue knows it."""
    status: str = IN_QUEUE
    worker: str | None = None
    holders: set[str] = field(default_factory=set)
    """The workers whose result would be taken: one, but for a job that was delivered twice."""
    not_before: float = 0.0
    started: float | None = None
    finished: float | None = None
    answer: dict[str, Any] = field(default_factory=dict)
    """`output` and `error`, as far as there are any."""
    retries: int = 0
    chunks: list[Any] = field(default_factory=list)
    """What a generator has yielded and nobody has read yet."""

    @classmethod
    def submitted(
        cls, job_id: str, number: int, body: Mapping[str, Any], terms: Terms, now: float, *, sync: bool
    ) -> "Job":
        """A new job. `body` is what a client sent: `input`, and `policy` with `executionTimeout` and `ttl` in ms."""
        policy = body.get("policy") or {}
        if terms.strips_empty_input and body.get("input") == {}:
            body = {name: value for name, value in body.items() if name != "input"}
        return cls(
            id=job_id,
            number=number,
            body=body,
            execution_s=min(policy.get("executionTimeout", 1000 * terms.execution_s) / 1000, terms.longest_execution_s),
            ttl_s=min(policy.get("ttl", 1000 * terms.ttl_s) / 1000, terms.longest_ttl_s),
            kept_s=terms.kept_sync_s if sync else terms.kept_s,
            created=now,
            known_from=now + (0 if sync else terms.propagation_s),
        )

    @property
    def is_over(self) -> bool:
        """Whether it has come to an end."""
        return self.status in TERMINAL

    @property
    def calls_for_workers(self) -> bool:
        """Whether workers are started for it."""
        return not (self.body.get("policy") or {}).get("lowPriority", False)

    def deadline(self) -> float:
        """When, if nothing happens before, it is ended or forgotten."""
        if self.finished is not None:
            return self.finished + self.kept_s
        ends = self.created + self.ttl_s
        return min(ends, self.started + self.execution_s) if self.started is not None else ends

    def offer(self) -> dict[str, Any]:
        """What a worker that takes it is given."""
        given = {"id": self.id} | {name: self.body[name] for name in PASSED_ON if name in self.body}
        return given | ({"input": self.body["input"]} if "input" in self.body else {})

    def record(self) -> dict[str, Any]:
        """What `/status` answers: times in milliseconds, what is not there left out."""
        found: dict[str, Any] = {"id": self.id, "status": self.status} | self.answer
        if self.started is not None:
            found |= {"delayTime": round(1000 * (self.started - self.created)), "workerId": self.worker}
            if self.finished is not None:
                found["executionTime"] = round(1000 * (self.finished - self.started))
        return found | ({"retries": self.retries} if self.retries else {})

    def texts(self) -> int:
        """How many texts its input has, where it is one of ours."""
        asked = self.body.get("input")
        chunks = asked.get("chunks") if isinstance(asked, Mapping) else None
        return len(chunks) if isinstance(chunks, list) else 0

    def queue_again(self, not_before: float) -> None:
        """Back to where it began, to be taken once more."""
        self.status, self.started, self.finished, self.not_before = IN_QUEUE, None, None, not_before
        self.answer, self.chunks = {}, []
        self.holders.clear()

    def give_to(self, worker: str, now: float) -> None:
        """Another worker has it, the first or one more."""
        self.holders.add(worker)
        if self.status == IN_QUEUE:
            self.status, self.worker, self.started = IN_PROGRESS, worker, now
