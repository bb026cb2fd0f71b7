"""`doctown ingest`: the ingest step alone, without Prefect."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from adapters.store import store_of
from cli import options
from cli.files import check_writable, write_files
from cli.output import counted, print_json, printable, reported, say
from doctown.model import Skipped
from doctown.recipe import nothing_to_index
from doctown.rows import rows_of


@click.command()
@click.argument("repository", metavar="REPO")
@options.chosen
@options.option("--out", "DOCTOWN_OUT", "Where the four files are written.", metavar="DIR", required=True)
@options.model_name
@options.full
@options.mask_secrets
@options.as_json
def ingest(repository: str, out: str, as_json: bool, full: bool, asked: Mapping[str, Any], **over: Any) -> None:
    """Read REPO (a path, a plain folder too, or an https URL); writes symbols, edges, chunks and skipped as .jsonl."""
    settings = options.settings_with(**over)
    store = store_of(settings)
    store.check()
    folder = Path(out)
    check_writable(folder)

    from tasks.ingest import ingest as task

    with reported() as progress:
        request = options.request_of(repository, asked, settings).model_copy(update={"full": full})
        result = task(request, settings, progress)
    if not result.counts["files"]:
        raise nothing_to_index(result, rows_of(store.read(result.skipped), Skipped))
    names = ("symbols", "edges", "chunks", "skipped")
    files = write_files(folder, {f"{name}.jsonl": store.read(getattr(result, name)) for name in names})
    stats = json.loads(store.read(result.stats))
    for note in result.notes:
        say(note)
    if as_json:
        repository_json = result.repository.model_dump(mode="json")
        paths = [str(file) for file in files]
        print_json({"repository": repository_json, "counts": result.counts, "stats": stats, "files": paths})
    else:
        click.echo(", ".join(counted(number, what) for what, number in result.counts.items()))
        click.echo("\n".join(printable(str(file)) for file in files))
