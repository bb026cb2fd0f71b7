"""How a run's bill looks on a terminal, and what is kept of it: beside the docpack, never inside.

The docpack of a commit has equal bytes wherever its texts were embedded; what that cost has not.
"""

from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from adapters.pace import note_worker_pace
from cli.output import counted, duration
from doctown.cost import always_on_told, dollars

Bill = Mapping[str, Any]


def bill_text(bill: Bill) -> list[str]:
    """The lines below a run's summary."""
    seconds, workers = bill["seconds"], [one for place in bill["places"] for one in place["workers"]]
    machines = ", ".join(dict.fromkeys(place["machine"] for place in bill["places"]))
    usd = "not known" if bill["usd"] is None else f"about {dollars(bill['usd'])}"
    lines = [
        f"  cost     {usd} by the prices of {bill['prices']['as_of']}: {counted(len(workers), 'workers')} "
        f"({machines}), {duration(bill['billed_seconds'])} billed",
        f"           start {duration(seconds['start'])}, execution {duration(seconds['execution'])}, "
        f"idle {duration(seconds['idle'])}; jobs waited {duration(seconds['queue'])} in all",
    ]
    for kind, lost in bill["lost_attempts"].items():
        lines.append(f"           lost to {kind}: {counted(lost['attempts'], 'attempts')}, {duration(lost['seconds'])}")
    if bill["perhaps_paid_twice"]:
        lines.append(f"           perhaps paid for twice: {bill['perhaps_paid_twice']:,} of the batches")
    if bill["prices"]["out_of_date"]:
        lines.append(f"           {bill['prices']['out_of_date']}")
    return [*lines, f"           {always_on_told(bill['always_on'])}"]


def note_paces(cache: Path, bill: Bill) -> None:
    """Keep how fast the workers were, for the next plan."""
    for place in bill["places"]:
        starts = [worker["start_s"] for worker in place["workers"] if worker["jobs"]]
        if starts and place["tokens_per_s"]:
            note_worker_pace(cache, place["address"], median(starts), place["tokens_per_s"])
