"""The fault table: what goes wrong, how often it was tried, and what came of it.

    python benchmarks/faults.py memory [--times 20]      every fault, on the endpoint in memory by a clock that jumps
    python benchmarks/faults.py processes [NAME ...]     those of processes, with real SDK workers by the wall clock

Seconds lost are beside a quiet run of the same work; less than none where the run ended early, in an error.
"""

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.faults import in_memory, processes
from tests.faults.case import CASES
from tests.faults.outcome import Outcome

QUIET = next(case for case in CASES if case.name == "quiet")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("where", choices=("memory", "processes"))
    parser.add_argument("names", nargs="*")
    parser.add_argument("--times", type=int, default=20)
    given = parser.parse_args()
    print("| fault | tried | outcome | batches embedded more than once, and why | s lost | jobs left | as it must be |")
    print("|---|---:|---|---|---:|---:|---|")
    cases = [case for case in CASES if not given.names or case.name in given.names]
    if given.where == "memory":
        quiet = [in_memory.tried(QUIET, seed).seconds for seed in range(given.times)]
        for case in cases:
            show(case.title, [in_memory.tried(case, seed, quiet[seed]) for seed in range(given.times)])
    else:
        quiet_s = once(QUIET, 0.0).seconds
        for case in cases:
            if case.processes:
                show(case.title, [once(case, quiet_s)])


def once(case, quiet_s: float) -> Outcome:  # noqa: ANN001
    """The fault with processes, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        patient = replace(case, lost_s=180)  # other people use this machine
        return asyncio.run(processes.tried(patient, folder, quiet_s=quiet_s))


def show(title: str, tries: list[Outcome]) -> None:
    """One row."""
    ended = Counter(one.ended + (", then whole" if one.is_mended else "") for one in tries)
    again: Counter[str] = sum((one.again for one in tries), Counter())
    lost = sorted(one.seconds - one.quiet_s for one in tries)
    left = max(one.left for one in tries)
    later = max(one.left_later for one in tries)
    wrong = sorted({told for one in tries for told in one.faults()})
    print(
        f"| {title} | {len(tries)} | {told_of(ended)} | {told_of(again) or 'none'} | {lost[len(lost) // 2]:.0f} "
        f"(most {lost[-1]:.0f}) | {later}{f' ({left} at once)' if left else ''} | {'; '.join(wrong) or 'yes'} |",
        flush=True,
    )


def told_of(counted: Counter) -> str:
    """Names and how often."""
    return ", ".join(f"{name}: {times}" for name, times in counted.items())


if __name__ == "__main__":
    main()
