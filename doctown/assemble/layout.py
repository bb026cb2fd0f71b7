"""Places for the chunks in few dimensions, so that what is near in meaning lies near: UMAP over given neighbours.

UMAP's own parts are used one by one: its graph is made once and laid out twice, in five dimensions for the topics and
in two for the map; both start from the principal components. One thread and one seed, so that places are the same
whatever the machine's cores. How the map is scaled and labelled is left to `doctown.assemble.maps`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from doctown.assemble.neighbours import Neighbours
from doctown.embed.vectors import Rows

UMAP_NEIGHBOURS = 15
"""Each chunk itself among them, as UMAP counts."""

Places = NDArray[np.float32]
"""float32, shape (chunks, dimensions of the layout)."""


def nearness_of(neighbours: Neighbours) -> Any:
    """UMAP's fuzzy graph: a sparse symmetric matrix of shape (n, n), how much two chunks belong together (0 to 1)."""
    from umap.umap_ import fuzzy_simplicial_set

    n, k = neighbours.indices.shape
    k = min(k, UMAP_NEIGHBOURS - 1)
    own = np.arange(n, dtype=np.int32)[:, None]
    indices = np.hstack([own, neighbours.indices[:, :k]])
    distances = np.hstack([np.zeros((n, 1), np.float32), np.maximum(1 - neighbours.similarities[:, :k], 0)])
    with _one_thread():
        return fuzzy_simplicial_set(own, k + 1, None, "precomputed", knn_indices=indices, knn_dists=distances)[0]


def layout_of(nearness: Any, start: Places, min_distance: float, epochs: int, seed: int) -> Places:
    """Places of shape `start.shape` for the chunks of `nearness`, beginning from `start`."""
    from umap.umap_ import find_ab_params, simplicial_set_embedding

    a, b = find_ab_params(1.0, min_distance)
    with _one_thread():
        places, _ = simplicial_set_embedding(
            data=None,
            graph=nearness,
            n_components=start.shape[1],
            initial_alpha=1.0,
            a=a,
            b=b,
            gamma=1.0,
            negative_sample_rate=5,
            n_epochs=epochs,
            init=start,
            random_state=np.random.RandomState(seed),
            metric="euclidean",
            metric_kwds={},
            densmap=False,
            densmap_kwds={},
            output_dens=False,
            parallel=False,
        )
    return np.asarray(places, np.float32)


def principal_components(rows: Rows, dims: int) -> Places:
    """`rows` (n, d) along their `dims` directions of largest spread, each component's largest loading positive."""
    centred = rows.astype(np.float64) - rows.mean(axis=0, dtype=np.float64)
    _, directions = np.linalg.eigh(centred.T @ centred)
    directions = directions[:, ::-1][:, :dims]
    signs = np.sign(directions[np.abs(directions).argmax(axis=0), np.arange(directions.shape[1])])
    return np.asarray(centred @ (directions * np.where(signs == 0, 1, signs)), np.float32)


@contextmanager
def _one_thread() -> Iterator[None]:
    import numba

    before = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        yield
    finally:
        numba.set_num_threads(before)
