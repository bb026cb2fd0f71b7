"""How what a run would cost looks on a terminal: from the `costs` of a plan to lines of text."""

from collections.abc import Mapping
from typing import Any

from cli.output import counted, duration
from doctown.cost import dollars
from places.plan_costs import ALL_HERE, HYBRID, SERVERLESS, chosen

_WHERE = {
    ALL_HERE: "all on this machine",
    HYBRID: "texts at an endpoint",
    SERVERLESS: "every step at endpoints",
}


def costs_text(costs: Mapping[str, Any] | None) -> list[str]:
    """The lines of a plan's costs; none where nothing is to be indexed."""
    if not costs:
        return []
    pace = costs["workers"]
    here, *_ = costs["placements"]
    lines = ["", f"cost, by the prices of {costs['prices']['as_of']} for {costs['pool']}:", _line(here)]
    for placement in (HYBRID, SERVERLESS):
        rows = chosen(costs, placement)
        words = ("cheapest and fastest",) if len(rows) == 1 else ("cheapest", "fastest")
        lines += [_line(row, word) for row, word in zip(rows, words, strict=True)]
    lines.append(
        f"  a worker: {pace['start_s']:g} s to start, {pace['tokens_per_s']:,} tokens/s ({costs['workers_from']}), "
        f"{pace['idle_s']:g} s idle before it goes"
    )
    if any(row["usd"] is None for row in costs["placements"]):
        lines.append(
            "  ?: what a CPU worker costs is not known; set cpu.usd_per_vcpu_h in a price file (DOCTOWN_PRICES)"
        )
    return lines


def _line(row: Mapping[str, Any], word: str = "") -> str:
    seconds = "?" if row["seconds"] is None else duration(row["seconds"])
    usd = "?" if row["usd"] is None else dollars(row["usd"])
    workers = f"{counted(row['workers'], 'workers')}, {word}" if row["workers"] else "nothing to embed" if word else ""
    return f"  {_WHERE[row['placement']]:<24}{seconds:>14}{usd:>11}  {workers}".rstrip()
