"""`doctown plan`: what would be indexed, what is left out and why, seconds, dollars. Nothing is indexed.

The numbers come from `doctown.plan`, `places.estimates` and `places.plan_costs`; how they look on a terminal is in
`cli.plan_text` and `cli.cost_text`.
"""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from adapters.pace import last_pace, worker_pace
from adapters.price_file import prices_for
from adapters.settings import Settings
from cli import options
from cli.cost_text import costs_text
from cli.output import print_json, printable, reported, say
from cli.plan_text import plan_text, skipped_text
from cli.why import why
from doctown.embed.batches import BatchLimits
from doctown.model import Chunk, EmbeddingInput, Skipped, Symbol
from doctown.plan import plan_of
from doctown.prices import Prices
from doctown.recipe import nothing_to_index
from doctown.rows import rows_of
from doctown.steps import IngestRequest, IngestResult, Progress
from places.estimates import Estimate, Seconds, around, assembling, embedding, embedding_there
from places.placement import Placement, is_local
from places.places import Places
from places.plan_costs import plan_costs


@click.command()
@click.argument("repository", metavar="REPO")
@options.chosen
@options.store
@options.ingest_at
@options.embed_at
@options.embed_fallback
@options.mixed_engines
@options.assemble_at
@options.model_name
@options.engine
@options.precision
@options.full
@click.option("--skipped", "with_skipped", is_flag=True, help="Name every file that is left out, with its reason.")
@click.option("--why", "file", metavar="PATH", help="Say in one sentence why the file at PATH is missing, no more.")
@options.mask_secrets
@options.as_json
def plan(
    repository: str,
    as_json: bool,
    full: bool,
    with_skipped: bool,
    file: str | None,
    asked: Mapping[str, Any],
    **over: Any,
) -> None:
    """Say what `index` would do with REPO, a path or an https URL: files, what is left out and why, chunks, seconds.

    The repository is read, and a small sample embedded to see how fast this machine is. No vector is kept, no docpack
    written.
    """
    settings = options.settings_with(**over)
    request = options.request_of(repository, asked, settings)
    if file is not None:
        answer = why(request, file, settings)
        print_json(asdict(answer)) if as_json else click.echo(printable(answer.sentence))
        return
    if settings.skip_embedding:
        say("SKIP_EMBEDDING is set, with which index embeds nothing; this is the plan of a run that does.")
    with reported() as progress:
        ingested, found = asyncio.run(_planned(request, settings, progress, full))
    is_empty = not found["chunks"]
    if not as_json:
        lines = plan_text(found) + costs_text(found["costs"]) + (skipped_text(found) if with_skipped else [])
        click.echo("\n".join(printable(line) for line in lines))
    elif not is_empty:
        print_json(found)
    if is_empty:
        raise nothing_to_index(ingested, (Skipped(**row) for group in found["skipped"] for row in group["files"]))


async def _planned(
    request: IngestRequest, settings: Settings, progress: Progress, full: bool
) -> tuple[IngestResult, dict[str, Any]]:
    """The ingest result and the plan, as JSON."""
    placement, prices = Placement.of(settings), prices_for(settings)
    prices.gpu_usd_per_s(settings.embed_pool)  # that it has none is said before any work
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
        limits = BatchLimits(tokens=settings.batch_tokens, workers=settings.embed_workers)
        there = None if is_local(placement.embed) else worker_pace(Path(settings.cache), placement.embed)
        if there is not None:
            embed = embedding_there(missing, there, limits)
        else:
            embed = await embedding(missing, ingested, placement, unseen, BatchLimits(tokens=settings.batch_tokens))
    progress("measuring", 1, 1)
    last = last_pace(Path(settings.cache))
    estimate = Estimate(placement, around(last), reading, embed, assembling(found.chunks, placement, last))
    return ingested, {
        "repository": ingested.repository.model_dump(mode="json"),
        "path": request.path,
        "include": list(request.include),
        "exclude": list(request.exclude),
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
        "costs": _costs(missing, estimate, settings, prices) if found.chunks else None,
    }


def _texts(distinct: int, missing: Sequence[EmbeddingInput]) -> dict[str, int]:
    tokens = sum(row.tokens for row in missing)
    embedded = distinct - len(missing)
    return {"distinct": distinct, "embedded": embedded, "to_embed": len(missing), "tokens_to_embed": tokens}


def _costs(missing: Sequence[EmbeddingInput], estimate: Estimate, settings: Settings, prices: Prices) -> dict[str, Any]:
    """Seconds and dollars per placement. That the prices are old is said."""
    costs = plan_costs(missing, estimate, settings, prices, datetime.now(UTC).date())
    if costs["prices"]["out_of_date"]:
        say(costs["prices"]["out_of_date"])
    return costs


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
