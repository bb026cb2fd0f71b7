"""The emulator with workers that embed nothing: `python -m tests.fakes.emulator CACHE [IDLE_S] [FLAG OF WORKERS]`."""

import asyncio
import sys

from adapters.settings import Settings
from runpod_workers.emulator.main import emulated, listening_socket


def main(cache, idle_s="5", *flags):
    settings = Settings(cache=cache, runpod_api_key="a-secret-key")
    command = (sys.executable, "-m", "tests.fakes.worker_handler", *flags)
    announce = lambda line: print(line, flush=True)  # noqa: E731
    asyncio.run(emulated(listening_socket(0), {"embed": command}, settings, 2, announce, idle_s=float(idle_s)))


if __name__ == "__main__":
    main(*sys.argv[1:])
