"""Layouts: what is near stays near, and nothing depends on chance."""

import numpy as np

from doctown.assemble.layout import layout_of, nearness_of, principal_components
from doctown.assemble.neighbours import neighbours_of


def two_groups():
    rows = np.random.default_rng(0).normal(size=(60, 12)).astype(np.float32) * 0.2
    rows[:30, 0] += 1
    rows[30:, 1] += 1
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_groups_lie_apart_and_a_second_layout_is_the_same_to_the_bit():
    rows = two_groups()
    nearness = nearness_of(neighbours_of(rows, 20))
    start = principal_components(rows, 2)
    places, again = (layout_of(nearness, start, 0.1, 100, seed=1) for _ in range(2))
    assert places.shape == (60, 2) and places.dtype == np.float32 and np.isfinite(places).all()
    first, second = places[:30].mean(axis=0), places[30:].mean(axis=0)
    spread = max(places[:30].std(), places[30:].std())
    assert np.linalg.norm(first - second) > 2 * spread
    assert (places == again).all()
    assert (places != layout_of(nearness, start, 0.1, 100, seed=2)).any()


def test_the_graph_is_that_of_umap():
    from umap.umap_ import fuzzy_simplicial_set

    found = neighbours_of(two_groups(), 14)
    own = np.arange(60, dtype=np.int32)[:, None]
    indices = np.hstack([own, found.indices])
    distances = np.hstack([np.zeros((60, 1), np.float32), 1 - found.similarities])
    theirs = fuzzy_simplicial_set(own, 15, None, "precomputed", knn_indices=indices, knn_dists=distances)[0]
    assert abs(nearness_of(found) - theirs).max() < 1e-4


def test_chunks_that_are_copies_of_each_other_are_laid_out_too():
    rows = np.repeat(two_groups()[::3], 3, axis=0)
    nearness = nearness_of(neighbours_of(rows, 20))
    assert np.isfinite(layout_of(nearness, principal_components(rows, 2), 0.1, 50, seed=1)).all()


def test_principal_components_are_the_directions_of_largest_spread_with_a_fixed_sign():
    rows = np.array([[0, 0, 5], [0, 1, -5], [0.1, 0, 4], [0, 1, -4]], np.float32)
    found = principal_components(rows, 2)
    assert found.shape == (4, 2)
    assert found[:, 0].var() > found[:, 1].var()
    assert np.allclose(np.abs(found[:, 0]), np.abs(rows[:, 2] - rows[:, 2].mean()), atol=0.3)
    assert np.allclose(principal_components(rows[::-1], 2)[::-1], found, atol=1e-5)


def test_vectors_all_alike_have_no_spread():
    assert not principal_components(np.ones((5, 4), np.float32), 3).any()
