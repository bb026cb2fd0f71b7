"""`doctown plan`: what would be indexed, what is left out and why, and how long it would take. Nothing is indexed.

The numbers come from `doctown.plan` and `places.estimates`; how they look on a terminal is in `cli.plan_text`.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from adapters.pace import last_pace
from adapters.settings import Settings
from cli import options
from cli.output import print_json, printable, reported
from cli.plan_text import plan_text, skipped_text
from doctown.embed.batches import BatchLimits
from doctown.model import Chunk, EmbeddingInput, Skipped, Symbol
from doctown.plan import plan_of
from doctown.recipe import nothing_to_index
from doctown.rows import rows_of
from doctown.steps import IngestRequest, IngestResult, Progress
from places.estimates import Estimate, Seconds, around, assembling, embedding
from places.placement import Placement
from places.places import Places


@click.command()
@click.argument("repository", metavar="REPO")
@options.ref
@options.path
@options.store
@options.ingest_at
@options.embed_at
@options.assemble_at
@options.model_name
@options.full
@click.option("--skipped", "with_skipped", is_flag=True, help="Name every file that is left out, with its reason.")
@options.mask_secrets
@options.as_json
def plan(
    repository: str, as_json: bool, full: bool, with_skipped: bool, ref: str | None, path: str | None, **over: Any
) -> None:
    """Say what `index` would do with REPO, a path or an https URL: files, what is left out and why, chunks, seconds.

    The repository is read, and a small sample embedded to see how fast this machine is. No vector is kept, no docpack
    written.
    """
    settings, repository = options.settings_with(**over), options.local_path(repository)
    request = IngestRequest(
        repository=repository, ref=ref, path=path, model=settings.model, mask_secrets=settings.mask_secrets
    )
    with reported() as progress:
        ingested, found = asyncio.run(_planned(request, settings, progress, full))
    is_empty = not found["chunks"]
    if not as_json:
        lines = plan_text(found) + (skipped_text(found) if with_skipped else [])
        click.echo("\n".join(printable(line) for line in lines))
    elif not is_empty:
        print_json(found)
    if is_empty:
        raise nothing_to_index(ingested, (Skipped(**row) for group in found["skipped"] for row in group["files"]))


async def _planned(
    request: IngestRequest, settings: Settings, progress: Progress, full: bool
) -> tuple[IngestResult, dict[str, Any]]:
    """The ingest result and the plan, as JSON."""
    placement = Placement.of(settings)
    async with Places(placement, settings, progress, full=full) as places:
        started = time.monotonic()
        ingested = await places.ingest(request)
        reading = Seconds(time.monotonic() - started, "measured now")
        stats = json.loads(await places.read(ingested.stats))
        found = plan_of(
            chunks=list(rows_of(await places.read(ingested.chunks), Chunk)),
            symbols=list(rows_of(await places.read(ingested.symbols), Symbol)),
            skipped=rows_of(await places.read(ingested.skipped), Skipped),
            stats=stats,
        )
        wanted = {row.key: row for row in rows_of(await places.read(ingested.inputs), EmbeddingInput)}
        known = await places.known(wanted.keys(), ingested.model, ingested.revision)
        missing = [row for key, row in wanted.items() if key not in known.keys]
    progress("measuring", 0, 1)
    async with Places(placement, settings) as unseen:
        limits = BatchLimits(tokens=settings.batch_tokens)
        embed = await embedding(missing, ingested, placement, unseen, limits)
    progress("measuring", 1, 1)
    last = last_pace(Path(settings.cache))
    estimate = Estimate(placement, around(last), reading, embed, assembling(found.chunks, placement, last))
    return ingested, {
        "repository": ingested.repository.model_dump(mode="json"),
        "path": request.path,
        "notes": list(ingested.notes),
        "files": {"kept": ingested.counts["files"], "skipped": ingested.counts["skipped"]},
        **asdict(found),
        "secrets": stats["secrets"],
        "texts": _texts(len(wanted), missing),
        "model": {
            "name": ingested.model,
            "revision": ingested.revision,
            "dimensions": ingested.dimensions,
            "max_tokens": ingested.max_tokens,
        },
        "engine": known.engine,
        "estimates": [_estimate_json(estimate)] if found.chunks else [],
    }


def _texts(distinct: int, missing: Sequence[EmbeddingInput]) -> dict[str, int]:
    tokens = sum(row.tokens for row in missing)
    embedded = distinct - len(missing)
    return {"distinct": distinct, "embedded": embedded, "to_embed": len(missing), "tokens_to_embed": tokens}


def _estimate_json(estimate: Estimate) -> dict[str, Any]:
    """One placement's seconds. Each step says how its own are known."""

    def rounded(seconds: float | None) -> float | None:
        return None if seconds is None else round(seconds, 1)

    steps = {name: getattr(estimate, name) for name in ("around", "ingest", "embed", "assemble")}
    return {
        "placement": estimate.placement.model_dump(mode="json"),
        "seconds": {name: rounded(step.seconds) for name, step in steps.items()} | {"in_all": rounded(estimate.in_all)},
        "from": {name: step.source for name, step in steps.items()},
    }
