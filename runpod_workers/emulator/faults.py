"""What goes wrong, as data: rules that say where, what, when and how often. Pure: time is an argument, in seconds.

A rule names a moment (`at`): a request of a client, or a moment in the life of a job or a worker. `Faults.due` counts
the moments and says which rules are due at one; what a fault does is left to whoever the moment belongs to. The same
rules and the same order of moments give the same faults: chances are drawn from each rule's own seed.
"""

import math
import random
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from doctown.errors import InvalidSettings
from runpod_workers.emulator.alterations import ALTERATIONS
from runpod_workers.emulator.terms import Terms, is_number, terms_with

CLIENT_OPERATIONS = ("run", "runsync", "status", "status-sync", "stream", "cancel", "retry", "purge-queue", "health")

_OF_CLIENTS = {
    "answer": {"status", "retry_after", "text", "accepted"},
    "reset": {"accepted"},
    "garble": {"text"},
    "drip": {"seconds"},
    "delay": {"seconds"},
}
AT: dict[str, dict[str, set[str]]] = dict.fromkeys(CLIENT_OPERATIONS, _OF_CLIENTS) | {
    "queued": {"cancel": {"seconds"}, "forget": {"seconds"}, "timeout": {"seconds"}},
    "start": {"delay": {"seconds"}, "throttle": {"seconds"}, "fail": set()},
    "take": {key: {"seconds"} for key in ("kill", "hang", "freeze", "drain", "cancel", "forget", "timeout")}
    | {"duplicate": set()},
    "done": {
        "empty": set(),
        "drop": set(),
        "fail": {"text"},
        "refuse": {"status"},
        "forget": {"seconds"},
        "alter": {"alter", "set"},
    },
    "ping": {"drop": set()},
}
_WHEN = {"nth", "every", "after_s", "until_s", "chance", "seed", "times", "endpoint", "worker", "job"}
_NEEDED = {"answer": ("status",), "delay": ("seconds",), "alter": ("alter", "set")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One rule. It is due at a moment `at` where all that it says about when and which holds."""

    at: str
    do: str
    nth: tuple[int, ...] = ()
    """Which of the moments that are meant, counted from 1; empty: all of them."""
    every: int = 1
    after_s: float = 0
    until_s: float = math.inf
    """Both since the emulator began."""
    chance: float = 1
    seed: int = 0
    times: int | None = None
    """How often at most."""
    endpoint: str | None = None
    worker: str | None = None
    job: tuple[int, ...] = ()
    """The jobs that are meant, in the order in which they were submitted, from 1."""
    seconds: float | None = None
    """How long it lasts, or how long after the moment it happens."""
    status: int = 500
    retry_after: int | None = None
    text: str | None = None
    accepted: bool = False
    """Whether what was asked is done all the same."""
    alter: str | None = None
    set: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Where a rule may strike: the endpoint's name, and the worker and the job's number as far as there are any."""

    at: str
    endpoint: str = ""
    worker: str | None = None
    job: int | None = None


class Faults:
    """The rules of an emulator, and how often each has struck."""

    def __init__(self, rules: Iterable[Fault] = (), began: float = 0.0) -> None:
        """`began`: the time from which `after_s` and `until_s` count."""
        self.rules = tuple(rules)
        self.began = began
        self.struck = [0] * len(self.rules)
        self._met = [0] * len(self.rules)
        self._chances = [random.Random(f"{rule.seed} {at}") for at, rule in enumerate(self.rules)]
        self._places: dict[str, list[int]] = {}
        for number, rule in enumerate(self.rules):
            self._places.setdefault(rule.at, []).append(number)

    def due(self, moment: Moment, now: float) -> list[Fault]:
        """The rules that strike at `moment`, in the order of the file."""
        return [self.rules[n] for n in self._places.get(moment.at, ()) if self._strikes(n, moment, now - self.began)]

    def _strikes(self, number: int, moment: Moment, since: float) -> bool:
        rule = self.rules[number]
        if rule.endpoint not in (None, moment.endpoint) or rule.worker not in (None, moment.worker):
            return False
        if (rule.job and moment.job not in rule.job) or not rule.after_s <= since < rule.until_s:
            return False
        self._met[number] += 1
        met = self._met[number]
        if (rule.nth and met not in rule.nth) or met % rule.every:
            return False
        if rule.times is not None and self.struck[number] >= rule.times:
            return False
        if rule.chance < 1 and self._chances[number].random() >= rule.chance:
            return False
        self.struck[number] += 1
        return True

    def report(self) -> list[dict[str, Any]]:
        """Each rule's place and how often it struck."""
        return [
            {"at": rule.at, "do": rule.do, "struck": struck}
            for rule, struck in zip(self.rules, self.struck, strict=True)
        ]


def read_faults(text: str, terms: Terms | None = None) -> tuple[tuple[Fault, ...], Terms]:
    """The rules and the terms in a file of faults; what its `[settings]` leave out is as in `terms`.

    Raises InvalidSettings: in one sentence, what is wrong and what could stand there.
    """
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidSettings(f"The file of faults is no TOML: {error}.") from error
    if unknown := sorted(found.keys() - {"settings", "fault"}):
        raise InvalidSettings(
            f"The file of faults has {unknown[0]!r}, which means nothing; it may have [settings] and [[fault]]."
        )
    rules, settings = found.get("fault", []), found.get("settings", {})
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise InvalidSettings("The file of faults has no list of faults; begin each with [[fault]].")
    if not isinstance(settings, dict):
        raise InvalidSettings("The file of faults has settings that are no table; begin them with [settings].")
    return tuple(_fault(n, rule) for n, rule in enumerate(rules, 1)), terms_with(settings, terms or Terms())


def _fault(number: int, rule: Mapping[str, Any]) -> Fault:
    where = f"Fault {number}"
    at = _one_of(f"{where}: at", rule.get("at"), AT)
    do = _one_of(f"{where}: do at {at!r}", rule.get("do"), AT[at])
    known = AT[at][do]
    if unknown := sorted(rule.keys() - known - _WHEN - {"at", "do"}):
        raise InvalidSettings(
            f"{where} ({at}, {do}) has {unknown[0]!r}, which means nothing there;"
            f" it may have {', '.join(sorted(known | _WHEN))}."
        )
    if do in _NEEDED and not set(_NEEDED[do]) & rule.keys():
        raise InvalidSettings(f"{where} ({at}, {do}) needs {' or '.join(_NEEDED[do])}.")
    return Fault(**{name: _value(f"{where}: {name}", name, value) for name, value in rule.items()})


def _value(where: str, name: str, value: Any) -> Any:
    """The value of a rule's field, checked and in the form that `Fault` keeps."""
    if name in ("nth", "job"):
        many = value if isinstance(value, list) else [value]
        if not many or not all(is_number(n, int) and n >= 1 for n in many):
            raise _wrong(where, value, "a number from 1, or a list of such")
        return tuple(many)
    if name in _CHECKS:
        is_right, told = _CHECKS[name]
        if not is_right(value):
            raise _wrong(where, value, told)
    return value


def _one_of(where: str, value: Any, known: Iterable[str]) -> str:
    names = list(known)
    if value not in names:
        raise _wrong(where, value, f"one of {', '.join(names)}")
    return str(value)


def _wrong(where: str, value: Any, right: str) -> InvalidSettings:
    told = "missing" if value is None else f"{value!r:.80}"
    return InvalidSettings(f"{where} is {told}; it must be {right}.")


def _is_count(value: Any) -> bool:
    return is_number(value, int) and value >= 1


def _is_time(value: Any) -> bool:
    return is_number(value) and value >= 0


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


_CHECKS: dict[str, tuple[Any, str]] = {
    "every": (_is_count, "a number from 1"),
    "times": (_is_count, "a number from 1"),
    "after_s": (_is_time, "a number of seconds"),
    "until_s": (_is_time, "a number of seconds"),
    "seconds": (_is_time, "a number of seconds"),
    "chance": (lambda value: is_number(value) and 0 <= value <= 1, "between 0 and 1"),
    "seed": (lambda value: is_number(value, int), "a whole number"),
    "status": (lambda value: is_number(value, int) and 200 <= value <= 599, "an HTTP status from 200 to 599"),
    "retry_after": (lambda value: is_number(value, int) and value >= 0, "a whole number of seconds"),
    "accepted": (lambda value: isinstance(value, bool), "true or false"),
    "alter": (lambda value: value in ALTERATIONS, f"one of {', '.join(ALTERATIONS)}"),
    "set": (lambda value: isinstance(value, dict), 'a table such as { model = "another" }'),
    "text": (_is_text, "a text"),
    "endpoint": (_is_text, "a text"),
    "worker": (_is_text, "a text such as worker-1"),
}
