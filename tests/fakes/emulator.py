"""The emulator with workers that embed nothing: `python -m tests.fakes.emulator CACHE [TOML] [FLAG OF WORKERS]`.

TOML is the text of a file of faults, with settings; there are two workers where it says nothing of them. With
`--homeless` its folder CACHE/home, in which workers write, is not there at first.
"""

import asyncio
import sys
from pathlib import Path

from adapters.settings import Settings
from runpod_workers.emulator.faults import read_faults
from runpod_workers.emulator.main import Emulation, emulated, listening_socket, serving
from runpod_workers.emulator.terms import Terms


def main(cache, toml="", *flags):
    settings = Settings(cache=cache, runpod_api_key="a-secret-key")
    rules, terms = read_faults(toml, Terms(workers=2))
    command = (sys.executable, "-m", "tests.fakes.worker_handler", *flags)
    emulation = Emulation(terms, rules, {"embed": command})
    announce = lambda addresses: print("embed", addresses["embed"], flush=True)  # noqa: E731
    if "--homeless" in flags:
        asyncio.run(homeless(emulation, settings, Path(cache) / "home", announce))
    else:
        asyncio.run(emulated(listening_socket(0), emulation, settings, announce))


async def homeless(emulation, settings, home, announce):
    async with serving(listening_socket(0), emulation, settings, home) as addresses:
        announce(addresses)
        await asyncio.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
