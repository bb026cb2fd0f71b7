"""The fan-out: batches to a backend, bounded in flight, each tried at most three times, every result checked.

A batch's attempts belong here and nowhere else, and each that was lost is counted with its reason and its seconds. A
failure that trying again cannot mend cancels the other batches at once, one that exhausts its attempts fails the job:
there is never a silent hole. What runs too long is halved; an endpoint without hope is left for the next one.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from adapters.rate import Sleep, loop_now
from doctown.embed.batches import Batch, halves_of
from doctown.embed.vectors import rows_of_result
from doctown.errors import BackendUnavailable, DoctownError, ExecutionTimedOut, NoWorkers, ResultInvalid
from doctown.steps import EMBED, Backend, EmbedRequest, EmbedResult, EmbedText

_log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
MAX_IN_FLIGHT = 150
"""So many can be cancelled within the 30 seconds Prefect gives a cancelled run."""
PAUSE_S = 2.0
MAX_REASON = 300
"""Characters of a reason that are kept."""


@dataclass(frozen=True, slots=True)
class LostAttempt:
    """An attempt that gave nothing: the error's class, what it said, and how long it took."""

    kind: str
    reason: str
    seconds: float
    address: str


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """What happened to one batch, for the table an operator sees."""

    batch_id: str
    texts: int
    tokens: int
    attempts: int
    seconds: float
    """Of the attempt that gave the vectors."""
    address: str
    engine: str
    lost: tuple[LostAttempt, ...] = ()
    perhaps_paid_twice: bool = False
    """A submit got no answer, and what it may have started could not be found; or the place lost a worker and ran the
    job once more of its own accord."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked for in one call of `embed_all`."""

    model: str
    revision: str
    on_done: Callable[[Batch, EmbedResult], Awaitable[None]]


def request_for(batch: Batch, model: str, revision: str) -> EmbedRequest:
    """The request that embeds `batch`; its chunks are named by their keys."""
    chunks = tuple(EmbedText(chunk_id=key, content=text) for key, text in zip(batch.keys, batch.contents, strict=True))
    return EmbedRequest(batch_id=batch.id, chunks=chunks, model=model, revision=revision, encoding="base64")


class FanOut:
    """Sends batches to one backend, or the next. Several calls of `embed_all` share its bound on what is in flight."""

    def __init__(
        self,
        *backends: Backend,
        pause_s: float = PAUSE_S,
        now: Callable[[], float] = loop_now,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """The first of `backends` is used until there is no hope for it. Before a second attempt of a batch lies
        about `pause_s`, before the third four times as long.
        """
        self._backends = backends
        self._pause_s, self._now, self._sleep = pause_s, now, sleep
        self._place = 0
        self._width: int | None = None
        self.in_flight = min(2 * backends[0].parallel, MAX_IN_FLIGHT)
        self._free = asyncio.Semaphore(self.in_flight)
        self.records: list[BatchRecord] = []

    @property
    def address(self) -> str:
        """Of the place that new batches are sent to."""
        return self._backends[self._place].address

    async def embed_all(
        self,
        batches: Sequence[Batch],
        model: str,
        revision: str,
        on_done: Callable[[Batch, EmbedResult], Awaitable[None]],
    ) -> None:
        """Embed every batch and await `on_done` for each; one that had to be halved is done half by half.

        Raises:
            DoctownError: of the first batch that failed for good; the others are cancelled.
        """
        wanted = _Wanted(model, revision, on_done)
        try:
            async with asyncio.TaskGroup() as group:
                for batch in batches:
                    await self._free.acquire()
                    task = group.create_task(self._one(batch, wanted))
                    task.add_done_callback(lambda _: self._free.release())
        except BaseExceptionGroup as failures:
            raise _first_of(failures) from None

    async def _one(
        self, batch: Batch, wanted: _Wanted, lost: tuple[LostAttempt, ...] = (), *, is_half: bool = False
    ) -> None:
        request = request_for(batch, wanted.model, wanted.revision)
        place, tried, timed_out = self._place, 0, is_half
        while True:
            backend, started = self._backends[place], self._now()
            tried += 1
            try:
                result = await self._checked(backend, request)
                break
            except DoctownError as error:
                lost += (self._lost(batch, error, started, backend.address),)
                if isinstance(error, ExecutionTimedOut):
                    if timed_out:
                        raise
                    timed_out = True
                    if len(batch.keys) > 1:
                        await self._halved(batch, wanted, lost)
                        return
                elif self._goes_on(place, error, tried):
                    place, tried = place + 1, 0
                elif not error.retryable or tried == MAX_ATTEMPTS:
                    raise
            await self._sleep(self._pause_s * 4 ** max(0, tried - 1) * random.uniform(0.75, 1.25))
        seconds = self._now() - started
        await wanted.on_done(batch, result)
        self._width = result.dimensions
        twice = await backend.settle(EMBED, request)
        self.records.append(
            BatchRecord(
                *(batch.id, len(batch.keys), batch.tokens, len(lost) + 1, seconds, backend.address, result.engine),
                *(lost, twice),
            )
        )

    async def _checked(self, backend: Backend, request: EmbedRequest) -> EmbedResult:
        result = await backend.run(EMBED, request)
        try:
            _check(request, result, self._width)
        except DoctownError:
            await backend.settle(EMBED, request)  # or it would be fetched again
            raise
        return result

    async def _halved(self, batch: Batch, wanted: _Wanted, lost: tuple[LostAttempt, ...]) -> None:
        """One after the other, in the batch's own place among those in flight; what was lost is told once."""
        first, second = halves_of(batch)
        await self._one(first, wanted, lost, is_half=True)
        await self._one(second, wanted, is_half=True)

    def _goes_on(self, place: int, error: DoctownError, tried: int) -> bool:
        """Whether the batch, and all that follow, are sent to the next place: there is no hope for this one."""
        hopeless = isinstance(error, NoWorkers) or (isinstance(error, BackendUnavailable) and tried == MAX_ATTEMPTS)
        already_left = self._place > place and isinstance(error, BackendUnavailable)
        if not (hopeless or already_left) or place + 1 == len(self._backends):
            return False
        if self._place == place:
            self._place = place + 1
            _log.warning("The run goes on at %s: %s", self._backends[place + 1].address, error)
        return True

    def _lost(self, batch: Batch, error: DoctownError, started: float, address: str) -> LostAttempt:
        found = LostAttempt(error.kind, str(error)[:MAX_REASON], self._now() - started, address)
        _log.warning("Batch %.12s: an attempt was lost after %.1f s: %s", batch.id, found.seconds, found.reason)
        return found


def _check(request: EmbedRequest, result: EmbedResult, width: int | None) -> None:
    """Raises what `rows_of_result` raises; a result too odd even for its checks is invalid, too."""
    try:
        rows_of_result(request, result)
    except (ValueError, OverflowError) as error:
        raise ResultInvalid(f"Batch {request.batch_id}: its vectors cannot be read: {error}.") from error
    if width is not None and result.dimensions != width:
        raise ResultInvalid(f"Batch {request.batch_id}: {result.dimensions} components, other batches have {width}.")


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
