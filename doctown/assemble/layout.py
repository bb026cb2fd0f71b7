"""Places for the chunks in few dimensions, so that what is near in meaning lies near: UMAP over given neighbours.

The method is UMAP's (McInnes, Healy, Melville 2018), the making is ours: the package `umap` compiles its optimiser anew
in every process. Its graph is made once and laid out twice, in five dimensions for the topics and in two for the map;
both start from the principal components. A layout runs on one thread, and two layouts may run side by side. How the map
is scaled and labelled is left to `doctown.assemble.maps`.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from doctown.assemble.neighbours import Neighbours
from doctown.embed.vectors import Rows

UMAP_NEIGHBOURS = 15
"""Each chunk itself among them, as UMAP counts."""
BLOCK = 2_048
"""Rows that are made precise at a time."""

Places = NDArray[np.float32]
"""float32, shape (chunks, dimensions of the layout)."""


def nearness_of(neighbours: Neighbours) -> Any:
    """UMAP's fuzzy graph: a sparse symmetric matrix of shape (n, n), how much two chunks belong together (0 to 1)."""
    from scipy.sparse import csr_array

    n, k = neighbours.indices.shape
    k = min(k, UMAP_NEIGHBOURS - 1)
    distances = np.maximum(1 - neighbours.similarities[:, :k].astype(np.float64), 0)
    starts = np.arange(0, n * k + 1, max(k, 1))[: n + 1]
    one_way = csr_array((_memberships(distances).ravel(), neighbours.indices[:, :k].ravel(), starts), shape=(n, n))
    other_way = one_way.T.tocsr()
    both = (one_way + other_way - one_way * other_way).tocsr()
    both.sort_indices()
    both.eliminate_zeros()
    return both


def _memberships(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much each neighbour belongs to a chunk, 0 to 1, of shape (n, k) as `distances` (the nearest first).

    The nearest neighbour that is not in the very same place belongs wholly; the others fall off exponentially, at a
    rate found by bisection such that all sum up to log2(k + 1).
    """
    if not distances.size:
        return distances
    apart = np.where(distances > 0, distances, np.inf).min(axis=1, keepdims=True)
    beyond = np.maximum(distances - np.where(np.isfinite(apart), apart, 0), 0)
    low, high = np.zeros((len(distances), 1)), np.full((len(distances), 1), 4.0)
    target = np.log2(distances.shape[1] + 1)
    for _ in range(40):
        middle = (low + high) / 2
        more = np.exp(-beyond / middle).sum(axis=1, keepdims=True) > target
        low, high = np.where(more, low, middle), np.where(more, middle, high)
    rate = np.maximum((low + high) / 2, 1e-3 * distances.mean(axis=1, keepdims=True))
    return np.asarray(np.exp(-beyond / np.maximum(rate, 1e-12)))


def layout_of(nearness: Any, start: Places, min_distance: float, epochs: int, seed: int) -> Places:
    """Places of shape `start.shape` for the chunks of `nearness`, beginning from `start`. Other threads may run."""
    from doctown.assemble.kernels import lay_out

    shares = nearness.data / nearness.data.max(initial=1e-12)
    shares = np.where(shares * epochs >= 1, shares, 0)  # too weak to act once: never acts, as in UMAP
    edges = nearness.indptr.astype(np.int32), nearness.indices.astype(np.int32), shares
    places = _spread(start, seed)
    lay_out(places, edges, _curve(min_distance), epochs, seed)
    return places


def _spread(start: Places, seed: int) -> Places:
    """`start` scaled to 10 along each axis, and shaken a little, so that nothing lies in the very same place."""
    low, high = start.min(axis=0), start.max(axis=0)
    shaken = 10 * (start - low) / np.maximum(high - low, 1e-12)
    return np.asarray(shaken + np.random.RandomState(seed).normal(0, 1e-4, start.shape), np.float32)


def _curve(min_distance: float) -> tuple[np.float32, np.float32]:
    """The a and b for which 1 / (1 + a d^2b) is nearest to 1 up to `min_distance` and exp(min_distance - d) beyond."""
    from scipy.optimize import curve_fit

    distances = np.linspace(0, 3, 300)
    wanted = np.where(distances < min_distance, 1, np.exp(min_distance - distances))
    (a, b), _ = curve_fit(lambda d, a, b: 1 / (1 + a * d ** (2 * b)), distances, wanted)
    return np.float32(a), np.float32(b)


def principal_components(rows: Rows, dims: int) -> Places:
    """`rows` (n, d) along their `dims` directions of largest spread, each component's largest loading positive."""
    mean = rows.mean(axis=0, dtype=np.float64)
    spread = np.zeros((rows.shape[1], rows.shape[1]))
    for start in range(0, len(rows), BLOCK):
        centred = rows[start : start + BLOCK] - mean
        spread += centred.T @ centred
    _, directions = np.linalg.eigh(spread)
    directions = directions[:, ::-1][:, :dims]
    signs = np.sign(directions[np.abs(directions).argmax(axis=0), np.arange(directions.shape[1])])
    directions = directions * np.where(signs == 0, 1, signs)
    found = np.empty((len(rows), directions.shape[1]), np.float32)
    for start in range(0, len(rows), BLOCK):
        found[start : start + BLOCK] = (rows[start : start + BLOCK] - mean) @ directions
    return found
