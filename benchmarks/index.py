"""The whole job on a repository, cold and unchanged: seconds of each step, their share, and the docpack's size.

    python benchmarks/index.py REPO [--model-cache DIR]

Each run is `doctown index` in a process of its own. The cold run starts with an empty DOCTOWN_CACHE that holds the
model only; the unchanged one follows on the same cache.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("repository")
    arguments.add_argument("--model-cache", default=str(Path.home() / ".cache" / "doctown"))
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        cache = Path(scratch) / "cache"
        cache.mkdir()
        (cache / "models").symlink_to(Path(given.model_cache) / "models")
        for name in ("cold", "unchanged"):
            report(name, *timed(given.repository, cache, Path(scratch) / "out"))


def timed(repository: str, cache: Path, out: Path) -> tuple[float, dict]:
    """Seconds of the whole process, and its summary."""
    slowed = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")  # set on some machines; both halve numpy's matrix products
    environment = {name: value for name, value in os.environ.items() if name not in slowed}
    environment |= {"DOCTOWN_CACHE": str(cache), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", "from cli.main import main; main()"]
    started = time.monotonic()
    done = subprocess.run(
        [*command, "index", str(Path(repository).absolute()), "--out", str(out), "--json"],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.exit(done.stderr)
    return time.monotonic() - started, json.loads(done.stdout)


def report(name: str, seconds: float, summary: dict) -> None:
    counts = ", ".join(f"{number:,} {what}" for what, number in summary["counts"].items())
    print(f"\n{name}: {seconds:.1f} s; {counts}")
    print(f"  {summary['embedded']:,} of {summary['texts']:,} texts embedded on {summary['engine']}")
    steps = summary["seconds"]
    for step, taken in [*steps.items(), ("everything else", seconds - sum(steps.values()))]:
        print(f"  {step:<16} {taken:7.1f} s  {taken / seconds:5.0%}")
    for kind in ("docpack_path", "map_path"):
        path = Path(summary[kind])
        print(f"  {path.suffix:<16} {path.stat().st_size / 1e6:7.1f} MB")


if __name__ == "__main__":
    main()
