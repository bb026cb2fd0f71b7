"""`doctown index`: the flow in this process; a docpack and a map in the output folder."""

import io
import time
from pathlib import Path
from typing import Any

import click

from adapters.pace import Pace, note_pace
from adapters.settings import Settings
from adapters.store import store_at
from cli import options
from cli.files import check_writable, file_name_of, write_files
from cli.output import STEP_NAMES, counted, duration, print_json, printable, reported, say
from doctown.blob import Blob
from doctown.docpack import Docpack
from doctown.embed.models import model_named
from doctown.page.render import page_of
from doctown.steps import IngestRequest, Progress
from places.placement import LOCAL, Placement, check


@click.command()
@click.argument("repository", metavar="REPO")
@options.ref
@options.path
@options.option("--out", "DOCTOWN_OUT", "Where the docpack and the map are written.", metavar="DIR", default=".")
@options.store
@options.ingest_at
@options.embed_at
@options.assemble_at
@options.model_name
@options.engine
@options.precision
@options.full
@options.mask_secrets
@options.as_json
def index(repository: str, out: str, as_json: bool, full: bool, ref: str | None, path: str | None, **over: Any) -> None:
    """Index REPO, a path or an https URL: writes DIR/<name>.docpack and DIR/<name>.html."""
    settings, repository = options.settings_with(**over), options.local_path(repository)
    placement = Placement.of(settings)
    check(placement, settings)
    if not settings.model_path:
        model_named(settings.model)
    folder = Path(out)
    check_writable(folder)
    request = IngestRequest(
        repository=repository, ref=ref, path=path, model=settings.model, mask_secrets=settings.mask_secrets
    )

    from cli.launcher import run_index

    started = time.monotonic()
    with reported() as progress:
        summary = run_index(request, placement, settings, progress, say, full=full)
        name = str(summary["repository"]["name"])
        docpack_at, map_at = _write(folder, name, settings, Blob.model_validate(summary["docpack"]), progress)
    seconds = time.monotonic() - started
    summary |= {"docpack_path": str(docpack_at), "map_path": str(map_at), "seconds_in_all": round(seconds, 1)}
    if placement.assemble == LOCAL:
        pace = Pace(chunks=summary["counts"]["chunks"], assemble_s=summary["seconds"]["assemble"])
        note_pace(Path(settings.cache), pace)
    if as_json:
        print_json(summary)
    else:
        _print(summary)


def _write(folder: Path, name: str, settings: Settings, blob: Blob, progress: Progress) -> list[Path]:
    """The docpack out of the store and the map made of it, both or neither."""
    progress("packing", 0, 2)
    pack = store_at(settings.store_url).read(blob)
    page = page_of(Docpack.open(io.BytesIO(pack)), name).encode()
    progress("packing", 1, 2)
    stem = file_name_of(name)
    written = write_files(folder, {f"{stem}.docpack": pack, f"{stem}.html": page})
    progress("packing", 2, 2)
    return written


def _print(summary: dict[str, Any]) -> None:
    counts, repository = summary["counts"], summary["repository"]
    where = (repository.get("commit") or repository.get("tree") or "")[:12]
    for note in summary["notes"]:
        say(note)
    lines = [
        f"{repository['name']} at {where}",
        "  " + ", ".join(counted(number, what) for what, number in counts.items()),
        f"  {_embedded(summary)}",
        "  topics: " + "; ".join(summary["topics"][:8]) if summary["topics"] else "  no topics",
        f"  docpack  {summary['docpack_path']}",
        f"  map      {summary['map_path']}",
        f"  {duration(summary['seconds_in_all'])}: {_steps(summary)}",
    ]
    click.echo("\n".join(printable(line) for line in lines))


def _embedded(summary: dict[str, Any]) -> str:
    texts, now, on = summary["texts"], summary["embedded"], f"on {summary['engine']}"
    if now == texts:
        return f"{counted(texts, 'texts')} embedded {on}"
    if not now:
        return f"nothing new to embed: {counted(texts, 'texts')} embedded before {on}"
    return f"{now:,} of {counted(texts, 'texts')} embedded now {on}, {texts - now:,} before"


def _steps(summary: dict[str, Any]) -> str:
    steps: dict[str, float] = summary["seconds"]
    rest = max(0.0, summary["seconds_in_all"] - sum(steps.values()))
    return ", ".join(f"{STEP_NAMES[step]} {duration(took)}" for step, took in (steps | {"around": rest}).items())
