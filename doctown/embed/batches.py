"""Batches: how distinct texts are cut into requests, the same way wherever they run.

Equal texts are embedded once. Batches hold neighbours in length, so that the encoder finds texts of equal length
to run together (it pads nothing), and are bounded in tokens, bytes and number, so that a request fits every place.

For several workers the batches shrink towards the end of the work: a batch holds at most half of one worker's share of
what is still to come after it (guided self-scheduling, Polychronopoulos and Kuck 1987), so that all end together.
The plan is made of all texts and then rid of those that have vectors: a run that is repeated after a kill asks for the
same batches that were under way, and finds their jobs.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from doctown.model import EmbeddingInput, digest


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """The most a batch may hold. The bytes keep a request far under RunPod's 10 MB."""

    tokens: int = 16_384
    bytes: int = 2_000_000
    texts: int = 512
    workers: int = 1
    """How many work at once. For one, every batch is as large as may be."""
    least_tokens: int = 1_024
    """Smaller, a batch would cost more on its way than in its worker."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts to embed in one request; `id` is content: equal texts in equal order have an equal id."""

    id: str
    keys: tuple[str, ...]
    contents: tuple[str, ...]
    tokens: int


def _batch(rows: Sequence[EmbeddingInput]) -> Batch:
    keys = tuple(row.key for row in rows)
    return Batch(digest(*keys), keys, tuple(row.content for row in rows), sum(row.tokens for row in rows))


def distinct(rows: Iterable[EmbeddingInput]) -> list[EmbeddingInput]:
    """One row per key, shortest first; equal lengths in the order of their keys, whatever the order of `rows`."""
    return sorted({row.key: row for row in rows}.values(), key=lambda row: (row.tokens, row.key))


def batches_of(
    rows: Iterable[EmbeddingInput], limits: BatchLimits, known: AbstractSet[str] = frozenset()
) -> list[Batch]:
    """The batches of `rows` but for the `known` keys, each text once, the largest texts and batches first.

    A planned batch of which some texts are known is taken apart, and what is left of all such is planned anew.
    """
    batches: list[Batch] = []
    left: list[EmbeddingInput] = []
    for planned in _planned(distinct(rows), limits):
        missing = [row for row in planned if row.key not in known]
        if len(missing) == len(planned):
            batches.append(_batch(planned))
        else:
            left += missing
    batches += [_batch(planned) for planned in _planned(left, limits)]
    return sorted(batches, key=lambda batch: (-batch.tokens, batch.id)) if left else batches[::-1]


def halves_of(batch: Batch) -> tuple[Batch, Batch]:
    """A batch of several texts in two, the longer texts last, as they were."""
    middle = len(batch.keys) // 2
    tokens = batch.tokens * middle // len(batch.keys)
    parts = ((slice(middle), tokens), (slice(middle, None), batch.tokens - tokens))
    first, second = (
        Batch(digest(*batch.keys[part]), batch.keys[part], batch.contents[part], share) for part, share in parts
    )
    return first, second


def _planned(rows: Sequence[EmbeddingInput], limits: BatchLimits) -> list[list[EmbeddingInput]]:
    """`rows`, shortest first, cut into batches from the last that will be worked on to the first."""
    batches: list[list[EmbeddingInput]] = []
    open_rows: list[EmbeddingInput] = []
    tokens = size = to_come = 0
    for row in rows:
        weight = len(row.content.encode("utf-8", "surrogatepass"))
        most = limits.tokens
        if limits.workers > 1:
            most = min(most, max(limits.least_tokens, to_come // (2 * limits.workers)))
        full = tokens + row.tokens > most or size + weight > limits.bytes or len(open_rows) >= limits.texts
        if open_rows and full:
            batches.append(open_rows)
            to_come += tokens
            open_rows, tokens, size = [], 0, 0
        open_rows.append(row)
        tokens += row.tokens
        size += weight
    return [*batches, open_rows] if open_rows else batches
