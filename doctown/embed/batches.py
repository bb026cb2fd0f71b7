"""Batches: how distinct texts are cut into requests, the same way wherever they run.

Equal texts are embedded once. Batches hold neighbours in length, so that the encoder finds texts of equal length
to run together (it pads nothing), and are bounded in tokens, bytes and number, so that a request fits every place.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from doctown.model import EmbeddingInput, digest


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """The most a batch may hold. The bytes keep a request far under RunPod's 10 MB."""

    tokens: int = 16_384
    bytes: int = 2_000_000
    texts: int = 512


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


def batches_of(rows: Iterable[EmbeddingInput], limits: BatchLimits) -> list[Batch]:
    """The batches of `rows`, each text once, the largest texts first so that no long batch is started last."""
    batches: list[Batch] = []
    open_rows: list[EmbeddingInput] = []
    tokens = size = 0
    for row in distinct(rows):
        weight = len(row.content.encode("utf-8", "surrogatepass"))
        full = tokens + row.tokens > limits.tokens or size + weight > limits.bytes or len(open_rows) >= limits.texts
        if open_rows and full:
            batches.append(_batch(open_rows))
            open_rows, tokens, size = [], 0, 0
        open_rows.append(row)
        tokens += row.tokens
        size += weight
    if open_rows:
        batches.append(_batch(open_rows))
    return batches[::-1]
