"""The whole job on a repository, cold and unchanged: seconds of each step, planned and taken, and the docpack's size.

    python benchmarks/index.py REPO [--model-cache DIR] [--json]

Each run is `doctown index` in a process of its own. The cold run starts with an empty DOCTOWN_CACHE that holds the
model only; the unchanged one follows on the same cache. Before each, `doctown plan` says how long it would take; the
last column is how many times that it took. With `--json` it is one document, which benchmarks/cost.py reads.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("repository")
    arguments.add_argument("--model-cache", default=str(Path.home() / ".cache" / "doctown"))
    arguments.add_argument("--json", action="store_true")
    given = arguments.parse_args()
    told: dict[str, Any] = {"repository": Path(given.repository).absolute().name, "runs": {}}
    with tempfile.TemporaryDirectory() as scratch:
        cache = Path(scratch) / "cache"
        cache.mkdir()
        (cache / "models").symlink_to(Path(given.model_cache) / "models")
        for name in ("cold", "unchanged"):
            _, plan = timed("plan", given.repository, cache)
            seconds, summary = timed("index", given.repository, cache, "--out", str(Path(scratch) / "out"))
            told["runs"][name] = {
                "seconds": seconds_of(seconds, summary),
                "tokens": plan["texts"]["tokens_to_embed"],
                "texts": summary["embedded"],
                "counts": summary["counts"],
                "engine": summary["engine"],
            }
            if not given.json:
                report(name, plan, seconds, summary)
    if given.json:
        print(json.dumps(told))


def seconds_of(seconds: float, summary: dict) -> dict:
    """By step, of the whole process."""
    taken = {"embed": 0.0} | summary["seconds"]
    return taken | {"around": seconds - sum(taken.values()), "in_all": seconds}


def timed(command: str, repository: str, cache: Path, *options: str) -> tuple[float, dict]:
    """Seconds of the whole process, and what it says."""
    slowed = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")  # set on some machines; both halve numpy's matrix products
    environment = {name: value for name, value in os.environ.items() if name not in slowed}
    environment |= {"DOCTOWN_CACHE": str(cache), "PYTHONPATH": str(ROOT)}
    started = time.monotonic()
    run = [sys.executable, "-c", "from cli.main import main; main()"]
    done = subprocess.run(
        [*run, command, str(Path(repository).absolute()), *options, "--json"],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.exit(done.stderr)
    return time.monotonic() - started, json.loads(done.stdout)


def report(name: str, plan: dict, seconds: float, summary: dict) -> None:
    counts = ", ".join(f"{number:,} {what}" for what, number in summary["counts"].items())
    planned = plan["estimates"][0]["seconds"]
    taken = seconds_of(seconds, summary)
    print(f"\n{name}: {seconds:.1f} s; {counts}")
    print(f"  {summary['embedded']:,} of {summary['texts']:,} texts embedded on {summary['engine']}")
    print(f"  {'step':<16} {'taken':>9} {'share':>5} {'planned':>9} {'ratio':>5}")
    for step in ("ingest", "embed", "assemble", "around", "in_all"):
        ratio = f"{taken[step] / planned[step]:5.2f}" if planned[step] else ""
        print(f"  {step:<16} {taken[step]:7.1f} s {taken[step] / seconds:5.0%} {planned[step]:7.1f} s {ratio}")
    for kind in ("docpack_path", "map_path"):
        path = Path(summary[kind])
        print(f"  {path.suffix:<16} {path.stat().st_size / 1e6:7.1f} MB")


if __name__ == "__main__":
    main()
