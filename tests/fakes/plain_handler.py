"""Workers as users of RunPod write them: `python plain_handler.py plain|generator|async`. Inputs say what to do."""

import asyncio
import sys
import time

import runpod


def plain(job):
    """Of {"sleep": S, "refresh": true, "echo": anything}."""
    asked = job["input"]
    time.sleep(asked.get("sleep", 0))
    if asked.get("refresh"):
        return {"refresh_worker": True, "echo": asked.get("echo")}
    return {"echo": asked.get("echo"), "job": {name: value for name, value in job.items() if name != "input"}}


def generator(job):
    """Yields the numbers below `count`."""
    for number in range(job["input"]["count"]):
        runpod.serverless.progress_update(job, f"at {number}")
        yield {"number": number}


async def patient(job):
    """Sleeps so that it can be stopped, and says when it does."""
    runpod.serverless.progress_update(job, "begun")
    await asyncio.sleep(job["input"].get("sleep", 0))
    return {"slept": True}


if __name__ == "__main__":
    runpod.serverless.start({"handler": {"plain": plain, "generator": generator, "async": patient}[sys.argv[1]]})
