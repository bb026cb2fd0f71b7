"""How fast real sources are ingested, and in how much memory: the whole command, writing and token counting included.

    python benchmarks/ingest.py [--files 3000] [--rounds 3] [--processes 0]

The sources are whole packages of the standard library and of site-packages, in an order that only their names decide,
copied to a folder without anything kept but what is made once a machine: the model, and the compiled rules by which
secrets are found (some seconds, told apart). Then one file is changed, and the command is run again with what it has
kept, in a fresh process and, the task alone, in a warm one. Memory is the sum over all processes of the command, looked
at every 50 ms: as the kernel counts it for each (RSS, which counts several times what they share), and shared (PSS).
"""

import argparse
import contextlib
import json
import os
import resource
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from adapters.secret_scanner import FOLDER as DETECTORS
from adapters.secret_scanner import SecretScanner
from adapters.settings import Settings

BAR_FILES_S, BAR_MB, BAR_KB = 300, 400, 6.0
MODEL = "all-MiniLM-L6-v2"
EVERY_S = 0.05
START = "from cli.main import main; main()"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--files", type=int, default=3_000)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--processes", type=int, default=0)
    given = arguments.parse_args()
    settings = Settings.from_environment(os.environ)
    with tempfile.TemporaryDirectory(prefix="doctown-ingest-") as own:
        sources = Path(own) / "sources"
        sizes = copied(sources, given.files)
        mean = sum(sizes) / len(sizes)
        print(f"{len(sizes):,} Python files, {sum(sizes) / 1e6:.1f} MB, mean {mean / 1e3:.1f} KB; {cores()} cores")
        assert mean >= BAR_KB * 1e3, "these are too small to tell anything"
        environment = dict(os.environ) | {"DOCTOWN_PARSING_PROCESSES": str(given.processes), "PYTHONPATH": str(ROOT)}
        print_rules(settings)
        for number in range(given.rounds):
            cache = fresh_cache(Path(own) / f"cache-{number}", settings)
            seconds, rss, pss, said = command(sources, cache, Path(own) / "out", environment)
            print_speed("nothing kept", seconds, rss, pss, len(sizes), sum(sizes))
        print_calls(said["stats"]["calls"])
        change(sources)
        seconds, rss, pss, _ = command(sources, cache, Path(own) / "out", environment)
        print_speed("one file changed", seconds, rss, pss, len(sizes), sum(sizes))
        print_warm(sources, cache)


def copied(to: Path, files: int) -> list[int]:
    """Copy so many files, whole packages but for the last, to `to`; their sizes."""
    roots = [Path(sysconfig.get_path("stdlib")), Path(sysconfig.get_path("purelib"))]
    packages = [(root, one) for root in roots for one in root.iterdir() if is_package(one)]
    packages.sort(key=lambda pair: sha256(pair[1].name.encode()).digest())
    sizes: list[int] = []
    for root, package in packages:
        for file in sorted(package.rglob("*.py")) if package.is_dir() else [package]:
            if len(sizes) < files and file.is_file() and file.stat().st_size and "site-packages" not in file.parts[-4:]:
                place = to / file.relative_to(root)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, place)
                sizes.append(place.stat().st_size)
    return sizes


def is_package(place: Path) -> bool:
    if place.is_dir():
        return place.name not in ("site-packages", "__pycache__") and (place / "__init__.py").exists()
    return place.suffix == ".py"


def fresh_cache(place: Path, settings: Settings) -> Path:
    place.mkdir()
    for name in ("models", DETECTORS):
        (place / name).symlink_to(Path(settings.cache).absolute() / name)
    return place


def print_rules(settings: Settings) -> None:
    """Have the rules compiled, if they are not."""

    began = time.process_time()
    SecretScanner(Path(settings.cache))
    print(f"{time.process_time() - began:18.1f}  s of the processor for the rules of secrets (compiled once a machine)")


def command(
    sources: Path, cache: Path, out: Path, environment: dict[str, str]
) -> tuple[float, int, int, dict[str, Any]]:
    """Seconds, most bytes of RSS and of PSS, and what the command says."""
    began, before = time.perf_counter(), processor_s()
    process = subprocess.Popen(
        [sys.executable, "-c", START, "ingest", str(sources), "--out", str(out), "--json"],
        env=environment | {"DOCTOWN_CACHE": str(cache)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    rss = pss = 0
    while process.poll() is None:
        found = [memory_of(pid) for pid in family(process.pid)]
        rss, pss = max(rss, sum(one[0] for one in found)), max(pss, sum(one[1] for one in found))
        time.sleep(EVERY_S)
    seconds = time.perf_counter() - began
    print(f"{processor_s() - before:18.1f}  s of the processor, over all processes")
    assert process.stdout is not None
    assert process.returncode == 0
    return seconds, rss, pss, json.loads(process.stdout.read())


def processor_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def family(pid: int) -> Iterator[int]:
    yield pid
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from family(int(child))


def memory_of(pid: int) -> tuple[int, int]:
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        sizes = {line.split()[0]: int(line.split()[1]) * 1024 for line in lines[1:]}
        return sizes["Rss:"], sizes["Pss:"]
    return 0, 0


def change(sources: Path) -> None:
    """Add a function to the file in the middle."""
    files = sorted(sources.rglob("*.py"))
    with files[len(files) // 2].open("a") as file:
        file.write("\n\ndef added_by_the_benchmark():\n    return 1\n")


def print_warm(sources: Path, cache: Path) -> None:
    from doctown.steps import IngestRequest
    from tasks.ingest import ingest

    settings = Settings(cache=str(cache), use_gpu=False)
    for _ in range(2):
        change(sources)
        began = time.perf_counter()
        ingest(IngestRequest(repository=str(sources), model=MODEL), settings, lambda *_: None)
        print(f"{'one changed, warm':>18}: {time.perf_counter() - began:6.2f} s")


def print_speed(what: str, seconds: float, rss: int, pss: int, files: int, size: int) -> None:
    print(
        f"{what:>18}: {seconds:6.2f} s, {files / seconds:4.0f} files/s (bar {BAR_FILES_S}), "
        f"{size / seconds / 1e6:.2f} MB/s, "
        f"at most {rss / 1e6:.0f} MB RSS (bar {BAR_MB}), {pss / 1e6:.0f} MB PSS",
        flush=True,
    )


def print_calls(calls: dict[str, Any]) -> None:
    unresolved = sum(calls["unresolved"].values())
    inside, outside = calls["resolved"], calls["external"]
    whole = inside + outside + unresolved
    print(f"calls: {whole:,}; {inside / whole:.1%} lead into the sources, {outside / whole:.1%} outside of them")
    for cause, number in sorted(calls["unresolved"].items(), key=lambda pair: -pair[1]):
        print(f"    {number / whole:6.1%}  {cause}")


def cores() -> int:
    return len(os.sched_getaffinity(0))


if __name__ == "__main__":
    main()
