"""`doctown emulate`: RunPod on this machine."""

import click

from cli import options
from cli.output import print_json, reported, say


@click.command()
@options.option("--port", "DOCTOWN_PORT", "Where to listen on 127.0.0.1; 0 takes a free port.", default=0, type=int)
@options.option("--workers", "DOCTOWN_WORKERS", "The most worker processes.", default=1, type=click.IntRange(1, 64))
@options.as_json
def emulate(port: int, workers: int, as_json: bool) -> None:
    """Serve RunPod's protocol on loopback with real workers; prints one line an endpoint, to use as --embed-at.

    With --json it prints one object that has the address of each endpoint.
    """
    from runpod_workers.emulator.main import emulate as run

    def announce(line: str) -> None:
        if as_json:
            print_json(dict([line.split(" ", 1)]))
        else:
            click.echo(line)
        say("Any key will do to ask it. Workers start with the first job and end when idle; Ctrl-C ends all.")

    with reported() as progress:
        run(port, options.settings_with(), workers, announce, progress)
