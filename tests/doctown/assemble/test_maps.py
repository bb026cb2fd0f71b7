"""The map lies in the unit square, its labels among their chunks."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from doctown.assemble.clusters import Topics
from doctown.assemble.maps import map_of, unit_square

planes = st.integers(1, 12).flatmap(lambda n: arrays(np.float32, (n, 2), elements=st.floats(-1e3, 1e3, width=32)))


@given(planes)
def test_every_place_is_in_the_square_and_shapes_are_kept(places):
    square = unit_square(places)
    assert ((square >= 0) & (square <= 1)).all()
    spans, before = np.ptp(square, axis=0), np.ptp(places, axis=0)
    if before.max() > 1e-3:
        assert abs(spans.max() - 0.96) < 1e-2
        assert abs(spans.min() / spans.max() - before.min() / before.max()) < 1e-2


def test_one_place_is_the_middle():
    assert (unit_square(np.array([[7, -3]], np.float32)) == 0.5).all()


def test_labels_lie_where_most_of_a_topics_own_chunks_are():
    places = np.array([[0.1, 0.1], [0.2, 0.1], [0.3, 0.1], [0.9, 0.9], [0.5, 0.5]], np.float32)
    noise = np.array([False, False, False, True, True])
    topics = Topics(np.array([0, 0, 0, 0, 1], np.int32), np.ones(5, np.float32), noise, np.array([0, 0], np.int32))
    found = map_of(list("abcde"), places, topics)
    assert [point["chunk_id"] for point in found["points"]] == list("abcde")
    first, second, both = found["labels"]
    assert (round(first["x"], 3), round(first["y"], 3)) == (0.2, 0.1)
    assert (second["cluster"], round(second["x"], 3)) == (1, 0.5)
    assert (both["cluster"], round(both["x"], 3)) == (2, 0.2)
