"""A fault tried on the endpoint in memory, by a clock that jumps: every fault, many times, in no time."""

import asyncio
import os
import random
import tempfile
from dataclasses import replace
from pathlib import Path

from pydantic import SecretStr

from adapters.settings import Settings
from adapters.store import store_at
from doctown.errors import DoctownError
from places.runpod import RunPodBackend
from tests.fakes.memory_endpoint import MemoryEndpoint
from tests.fakes.virtual_time import run_virtually
from tests.faults.case import WORKERS
from tests.faults.embedding import Embedding, answer, answer_of, right_rows, texts_for
from tests.faults.outcome import CANARY, Outcome, logged

ADDRESS = "https://api.runpod.ai/v2/embed"
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
"""No disk is waited for, where that can be had."""
A_WHILE_S = 180
"""Longer than all that workers may have begun takes."""


def tried(case, seed, quiet_s=0.0, extra_rules=()):
    """What comes of the fault. The seed draws texts, how long batches take, and the pauses of the client."""
    random.seed(f"{case.name} {seed}")
    with tempfile.TemporaryDirectory(dir=MEMORY) as cache, logged() as told:
        return run_virtually(_tried(case, seed, quiet_s, cache, told, extra_rules))


async def _tried(case, seed, quiet_s, cache, told, extra_rules):
    found, texts = Outcome(case, quiet_s=quiet_s), texts_for(seed)
    chance = random.Random(seed)

    def seconds_of(job_input):
        names = {chunk["content"] for chunk in job_input["chunks"]}
        found.begun.update(names)
        found.batches[job_input["batch_id"]] = names
        return chance.uniform(1, 12)

    rules, terms = case.rules_and_terms
    # A fault strikes by chance each time anew: other seeds, other moments.
    rules = (*rules, *extra_rules)
    async with MemoryEndpoint(_handler(case), seconds_of, terms, _reseeded(rules, seed)) as endpoint:
        began = asyncio.get_running_loop().time()
        try:
            running = asyncio.ensure_future(_run(case, cache, endpoint, texts, found))
            await _meanwhile(case, seed, running, endpoint)
            found.is_whole = await running == right_rows(texts)
        except (DoctownError, asyncio.CancelledError) as error:
            found.error = error
        found.seconds = asyncio.get_running_loop().time() - began
        found.left = endpoint.endpoint.queue.open_jobs()
        found.lost_workers = sum(job.retries for job in endpoint.endpoint.queue.newest(10_000))
        struck = endpoint.endpoint.faults.report()
        found.doubled = sum(rule["struck"] for rule in struck if rule["do"] == "duplicate")
        found.never_struck = [rule for rule in struck if not rule["struck"]]
        await asyncio.sleep(A_WHILE_S)
        found.left_later = endpoint.endpoint.queue.open_jobs()
        if found.error is not None:
            before = found.begun.copy(), dict(found.batches), list(found.records)
            found.is_mended = await _mended(case, cache, endpoint, texts, found)
            found.begun, found.batches, found.records = before
    found.records_left = sum(1 for _ in store_at(_settings(case, cache).store_url).keys("remote-jobs"))
    files = (path.read_bytes().decode("latin-1") for path in Path(cache).rglob("*") if path.is_file())
    found.told = "\n".join([*told, repr(found.error), str(found.error), *files])
    return found


async def _run(case, cache, endpoint, texts, found):
    address = str(case.settings.get("address", ADDRESS))
    backend = RunPodBackend(address, _settings(case, cache), "run-1", transport=endpoint.transport())
    embedding = Embedding(texts, _settings(case, cache).store_url, backend)
    found.records = embedding.fanout.records
    return await embedding.run()


async def _mended(case, cache, endpoint, texts, found):
    """What is wrong is set right, and the run begun again."""
    endpoint.rules, endpoint.handler = (), answer
    endpoint.terms = type(endpoint.terms)(workers=WORKERS)
    if not case.cancelled_s:
        await endpoint.restart()
    settings = Settings(cache=cache, embed_workers=WORKERS, runpod_api_key=SecretStr(CANARY))
    backend = RunPodBackend(ADDRESS, settings, "run-2", transport=endpoint.transport())
    return await Embedding(texts, settings.store_url, backend).run() == right_rows(texts)


async def _meanwhile(case, seed, running, endpoint):
    for seconds in case.cancelled_s[seed % len(case.cancelled_s or [1]) :][:1]:
        await asyncio.wait({running}, timeout=seconds)
        running.cancel()
    for seconds in case.restarted_s[seed % len(case.restarted_s or [1]) :][:1]:
        await asyncio.wait({running}, timeout=seconds)
        await endpoint.restart()


def _settings(case, cache):
    key = case.settings.get("key", CANARY)
    more = {name: value for name, value in case.settings.items() if name not in ("key", "address")}
    return Settings(cache=cache, embed_workers=WORKERS, runpod_api_key=SecretStr(key), **more)


def _handler(case):
    return (lambda job_input: answer_of(case.flag, job_input)) if case.flag else answer


def _reseeded(rules, seed):
    return tuple(replace(rule, seed=rule.seed + seed) for rule in rules)
