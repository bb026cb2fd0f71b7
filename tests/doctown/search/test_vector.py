"""Exact search by vector."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from doctown.search.vector import ranked


@given(st.integers(0, 30), st.integers(0, 35), st.integers(0, 100))
def test_the_best_rows_come_first_and_ties_are_in_order(count, k, seed):
    rows = np.random.default_rng(seed).integers(-2, 3, (count, 3)).astype(np.float32)
    query = np.array([1, 2, 0], np.float32)
    expected = sorted(((-float(row @ query), at) for at, row in enumerate(rows)))[:k]
    assert ranked(query, rows, k) == [(at, -score) for score, at in expected]
