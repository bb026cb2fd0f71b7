"""`doctown index`: the flow in this process; a docpack and a map in the output folder."""

import io
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from adapters.pace import Pace, note_pace
from adapters.price_file import prices_for
from adapters.settings import Settings
from adapters.store import store_of
from cli import options
from cli.bill_text import bill_text
from cli.files import check_writable, file_name_of, write_files
from cli.output import STEP_NAMES, counted, duration, print_json, printable, reported, say
from doctown.blob import Blob
from doctown.docpack import Docpack
from doctown.embed.models import model_named
from doctown.page.render import page_of
from doctown.steps import Progress
from places.bills import metered_places
from places.placement import LOCAL, Placement, check, check_repository


@click.command()
@click.argument("repository", metavar="REPO")
@options.chosen
@options.option("--out", "DOCTOWN_OUT", "Where the docpack and the map are written.", metavar="DIR", default=".")
@options.store
@options.ingest_at
@options.embed_at
@options.embed_fallback
@options.mixed_engines
@options.assemble_at
@options.model_name
@options.engine
@options.precision
@options.no_embed
@options.max_cost
@options.full
@options.mask_secrets
@options.as_json
def index(repository: str, out: str, as_json: bool, full: bool, asked: Mapping[str, Any], **over: Any) -> None:
    """Index REPO, a path or an https URL: writes DIR/<name>.docpack and DIR/<name>.html."""
    settings = options.settings_with(**over)
    placement = Placement.of(settings)
    check(placement, settings)
    check_repository(repository, placement)
    metered_places(placement, settings, prices_for(settings))  # a price that is missing is said before any work
    store_of(settings).check()
    if not settings.model_path:
        model_named(settings.model)
    folder = Path(out)
    check_writable(folder)
    request = options.request_of(repository, asked, settings)

    from cli.launcher import run_index

    started = time.monotonic()
    with reported() as progress:
        summary = run_index(request, placement, settings, progress, say, full=full)
        name = str(summary["repository"]["name"])
        docpack_at, map_at, *bill_at = _write(folder, name, settings, summary, progress)
    seconds = time.monotonic() - started
    summary |= {"docpack_path": str(docpack_at), "map_path": str(map_at), "seconds_in_all": round(seconds, 1)}
    if summary["bill"] is not None:
        summary["bill_path"] = str(bill_at[0])
    if placement.assemble == LOCAL:
        pace = Pace(chunks=summary["counts"]["chunks"], assemble_s=summary["seconds"]["assemble"])
        note_pace(Path(settings.cache), pace)
    if as_json:
        print_json(summary)
    else:
        _print(summary)


def _write(folder: Path, name: str, settings: Settings, summary: dict[str, Any], progress: Progress) -> list[Path]:
    """The docpack out of the store, the map made of it, and the bill where there is one: all or none of them.

    The bill lies beside the docpack, never inside: that has equal bytes wherever its texts were embedded.
    """
    progress("packing", 0, 2)
    pack = store_of(settings).read(Blob.model_validate(summary["docpack"]))
    page = page_of(Docpack.open(io.BytesIO(pack)), name).encode()
    progress("packing", 1, 2)
    stem = file_name_of(name)
    files = {f"{stem}.docpack": pack, f"{stem}.html": page}
    if summary["bill"] is not None:
        whose = {name: summary[name] for name in ("docpack_id", "repository")}
        files[f"{stem}.bill.json"] = json.dumps(whose | summary["bill"], indent=1).encode()
    written = write_files(folder, files)
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
        *(["  topics: " + "; ".join(summary["topics"][:8])] if summary["topics"] else []),
        f"  docpack  {summary['docpack_path']}",
        f"  map      {summary['map_path']}",
        *(bill_text(summary["bill"]) if summary["bill"] is not None else []),
        f"  {duration(summary['seconds_in_all'])}: {_steps(summary)}",
    ]
    click.echo("\n".join(printable(line) for line in lines))


def _embedded(summary: dict[str, Any]) -> str:
    texts, now, on = summary["texts"], summary["embedded"], f"on {summary['engine']}"
    if summary["engine"] is None:
        return f"nothing embedded of {counted(texts, 'texts')}: the graph only, without topics"
    if now == texts:
        return f"{counted(texts, 'texts')} embedded {on}"
    if not now:
        return f"nothing new to embed: {counted(texts, 'texts')} embedded before {on}"
    return f"{now:,} of {counted(texts, 'texts')} embedded now {on}, {texts - now:,} before"


def _steps(summary: dict[str, Any]) -> str:
    steps: dict[str, float] = summary["seconds"]
    rest = max(0.0, summary["seconds_in_all"] - sum(steps.values()))
    return ", ".join(f"{STEP_NAMES[step]} {duration(took)}" for step, took in (steps | {"around": rest}).items())
