"""How a run's bill looks on a terminal. What is in it is left to `places.bills`."""

from collections.abc import Mapping
from typing import Any

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
