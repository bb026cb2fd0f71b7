"""Groups in a weighted graph whose nodes are linked more to each other than chance would have it.

Modularity (Newman 2006) with a resolution (Reichardt and Bornholdt 2006), climbed as Leiden does (Traag and others
2019), by graspologic-native. What the graph means is left to `doctown.assemble.evidence`.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

ITERATIONS = 2
"""Of all of Leiden, each from what the last one found. More raise the modularity, not `benchmarks/topics.py`."""

Groups = NDArray[np.int64]
"""For each node the number of its group, from 0 without gaps."""


def communities_of(graph: Any, resolution: float, seed: int, start: Groups | None = None) -> Groups:
    """The groups of the nodes of `graph`, a symmetric scipy CSR matrix without links of a node to itself.

    A group holds together while the share of its links that stay inside is above `resolution` times its share of all
    links: the larger the resolution, the more and the smaller the groups. With `start`, its groups are never split.
    """
    if start is None:
        return _leiden(graph, resolution, seed)
    small = joined(graph, start)
    return _numbered(_leiden(_without_loops(small), resolution, seed)[: small.shape[0]][start])


def _leiden(graph: Any, resolution: float, seed: int) -> Groups:
    """As `communities_of`. Nodes without links are groups of their own."""
    from graspologic_native import leiden_csr

    alone = np.arange(graph.shape[0])
    if not graph.nnz:
        return alone
    _, group_of = leiden_csr(
        graph.indptr.astype(np.int64),
        graph.indices.astype(np.int32),
        graph.data.astype(np.float64),
        graph.shape[0],
        resolution=resolution,
        iterations=ITERATIONS,
        seed=seed,
    )
    found = len(alone) + alone
    found[np.fromiter(group_of.keys(), np.int64)] = np.fromiter(group_of.values(), np.int64)
    return _numbered(found)


def _without_loops(graph: Any) -> Any:
    """`graph` of shape (n, n) as one of shape (2n, 2n): a link of a node to itself, which the library would count in
    the node's degree only, becomes one to a twin that has no other, and so stays with it (while a group times the
    resolution is less than all); no degree of a group changes.
    """
    from scipy.sparse import bmat, diags

    loops = graph.diagonal()
    twins = diags(loops / 2)
    grown = bmat([[graph - diags(loops), twins], [twins, None]]).tocsr()
    grown.eliminate_zeros()
    grown.sort_indices()
    return grown


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


def _numbered(groups: Groups) -> Groups:
    return np.unique(groups, return_inverse=True)[1].astype(np.int64)
