"""The build worker, `python -m runpod_workers.build.handler`: a repository's address in, its understanding out.

No step: it runs the recipe, with ingest and assembly in child processes of this worker and the embeddings at the
embedder's endpoint. Cancelling the job ends the children and cancels the remote jobs. What the answer holds is left to
`doctown.build`.
"""

import asyncio
import io
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from adapters.scratch import scratch_in
from adapters.settings import Settings
from adapters.store import store_of
from doctown.blob import Blob
from doctown.build import BuildRequest, DocpackLink, build_output_of, build_request_of
from doctown.docpack import Docpack
from doctown.embed.batches import Batch, BatchLimits
from doctown.errors import DoctownError, InvalidSettings
from doctown.recipe import OnDone, index
from doctown.steps import AssembleRequest, AssembleResult, IngestRequest, IngestResult, Progress
from doctown.wire import output_of_error
from places.placement import LOCAL, Placement, check
from places.places import Places
from runpod_workers.build.progress import Told
from runpod_workers.serve import MAX_RESULT_BYTES, Handler, start

NAME = "build"


def handler_of(settings: Settings) -> Handler:
    """What the SDK calls with each job. Raises InvalidSettings for a worker that could do none.

    Of two jobs at once, one uses this machine while the other waits for the embedder, or for its turn.
    """
    placement = placement_of(settings)
    turn = asyncio.Lock()

    async def handler(job: Mapping[str, Any]) -> dict[str, Any]:
        try:
            request = build_request_of(job["input"])
            async with Told(job) as progress:
                pack, link = await _built(request, placement, settings, turn, progress, job["id"])
            return build_output_of(request.job_id or job["id"], pack, link, MAX_RESULT_BYTES)
        except DoctownError as error:
            return output_of_error(error)

    return handler


def placement_of(settings: Settings) -> Placement:
    """Everything here but the embeddings, if there are to be any. Raises InvalidSettings."""
    if settings.skip_embedding:
        return Placement()
    if settings.embed_at == LOCAL:
        raise InvalidSettings(
            "It has no engine of its own; set EMBEDDER_ENDPOINT_ID, or DOCTOWN_EMBED_AT to the embedder's address, or "
            "SKIP_EMBEDDING=true for the graph only."
        )
    placement = Placement(embed=settings.embed_at, embed_fallback=settings.embed_fallback)
    check(placement, settings)
    return placement


async def _built(
    request: BuildRequest, placement: Placement, settings: Settings, turn: asyncio.Lock, progress: Progress, run: str
) -> tuple[Docpack, DocpackLink | None]:
    """The docpack, and the link to it. Without an operator's store the job has one of its own, which goes with it."""
    wanted = IngestRequest(
        repository=request.repo_url,
        ref=request.git_ref,
        model=settings.model,
        mask_secrets=settings.mask_secrets,
    )
    limits = BatchLimits(tokens=settings.batch_tokens, workers=settings.embed_workers)
    with scratch_in(Path(settings.cache)) as scratch:
        store = settings.store or (scratch.absolute() / "store").as_uri()
        own = settings.model_copy(update={"store": store})
        async with Places(placement, own, progress, run=run) as places:
            indexed = await index(
                *(wanted, TakingTurns(places, turn), limits),
                embed=not settings.skip_embedding,
                mixed_engines=settings.mixed_engines,
            )
            blob = indexed.assembled.docpack
            return Docpack.open(io.BytesIO(await places.read(blob))), link_to(blob, settings, datetime.now(UTC))


def link_to(blob: Blob, settings: Settings, now: datetime) -> DocpackLink | None:
    """Where anybody can fetch the docpack, for so long; None: the operator has no store, or it is a folder."""
    url = store_of(settings).link(blob.key, settings.link_s) if settings.store else None
    if url is None:
        return None
    until = (now + timedelta(seconds=settings.link_s)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return DocpackLink(url=url, sha256=blob.sha256, size=blob.size, expires_at=until)


class TakingTurns:
    """The recipe's callables over `places`; what works on this machine waits for its turn."""

    def __init__(self, places: Places, turn: asyncio.Lock) -> None:
        self._places, self._turn = places, turn
        self.read, self.known, self.keep = places.read, places.known, places.keep

    async def ingest(self, request: IngestRequest) -> IngestResult:
        """The ingest step, in its turn."""
        async with self._turn:
            return await self._places.ingest(request)

    async def embed_all(self, batches: Sequence[Batch], model: str, revision: str, on_done: OnDone) -> None:
        """Embed every batch. Raises BudgetExceeded: that would cost more than the run may."""
        self._places.check_budget(batches)
        await self._places.embed_all(batches, model, revision, on_done)

    async def assemble(self, request: AssembleRequest) -> AssembleResult:
        """The assemble step, in its turn."""
        async with self._turn:
            return await self._places.assemble(request)


if __name__ == "__main__":  # the SDK's heartbeat may import this file again, in a process of its own
    start(NAME, handler_of, os.environ)
