"""What a person sees: progress on standard error (bars on a terminal, else plain lines), results on standard output.

With `--json` standard output holds one JSON document and nothing else, for failures too.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from doctown.steps import Progress as Report

STEP_NAMES = {"ingest": "reading", "embed": "embedding", "assemble": "assembling", "around": "start and end"}
"""What a person reads for the seconds of a step, and of what lies around the steps."""


def say(sentence: str) -> None:
    """A sentence for the person, on standard error."""
    click.echo(printable(sentence), err=True)


def printable(text: str) -> str:
    """`text` in one line, without what could steer a terminal: names and paths of a repository are hostile."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def counted(number: int, what: str) -> str:
    """A number with its noun, given in the plural: `1 file`, `3,034 chunks`."""
    return f"{number:,} {what.removesuffix('s') if number == 1 else what}"


def duration(seconds: float) -> str:
    """As a person says it: `8 s`, `3 min 20 s`, `2 h 5 min`."""
    if round(seconds) < 60:
        return f"{seconds:.0f} s"
    minutes, left = divmod(round(seconds), 60)
    return f"{minutes} min {left} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def print_json(document: Any) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(document, ensure_ascii=True))


@contextmanager
def reported() -> Iterator[Report]:
    """A progress callback for the time of the block: bars where standard error is a terminal, else a line a tenth."""
    if sys.stderr.isatty():
        with Progress(
            TextColumn("{task.description:>12}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        ) as bars:
            yield _Bars(bars)
    else:
        yield _Lines()


class _Bars:
    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._known: dict[str, TaskID] = {}

    def __call__(self, what: str, done: int, total: int) -> None:
        if what not in self._known:
            self._known[what] = self._bars.add_task(printable(what), total=total)
        self._bars.update(self._known[what], completed=done, total=total)


class _Lines:
    def __init__(self) -> None:
        self._said: dict[str, int] = {}

    def __call__(self, what: str, done: int, total: int) -> None:
        tenth = 10 * done // max(total, 1)
        if self._said.get(what) != tenth:
            self._said[what] = tenth
            say(f"{what}: {done} of {total}")
