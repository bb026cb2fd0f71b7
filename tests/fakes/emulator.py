"""The emulator with workers that embed nothing: `python -m tests.fakes.emulator CACHE [IDLE_S] [FLAG OF WORKERS]`.

With `--homeless` its folder CACHE/home, in which workers write, is not there at first.
"""

import asyncio
import sys
from pathlib import Path

from adapters.settings import Settings
from runpod_workers.emulator.main import emulated, listening_socket, serving


def main(cache, idle_s="5", *flags):
    settings = Settings(cache=cache, runpod_api_key="a-secret-key")
    command = (sys.executable, "-m", "tests.fakes.worker_handler", *flags)
    announce = lambda line: print(line, flush=True)  # noqa: E731
    if "--homeless" in flags:
        asyncio.run(homeless(command, settings, Path(cache) / "home", announce))
    else:
        asyncio.run(emulated(listening_socket(0), {"embed": command}, settings, 2, announce, idle_s=float(idle_s)))


async def homeless(command, settings, home, announce):
    async with serving(listening_socket(0), {"embed": command}, settings, 1, home) as addresses:
        announce(f"embed {addresses['embed']}")
        await asyncio.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
