"""The topics as rows of the docpack: both levels, unique labels, and the symbols that stand for them."""

import numpy as np

from doctown.assemble.clusters import Topics
from doctown.assemble.standing import Standing
from doctown.assemble.topics import SYMBOLS, clusters_json, clusters_of
from doctown.model import Chunk, Symbol

WORDS = ("cookie jar expire", "table column border", "socket listen port", "token grammar tree")


def shop(standing=Standing.CODE):
    """Four fine topics of six chunks each in two broad ones; every chunk has a function, the first of each a class."""
    symbols, chunks, rows = {}, [], []
    for at in range(24):
        theme, name = at // 6, f"s{at}"
        kind = "class" if at % 6 == 0 else "function"
        path = f"shop/{WORDS[theme].split()[0]}s.py"
        symbols[name] = Symbol(
            name, kind, (), WORDS[theme].split()[at % 3], name, "python", path, 1, 2, 0, 9, "", "", None
        )
        chunks.append(Chunk(f"c{at}", path, "python", 1, 2, 0, 9, (name,), 9, WORDS[theme]))
        rows.append(np.eye(4)[theme] + 0.01 * (at % 6) * np.eye(4)[(theme + 1) % 4])
    rows = np.array(rows, np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    of = np.repeat(np.arange(4), 6).astype(np.int32)
    topics = Topics(of, np.ones(24, np.float32), np.zeros(24, np.bool_), np.array([0, 1, 0, 1], np.int32))
    return chunks, rows, symbols, topics, np.full(24, standing, np.int8)


def clusters(central=None, standing=Standing.CODE):
    chunks, rows, symbols, topics, standings = shop(standing)
    home = {chunk.symbol_ids[0]: at for at, chunk in enumerate(chunks)}
    centrality = dict.fromkeys(symbols, 0.01) | (central or {})
    return clusters_of(chunks, rows, symbols, home, centrality, topics, standings), (chunks, topics)


def test_fine_topics_come_first_and_name_the_broad_one_they_are_part_of():
    found, _ = clusters()
    assert [cluster.id for cluster in found] == list(range(6))
    assert [cluster.parent_id for cluster in found] == [4, 5, 4, 5, None, None]


def test_a_broad_topic_has_the_chunks_of_its_fine_ones():
    found, _ = clusters()
    for broad in found[4:]:
        parts = [cluster for cluster in found if cluster.parent_id == broad.id]
        assert sorted(broad.members) == sorted(name for part in parts for name in part.members)
        assert broad.size == len(broad.members) == sum(part.size for part in parts)


def test_labels_are_unique_over_both_levels_and_say_what_is_in_them():
    found, _ = clusters()
    assert len({cluster.label for cluster in found}) == len(found)
    for cluster, words in zip(found, WORDS, strict=False):
        assert set(words.split()) >= set(cluster.label.split(", ")) - {words.split()[0] + "s"}
    assert not any("shop" in cluster.keywords for cluster in found)


def test_the_symbols_of_a_topic_are_its_own_and_the_central_ones_come_first():
    found, _ = clusters({"s3": 0.5})
    assert found[0].symbols[0] == "s3"
    assert len(found[0].symbols) == SYMBOLS
    assert set(found[1].symbols) <= {f"s{at}" for at in range(6, 12)}
    assert "s3" in found[4].symbols


def test_where_there_is_no_code_the_rest_names_the_topics():
    found, _ = clusters(standing=Standing.TEST)
    assert all(cluster.keywords and cluster.symbols for cluster in found)


def test_memberships_name_fine_topics():
    found, (chunks, topics) = clusters()
    written = clusters_json(chunks, topics, found)
    assert {row["cluster"] for row in written["memberships"]} == set(range(4))
    assert written["clusters"][0]["symbols"] and written["clusters"][5]["parent_id"] is None


def test_no_chunks_have_no_topics():
    nothing = Topics(np.zeros(0, np.int32), np.zeros(0, np.float32), np.zeros(0, np.bool_), np.zeros(0, np.int32))
    assert clusters_of([], np.zeros((0, 4), np.float32), {}, {}, {}, nothing, np.zeros(0, np.int8)) == []
