"""The two inner loops of assembly as machine code: the nearest of each chunk, and a layout's epochs.

numba compiles each once for a machine and keeps the code where it is told to (`tasks.assemble` tells it); where it may
write nowhere, each process compiles for itself. Only functions with work for a kernel import this module, because numba
takes half a second to load. Kernels let other threads run and use no fast-math: neither threads nor a warm
cache can show in a result.
"""

from collections.abc import Callable
from typing import TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

F = TypeVar("F", bound=Callable[..., None])

NEGATIVES = 5
"""Random others that a chunk is pushed from for each neighbour it is drawn to; as many as UMAP takes."""


def compiled(function: F) -> F:
    """`function` as machine code that is kept for other processes, or for this one where nothing can be kept."""
    try:
        kept: F = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # numba finds no folder that it may write to
        kept = numba.njit(nogil=True)(function)
    return kept


@compiled
def keep_nearest(
    cosines: NDArray[np.float32],
    members: NDArray[np.int32],
    candidates: NDArray[np.int32],
    indices: NDArray[np.int32],
    similarities: NDArray[np.float32],
) -> None:
    """Put what is nearest among `candidates` into the rows `members` of `indices` and `similarities`, both (n, k).

    `cosines` has a row for each member and a column for each candidate. A row keeps the k largest it was ever offered,
    the largest first, equals by index, never itself; it begins with similarities of minus infinity.
    """
    k = indices.shape[1]
    for row in range(cosines.shape[0]):
        this = members[row]
        for at in range(cosines.shape[1]):
            value, other = cosines[row, at], candidates[at]
            if value < similarities[this, k - 1] or other == this:
                continue
            if value == similarities[this, k - 1] and other > indices[this, k - 1]:
                continue
            to = k - 1
            while to > 0 and (
                similarities[this, to - 1] < value
                or (similarities[this, to - 1] == value and indices[this, to - 1] > other)
            ):
                similarities[this, to], indices[this, to] = similarities[this, to - 1], indices[this, to - 1]
                to -= 1
            similarities[this, to], indices[this, to] = value, other


@compiled
def lay_out(
    places: NDArray[np.float32],
    edges: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]],
    curve: tuple[np.float32, np.float32],
    epochs: int,
    seed: int,
) -> None:
    """Move `places` (n, dims) through so many epochs of UMAP (McInnes, Healy, Melville 2018, section 4.2).

    `edges` are a sparse matrix by rows: where each chunk's edges begin, their other ends, and the share of the epochs
    in which they act. An edge acts when its share of the epochs so far passes a whole number: both its ends draw
    nearer, and its chunk is pushed from NEGATIVES others. Forces are the gradient of the cross entropy under
    1 / (1 + a d^2b), `curve` being (a, b), no component above 4. Chance is splitmix64 (Steele, Lea, Flood 2014).
    One after the other on purpose: moved side by side, chunks gave worse topics (decision 0009).
    """
    starts, others, shares = edges
    a, b = curve
    n, dims = places.shape
    one, near, most = np.float32(1), np.float32(0.001), np.float32(4)
    drawing, pushing = np.float32(-2) * a * b, np.float32(2) * b
    state = np.uint64(seed)
    for epoch in range(epochs):
        step = np.float32(1 - epoch / epochs)
        for this in range(n):
            for edge in range(starts[this], starts[this + 1]):
                if np.floor((epoch + 1) * shares[edge]) == np.floor(epoch * shares[edge]):
                    continue
                for turn in range(1 + NEGATIVES):
                    other = np.int64(others[edge])
                    if turn:
                        state += np.uint64(0x9E3779B97F4A7C15)
                        mixed = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
                        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
                        mixed = (mixed ^ (mixed >> np.uint64(31))) >> np.uint64(32)
                        other = np.int64((mixed * np.uint64(n)) >> np.uint64(32))
                    squared = np.float32(0)
                    for dim in range(dims):
                        apart = places[this, dim] - places[other, dim]
                        squared += apart * apart
                    if squared == 0:
                        continue
                    power = squared**b
                    force = pushing / (near + squared) if turn else drawing * power / squared
                    force /= one + a * power
                    for dim in range(dims):
                        pull = step * min(max(force * (places[this, dim] - places[other, dim]), -most), most)
                        places[this, dim] += pull
                        if not turn:
                            places[other, dim] -= pull
