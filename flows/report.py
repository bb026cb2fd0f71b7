"""What a run leaves in Prefect's pages: a summary, a progress bar, a table of batches.

The texts are built by pure functions and published by `Progress` and `publish`. Names of repositories, topics and
places are hostile: in Markdown they stand in code spans only (`flows.markdown`). What a run cost is in `bill_report`.
"""

import asyncio
import contextlib
import logging
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from doctown.steps import Progress
from flows.bill_report import bill_markdown, usd_by_batch
from flows.markdown import code, plain
from places.fanout import BatchRecord

_log = logging.getLogger(__name__)

_SHARES = {"ingest": (0, 15), "embed": (15, 80), "assemble": (80, 100)}
"""Of the percent a step's progress covers."""
MOST_BATCH_ROWS = 200
MOST_TOPICS = 30


def summary_markdown(summary: Mapping[str, Any]) -> str:
    """The page of a finished run. `summary` is what the flow returns."""
    repository = summary["repository"]
    where = repository.get("commit") or repository.get("tree") or ""
    seconds: Mapping[str, float] = summary["seconds"]
    lines = [
        f"# {code(repository['name'])}",
        "",
        f"at {code(where[:12])}" + (f", asked for as {code(repository['ref'])}" if repository.get("ref") else ""),
        "",
        "| what | how many |",
        "| --- | ---: |",
        *(f"| {_word(what)} | {number:,} |" for what, number in summary["counts"].items()),
        f"| distinct texts | {summary['texts']:,} |",
        f"| embedded in this run | {summary['embedded']:,} |",
        "",
        "| step | seconds |",
        "| --- | ---: |",
        *(f"| {_word(step)} | {value:,.1f} |" for step, value in seconds.items()),
        "",
        *bill_markdown(summary.get("bill")),
        "## Topics, the largest first",
        "",
        *(f"{n}. {code(topic)}{size}" for n, (topic, size) in enumerate(_sized(summary)[:MOST_TOPICS], start=1)),
        *([] if summary["topics"] else ["none"]),
        "",
        *(["## Notes", "", *(f"- {code(note, 500)}" for note in summary["notes"]), ""] if summary["notes"] else []),
        f"Engine {code(summary['engine'] or 'none')}; docpack {code(summary['docpack_id'])}, in the store under "
        f"{code(summary['docpack']['key'], 400)}.",
    ]
    return "\n".join(lines) + "\n"


def _sized(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each topic with how many chunks it has, as far as a worker of an older version tells them."""
    sizes = [f", {size:,} chunks" for size in summary.get("topic_sizes", ())]
    return list(zip_longest(summary["topics"], sizes[: len(summary["topics"])], fillvalue=""))


def _word(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9 _-]", "", text).replace("_", " ")


def batch_rows(records: Sequence[BatchRecord], bill: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """The rows of the batch table, the slowest first, at most MOST_BATCH_ROWS; dollars as the bill shares them out."""
    usd = usd_by_batch(bill)
    slowest = sorted(records, key=lambda record: -record.seconds)[:MOST_BATCH_ROWS]
    return [
        {
            "batch": plain(record.batch_id, 12),
            "texts": record.texts,
            "tokens": record.tokens,
            "attempts": record.attempts,
            "seconds": round(record.seconds, 2),
            "dollars": usd.get(record.batch_id),
            "at": plain(record.address),
            "engine": plain(record.engine),
            "lost": plain("; ".join(f"{one.kind} after {one.seconds:.1f} s: {one.reason}" for one in record.lost), 500),
            "paid twice": "perhaps" if record.perhaps_paid_twice else "",
        }
        for record in slowest
    ]


def batches_told(records: Sequence[BatchRecord]) -> str:
    """What stands above the batch table: how many there are, and what was lost on the way to them and why."""
    told = [f"{len(records):,} batches, the slowest first, at most {MOST_BATCH_ROWS} of them."]
    lost = [one for record in records for one in record.lost]
    for kind, times in sorted(Counter(one.kind for one in lost).items()):
        seconds = sum(one.seconds for one in lost if one.kind == kind)
        told.append(f"Lost to {_word(kind)}: {times:,} attempts, {seconds:,.1f} s.")
    if twice := sum(record.perhaps_paid_twice for record in records):
        told.append(f"Perhaps paid for twice, because a submit got no answer or a worker was lost: {twice:,}.")
    return " ".join(told)


def artifact_key(name: str) -> str:
    """A key Prefect accepts (lower case, digits, dashes), the same for every run of one repository's name."""
    return "index-" + (re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60].rstrip("-") or "repository")


class Bar:
    """How far a run is, in percent of the whole; it never goes back."""

    def __init__(self) -> None:
        self.percent, self.text = 0.0, "starting"
        self._step = "ingest"

    def enter(self, step: str) -> None:
        """A step begins."""
        self._step, self.text = step, step
        self.percent = max(self.percent, float(_SHARES[step][0]))

    def report(self, what: str, done: int, total: int) -> None:
        """So much of the step is done."""
        low, high = _SHARES[self._step]
        within = min(max(done / total, 0.0), 1.0) if total > 0 else 0.0
        self.percent = max(self.percent, low + (high - low) * within)
        self.text = f"{plain(what, 40)}: {done:,} of {total:,}"


class ProgressArtifact:
    """A run's progress bar in Prefect, drawn anew at most once a second; what it is told it passes on at once.

    An async context manager. A bar that cannot be drawn never fails the run.
    """

    def __init__(self, onward: Progress, pause_s: float = 1.0) -> None:
        self.bar = Bar()
        self._onward, self._pause_s = onward, pause_s
        self._id: UUID | None = None
        self._drawing: asyncio.Task[None] | None = None

    def __call__(self, what: str, done: int, total: int) -> None:
        """As doctown.steps.Progress."""
        self.bar.report(what, done, total)
        self._onward(what, done, total)

    async def __aenter__(self) -> Self:
        self._drawing = asyncio.create_task(self._draw_again_and_again())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._drawing is not None
        self._drawing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._drawing
        if error is None:
            self.bar.percent, self.bar.text = 100.0, "done"
            await self._draw()

    async def _draw_again_and_again(self) -> None:
        drawn: tuple[float, str] | None = None
        while True:
            now = (self.bar.percent, self.bar.text)
            if now != drawn:
                await self._draw()
                drawn = now
            await asyncio.sleep(self._pause_s)

    async def _draw(self) -> None:
        from prefect.artifacts import acreate_progress_artifact, aupdate_progress_artifact

        percent, text = round(self.bar.percent, 1), self.bar.text
        try:
            if self._id is None:
                self._id = await acreate_progress_artifact(percent, description=text)
            else:
                await aupdate_progress_artifact(self._id, percent, description=text)
        except Exception as error:
            _log.warning("The progress could not be shown in Prefect: %s", error)


async def publish_bill(repository: str, bill: Mapping[str, Any]) -> None:
    """What a run that failed has used. What cannot be shown is logged and fails nothing."""
    from prefect.artifacts import acreate_markdown_artifact

    try:
        page = "\n".join(bill_markdown(bill)) + "\n"
        await acreate_markdown_artifact(page, key=artifact_key(repository), description="What this run has used")
    except Exception as error:
        _log.warning("The bill could not be shown in Prefect: %s", error)


async def publish(summary: Mapping[str, Any], records: Sequence[BatchRecord]) -> None:
    """The summary and the batch table of a finished run. What cannot be shown is logged and fails nothing."""
    from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact

    key = artifact_key(summary["repository"]["name"])
    try:
        await acreate_markdown_artifact(summary_markdown(summary), key=key, description="What this run found")
        if records:
            await acreate_table_artifact(batch_rows(records, summary["bill"]), description=batches_told(records))
    except Exception as error:
        _log.warning("The summary could not be shown in Prefect: %s", error)
