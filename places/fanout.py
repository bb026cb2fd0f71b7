"""The fan-out: batches to a backend, bounded in flight, each tried at most three times, every result checked.

A batch's attempts belong here and nowhere else: a failure that trying again cannot mend cancels the other batches at
once, one that exhausts its attempts fails the job. There is never a silent hole.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from doctown.embed.batches import Batch
from doctown.embed.vectors import rows_of_result
from doctown.errors import DoctownError, ResultInvalid
from doctown.steps import EMBED, Backend, EmbedRequest, EmbedResult, EmbedText

MAX_ATTEMPTS = 3
MAX_IN_FLIGHT = 150
"""So many can be cancelled within the 30 seconds Prefect gives a cancelled run."""


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """What happened to one batch, for the table an operator sees."""

    batch_id: str
    texts: int
    tokens: int
    attempts: int
    seconds: float
    address: str
    engine: str


def request_for(batch: Batch, model: str, revision: str) -> EmbedRequest:
    """The request that embeds `batch`; its chunks are named by their keys."""
    chunks = tuple(EmbedText(chunk_id=key, content=text) for key, text in zip(batch.keys, batch.contents, strict=True))
    return EmbedRequest(batch_id=batch.id, chunks=chunks, model=model, revision=revision, encoding="base64")


class FanOut:
    """Sends batches to one backend. Several calls of `embed_all` share its bound on what is in flight."""

    def __init__(self, backend: Backend, pause_s: float = 0.5) -> None:
        """`pause_s` precedes the second attempt of a batch, and twice that the third."""
        self._backend = backend
        self._pause_s = pause_s
        self.in_flight = min(2 * backend.parallel, MAX_IN_FLIGHT)
        self._free = asyncio.Semaphore(self.in_flight)
        self.records: list[BatchRecord] = []

    async def embed_all(
        self,
        batches: Sequence[Batch],
        model: str,
        revision: str,
        on_done: Callable[[Batch, EmbedResult], Awaitable[None]],
    ) -> None:
        """Embed every batch and await `on_done` for each.

        Raises:
            DoctownError: of the first batch that failed for good; the others are cancelled.
        """
        try:
            async with asyncio.TaskGroup() as group:
                for batch in batches:
                    await self._free.acquire()
                    task = group.create_task(self._one(batch, model, revision, on_done))
                    task.add_done_callback(lambda _: self._free.release())
        except BaseExceptionGroup as failures:
            raise _first_of(failures) from None

    async def _one(
        self,
        batch: Batch,
        model: str,
        revision: str,
        on_done: Callable[[Batch, EmbedResult], Awaitable[None]],
    ) -> None:
        request = request_for(batch, model, revision)
        for attempt in range(1, MAX_ATTEMPTS + 1):
            started = time.monotonic()
            try:
                result = await self._backend.run(EMBED, request)
                _check(request, result)
                break
            except DoctownError as error:
                if not error.retryable or attempt == MAX_ATTEMPTS:
                    raise
                await asyncio.sleep(self._pause_s * attempt)
        await on_done(batch, result)
        seconds, where = time.monotonic() - started, self._backend.address
        self.records.append(
            BatchRecord(batch.id, len(batch.keys), batch.tokens, attempt, seconds, where, result.engine)
        )


def _check(request: EmbedRequest, result: EmbedResult) -> None:
    """Raises what `rows_of_result` raises; a result too odd even for its checks is invalid, too."""
    try:
        rows_of_result(request, result)
    except (ValueError, OverflowError) as error:
        raise ResultInvalid(f"Batch {request.batch_id}: its vectors cannot be read: {error}.") from error


def _first_of(failures: BaseExceptionGroup) -> BaseException:
    """The failure to report: the first of ours, else the first."""
    leaves: list[BaseException] = []
    waiting: list[BaseException] = [failures]
    while waiting:
        found = waiting.pop(0)
        if isinstance(found, BaseExceptionGroup):
            waiting[:0] = found.exceptions
        else:
            leaves.append(found)
    return next((leaf for leaf in leaves if isinstance(leaf, DoctownError)), leaves[0])
