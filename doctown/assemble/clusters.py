"""Topics: which chunks belong together. HDBSCAN over a layout; noise is given its nearest topic, and marked.

Vectors say what a text means, not where its author put it; chunks of one file are therefore held to be a little nearer
than their vectors say (`favouring_files`). How topics are called is left to `doctown.assemble.labels`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from doctown.assemble.layout import Places
from doctown.assemble.neighbours import Neighbours
from doctown.embed.vectors import Rows

SAME_FILE_BONUS = 0.1
"""Cosine. Small beside the spread of neighbours (0.3 to 0.9), so that files tip the balance and do not decide it."""
MIN_CHUNKS = 16
"""Fewer have no structure that could be trusted; they are one topic."""
MIN_SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Topics:
    """For each of n chunks its topic, how strongly it belongs there (0 to 1), and whether it was noise at first.

    Topics are numbered from 0, the largest first. `of` is int32, `strength` float32, `noise` bool, each of shape (n,).
    """

    of: NDArray[np.int32]
    strength: NDArray[np.float32]
    noise: NDArray[np.bool_]

    @property
    def count(self) -> int:
        """How many topics there are."""
        return int(self.of.max(initial=-1)) + 1


def favouring_files(neighbours: Neighbours, paths: Sequence[str]) -> Neighbours:
    """`neighbours` with those of a chunk's own file raised, in their new order."""
    if not neighbours.indices.size:
        return neighbours
    numbers = {path: at for at, path in enumerate(dict.fromkeys(paths))}
    file = np.array([numbers[path] for path in paths], np.int32)
    raised = neighbours.similarities + SAME_FILE_BONUS * (file[neighbours.indices] == file[:, None])
    raised = np.minimum(raised, 1).astype(np.float32)
    order = np.argsort(-raised, axis=1, kind="stable")
    return Neighbours(np.take_along_axis(neighbours.indices, order, axis=1), np.take_along_axis(raised, order, axis=1))


def min_cluster_size(chunks: int) -> int:
    """The smallest topic of so many chunks: about 40 topics in a repository of 1,000, not ten times that in 100,000."""
    return max(5, min(60, int(0.55 * sqrt(chunks))))


def one_topic(chunks: int) -> Topics:
    """All chunks in one topic."""
    return Topics(np.zeros(chunks, np.int32), np.ones(chunks, np.float32), np.zeros(chunks, np.bool_))


def topics_of(places: Places, neighbours: Neighbours) -> Topics:
    """The topics of chunks that lie at `places`."""
    n = len(places)
    if n < MIN_CHUNKS:
        return one_topic(n)
    import hdbscan

    found = hdbscan.HDBSCAN(
        min_cluster_size=min_cluster_size(n), min_samples=MIN_SAMPLES, core_dist_n_jobs=1, approx_min_span_tree=False
    ).fit(places.astype(np.float64))
    labels = np.asarray(found.labels_, np.int32)
    if labels.max() < 0:
        return one_topic(n)
    noise = labels < 0
    strength = np.where(noise, 0, found.probabilities_).astype(np.float32)
    labels = _without_noise(labels, places, neighbours)
    return Topics(_by_size(labels), strength, noise)


def _without_noise(labels: NDArray[np.int32], places: Places, neighbours: Neighbours) -> NDArray[np.int32]:
    """Noise joins the topic that most of its neighbours' nearness speaks for; lacking that, the nearest centre."""
    count = int(labels.max()) + 1
    centres = np.stack([places[labels == topic].mean(axis=0) for topic in range(count)])
    whole = labels.copy()
    for at in np.flatnonzero(labels < 0):
        theirs = labels[neighbours.indices[at]]
        nearness = np.maximum(neighbours.similarities[at], 0) * (theirs >= 0)
        votes = np.bincount(np.maximum(theirs, 0), weights=nearness, minlength=count)
        if votes.max(initial=0) > 0:
            whole[at] = int(votes.argmax())
        else:
            whole[at] = int(np.square(centres - places[at]).sum(axis=1).argmin())
    return whole


def _by_size(labels: NDArray[np.int32]) -> NDArray[np.int32]:
    """Topics numbered anew: the largest is 0, equals in the order of their first chunk."""
    sizes = np.bincount(labels)
    first = {int(topic): at for at, topic in reversed(list(enumerate(labels)))}
    order = sorted(range(len(sizes)), key=lambda topic: (-sizes[topic], first[topic]))
    number = np.empty(len(sizes), np.int32)
    number[order] = np.arange(len(sizes), dtype=np.int32)
    return np.asarray(number[labels], np.int32)


def members_of(topics: Topics, rows: Rows) -> list[list[int]]:
    """For each topic its chunks, the nearest to the topic's mean vector first."""
    found = []
    for topic in range(topics.count):
        chunks = np.flatnonzero(topics.of == topic)
        mean = rows[chunks].mean(axis=0)
        found.append([int(at) for at in chunks[np.argsort(-(rows[chunks] @ mean), kind="stable")]])
    return found
