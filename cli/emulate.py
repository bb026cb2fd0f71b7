"""`doctown emulate`: RunPod on this machine."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from cli import options
from cli.output import print_json, reported, say


@click.command()
@options.option("--port", "DOCTOWN_PORT", "Where to listen on 127.0.0.1; 0 takes a free port.", default=0, type=int)
@options.option("--workers", "DOCTOWN_WORKERS", "The most worker processes; 1.", type=click.IntRange(0, 64))
@options.option("--workers-min", "DOCTOWN_WORKERS_MIN", "The workers there always are; 0.", type=click.IntRange(0, 64))
@options.option("--idle", "DOCTOWN_IDLE", "Seconds after which an idle worker ends; 5.", metavar="S", type=float)
@options.option("--cold-start", "DOCTOWN_COLD_START", "Seconds a start takes besides; 0.", metavar="S", type=float)
@options.option("--scaler", "DOCTOWN_SCALER", "By what workers are started; REQUEST_COUNT or QUEUE_DELAY.", metavar="W")
@options.option("--scaler-value", "DOCTOWN_SCALER_VALUE", "Jobs per worker, or seconds; 1.", metavar="V", type=float)
@options.option("--faults", "DOCTOWN_FAULTS", "A file that says what goes wrong; see docs/emulator.md.", metavar="FILE")
@click.option("--worker", "named", multiple=True, metavar="NAME=COMMAND", help="An endpoint of yours, not `embed`.")
@click.option("--env", "variables", multiple=True, metavar="NAME[=VALUE]", help="What your workers need to know.")
@click.option("--webhooks-anywhere", is_flag=True, help="Let webhooks leave this machine.")
@options.as_json
def emulate(
    port: int, faults: str | None, named: tuple[str, ...], variables: tuple[str, ...], as_json: bool, **given: Any
) -> None:
    """Serve RunPod's protocol on loopback with real workers; prints one line an endpoint, to use as --embed-at.

    With --json it prints one object that has the address of each endpoint.
    """
    from runpod_workers.emulator.main import emulate as run

    def announce(addresses: Mapping[str, str]) -> None:
        if as_json:
            print_json(dict(addresses))
        else:
            click.echo("\n".join(f"{name} {address}" for name, address in addresses.items()))
        say("Any key will do to ask it. Workers start with the first job and end when idle; Ctrl-C ends all.")

    with reported() as progress:
        run(port, options.settings_with(), _emulation(faults, named, variables, given), announce, progress)


def _emulation(faults: str | None, named: tuple[str, ...], variables: tuple[str, ...], given: dict[str, Any]) -> Any:
    """What is to be emulated: what the command line says wins over the file. Raises InvalidSettings."""
    from doctown.errors import InvalidSettings
    from runpod_workers.emulator.faults import read_faults
    from runpod_workers.emulator.main import Emulation, named_commands
    from runpod_workers.emulator.terms import terms_with

    try:
        text = Path(faults).read_text() if faults else ""
    except (OSError, ValueError) as error:
        raise InvalidSettings(f"The file of faults {faults} cannot be read: {error}.") from error
    rules, terms = read_faults(text)
    names = {"idle": "idle_s", "cold_start": "cold_start_s"}
    changes = {
        names.get(name, name): value for name, value in given.items() if value is not None and value is not False
    }
    environment = {name: value if sep else os.environ.get(name, "") for name, sep, value in map(_pair, variables)}
    more: dict[str, Any] = {"commands": named_commands(named)} if named else {}
    return Emulation(terms_with(changes, terms), rules, variables=environment, **more)


def _pair(variable: str) -> tuple[str, str, str]:
    return variable.partition("=")
