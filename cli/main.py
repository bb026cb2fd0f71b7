"""The command `doctown`. Commands live beside this file; here they are gathered, and failures become one sentence."""

import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from cli.exit_codes import BUG, INTERRUPTED, exit_code_of
from cli.output import print_json, say
from doctown.errors import DoctownError


class Doctown(click.Group):
    """Turns every failure into one sentence on standard error and a fixed exit code; with --json into JSON, too."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **more: Any) -> Any:
        """Run the command that was asked for, and end the process."""
        given = list(sys.argv[1:] if args is None else args)
        as_json = "--json" in given
        more["standalone_mode"] = False
        try:
            code = super().main(given, *rest, **more)
        except DoctownError as error:
            _fail(str(error), error.kind, exit_code_of(error), as_json)
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            sys.exit(error.exit_code)
        except click.UsageError as error:
            command = error.ctx.command_path if error.ctx is not None else "doctown"
            _fail(f"{error.format_message().rstrip('.')}; see {command} --help.", "UsageError", 2, as_json)
        except (KeyboardInterrupt, click.Abort):
            said = "stopped; what was finished is kept, and the next run goes on from there."
            _fail(said, "Interrupted", INTERRUPTED, as_json)
        except Exception as error:
            place = _noted()
            _fail(f"doctown has a bug: {type(error).__name__}: {error} ({place} has the details).", "Bug", BUG, as_json)
        sys.exit(code if isinstance(code, int) else 0)


def _fail(sentence: str, kind: str, code: int, as_json: bool) -> NoReturn:
    if as_json:
        print_json({"error": sentence, "error_kind": kind})
    say(f"doctown: {sentence}")
    sys.exit(code)


def _noted() -> str:
    """Where the traceback of the failure was written: nobody but an operator wants to see it."""
    handle, place = tempfile.mkstemp(prefix="doctown-", suffix=".log")
    with os.fdopen(handle, "w", errors="backslashreplace") as file:
        file.write(traceback.format_exc())
    return place


@click.group(cls=Doctown, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(package_name="doctown", message="doctown %(version)s")
def main() -> None:
    """Give doctown a git repository; it gives you understanding: topics on a map, a graph with evidence, contexts."""
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _gather() -> None:
    from cli import cache, emulate, endpoints, index, ingest, models, packs, plan

    for command in (
        index.index,
        plan.plan,
        ingest.ingest,
        packs.show,
        packs.verify,
        packs.search,
        models.model,
        emulate.emulate,
        endpoints.endpoints,
        cache.cache,
    ):
        main.add_command(command)


_gather()
