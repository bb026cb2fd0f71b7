"""Groups in a graph: found where links are dense, nested, merged by size, the same each time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_matrix

from doctown.assemble.communities import communities_of, joined, merged


def graph_of(links, nodes):
    rows, columns, weights = (np.array(column) for column in zip(*links, strict=True)) if links else ([], [], [])
    half = coo_matrix((np.array(weights, float), (rows, columns)), shape=(nodes, nodes))
    return (half + half.T).tocsr()


def cliques(*sizes, bridge=0.1):
    """Groups in which everybody is linked to everybody, each linked to the next by one weak link."""
    links, start = [], 0
    for size in sizes:
        links += [(start + a, start + b, 1.0) for a in range(size) for b in range(a)]
        if start:
            links.append((start - 1, start, bridge))
        start += size
    return graph_of(links, start)


@pytest.mark.parametrize("seed", range(5))
def test_densely_linked_nodes_are_a_group(seed):
    groups = communities_of(cliques(8, 5, 12, 6), 1.0, seed)
    assert [len(set(groups[start:end])) for start, end in ((0, 8), (8, 13), (13, 25), (25, 31))] == [1] * 4
    assert len(set(groups)) == 4


def test_a_larger_resolution_gives_more_groups():
    ring = graph_of([(at, (at + 1) % 120, 1.0) for at in range(120)], 120)
    counts = [communities_of(ring, resolution, 0).max() + 1 for resolution in (1.0, 4.0, 16.0)]
    assert counts == sorted(counts) and counts[0] < counts[2]


def test_groups_that_are_given_are_joined_and_never_split():
    graph = graph_of([(at, (at + 1) % 120, 1.0) for at in range(120)], 120)
    fine = communities_of(graph, 16.0, 1)
    broad = communities_of(graph, 1.0, 1, start=fine)
    assert len(set(broad)) < len(set(fine))
    assert all(len(set(broad[fine == group])) == 1 for group in set(fine))


def test_nodes_without_links_stay_alone_and_a_graph_without_nodes_has_no_groups():
    groups = communities_of(graph_of([(0, 1, 1.0)], 4), 1.0, 0)
    assert groups[0] == groups[1] and len(set(groups)) == 3
    assert len(set(communities_of(graph_of([], 3), 1.0, 0))) == 3
    assert len(communities_of(graph_of([], 0), 1.0, 0)) == 0


def test_joining_keeps_all_links():
    graph = cliques(4, 4)
    small = joined(graph, np.array([0] * 4 + [1] * 4))
    assert small.shape == (2, 2) and small.sum() == pytest.approx(graph.sum())
    assert small[0, 1] == pytest.approx(0.1)


def test_the_smallest_joins_the_one_it_is_linked_to():
    graph = cliques(10, 3, 10)
    groups = np.array([0] * 10 + [1] * 3 + [2] * 10)
    graph = graph + graph_of([(10, 0, 5.0)], 23)
    assert list(merged(graph, groups, np.ones(23), 4, 9)) == [0] * 13 + [1] * 10


@given(st.integers(1, 30), st.integers(1, 6), st.integers(1, 8))
def test_merging_leaves_none_too_small_and_not_too_many(nodes, smallest, most):
    graph = graph_of([(at, at + 1, 1.0) for at in range(nodes - 1)], nodes)
    groups = merged(graph, np.arange(nodes), np.ones(nodes), smallest, most)
    sizes = np.bincount(groups)
    assert len(sizes) <= most and sizes.sum() == nodes
    assert sizes.min() >= min(smallest, nodes)


@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19), st.floats(0.1, 5)), max_size=60), st.integers(0, 9))
def test_any_graph_is_grouped_without_gaps_and_the_same_each_time(links, seed):
    graph = graph_of([link for link in links if link[0] != link[1]], 20)
    groups = communities_of(graph, 1.0, seed)
    assert list(groups) == list(communities_of(graph, 1.0, seed))
    assert set(groups) == set(range(groups.max() + 1))
