"""From how many runs a month on machines that are always on cost no more than serverless ones, from measured seconds.

    python benchmarks/index.py REPO --json > measured.json
    python benchmarks/cost.py --json measured.json [--json another.json]
    python benchmarks/cost.py --measured small 1.5 120000 9 --measured large 60 9000000 150 --tokens-per-s 90000

`--measured NAME INGEST_S TOKENS ASSEMBLE_S` gives the numbers of a repository by hand. A run is a cold one: all its
texts are embedded, by workers that are started for it. Hybrid: texts at the endpoint, compared with the embedding
worker that is always on; serverless: every step at endpoints, compared with that and the CPU pod; it needs the price
of a CPU worker (`--usd-per-vcpu-h`), which RunPod tells who has a key. Savings are those over the cheaper and over the
dearer of the machines; less than none where serverless costs more.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from doctown.cost import ASSUMED, Span, WorkerPace, always_on_month, dollars, embedding_cost, step_cost
from doctown.prices import Prices, out_of_date, prices_of, shipped_prices

RUNS = (10, 30, 100, 300, 1000)
BATCH_TOKENS = 16_384


@dataclass(frozen=True)
class Measured:
    """One repository: seconds of the steps on one machine, and the tokens to embed."""

    name: str
    ingest_s: float
    tokens: int
    assemble_s: float

    @classmethod
    def of_file(cls, path: str) -> "Measured":
        """The cold run in what `benchmarks/index.py --json` printed."""
        found = json.loads(Path(path).read_text())
        cold = found["runs"]["cold"]
        return cls(found["repository"], cold["seconds"]["ingest"], cold["tokens"], cold["seconds"]["assemble"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="append", default=[], metavar="FILE")
    parser.add_argument("--measured", action="append", default=[], nargs=4, metavar=("NAME", "S", "TOKENS", "S"))
    parser.add_argument("--pool", action="append", default=[], help="a GPU pool; without it all that have a price")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--start-s", type=float, default=ASSUMED.start_s)
    parser.add_argument("--idle-s", type=float, default=5.0)
    parser.add_argument("--tokens-per-s", action="append", default=[], metavar="[POOL=]N")
    parser.add_argument("--vcpus", type=int, default=4)
    parser.add_argument("--usd-per-vcpu-h", type=float, default=None)
    parser.add_argument("--prices", default="", metavar="FILE")
    given = parser.parse_args()
    given.json = [Measured.of_file(path) for path in given.json]
    given.json += [Measured(name, float(a), int(tokens), float(b)) for name, a, tokens, b in given.measured]
    if not given.json:
        parser.error("there is nothing measured; give --json or --measured")
    prices = prices_of(Path(given.prices).read_text(), given.prices) if given.prices else shipped_prices()
    rates = rates_of(given.tokens_per_s)
    tell_assumptions(given, prices, rates)
    for title, costs, month in compared_ways(given, prices, rates):
        tell_table(title, costs, month)


def rates_of(texts: list[str]) -> dict[str, float]:
    """Tokens a second by pool; "" holds for the others."""
    found = {"": ASSUMED.tokens_per_s}
    for text in texts:
        pool, _, number = text.rpartition("=")
        found[pool] = float(number)
    return found


def tell_assumptions(given: argparse.Namespace, prices: Prices, rates: dict[str, float]) -> None:
    print(f"Prices of {prices.as_of} ({prices.source}). {out_of_date(prices, datetime.now(UTC).date()) or ''}")
    print(
        f"{given.workers} embedding worker(s): {given.start_s:g} s to start, {given.idle_s:g} s idle timeout, "
        f"rounded up to the second; each cold, and gone before the next run."
    )
    named = ", ".join(f"{pool or 'all others'} {rate:,.0f}" for pool, rate in rates.items())
    print(f"Tokens a second of a worker: {named}; {ASSUMED.tokens_per_s:,.0f} is an assumption, not measured.")
    print("Ingest and assembly are taken to be as fast on a CPU worker as where they were measured.")
    print("Not counted: the store, traffic, container disks, and the small machine that the Prefect worker runs on.")
    for one in given.json:
        print(f"  {one.name}: ingest {one.ingest_s:g} s, {one.tokens:,} tokens, assembly {one.assemble_s:g} s")


def compared_ways(
    given: argparse.Namespace, prices: Prices, rates: dict[str, float]
) -> Iterator[tuple[str, dict[tuple[str, str], float], Span]]:
    """Title, dollars a run by repository and pool, and dollars a month of the machines, for hybrid and serverless."""
    pools = given.pool or list(prices.gpu)
    hybrid = {(one.name, pool): embedding_usd(one, pool, given, prices, rates) for one in given.json for pool in pools}
    yield "hybrid, beside an embedding worker", hybrid, always_on_month(prices, embeds=True, builds=False)
    usd_per_vcpu_h = prices.cpu.usd_per_vcpu_h if given.usd_per_vcpu_h is None else given.usd_per_vcpu_h
    if usd_per_vcpu_h is None:
        print("\nServerless: what a CPU worker costs is not known; give --usd-per-vcpu-h.")
        return
    cpu = usd_per_vcpu_h * given.vcpus / 3600
    steps = {one.name: cpu_usd(one, cpu, given) for one in given.json}
    serverless = {(name, pool): usd + steps[name] for (name, pool), usd in hybrid.items()}
    month = always_on_month(prices, embeds=True, builds=True)
    title = f"serverless ({given.vcpus} vCPU at {dollars(usd_per_vcpu_h)} an hour each), beside that and a CPU pod"
    yield title, serverless, month


def embedding_usd(
    one: Measured, pool: str, given: argparse.Namespace, prices: Prices, rates: dict[str, float]
) -> float:
    whole, rest = divmod(one.tokens, BATCH_TOKENS)
    batches = [BATCH_TOKENS] * whole + [rest] * (rest > 0)
    pace = WorkerPace(given.start_s, rates.get(pool, rates[""]))
    return embedding_cost(batches, given.workers, pace, given.idle_s, prices.gpu_usd_per_s(pool)).usd or 0.0


def cpu_usd(one: Measured, usd_per_s: float, given: argparse.Namespace) -> float:
    costs = (step_cost(seconds, given.start_s, given.idle_s, usd_per_s) for seconds in (one.ingest_s, one.assemble_s))
    return sum(cost.usd or 0.0 for cost in costs)


def tell_table(title: str, costs: dict[tuple[str, str], float], month: Span) -> None:
    print(f"\n{title}: ${month.least:g} to ${month.most:g} a month")
    print(f"| repository | pool | a run | break-even, runs a month |{''.join(f' saved at {n:,} |' for n in RUNS)}")
    print(f"|---|---|---:|---:|{'---:|' * len(RUNS)}")
    for (name, pool), usd in costs.items():
        even = month.times(1 / usd) if usd else None
        shown = f"{even.least:,.0f} to {even.most:,.0f}" if even else "any number"
        saved = "".join(f" {1 - n * usd / month.least:.1%} to {1 - n * usd / month.most:.1%} |" for n in RUNS)
        print(f"| {name} | {pool} | {dollars(usd)} | {shown} |{saved}")


if __name__ == "__main__":
    main()
