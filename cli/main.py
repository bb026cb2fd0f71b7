"""The command `doctown`. Commands live beside this file; here they are gathered, and failures become one sentence."""

import signal
import sys
from typing import Any

import click

from cli.exit_codes import INTERRUPTED, exit_code_of
from cli.output import failure_of, print_json, say
from doctown.errors import DoctownError

_AS_JSON = "doctown.as_json"


class Doctown(click.Group):
    """Turns a failure of ours into one sentence on standard error and a fixed exit code."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Note whether failures are to be JSON: they may come before a command has read its options."""
        context.meta[_AS_JSON] = "--json" in args
        return super().parse_args(context, args)

    def invoke(self, context: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(context)
        except DoctownError as error:
            if context.meta[_AS_JSON]:
                print_json(failure_of(error))
            say(f"doctown: {error}")
            sys.exit(exit_code_of(error))
        except (KeyboardInterrupt, click.Abort):
            say("doctown: stopped; what was finished is kept, and the next run goes on from there.")
            sys.exit(INTERRUPTED)


@click.group(cls=Doctown, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(package_name="doctown", message="doctown %(version)s")
def main() -> None:
    """Give doctown a git repository; it gives you understanding: topics on a map, a graph with evidence, contexts."""
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _gather() -> None:
    from cli import emulate, index, ingest, models, packs

    for command in (index.index, ingest.ingest, packs.show, packs.verify, packs.search, models.model, emulate.emulate):
        main.add_command(command)


_gather()
