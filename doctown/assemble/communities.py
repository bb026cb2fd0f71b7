"""Groups in a weighted graph whose nodes are linked more to each other than chance would have it.

Modularity (Newman 2006) with a resolution (Reichardt and Bornholdt 2006), climbed as Louvain does (Blondel and others
2008): nodes move to the neighbouring group that gains most, groups become nodes, and again. Here a whole round of moves
is one sparse product; in each round a node may move with probability one half, so that two that want to change places
do not do so for ever. What the graph means is left to `doctown.assemble.evidence`.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

ROUNDS = 40
"""Of moves at one level, at most. Few nodes still move after half of them."""
LEVELS = 12

Groups = NDArray[np.int64]
"""For each node the number of its group, from 0 without gaps."""


def communities_of(graph: Any, resolution: float, seed: int, start: Groups | None = None) -> Groups:
    """The groups of the nodes of `graph`, a symmetric scipy CSR matrix.

    A group holds together while the share of its links that stay inside is above `resolution` times its share of all
    links: the larger the resolution, the more and the smaller the groups. With `start`, its groups are never split.
    """
    chance = np.random.default_rng(seed)
    groups = start if start is not None else np.arange(graph.shape[0])
    for _ in range(LEVELS):
        small = joined(graph, groups)
        moved = _moved(small, np.arange(small.shape[0]), resolution, chance)
        if len(np.unique(moved)) == small.shape[0]:
            break
        groups = moved[groups]
        if start is None:
            groups = _moved(graph, groups, resolution, chance)
    return _numbered(groups)


def joined(graph: Any, groups: Groups) -> Any:
    """The graph between groups: links within one are the weight of its node to itself."""
    member = membership(groups, int(groups.max(initial=-1)) + 1)
    return (member.T @ graph @ member).tocsr()


def membership(groups: Groups, count: int) -> Any:
    """Groups as a sparse matrix of shape (nodes, count), 1 where a node is in a group."""
    from scipy.sparse import csr_matrix

    n = len(groups)
    return csr_matrix((np.ones(n), groups, np.arange(n + 1)), shape=(n, count))


def merged(graph: Any, groups: Groups, sizes: NDArray[np.float64], smallest: int, most: int) -> Groups:
    """`groups`, of which none has less than `smallest` and which are at most `most`: the smallest joins, again and
    again, the one to which it is linked furthest beyond chance. `sizes` says what each node counts.
    """
    links = joined(graph, groups).toarray()
    volume = links.sum(axis=1)
    total = max(volume.sum(), 1e-12)
    size = np.bincount(groups, weights=sizes, minlength=len(volume))
    into, there = np.arange(len(size)), np.ones(len(size), np.bool_)
    for left in range(len(size), 1, -1):
        small = int(np.where(there, size, np.inf).argmin())
        if size[small] >= smallest and left <= most:
            break
        there[small] = False
        large = int(np.where(there, links[small] - volume[small] * volume / total, -np.inf).argmax())
        links[large] += links[small]
        links[:, large] += links[:, small]
        volume[large] += volume[small]
        size[large] += size[small]
        into[into == small] = large
    return _numbered(into[groups])


def _moved(graph: Any, groups: Groups, resolution: float, chance: np.random.Generator) -> Groups:
    """`groups` after rounds of moves."""
    groups = _numbered(groups)
    degrees = np.asarray(graph.sum(axis=1)).ravel()
    total = degrees.sum()
    if total <= 0:
        return groups
    own_loop = graph.diagonal()
    nodes = np.arange(len(groups))
    for _ in range(ROUNDS):
        count = int(groups.max()) + 1
        volume = np.bincount(groups, weights=degrees, minlength=count)
        to = (graph @ membership(groups, count)).tocsr()
        rows = np.repeat(nodes, np.diff(to.indptr))
        own = to.indices == groups[rows]
        weight = to.data - np.where(own, own_loop[rows], 0)
        others = volume[to.indices] - np.where(own, degrees[rows], 0)
        gain = weight - resolution * degrees[rows] * others / total
        stay = -resolution * degrees * (volume[groups] - degrees) / total
        stay[rows[own]] = gain[own]
        best, target = _best_of(rows, to.indices, gain, len(groups))
        wants = (best > stay + 1e-12 * (1 + np.abs(stay))) & (target >= 0)
        if not wants.any():
            break
        moves = wants & (chance.random(len(groups)) < 0.5)
        groups = np.where(moves, target, groups)
        if wants.sum() < len(groups) / 1000:
            break
    return _numbered(groups)


def _best_of(rows: Groups, columns: Groups, gain: NDArray[np.float64], count: int) -> tuple[Any, Groups]:
    """For each row its largest gain and the column that has it, the first of equals; -inf and -1 without any."""
    best, target = np.full(count, -np.inf), np.full(count, -1, np.int64)
    order = np.lexsort((columns, -gain, rows))
    first = np.flatnonzero(np.r_[True, np.diff(rows[order]) > 0]) if len(rows) else np.zeros(0, np.int64)
    best[rows[order[first]]] = gain[order[first]]
    target[rows[order[first]]] = columns[order[first]]
    return best, target


def _numbered(groups: Groups) -> Groups:
    return np.unique(groups, return_inverse=True)[1].astype(np.int64)
