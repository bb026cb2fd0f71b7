"""Neighbours are exact, and so is their order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from doctown.assemble.neighbours import BLOCK_ROWS, EXACT_UP_TO, neighbours_of


def unit_rows(count, seed, dims=6):
    rows = np.random.default_rng(seed).integers(-2, 3, (count, dims)).astype(np.float32)
    rows[:, 0] += 3
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@given(st.integers(0, 40), st.integers(1, 12), st.integers(0, 100))
def test_they_are_the_nearest_others(count, k, seed):
    rows = unit_rows(count, seed)
    found = neighbours_of(rows, k)
    k = max(0, min(k, count - 1))
    assert found.indices.shape == found.similarities.shape == (count, k)
    cosines = rows @ rows.T
    for at in range(count):
        others = [other for other in range(count) if other != at]
        assert at not in found.indices[at]
        assert len(set(found.indices[at])) == k
        best = sorted(-cosines[at, other] for other in others)[:k]
        assert np.allclose(-np.array(best, np.float32), found.similarities[at], atol=1e-6)
        assert (np.diff(found.similarities[at]) <= 0).all()


def test_blocks_do_not_show():
    rows = unit_rows(BLOCK_ROWS + 7, 0, dims=40)
    found = neighbours_of(rows, 5)
    cosines = rows @ rows.T
    np.fill_diagonal(cosines, -np.inf)
    assert np.allclose(np.sort(cosines, axis=1)[:, ::-1][:, :5], found.similarities, atol=1e-6)


def test_beyond_the_exact_size_nearly_all_are_found_and_threads_do_not_show():
    chance = np.random.default_rng(1)
    count = EXACT_UP_TO + 100
    rows = chance.normal(size=(300, 24))[chance.integers(0, 300, count)] + 0.4 * chance.normal(size=(count, 24))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    found, again = (neighbours_of(rows, 15, threads) for threads in (1, 3))
    assert (found.indices == again.indices).all() and (found.similarities == again.similarities).all()
    some = chance.permutation(count)[:200]
    cosines = rows[some] @ rows.T
    cosines[np.arange(200), some] = -1
    farthest = -np.sort(-cosines, axis=1)[:, 14:15]
    assert (found.similarities[some] >= farthest - 1e-6).mean() > 0.97
    assert (np.diff(found.similarities, axis=1) <= 0).all()
    assert not (found.indices == np.arange(count)[:, None]).any()


def test_rows_all_alike_have_the_first_others_as_neighbours():
    found = neighbours_of(np.ones((600, 4), np.float32) / 2, 3)
    assert found.indices[0].tolist() == [1, 2, 3]
    assert found.indices[2].tolist() == [0, 1, 3]
    assert found.indices[599].tolist() == [0, 1, 2]
