"""The graph of evidence: each kind has its say, what everybody uses says little, and all of it stays small."""

import numpy as np
import pytest

from doctown.assemble.evidence import Weights, evidence_of, tree_of
from doctown.assemble.neighbours import neighbours_of
from doctown.model import Chunk, Edge, Symbol


def repository(*paths):
    """A chunk and a function in each of `paths`; of one path, one below the other. Vectors are all apart."""
    symbols, chunks = {}, []
    for at, path in enumerate(paths):
        start = 100 * paths[:at].count(path)
        name = f"s{at}"
        symbols[name] = Symbol(name, "function", (), name, name, "python", path, 1, 2, start, start + 100, "", "", None)
        chunks.append(Chunk(f"c{at}", path, "python", 1, 2, start, start + 100, (name,), 9, name))
    return chunks, symbols


def graph_of(chunks, symbols, edges, weights, rows=None):
    rows = np.eye(len(chunks), dtype=np.float32) if rows is None else rows
    graph, tree = evidence_of(chunks, symbols, edges, neighbours_of(rows, 5), np.arange(len(chunks)), weights)
    assert abs(graph - graph.T).max() < 1e-12 and not graph.diagonal().any()
    return graph.toarray(), tree


def edge(source, target, kind="calls", at=0, confidence=1.0):
    return Edge(f"s{source}", f"s{target}", None, kind, 1, at, "rule", confidence, 1)


def test_files_and_folders_are_nodes_in_a_tree():
    tree = tree_of(["a/b/x.py", "a/b/x.py", "a/y.py", "z.py"])
    assert tree.files == ("a/b/x.py", "a/y.py", "z.py")
    assert set(tree.folders) == {"", "a", "a/b"}
    assert list(tree.file) == [0, 0, 1, 2]
    assert [tree.folders[at] for at in tree.folder] == ["a/b", "a", ""]
    above = {folder: tree.above[at] for at, folder in enumerate(tree.folders)}
    assert above[""] == -1 and tree.folders[above["a/b"]] == "a" and tree.folders[above["a"]] == ""


def test_the_near_in_meaning_are_linked_and_the_nearest_most():
    rows = np.array([[1, 0, 0], [0.95, 0.3, 0], [0.6, 0.8, 0], [0, 0, 1]], np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    graph, _ = graph_of(*repository("a", "b", "c", "d"), [], Weights(1, 0, 0, 0, 0, 0), rows)
    assert graph[0, 1] > graph[0, 2] > graph[0, 3]
    assert graph[:4].sum() == pytest.approx(2 * 4)


def test_chunks_that_make_topics_speak_for_each_other_only():
    rows = np.ones((6, 2), np.float32) / np.sqrt(2)
    chunks, symbols = repository(*"abcdef")
    graph, _ = evidence_of(chunks, symbols, [], neighbours_of(rows, 5), np.array([0, 5]), Weights(1, 0, 0, 0, 0, 0))
    assert graph[0, 5] == pytest.approx(2)
    assert 0 < graph[0, 1] < 1  # said by the other, which makes none


def test_chunks_hang_on_their_file_and_files_on_their_folder():
    graph, tree = graph_of(*repository("p/a", "p/a", "q/b"), [], Weights(0, 0.5, 0.25, 0, 0, 0))
    file, folder = 3 + tree.files.index("p/a"), 3 + 2 + tree.folders.index("p")
    assert graph[0, file] == graph[1, file] == 0.5
    assert graph[file, folder] == 0.5  # 0.25 for each of its two chunks
    assert not graph[:3, :3].any()


def test_a_call_leads_from_where_it_stands_to_where_the_called_begins():
    calls = [edge(0, 2, at=150)]
    graph, _ = graph_of(*repository("a", "a", "b"), calls, Weights(0, 0, 0, 0.5, 0, 0))
    assert graph[1, 2] == 0.5 and graph[0, 2] == 0


def test_what_everybody_calls_says_little():
    chunks, symbols = repository(*"abcdefghij")
    everybody = [edge(at, 9) for at in range(9)] + [edge(0, 1)]
    graph, _ = graph_of(chunks, symbols, everybody, Weights(0, 0, 0, 1, 0, 0))
    assert graph[0, 1] > 2 * graph[0, 9] > 0
    assert graph[5, 9] == pytest.approx(1 / 3)


def test_many_calls_share_what_one_chunk_has_to_say_and_repeating_one_adds_nothing():
    chunks, symbols = repository(*"abcdefghij")
    busy = [edge(0, at) for at in range(1, 10)] + [edge(0, 1)] * 50
    graph, _ = graph_of(chunks, symbols, busy, Weights(0, 0, 0, 1, 0, 0))
    assert graph[0].sum() == pytest.approx(1) and graph[0, 1] == pytest.approx(graph[0, 2])


def test_an_import_links_the_file_to_what_it_names():
    chunks, symbols = repository("a", "b", "c")
    symbols["m"] = Symbol("m", "module", (), "c", "c", "python", "c", 1, 2, 0, 100, "", "", None)
    chunks[2] = Chunk("c2", "c", "python", 1, 2, 0, 100, ("s2", "m"), 9, "")
    whole = Edge("s0", "m", None, "imports", 1, 0, "rule", 1.0, 1)
    graph, tree = graph_of(chunks, symbols, [edge(0, 1, "imports"), whole], Weights(0, 0, 0, 0, 1, 0))
    file_a, file_c = 3 + tree.files.index("a"), 3 + tree.files.index("c")
    assert graph[file_a, 1] > 0 and graph[file_a, file_c] > 0


def test_bases_are_heard_and_doubtful_calls_less_than_sure_ones():
    chunks, symbols = repository("a", "b", "c", "d")
    edges = [edge(0, 1, "inherits"), edge(2, 1, confidence=0.3), edge(2, 3)]
    graph, _ = graph_of(chunks, symbols, edges, Weights(0, 0, 0, 1, 0, 1))
    assert graph[0, 1] == 1 and graph[2, 3] > graph[2, 1] > 0


def test_edges_to_the_outside_and_of_files_without_chunks_are_no_evidence():
    chunks, symbols = repository("a", "b")
    symbols["far"] = Symbol("far", "function", (), "far", "far", "python", "empty", 1, 1, 0, 0, "", "", None)
    outside = Edge("s0", None, "os.path", "calls", 1, 0, "rule", 1.0, 1)
    empty = Edge("far", "s1", None, "calls", 1, 0, "rule", 1.0, 1)
    back = Edge("s1", "far", None, "calls", 1, 0, "rule", 1.0, 1)
    graph, _ = graph_of(chunks, symbols, [outside, empty, back], Weights(0, 0, 0, 1, 1, 1))
    assert not graph.any()


def test_the_graph_has_few_links_for_each_chunk():
    paths = [f"p{at % 7}/f{at % 50}.py" for at in range(400)]
    chunks, symbols = repository(*paths)
    rows = np.random.default_rng(0).normal(size=(400, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    calls, neighbours = [edge(at, 0) for at in range(1, 400)], neighbours_of(rows, 30)
    graph, _ = evidence_of(chunks, symbols, calls, neighbours, np.arange(400), Weights())
    assert graph.nnz < 400 * 2 * 20
