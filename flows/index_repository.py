"""The flow `index-repository`: a placement opened, the recipe run over it with Prefect watching, its report left.

What is JSON comes as parameters, the rest through `flows.door`.
"""

import time
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.runtime import flow_run
from pydantic import SecretStr

from adapters.git_tokens import git_tokens
from adapters.settings import Settings
from doctown.embed.batches import BatchLimits
from doctown.errors import DoctownError, InvalidSettings
from doctown.recipe import Indexed, index
from doctown.steps import IngestRequest
from flows.door import the_door
from flows.markdown import plain
from flows.prefect_tasks import Watched, repository_name
from flows.reap_remote_jobs import cancel_what_is_left
from flows.report import ProgressArtifact, publish, publish_bill
from places.bills import note_paces
from places.placement import Placement, is_local


def _run_name() -> str:
    given = flow_run.parameters
    repository, ref = given["repository"], given.get("ref")
    return plain(f"{repository_name(repository)}@{ref or 'HEAD'}", 120)


@flow(
    name="index-repository",
    flow_run_name=_run_name,
    persist_result=False,
    on_cancellation=[cancel_what_is_left],
    on_crashed=[cancel_what_is_left],
)
async def index_repository(  # noqa: PLR0913, PLR0917 the fields of a form
    repository: str,
    ref: str | None = None,
    path: str | None = None,
    include: tuple[str, ...] = (),
    exclude: tuple[str, ...] = (),
    placement: Placement | None = None,
    model: str | None = None,
    full: bool = False,
    no_embed: bool = False,
    max_cost: float | None = None,
    mask_secrets: bool | None = None,
    git_tokens_secret: str | None = None,
) -> dict[str, Any]:
    """Index a repository: read it, embed what is new, assemble the docpack, put it in the store.

    Args:
        repository: A path on the worker's machine, or an https URL without user name or password.
        ref: Branch, tag or commit; without it HEAD.
        path: Only what lies below this folder of the repository.
        include: Patterns as in a .gitignore; with any, only the files that one of them matches.
        exclude: Such patterns: files that are left out, or with ! before them taken whatever they look like.
        placement: Where each step runs; without it as the worker's DOCTOWN_*_AT variables say.
        model: The embedding model; without it the worker's DOCTOWN_MODEL.
        full: Take nothing that earlier runs have read or embedded.
        no_embed: The graph only: embed nothing, find no topics, draw no map.
        max_cost: The most US dollars the run may use at endpoints; without it the worker's DOCTOWN_MAX_COST.
        mask_secrets: Mask keys, tokens and passwords in files; without it as the worker's DOCTOWN_MASK_SECRETS says.
        git_tokens_secret: Name of a Prefect Secret block that holds tokens for private repositories, written as
            DOCTOWN_GIT_TOKENS is; without it that variable of the worker's.

    Returns:
        The summary: docpack (a Blob), docpack_id, repository, counts, topics, notes, secrets (by kind), texts,
        embedded, engine (None where nothing was to be embedded), seconds by step, and the bill, null where everything
        ran here.

    Raises:
        DoctownError: of the class the failing step raised.
    """
    door = the_door()
    settings = door.settings if max_cost is None else door.settings.with_budget(max_cost)
    where = placement or Placement.of(settings)
    if git_tokens_secret:
        settings = await _with_tokens(settings, git_tokens_secret, where)
    started = time.monotonic()
    request = IngestRequest(
        repository=repository,
        ref=ref,
        path=path,
        include=include,
        exclude=exclude,
        model=model or settings.model,
        mask_secrets=settings.mask_secrets if mask_secrets is None else mask_secrets,
    )
    async with ProgressArtifact(door.progress) as progress:
        async with door.open_at(where, settings, progress, full=full, run=flow_run.id or "") as places:
            watched = Watched(places, progress.bar.enter)
            try:
                indexed = await _indexed(request, watched, where, settings, embed=not no_embed)
            except DoctownError:
                if (used := places.bill(time.monotonic() - started)) is not None:
                    door.used(used)
                    await publish_bill(repository_name(repository), used)
                raise
            records, bill = list(places.batch_records), places.bill(time.monotonic() - started)
        if bill is not None:
            note_paces(Path(settings.cache), bill)
        summary = summary_of(indexed, watched.seconds) | {"bill": bill}
        await publish(summary, records)
    return summary


async def _indexed(
    request: IngestRequest, watched: Watched, where: Placement, settings: Settings, *, embed: bool
) -> Indexed:
    """The recipe as the settings say, batches planned for the workers there are."""
    workers = 1 if is_local(where.embed) else settings.embed_workers
    limits = BatchLimits(tokens=settings.batch_tokens, workers=workers)
    return await index(
        *(request, watched, limits),
        embed=embed and not settings.skip_embedding,
        mixed_engines=settings.mixed_engines,
    )


async def _with_tokens(settings: Settings, secret: str, where: Placement) -> Settings:
    """`settings` with the tokens of the Secret block named `secret`.

    Raises InvalidSettings: no such block, none that holds tokens, or a place that they would have to be sent to.
    """
    from prefect.blocks.system import Secret

    if not is_local(where.ingest):
        raise InvalidSettings(
            "git_tokens_secret: tokens are sent to no endpoint; set DOCTOWN_GIT_TOKENS there, or ingest locally."
        )
    try:
        block: Any = await Secret.aload(secret)
        value = str(block.get())
    except ValueError as error:
        raise InvalidSettings(f"git_tokens_secret: Prefect has no Secret block named {secret!r}; make it.") from error
    if not git_tokens(value):
        raise InvalidSettings(f"git_tokens_secret: the Secret block {secret!r} is empty; write host=token into it.")
    return settings.model_copy(update={"git_tokens": SecretStr(value)})


def summary_of(indexed: Indexed, seconds: dict[str, float]) -> dict[str, Any]:
    """What a run gives, as JSON."""
    return {
        "docpack": indexed.assembled.docpack.model_dump(mode="json"),
        "docpack_id": indexed.assembled.docpack_id,
        "repository": indexed.ingested.repository.model_dump(mode="json"),
        "counts": indexed.assembled.counts,
        "topics": list(indexed.assembled.topics),
        "topic_sizes": list(indexed.assembled.topic_sizes),
        "notes": list(indexed.ingested.notes),
        "secrets": indexed.ingested.secrets,
        "texts": indexed.texts,
        "embedded": indexed.embedded,
        "engine": indexed.engine,
        "seconds": seconds,
    }
