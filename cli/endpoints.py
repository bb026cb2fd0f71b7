"""`doctown endpoints`: the RunPod endpoints of a file, planned, applied, looked at and retired.

What is asked and done is in `places.provisioning`, how it looks in `cli.endpoints_text`.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click

from adapters.settings import Settings
from cli import options
from cli.endpoints_text import made_json, made_text, plan_json, plan_text, status_json, status_text
from cli.exit_codes import EXIT_CODES
from cli.output import print_json, printable, say
from doctown.endpoints.difference import AccountPlan
from doctown.endpoints.file import endpoints_file
from doctown.endpoints.spec import EndpointsFile
from doctown.errors import BadRequest, EndpointRefused, InvalidSettings
from places.provisioning import Made, Provisioning, Status

MAX_FILE_BYTES = 1 << 20

file_option = options.option(
    "--file",
    "DOCTOWN_ENDPOINTS",
    "The file that says how the endpoints should be.",
    metavar="FILE",
    default="deployments/endpoints.toml",
    show_default=True,
)
yes = click.option("--yes", is_flag=True, help="Do not ask.")


@click.group()
def endpoints() -> None:
    """The RunPod endpoints of deployments/endpoints.toml."""


@endpoints.command()
@file_option
@options.as_json
def plan(file: str, as_json: bool) -> None:
    """Say what `apply` would make and change. Nothing is written."""
    found = asyncio.run(_planned(file))
    print_json(plan_json(found)) if as_json else _print(plan_text(found))


@endpoints.command()
@file_option
@yes
@click.option("--force", is_flag=True, help="Change what workers compute with though jobs are under way.")
@options.as_json
def apply(file: str, yes: bool, force: bool, as_json: bool) -> int:
    """Make and change endpoints until they are as the file says; a second time, nothing is left to do.

    Prints each endpoint's name, id and URL. Endpoints that the file no longer has are left alone; see retire.
    """
    shown = asyncio.run(_planned(file, force))
    for line in plan_text(shown) if shown.in_order else ["Nothing to change."]:
        say(line)
    if shown.all_refusals:
        raise EndpointRefused(shown.all_refusals[0])
    if shown.in_order:
        _ask("Do that?", yes)
    made = asyncio.run(_applied(file, force, shown))
    print_json(made_json(made)) if as_json else _print(made_text(made))
    not_taken = [f"{one.name} {name}" for one in made for name in one.not_taken]
    if not_taken:
        say(f"doctown: RunPod did not take all of it: {', '.join(not_taken)}; look with doctown endpoints plan.")
        return EXIT_CODES[EndpointRefused]
    say("The URLs go wherever a step's address goes (--embed-at and so on), the id of embed into EMBEDDER_ENDPOINT_ID.")
    return 0


@endpoints.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@file_option
@options.as_json
def status(names: tuple[str, ...], file: str, as_json: bool) -> None:
    """Say how the endpoints are: workers, jobs, last release, what is wrong; with the last lines of sick workers."""
    found = asyncio.run(_statuses(file, names))
    print_json(status_json(found)) if as_json else _print(status_text(found))


@endpoints.command()
@click.argument("name")
@file_option
@click.option("--wait", "wait_s", default=0.0, type=click.FloatRange(0), metavar="SECONDS", help="Wait for its jobs.")
@click.option("--force", is_flag=True, help="End it though it has jobs; they are lost.")
@yes
@options.as_json
def retire(name: str, file: str, wait_s: float, force: bool, yes: bool, as_json: bool) -> None:
    """End the endpoint NAME, of the file or by its id, for ever: no new workers, no jobs left, then it is deleted."""
    found = asyncio.run(_retired(file, name, wait_s, force, yes))
    print_json(found) if as_json else click.echo(printable(f"{found['name']} ({found['id']}) is gone."))


async def _planned(file: str, force: bool = False) -> AccountPlan:
    async with _opened(file) as place:
        return await place.planned(os.environ, force)


async def _applied(file: str, force: bool, shown: AccountPlan) -> list[Made]:
    """Done as it was shown, and as it still is: between the two somebody may have thought about the answer."""
    async with _opened(file) as place:
        if shown.in_order and await place.planned(os.environ, force) != shown:
            raise EndpointRefused("The endpoints have changed since the plan was shown; nothing was done, apply again.")
        return await place.applied(shown, say)


async def _statuses(file: str, names: tuple[str, ...]) -> list[Status]:
    async with _opened(file) as place:
        return await place.statuses(names)


async def _retired(file: str, name: str, wait_s: float, force: bool, yes: bool) -> dict[str, str]:
    async with _opened(file) as place:
        endpoint = await place.retirable(name)
        for dependent in place.dependents(endpoint):
            say(f"The workers of {dependent} have its id and will ask for it in vain, until apply gives them another.")
        _ask(f"End {endpoint.plain_name} ({endpoint.id}) for ever?", yes)
        await place.retire(endpoint, wait_s, force, say)
        return {"name": endpoint.plain_name, "id": endpoint.id, "done": "retired"}


@asynccontextmanager
async def _opened(file: str) -> AsyncIterator[Provisioning]:
    from adapters.runpod_management import ManagementClient

    settings, spec = options.settings_with(), _read(file)
    client = ManagementClient(
        settings.management_url, settings.runpod_api_key, settings.key_hosts, _hidden(spec, settings)
    )
    try:
        yield Provisioning(client, settings, spec, file)
    finally:
        await client.aclose()


def _read(file: str) -> EndpointsFile:
    try:
        with Path(file).open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no path"
        raise InvalidSettings(
            f"{file} cannot be read ({reason}); name the file of the endpoints with --file."
        ) from error
    if len(data) > MAX_FILE_BYTES:
        raise InvalidSettings(f"{file} is larger than {MAX_FILE_BYTES:,} bytes; is it the file of the endpoints?")
    return endpoints_file(data, file)


def _hidden(spec: EndpointsFile, settings: Settings) -> list[str]:
    """Values that nobody may see: what the secrets of the file stand for."""
    secrets = [secret for endpoint in spec.endpoints for secret in endpoint.secrets.values()]
    values = [os.environ.get(secret.name, "") for secret in secrets if secret.kept_in == "env"]
    return [*values, settings.runpod_api_key.get_secret_value()]


def _ask(question: str, yes: bool) -> None:
    """Raises BadRequest: nobody can be asked; EndpointRefused: the answer was no."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise BadRequest("There is nobody at a terminal to ask; give --yes to go on without a question.")
    if not click.confirm(question, err=True):
        raise EndpointRefused("Nothing was changed, for the answer was no.")


def _print(lines: list[str]) -> None:
    click.echo("\n".join(printable(line) for line in lines))
