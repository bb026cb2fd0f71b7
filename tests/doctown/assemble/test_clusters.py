"""Topics: code makes them, tests and documents join them, and both levels can be read."""

import numpy as np
import pytest

from doctown.assemble.clusters import (
    MIN_CHUNKS,
    MOST_FLAT,
    favouring_topics,
    fine_resolution,
    makers_of,
    members_of,
    most_broad,
    one_topic,
    smallest_topic,
    topics_of,
)
from doctown.assemble.evidence import WEIGHTS, evidence_of
from doctown.assemble.neighbours import Neighbours, neighbours_of
from doctown.assemble.standing import Standing
from doctown.model import Chunk, Edge, Symbol

CODE, TEST, DOCUMENT, BOILERPLATE, REPEATED = (int(one) for one in Standing)


class Repository:
    """Chunks that are added theme by theme; each theme is a direction that its vectors keep to."""

    def __init__(self, dims=40, seed=0):
        self.chance = np.random.default_rng(seed)
        self.themes = np.linalg.qr(self.chance.normal(size=(dims, dims)))[0]
        self.chunks, self.symbols, self.edges, self.rows, self.standings = [], {}, [], [], []

    def add(self, theme, path, count, standing=CODE, calls=None):
        """`count` chunks, eight a file; with `calls` each calls that chunk."""
        for _ in range(count):
            at = len(self.chunks)
            own, name, start = path.format(at // 8), f"s{at}", 10 * at
            self.symbols[name] = Symbol(
                name, "function", (), name, name, "python", own, 1, 2, start, start + 9, "", "", None
            )
            self.chunks.append(Chunk(f"c{at}", own, "python", 1, 2, start, start + 9, (name,), 9, name))
            row = self.themes[theme] + 0.12 * self.chance.normal(size=len(self.themes))
            self.rows.append(row / np.linalg.norm(row))
            self.standings.append(standing)
            if calls is not None:
                self.edges.append(Edge(name, f"s{calls}", None, "calls", 1, start, "rule", 1.0, 1))

    def topics(self, seed=42):
        rows = np.array(self.rows, np.float32)
        neighbours = neighbours_of(rows, 30)
        standings = np.array(self.standings, np.int8)
        makers = makers_of(standings)
        graph, tree = evidence_of(self.chunks, self.symbols, self.edges, neighbours, makers, WEIGHTS)
        return topics_of(graph, tree, makers, standings, rows, seed)


def themes(*sizes):
    made = Repository()
    for theme, size in enumerate(sizes):
        made.add(theme, f"p{theme}/f{{}}.py", size)
    return made


def test_groups_become_topics_the_largest_first():
    topics = themes(20, 60, 30).topics()
    assert topics.count == 3 and topics.broad == 0
    assert [int((topics.of == topic).sum()) for topic in range(3)] == [60, 30, 20]
    assert set(topics.of[20:80]) == {0}
    assert not topics.noise.any() and (topics.strength > 0.5).all()


def test_many_topics_have_broader_ones_and_each_of_these_more_than_one():
    topics = themes(*[24] * 18).topics()
    assert topics.count > MOST_FLAT
    assert 2 <= topics.broad <= topics.count // 2
    parts = np.bincount(topics.above[topics.above >= 0])
    assert len(parts) == topics.broad and (parts >= 2).all()
    sizes = [int((topics.above[topics.of] == broad).sum()) for broad in range(topics.broad)]
    assert sizes == sorted(sizes, reverse=True)


def test_two_seeds_find_the_same_where_the_structure_is_plain():
    one, other = (themes(*[30] * 10).topics(seed) for seed in (1, 2))
    assert list(one.of) == list(other.of)


def test_tests_and_documents_join_the_code_they_are_about():
    made = themes(40, 40)
    made.add(0, "tests/t{}.py", 40, TEST)
    made.add(1, "docs/d{}.md", 40, DOCUMENT)
    topics = made.topics()
    assert topics.count == 2
    assert len(set(topics.of[:40]) | set(topics.of[80:120])) == 1
    assert len(set(topics.of[40:80]) | set(topics.of[120:])) == 1


def test_a_test_goes_to_what_it_calls_though_it_reads_like_something_else():
    made = themes(40, 40)
    made.add(7, "tests/t{}.py", 16, TEST, calls=3)
    topics = made.topics()
    assert set(topics.of[80:]) == {topics.of[3]}


def test_documents_about_nothing_in_the_code_are_a_topic_of_their_own_unless_they_are_few():
    made = themes(40, 40)
    made.add(9, "CONTRIBUTING{}.md", 30, DOCUMENT)
    assert made.topics().count == 3
    few = themes(40, 40)
    few.add(9, "CONTRIBUTING{}.md", 5, DOCUMENT)
    assert few.topics().count == 2


def test_boilerplate_and_repetition_make_no_topic():
    made = themes(40, 40)
    made.add(5, "p0/f{}.py", 60, BOILERPLATE)
    made.add(6, "p1/f{}.py", 60, REPEATED)
    assert made.topics().count == 2


@pytest.mark.parametrize("standing", [TEST, DOCUMENT])
def test_a_repository_of_tests_or_documents_alone_has_topics_too(standing):
    made = Repository()
    for theme in range(3):
        made.add(theme, f"p{theme}/f{{}}", 30, standing)
    assert made.topics().count == 3


def test_a_few_chunks_are_one_topic():
    topics = themes(*[5] * 3).topics()
    assert topics.count == 1 and len(topics.of) == MIN_CHUNKS - 1
    assert one_topic(0).count == 0


def test_code_makes_the_topics_where_there_is_enough_of_it():
    standings = np.array([CODE] * 16 + [TEST] * 30 + [BOILERPLATE] * 4, np.int8)
    assert list(makers_of(standings)) == list(range(16))
    assert list(makers_of(standings[1:])) == list(range(45))


def test_numbers_and_sizes_grow_with_the_repository_and_stay_readable():
    of = [16, 1_000, 10_000, 100_000]
    for rule in (fine_resolution, most_broad, smallest_topic):
        found = [rule(chunks) for chunks in of]
        assert found == sorted(found)
    assert most_broad(1_000) == 12 and most_broad(50_000) < 35


def test_members_are_listed_from_the_middle_outwards():
    rows = np.array([[1, 0], [0, 1], [0.8, 0.6], [0.9, 0.436], [0, 1]], np.float32)
    members, others = members_of(np.array([0, 0, 0, 0, 1], np.int32), 2, rows)
    assert list(members[:2]) == [2, 3] and sorted(members) == [0, 1, 2, 3] and list(others) == [4]
    assert members_of(np.zeros(0, np.int32), 0, rows[:0]) == []


def test_neighbours_of_the_same_topic_move_up():
    neighbours = Neighbours(np.array([[1, 2]] * 3, np.int32), np.array([[0.5, 0.45]] * 3, np.float32))
    raised = favouring_topics(neighbours, np.array([0, 1, 0], np.int32))
    assert list(raised.indices[0]) == [2, 1]
    assert (np.diff(raised.similarities, axis=1) <= 0).all()
