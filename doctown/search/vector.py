"""Exact search by vector: the rows nearest to a query. Reading rows and embedding queries is left to others."""

import numpy as np
from numpy.typing import NDArray

from doctown.embed.vectors import Rows


def ranked(query: NDArray[np.float32], rows: Rows, k: int) -> list[tuple[int, float]]:
    """The `k` rows of `rows` (n, dims) nearest to the unit vector `query` (dims,), as (row, cosine), best first.

    Equal cosines are in the order of the rows.
    """
    if k <= 0:
        return []
    cosines = rows @ query
    if k < len(cosines):
        # Whatever equals the k-th best stays in, so that ties are settled by row and not by chance.
        candidates = np.flatnonzero(cosines >= np.partition(cosines, len(cosines) - k)[len(cosines) - k])
    else:
        candidates = np.arange(len(cosines))
    best = candidates[np.argsort(-cosines[candidates], kind="stable")][:k]
    return [(int(at), float(cosines[at])) for at in best]
