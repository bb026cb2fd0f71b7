"""The nearest neighbours of every chunk, exactly, once: layouts, topics, `related` edges and contexts share them.

Cosine similarity of unit rows is their product, so this is a matrix product in blocks: memory grows with the number of
chunks, not with its square. Equal similarities are ordered by index. What follows from being near is left to others.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from doctown.embed.vectors import Rows

BLOCK_ROWS = 512
"""Fixed, because a product in other blocks may differ in the last bit."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """For each of n chunks its k nearest others, the nearest first.

    `indices` is int32 of shape (n, k), `similarities` float32 of shape (n, k) with cosines in [-1, 1].
    """

    indices: NDArray[np.int32]
    similarities: NDArray[np.float32]


def neighbours_of(rows: Rows, k: int) -> Neighbours:
    """The `k` nearest others of each row of `rows` (n, dims), or all n - 1 where there are fewer."""
    n = len(rows)
    k = max(0, min(k, n - 1))
    indices, similarities = np.zeros((n, k), np.int32), np.zeros((n, k), np.float32)
    if k == 0:
        return Neighbours(indices, similarities)
    for start in range(0, n, BLOCK_ROWS):
        block = rows[start : start + BLOCK_ROWS] @ rows.T
        block[np.arange(len(block)), np.arange(start, start + len(block))] = -np.inf
        thresholds = np.partition(block, n - k, axis=1)[:, n - k]
        for at, (cosines, threshold) in enumerate(zip(block, thresholds, strict=True)):
            indices[start + at] = nearest = _largest(cosines, threshold, k)
            similarities[start + at] = cosines[nearest]
    return Neighbours(indices, np.clip(similarities, -1, 1))


def _largest(cosines: NDArray[np.float32], threshold: float, k: int) -> NDArray[np.intp]:
    """The indices of the `k` largest, of which `threshold` is the smallest, largest first, ties by index."""
    above = np.flatnonzero(cosines > threshold)
    above = above[np.argsort(-cosines[above], kind="stable")]
    return np.concatenate([above, np.flatnonzero(cosines == threshold)[: k - len(above)]])
