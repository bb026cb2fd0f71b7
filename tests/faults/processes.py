"""A fault tried on the real emulator, whose workers are processes of the unmodified SDK.

Run as a module it is the emulator of one case, `python -m tests.faults.processes serve CASE CACHE LOG PORT`, or a run
that may be killed, `... run ADDRESS CACHE SEED`.
"""

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from adapters.settings import Settings
from adapters.store import store_at
from doctown.errors import DoctownError
from places.runpod import RunPodBackend
from places.waits import Waits
from runpod_workers.emulator.main import Emulation, emulated, listening_socket
from tests.faults.case import CASES, WORKERS
from tests.faults.embedding import Embedding, right_rows, texts_for
from tests.faults.outcome import Outcome, logged

ROOT = Path(__file__).parents[2]
BATCH_S = 0.6
SELF = [sys.executable, "-m", "tests.faults.processes"]


async def tried(case, folder, seed=0, quiet_s=0.0):
    """What comes of the fault, by the wall clock."""
    found, texts = Outcome(case, quiet_s=quiet_s), texts_for(seed)
    with Endpoint(case, folder) as endpoint, logged() as told:
        began = time.monotonic()
        try:
            running = asyncio.ensure_future(_run(case, endpoint.address, folder, texts, found))
            for seconds in case.cancelled_s[seed % len(case.cancelled_s or [1]) :][:1]:
                await asyncio.wait({running}, timeout=seconds)
                running.cancel()
            for seconds in case.restarted_s[seed % len(case.restarted_s or [1]) :][:1]:
                await asyncio.wait({running}, timeout=seconds)
                await asyncio.to_thread(endpoint.restart)
            found.is_whole = await running == right_rows(texts)
        except (DoctownError, asyncio.CancelledError) as error:
            found.error = error
        found.seconds = time.monotonic() - began
        await _look(endpoint, folder, found)
        found.told = "\n".join([*told, str(found.error)])
        if found.error is not None and case.cancelled_s:
            found.is_mended = await _run(case, endpoint.address, folder, texts, Outcome(case)) == right_rows(texts)
    if found.error is not None and not case.cancelled_s:
        quiet = next(one for one in CASES if one.name == "quiet")
        with Endpoint(quiet, folder) as endpoint:
            found.is_mended = await _run(quiet, endpoint.address, folder, texts, Outcome(quiet)) == right_rows(texts)
    found.records_left = sum(1 for _ in store_at(settings_in(folder).store_url).keys("remote-jobs"))
    return found


async def _look(endpoint, folder, found):
    """What the workers began, and which jobs are left."""
    found.left = open_jobs(endpoint.address)
    end = time.monotonic() + 20
    while (left := open_jobs(endpoint.address)) and time.monotonic() < end:
        await asyncio.sleep(0.2)
    found.left_later = left
    for batch_id, names in begun(folder):
        found.begun.update(names)
        found.batches[batch_id] = set(names)
    accounting = endpoint.accounting()
    found.doubled = sum(rule["struck"] for rule in accounting["faults"] if rule["do"] == "duplicate")
    found.lost_workers = (await asyncio.to_thread(_health, endpoint.address))["jobs"]["retried"]


async def _run(case, address, folder, texts, found):
    settings = settings_in(folder)
    waits = Waits(least_pause_s=0.05, most_pause_s=0.5, **case.waits)
    embedding = Embedding(texts, settings.store_url, RunPodBackend(address, settings, f"run-{time.time()}", waits))
    found.records = embedding.fanout.records
    return await embedding.run()


class Endpoint:
    """The emulator of one case in a process of its own, which can be restarted on its port."""

    def __init__(self, case, folder):
        self.case, self.folder, self.port = case, folder, 0

    def __enter__(self):
        self._start()
        return self

    def __exit__(self, *_):
        self._end(signal.SIGTERM)

    def restart(self):
        """Killed, and begun anew a moment later."""
        self._end(signal.SIGKILL)
        self._start()

    def accounting(self):
        return httpx.get(self.address.replace("/v2/embed", "/emulator/accounting")).json()

    def _start(self):
        command = [*SELF, "serve", self.case.name, str(self.folder), str(self.port)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.address = self._process.stdout.readline().split()[1]
        self.port = int(self.address.split(":")[2].split("/")[0])

    def _end(self, number):
        self._process.send_signal(number)
        self._process.communicate(timeout=60)


def open_jobs(address):
    """How many jobs wait or run."""
    jobs = _health(address)["jobs"]
    return jobs["inQueue"] + jobs["inProgress"]


def _health(address):
    return httpx.get(f"{address}/health", headers={"Authorization": "x"}, timeout=30).json()


def begun(folder):
    """What workers noted: (batch, texts) of each that was begun."""
    with contextlib.suppress(FileNotFoundError):
        return [json.loads(line) for line in (Path(folder) / "begun").read_text().splitlines()]
    return []


def settings_in(folder):
    """Of the client."""
    return Settings(cache=str(folder), embed_workers=WORKERS)


def serve(name, folder, port):
    """The emulator of one case."""
    case = next(one for one in CASES if one.name == name)
    command = [sys.executable, "-m", "tests.faults.worker", f"{folder}/begun", str(BATCH_S)]
    emulation = Emulation(
        case.terms_of_processes, case.rules_and_terms[0], {"embed": [*command, *filter(None, [case.flag])]}
    )
    announce = lambda addresses: print("embed", addresses["embed"], flush=True)  # noqa: E731
    asyncio.run(emulated(listening_socket(int(port)), emulation, settings_in(folder), announce))


def run(address, folder, seed):
    """A run in a process of its own, to be killed."""
    quiet = next(one for one in CASES if one.name == "quiet")
    texts, found = texts_for(int(seed)), Outcome(quiet)
    rows = asyncio.run(_run(quiet, address, folder, texts, found))
    twice = sum(record.perhaps_paid_twice for record in found.records)
    print(json.dumps({"whole": rows == right_rows(texts), "perhaps_paid_twice": twice}))


def started(address, folder, seed):
    """Such a run."""
    command = [*SELF, "run", address, str(folder), str(seed)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


if __name__ == "__main__":
    {"serve": serve, "run": run}[sys.argv[1]](*sys.argv[2:])
