"""Topics: which chunks belong together, in two levels: groups of the graph of evidence, which code makes and the rest
joins.

Fine topics are groups of the code; tests and documents join the topic of the code that they are about, so that neither
drowns it, and documents that are about nothing in the code make topics of their own. Broad topics are made of fine
ones. What speaks for what is left to `doctown.assemble.evidence`, what topics are called to `doctown.assemble.labels`.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from doctown.assemble.communities import Groups, communities_of, membership, merged
from doctown.assemble.evidence import Graph, Tree
from doctown.assemble.neighbours import Neighbours
from doctown.assemble.standing import Standing, Standings
from doctown.embed.vectors import Rows

MIN_CHUNKS = 16
"""Fewer have no structure that could be trusted; they are one topic."""
MOST_FLAT = 7
"""So many topics can be read at a glance; they need no broader ones."""
NOISE = 0.2
"""A chunk with a smaller share of its links in its topic is noise: it had to go somewhere."""
STRANGE = 1
"""Percent of the code that is further from the middle of its own topic than a document about the code may be."""
SAME_TOPIC_BONUS = 0.1
"""Cosine. Small beside the spread of neighbours (0.3 to 0.9), so that topics tip the balance and do not decide it."""
BLOCK_ROWS = 2048

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Topics:
    """For each of n chunks its fine topic, how strongly it belongs there (0 to 1), and whether it belongs nowhere.

    Fine topics are numbered from 0, the largest first. `of` is int32, `strength` float32, `noise` bool, each of shape
    (n,). `above` is int32 of shape (fine topics,): the broad topic of each, from 0, the largest first, or -1.
    """

    of: NDArray[np.int32]
    strength: NDArray[np.float32]
    noise: NDArray[np.bool_]
    above: NDArray[np.int32]

    @property
    def count(self) -> int:
        """How many fine topics there are."""
        return len(self.above)

    @property
    def broad(self) -> int:
        """How many broad topics there are."""
        return int(self.above.max(initial=-1)) + 1


def fine_resolution(chunks: int) -> float:
    """Of `communities_of`: about 35 fine topics for 1,000 chunks of code, a few hundred for 50,000."""
    return max(1.0, 0.1 * sqrt(chunks))


def most_broad(chunks: int) -> int:
    """At most 12 broad topics for 1,000 chunks of code, 32 for 50,000. Fewer mix what is not related."""
    return max(4, round(12 * sqrt(sqrt(chunks / 1000))))


def smallest_topic(chunks: int) -> int:
    """The fewest chunks of code a fine topic may have."""
    return max(4, min(40, int(0.25 * sqrt(chunks))))


def one_topic(chunks: int) -> Topics:
    """All chunks in one topic."""
    above = np.full(min(chunks, 1), -1, np.int32)
    return Topics(np.zeros(chunks, np.int32), np.ones(chunks, np.float32), np.zeros(chunks, np.bool_), above)


def topics_of(graph: Graph, tree: Tree, makers: Groups, standings: Standings, rows: Rows, seed: int) -> Topics:
    """The topics of the chunks whose vectors are `rows`, `makers` being `makers_of` them, `graph` and `tree`
    `evidence_of` them.
    """
    n = len(rows)
    if len(makers) < MIN_CHUNKS:
        return one_topic(n)
    nodes = np.r_[makers, n + _living(tree, makers)]
    made, broad = _made(graph[nodes][:, nodes], len(makers), seed)
    of = np.full(n, -1, np.int64)
    of[makers] = made[: len(makers)]
    strange = _strange(standings, rows, of)
    rest = np.flatnonzero((of < 0) & ~strange)
    own = _of_their_own(graph, tree, np.flatnonzero(strange), len(makers), seed)
    of[rest] = _joining(graph, tree, standings, rows, of, rest)
    of[strange] = of.max() + 1 + own
    broad = np.r_[broad, np.full(of.max() + 1 - len(broad), broad.max() + 1)]
    return _topics(graph, of, broad)


def makers_of(standings: Standings) -> Groups:
    """The chunks that make topics: the code; where there is next to none, all but boilerplate and repetition."""
    code = np.flatnonzero(standings == Standing.CODE)
    if len(code) >= max(MIN_CHUNKS, len(standings) // 50):
        return code
    return np.flatnonzero(standings < Standing.BOILERPLATE)


def _living(tree: Tree, chunks: Groups) -> Groups:
    """The nodes of files, then folders, counted from the first file, that hold any of `chunks`."""
    files = np.unique(tree.file[chunks])
    folders: set[int] = set()
    for folder in np.unique(tree.folder[files]):
        at = int(folder)
        while at >= 0 and at not in folders:
            folders.add(at)
            at = int(tree.above[at])
    return np.concatenate([files, len(tree.files) + np.array(sorted(folders), np.int64)])


def _made(graph: Graph, chunks: int, seed: int) -> tuple[Groups, Groups]:
    """The fine topic of each node, of which the first are chunks, and the broad topic of each fine one."""
    counts = np.r_[np.ones(chunks), np.zeros(graph.shape[0] - chunks)]
    fine = communities_of(graph, fine_resolution(chunks), seed)
    fine = merged(graph, fine, counts, smallest_topic(chunks), len(fine))
    broad = communities_of(graph, 1.0, seed, start=fine)
    broad = merged(graph, broad, counts, 0, most_broad(chunks))
    above = np.zeros(int(fine.max()) + 1, np.int64)
    above[fine] = broad
    return fine, above


def _strange(standings: Standings, rows: Rows, of: Groups) -> NDArray[np.bool_]:
    """Which documents are about nothing in the code: those further from each topic than code is from its own."""
    made = of >= 0
    strange = (standings == Standing.DOCUMENT) & ~made
    centres = centres_of(rows, of, int(of.max()) + 1)
    least = np.percentile(np.einsum("ij,ij->i", rows[made], centres[of[made]]), STRANGE)
    places = np.flatnonzero(strange)
    blocks = [places[at : at + BLOCK_ROWS] for at in range(0, len(places), BLOCK_ROWS)]
    for block in blocks:
        strange[block] = (rows[block] @ centres.T).max(axis=1) < least
    # So few would make a topic that nobody looks for.
    return strange if strange.sum() >= MIN_CHUNKS else np.zeros(len(of), np.bool_)


def _of_their_own(graph: Graph, tree: Tree, strange: Groups, code: int, seed: int) -> Groups:
    """The topics, from 0, that the documents at `strange` make among themselves; they are few."""
    if not len(strange):
        return np.zeros(0, np.int64)
    nodes = np.r_[strange, len(tree.file) + _living(tree, strange)]
    among = graph[nodes][:, nodes]
    counts = np.r_[np.ones(len(strange)), np.zeros(len(nodes) - len(strange))]
    groups = communities_of(among, 1.0, seed)
    groups = merged(among, groups, counts, max(smallest_topic(code), MIN_CHUNKS), most_broad(len(strange)))
    return np.unique(groups[: len(strange)], return_inverse=True)[1].astype(np.int64)


def _joining(graph: Graph, tree: Tree, standings: Standings, rows: Rows, of: Groups, rest: Groups) -> Groups:
    """For each of `rest` the topic it joins: by its own links, those of its file (a file of tests is about one thing,
    one of release notes is not), and how near the middle of the topic is.
    """
    n, count = len(rows), int(of.max()) + 1
    placed = np.flatnonzero(of >= 0)
    links = _shares(graph[:n][:, placed] @ membership(of[placed], count))
    in_file = np.maximum(np.bincount(tree.file, minlength=len(tree.files)), 1)
    of_file = (membership(tree.file, len(tree.files)).T @ links).multiply(1 / in_file[:, None]).tocsr()
    centres = centres_of(rows, of, count)
    joined = np.zeros(len(rest), np.int64)
    for start in range(0, len(rest), BLOCK_ROWS):
        block = rest[start : start + BLOCK_ROWS]
        together = (standings[block] != Standing.DOCUMENT)[:, None]
        votes = links[block].toarray() + together * of_file[tree.file[block]].toarray() + rows[block] @ centres.T
        joined[start : start + BLOCK_ROWS] = votes.argmax(axis=1)
    return joined


def _shares(links: Any) -> Any:
    """The rows of a sparse matrix, each made to sum to 1; empty ones stay empty."""
    from scipy.sparse import diags

    total = np.asarray(links.sum(axis=1)).ravel()
    return (diags(np.where(total > 0, 1 / np.maximum(total, 1e-12), 0)) @ links).tocsr()


def centres_of(rows: Rows, of: NDArray[Any], count: int) -> Vectors:
    """The mean vector of each topic, of unit length; chunks without one (-1) do not count."""
    own = of >= 0
    sums = membership(of[own], count).T.astype(np.float32) @ rows[own]
    return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9), np.float32)


def _topics(graph: Graph, of: Groups, above: Groups) -> Topics:
    """Both levels, numbered by size. A broad topic of one fine topic, or of all, would say nothing and is left out."""
    order = _largest_first(of)
    above = above[order]
    of = np.argsort(order)[of]
    telling = np.bincount(above)[above] > 1
    if len(above) <= MOST_FLAT or len(np.unique(above)) == 1:
        telling[:] = False
    numbers = np.full(int(above.max()) + 1, -1, np.int64)
    there = telling[of]
    if there.any():
        parents, whose = np.unique(above[of[there]], return_inverse=True)
        numbers[parents[_largest_first(whose)]] = np.arange(len(parents))
    above = np.where(telling, numbers[above], -1)
    strength = _strength(graph, of)
    return Topics(of.astype(np.int32), strength, strength < NOISE, above.astype(np.int32))


def _strength(graph: Graph, of: Groups) -> NDArray[np.float32]:
    """The share of each chunk's links to other chunks that stay in its topic; 1 where it has no links."""
    links = graph[: len(of)][:, : len(of)].tocoo()
    total = np.bincount(links.row, weights=links.data, minlength=len(of))
    stays = of[links.row] == of[links.col]
    inside = np.bincount(links.row[stays], weights=links.data[stays], minlength=len(of))
    return np.where(total > 0, inside / np.maximum(total, 1e-12), 1).astype(np.float32)


def _largest_first(of: Groups) -> Groups:
    """The numbers of the topics, the largest first, equals in the order of their first chunk."""
    _, first, sizes = np.unique(of, return_index=True, return_counts=True)
    return np.lexsort((first, -sizes))


def members_of(of: NDArray[np.int32], count: int, rows: Rows) -> list[NDArray[np.intp]]:
    """For each of `count` topics its chunks, the nearest to the topic's mean vector first; -1 is no topic."""
    if not count:
        return []
    centres = centres_of(rows, of, count)
    nearness = np.einsum("ij,ij->i", rows, centres[np.maximum(of, 0)])
    order = np.lexsort((np.arange(len(of)), -nearness, of))
    order = order[of[order] >= 0]
    return np.split(order, np.searchsorted(of[order], np.arange(1, count)))


def favouring_topics(neighbours: Neighbours, of: NDArray[np.int32]) -> Neighbours:
    """`neighbours` with those of a chunk's own topic raised, in their new order: the map shows what topics say."""
    raised = neighbours.similarities + SAME_TOPIC_BONUS * (of[neighbours.indices] == of[:, None])
    raised = np.minimum(raised, 1).astype(np.float32)
    order = np.argsort(-raised, axis=1, kind="stable")
    return Neighbours(np.take_along_axis(neighbours.indices, order, axis=1), np.take_along_axis(raised, order, axis=1))
