"""The fan-out against emulated workers: its makespan beside the list schedule's, what is billed, what the client costs.

    python benchmarks/fanout.py workers [--batches 200] [--workers 8] [--cold 5] [--least 1] [--most 20] [--without-sdk]
    python benchmarks/fanout.py memory [--batches 10000]

`workers`: unmodified SDK worker processes under the emulator wait so many seconds a batch (log-uniform, seeded), by the
wall clock; first through our backend and fan-out, then through the SDK's own client as its manual shows it: `run` for
every batch, then each job's status once a second. Each side has an emulator of its own. The list schedule gives every
batch, in the same order, to the worker that is free first; each has its cold start before it.
`memory`: so many batches through the emulator's endpoint in memory by a clock that jumps; the client's memory is told
after each tenth of them.
"""

import argparse
import asyncio
import contextlib
import gc
import heapq
import json
import logging
import math
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np

from adapters.settings import Settings
from doctown.embed.batches import Batch
from doctown.embed.vectors import result_of
from doctown.model import digest
from doctown.steps import EMBED, EmbedRequest
from places.fanout import FanOut, request_for
from places.runpod import RunPodBackend

MODEL = ("a model", "1")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("workers", "memory", "serve", "work", "ours", "sdk"))
    parser.add_argument("--batches", type=int, default=0)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--cold", type=float, default=5.0)
    parser.add_argument("--least", type=float, default=1.0)
    parser.add_argument("--most", type=float, default=20.0)
    parser.add_argument("--without-sdk", action="store_true")
    parser.add_argument("--address", default="")
    given = parser.parse_args()
    given.batches = given.batches or (10_000 if given.what == "memory" else 200)
    logging.basicConfig(level=logging.ERROR)
    {"workers": with_workers, "memory": in_memory, "serve": serve, "work": work, "ours": ours, "sdk": sdk}[given.what](
        given
    )


def seconds_of(given: argparse.Namespace) -> list[float]:
    """Of each batch, log-uniform between the least and the most, the longest first as the planner has it."""
    chance = random.Random(1)
    drawn = (math.exp(chance.uniform(math.log(given.least), math.log(given.most))) for _ in range(given.batches))
    return sorted(drawn, reverse=True)


def batches_for(given: argparse.Namespace) -> list[Batch]:
    """A batch of one text for each; the text says how long it takes."""
    texts = [f"{at} {seconds:.3f}" for at, seconds in enumerate(seconds_of(given))]
    return [Batch(digest(text), (digest(text),), (text,), round(1000 * float(text.split()[1]))) for text in texts]


def list_schedule_s(seconds: list[float], cold_s: list[float]) -> float:
    """Seconds until the last is done, by workers with these cold starts."""
    free = sorted(cold_s)
    for one in seconds:
        heapq.heapreplace(free, free[0] + one)
    return max(free)


def answer(job_input: dict) -> dict:
    """What a worker gives for a batch."""
    request = EmbedRequest.from_json(job_input)
    return result_of(request, np.ones((len(request.chunks), 1), np.float32), *MODEL, "waits").to_json()


# With real workers, each part in a process of its own.


def with_workers(given: argparse.Namespace) -> None:
    needed = seconds_of(given)
    best = list_schedule_s(needed, [given.cold] * given.workers)
    print(
        f"{given.batches} batches of {given.least:g} to {given.most:g} s, {sum(needed):,.0f} s of work, "
        f"{given.workers} workers, cold start {given.cold:g} s; list schedule {best:,.1f} s; "
        f"load of this machine {os.getloadavg()[0]:.1f}"
    )
    print("| client | makespan s | to list schedule | with cold starts as measured | billed s | to needed ", end="")
    print("| jobs | client CPU s | client peak MB |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    clients = (("ours", "doctown"), ("sdk", "RunPod's SDK, as its manual shows"))
    for what, name in clients[: 1 if given.without_sdk else 2]:
        with emulator(given) as address:
            told = json.loads(part(given, what, "--address", address))
            with urllib.request.urlopen(address.rpartition("/v2/")[0] + "/emulator/accounting") as reply:
                bill = json.load(reply)
        makespan, billed = told["seconds"], bill["worker_seconds"]
        started = sorted(worker["start_s"] for worker in bill["workers"])[: given.workers]
        measured = list_schedule_s(needed, [max(one, given.cold) for one in started])
        print(
            f"| {name} | {makespan:,.1f} | {makespan / best:.3f} "
            f"| {makespan / measured:.3f} (of {sum(started) / len(started):.1f} s) "
            f"| {billed:,.0f} | {billed / sum(needed):.3f} | {bill['jobs']} "
            f"| {told['cpu_s']:.1f} | {told['peak_mb']:.0f} |",
            flush=True,
        )


def command(given: argparse.Namespace, what: str, *more: str) -> list[str]:
    same = [f"--{name}={getattr(given, name)}" for name in ("batches", "workers", "cold", "least", "most")]
    return [sys.executable, __file__, what, *same, *more]


def part(given: argparse.Namespace, what: str, *more: str) -> str:
    return subprocess.run(command(given, what, *more), stdout=subprocess.PIPE, text=True, check=True).stdout


@contextlib.contextmanager
def emulator(given: argparse.Namespace) -> Iterator[str]:
    """The address of an emulated endpoint in a process of its own."""
    process = subprocess.Popen(command(given, "serve"), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        process.wait()


def serve(given: argparse.Namespace) -> None:
    from runpod_workers.emulator.main import Emulation, emulated, listening_socket
    from runpod_workers.emulator.terms import Terms

    terms = Terms(workers=given.workers, cold_start_s=given.cold)
    emulation = Emulation(terms, (), {"embed": (sys.executable, __file__, "work")})
    with tempfile.TemporaryDirectory() as cache, listening_socket(0) as listening:
        announce = lambda found: print(found["embed"] if isinstance(found, dict) else found, flush=True)  # noqa: E731
        asyncio.run(emulated(listening, emulation, Settings(cache=cache), announce))


def work(given: argparse.Namespace) -> None:
    """A worker: one batch runs, one waits beside it, as in ours."""
    import runpod

    turn = asyncio.Lock()

    async def handler(job: dict) -> dict:
        async with turn:
            await asyncio.sleep(float(job["input"]["chunks"][0]["content"].split()[1]))
        return answer(job["input"])

    runpod.serverless.start({"handler": handler, "concurrency_modifier": lambda _: 2})


def ours(given: argparse.Namespace) -> None:
    async def embed() -> None:
        with tempfile.TemporaryDirectory() as cache:
            backend = RunPodBackend(given.address, Settings(cache=cache, embed_workers=given.workers), "benchmark")
            await FanOut(backend).embed_all(batches_for(given), *MODEL, _nothing)
            await backend.aclose()

    tell(lambda: asyncio.run(embed()))


def sdk(given: argparse.Namespace) -> None:
    os.environ["RUNPOD_ENDPOINT_BASE_URL"] = given.address.rpartition("/")[0]
    import runpod

    runpod.api_key = "loopback"
    endpoint = runpod.Endpoint(given.address.rpartition("/")[2])

    def embed() -> None:
        jobs = [endpoint.run({"input": request_for(batch, *MODEL).to_json()}) for batch in batches_for(given)]
        for job in jobs:
            while job.status() not in ("COMPLETED", "FAILED", "TIMED_OUT", "CANCELLED"):
                time.sleep(1)
            assert job.output() is not None

    tell(embed)


def tell(do) -> None:  # noqa: ANN001
    """Do it, and print what it took."""
    started = time.monotonic()
    do()
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds, cpu_s = time.monotonic() - started, used.ru_utime + used.ru_stime
    print(json.dumps({"seconds": seconds, "cpu_s": cpu_s, "peak_mb": used.ru_maxrss / 1024}))


async def _nothing(batch: Batch, result: object) -> None:
    """Nobody keeps the vectors."""


# In memory.


def in_memory(given: argparse.Namespace) -> None:
    from runpod_workers.emulator.terms import Terms
    from tests.fakes.memory_endpoint import MemoryEndpoint
    from tests.fakes.virtual_time import run_virtually

    async def embed() -> float:
        batches, done = batches_for(given), 0

        async def on_done(batch: Batch, result: object) -> None:
            nonlocal done
            done += 1
            if done % (given.batches // 10) == 0:
                gc.collect()
                print(f"| {done:,} | {resident_mb():.1f} | {resident_mb() - before:+.1f} |", flush=True)

        def seconds_of_input(job_input: dict) -> float:
            return float(job_input["chunks"][0]["content"].split()[1])

        terms = Terms(workers=given.workers, cold_start_s=given.cold, kept_s=60)
        with tempfile.TemporaryDirectory() as cache:
            async with MemoryEndpoint(answer, seconds_of_input, terms) as endpoint:
                settings = Settings(cache=cache, embed_workers=given.workers)
                backend = RunPodBackend(endpoint.address, settings, "benchmark", transport=endpoint.transport())
                before = resident_mb()
                print(f"| batches done | resident MB | since the start |\n|---:|---:|---:|\n| 0 | {before:.1f} | |")
                fanout = FanOut(backend)
                await fanout.embed_all(batches, *MODEL, on_done)
                assert len(fanout.records) == given.batches
                assert not any(record.lost for record in fanout.records)
                assert await backend.settle(EMBED, request_for(batches[0], *MODEL)) is False
                await backend.aclose()
        return asyncio.get_running_loop().time()

    started = time.monotonic()
    makespan = run_virtually(embed())
    best = list_schedule_s(seconds_of(given), [given.cold] * given.workers)
    print(
        f"{given.batches:,} batches in {makespan:,.0f} s by the clock that jumps ({makespan / best:.3f} of the list "
        f"schedule), {time.monotonic() - started:,.1f} s by the wall's"
    )


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    main()
