"""How a run's bill looks in Prefect: a part of the summary, and a column of the batch table.

Names of endpoints and workers come from outside: they stand in code spans only (`flows.markdown.cell`).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from doctown.cost import always_on_told, dollars
from flows.markdown import cell

MOST_WORKERS = 50

Bill = Mapping[str, Any]


def bill_markdown(bill: Bill | None) -> list[str]:
    """The lines of the part; none where no endpoint was used."""
    if bill is None:
        return []
    seconds = bill["seconds"]
    rows = [(place, worker) for place in bill["places"] for worker in place["workers"]]
    lines = [
        "## What it cost",
        "",
        f"{_usd(bill['usd'])} by the prices of {bill['prices']['as_of']}: {bill['billed_seconds']:,} billed seconds "
        f"(start {seconds['start']:,.1f}, execution {seconds['execution']:,.1f}, idle {seconds['idle']:,.1f}). "
        f"{always_on_told(bill['always_on'])}",
        *(["", bill["prices"]["out_of_date"]] if bill["prices"]["out_of_date"] else []),
        "",
        "| worker | at | machine | jobs | start s | execution s | idle s | billed s | dollars |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for place, one in rows[:MOST_WORKERS]:
        name = cell(one["worker"]) if one["worker"] else "came and took no job"
        lines.append(
            f"| {name} | {cell(place['address'])} | {cell(place['machine'])} | {one['jobs']:,} | {one['start_s']:,.1f} "
            f"| {one['execution_s']:,.1f} | {one['idle_s']:,.1f} | {one['billed_s']:,} | {_usd(one['usd'])} |"
        )
    more = [f"and {len(rows) - MOST_WORKERS:,} more workers", ""] if len(rows) > MOST_WORKERS else []
    return [*lines, "", *more]


def usd_by_batch(bill: Bill | None) -> Mapping[str, float]:
    """Dollars of each batch, all its jobs together, where they are known."""
    found: dict[str, float] = defaultdict(float)
    batches: Sequence[Mapping[str, Any]] = bill["batches"] if bill else ()
    for row in batches:
        if row["batch"] is not None and row["usd"] is not None:
            found[row["batch"]] += row["usd"]
    return found


def _usd(usd: float | None) -> str:
    return "not known" if usd is None else dollars(usd)
