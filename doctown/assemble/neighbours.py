"""The nearest neighbours of every chunk, once: layouts, topics, `related` edges and contexts share them.

Cosine similarity of unit rows is their product. Up to EXACT_UP_TO chunks every chunk is compared with every other, in
blocks: memory grows with the number of chunks, not with its square. Beyond, chunks are grouped by k-means and each is
compared with those of the PROBES groups whose centres are nearest to it (an inverted file: Jegou, Douze, Schmid 2011):
time grows with the number of chunks too. Which way is taken, and every block, depends on the rows alone, so any number
of threads gives the same neighbours. Equal similarities are ordered by index. What follows from being near is left to
others.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from doctown.embed.vectors import Rows

BLOCK_ROWS = 512
"""Fixed, because a product in other blocks may differ in the last bit."""
FEW = 512
"""So few rows are sorted whole: no compiled kernel is loaded for them."""
EXACT_UP_TO = 32_768
GROUP_ROWS, PROBES = 64, 128
"""Chunks in a group in the mean, and groups looked into: 8,192 chunks. Decision 0009 has the recall of others."""
SAMPLE, ROUNDS = 16, 6
"""k-means sees so many rows for each group, so many times."""
PROBED_ROWS = 8_192
"""Rows that are looked up together: enough for a group to be asked for by many of them."""

Indices = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """For each of n chunks its k nearest others, the nearest first.

    `indices` is int32 of shape (n, k), `similarities` float32 of shape (n, k) with cosines in [-1, 1].
    """

    indices: Indices
    similarities: NDArray[np.float32]


def neighbours_of(rows: Rows, k: int, threads: int = 1) -> Neighbours:
    """The `k` nearest others of each row of `rows` (n, dims), or all n - 1 where there are fewer.

    Exact up to EXACT_UP_TO rows. `threads` blocks are computed side by side; a thread's library must not start more.
    """
    n = len(rows)
    k = max(0, min(k, n - 1))
    found = Neighbours(np.zeros((n, k), np.int32), np.full((n, k), -np.inf, np.float32))
    if k == 0:
        return found
    everything = np.arange(n, dtype=np.int32)
    with ThreadPoolExecutor(threads) as pool:
        if n <= EXACT_UP_TO:
            list(pool.map(lambda block: _compare(rows, block, found), _pieces(everything, BLOCK_ROWS)))
        else:
            groups = _groups_of(rows, pool)
            centres, alike = _means(rows, groups), np.concatenate(groups)
            list(pool.map(lambda block: _probe(rows, block, groups, centres, found), _pieces(alike, PROBED_ROWS)))
    np.clip(found.similarities, -1, 1, out=found.similarities)
    return found


def _compare(rows: Rows, members: Indices, found: Neighbours) -> None:
    """Put the nearest of `members` among all rows into `found`."""
    cosines, k = rows[members] @ rows.T, found.indices.shape[1]
    if len(rows) > FEW:
        from doctown.assemble.kernels import keep_nearest

        keep_nearest(cosines, members, np.arange(len(rows), dtype=np.int32), found.indices, found.similarities)
        return
    cosines[np.arange(len(members)), members] = -np.inf
    found.indices[members] = np.argsort(-cosines, axis=1, kind="stable")[:, :k]
    found.similarities[members] = np.take_along_axis(cosines, found.indices[members], axis=1)


def _probe(rows: Rows, members: Indices, groups: Sequence[Indices], centres: Rows, found: Neighbours) -> None:
    """Put the nearest of `members` among the rows of the groups nearest to each into `found`."""
    from doctown.assemble.kernels import keep_nearest

    theirs = rows[members]
    probes = min(PROBES, len(groups))
    near = np.argpartition(-(theirs @ centres.T), probes - 1, axis=1)[:, :probes].ravel()
    order = np.argsort(near, kind="stable")
    asking = np.split(order // probes, np.searchsorted(near[order], np.arange(1, len(groups))))
    for group, who in zip(groups, asking, strict=True):
        if len(who):
            keep_nearest(theirs[who] @ rows[group].T, members[who], group, found.indices, found.similarities)


def _groups_of(rows: Rows, pool: ThreadPoolExecutor) -> list[Indices]:
    """The rows (by index, ascending) in groups of about GROUP_ROWS, by k-means of unit vectors from a fixed seed."""
    count = len(rows) // GROUP_ROWS
    chance = np.random.RandomState(0)
    sample = rows[np.sort(chance.permutation(len(rows))[: count * SAMPLE])]
    centres = sample[np.sort(chance.permutation(len(sample))[:count])]
    for _ in range(ROUNDS):
        centres = _means(sample, _nearest_centres(sample, centres, pool))
    return [group for group in _nearest_centres(rows, centres, pool) if len(group)]


def _nearest_centres(rows: Rows, centres: Rows, pool: ThreadPoolExecutor) -> list[Indices]:
    """For each centre the rows that are nearer to it than to any other, the first centre where two are as near."""
    blocks = _pieces(np.arange(len(rows), dtype=np.int32), BLOCK_ROWS)
    nearest = np.concatenate(list(pool.map(lambda block: (rows[block] @ centres.T).argmax(axis=1), blocks)))
    order = np.argsort(nearest, kind="stable").astype(np.int32)
    return np.split(order, np.searchsorted(nearest[order], np.arange(1, len(centres))))


def _means(rows: Rows, groups: Sequence[Indices]) -> Rows:
    """The mean directions of groups of rows, shape (groups that hold any, dims)."""
    means = np.stack([rows[group].mean(axis=0) for group in groups if len(group)])
    lengths: Rows = np.linalg.norm(means, axis=1, keepdims=True)
    return np.asarray(means / np.maximum(lengths, 1e-12), np.float32)


def _pieces(members: Indices, size: int) -> list[Indices]:
    return [members[start : start + size] for start in range(0, len(members), size)]
