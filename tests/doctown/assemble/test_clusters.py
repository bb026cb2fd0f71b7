"""Topics: groups are found, noise is placed and marked, and files tip the balance."""

import numpy as np

from doctown.assemble.clusters import MIN_CHUNKS, favouring_files, members_of, min_cluster_size, one_topic, topics_of
from doctown.assemble.neighbours import Neighbours, neighbours_of


def groups(*sizes, noise=0, seed=0):
    """Places in the plane: tight groups apart, and a few strays further off than these are from each other."""
    chance = np.random.default_rng(seed)
    places = [chance.normal((10 * at, 0), 0.1, (size, 2)) for at, size in enumerate(sizes)]
    strays = chance.uniform((0, 20), (10 * len(sizes), 60), (noise, 2))
    return np.vstack([*places, strays]).astype(np.float32)


def near(places):
    """Neighbours by cosine of the places seen from far above, so that near places are near."""
    rows = np.hstack([places, np.full((len(places), 1), 40)])
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return neighbours_of(rows, 10)


def test_groups_become_topics_the_largest_first():
    places = groups(20, 60, 30)
    topics = topics_of(places, near(places))
    assert topics.count == 3
    assert [int((topics.of == topic).sum()) for topic in range(3)] == [60, 30, 20]
    assert set(topics.of[20:80]) == {0}
    assert not topics.noise.any()


def test_noise_joins_a_topic_and_stays_marked():
    places = groups(60, 60, noise=6)
    topics = topics_of(places, near(places))
    assert topics.count >= 2
    assert (topics.of >= 0).all()
    strays = topics.noise[120:]
    assert strays.any()
    assert (topics.strength[topics.noise] == 0).all() and (topics.strength[~topics.noise] > 0).any()


def test_a_few_chunks_or_chunks_without_structure_are_one_topic():
    for places in (groups(MIN_CHUNKS - 1), np.zeros((40, 5), np.float32)):
        topics = topics_of(places, near(places[:, :2]))
        assert topics.count == 1
        assert len(topics.of) == len(places)


def test_no_chunks_have_no_topic():
    assert one_topic(0).count == 0


def test_neighbours_of_the_same_file_move_up():
    neighbours = Neighbours(np.array([[1, 2]], np.int32), np.array([[0.5, 0.45]], np.float32))
    raised = favouring_files(
        Neighbours(np.vstack([neighbours.indices] * 3), np.vstack([neighbours.similarities] * 3)), ["a", "b", "a"]
    )
    assert list(raised.indices[0]) == [2, 1]
    assert (np.diff(raised.similarities, axis=1) <= 0).all()


def test_the_smallest_topic_grows_with_the_repository_and_is_bounded():
    sizes = [min_cluster_size(n) for n in (1, 100, 1_000, 10_000, 1_000_000)]
    assert sizes == sorted(sizes) and sizes[0] == 5 and sizes[-1] == 60


def test_members_are_listed_from_the_middle_outwards():
    rows = np.array([[1, 0], [0, 1], [0.8, 0.6], [0.9, 0.436]], np.float32)
    topics = one_topic(4)
    (members,) = members_of(topics, rows)
    assert members[:2] == [2, 3] and sorted(members) == [0, 1, 2, 3]
