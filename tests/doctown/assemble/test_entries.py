"""From facts and vectors to a docpack: for any number of chunks, and the same bytes each time."""

import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from doctown.assemble.entries import STAGES, Material, understanding_of
from doctown.docpack import Docpack, docpack_bytes
from doctown.model import Chunk, Edge, Symbol, SymbolContext, chunk_id, symbol_id

ROOT = Path(__file__).parents[3]
THEMES = (
    "cookie jar expire domain",
    "table column row border",
    "socket connect listen port",
    "parse token grammar tree",
)


def material(count, seed=0, dims=16, alike=False):
    """`count` chunks of a symbol each, in four themes that their vectors know of."""
    chance = np.random.default_rng(seed)
    centres = np.linalg.qr(chance.normal(size=(dims, dims)))[0][: len(THEMES)]
    symbols, chunks, edges, rows = [], [], [], []
    for at in range(count):
        theme = at % len(THEMES)
        path = f"{THEMES[theme].split()[0]}/f{at // 8}.py"
        name = symbol_id(path, f"f{at}", "function", 0)
        symbols.append(
            Symbol(name, "function", (), f"f{at}", f"p.f{at}", "python", path, 1, 2, 0, 50, "def f()", "", None)
        )
        text = f"def f{at}(): {THEMES[theme]}"
        chunks.append(Chunk(chunk_id(path, text, at), path, "python", 1, 2, 0, 50, (name,), 9, text))
        if at:
            edges.append(Edge(name, symbols[at - 1].id, None, "calls", 1, 3, "rule", 1.0, 1))
        rows.append(centres[theme] + (0 if alike else 0.15) * chance.normal(size=dims))
    vectors = np.array(rows, np.float32).reshape(count, dims) if not alike else np.ones((count, dims), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Material(symbols, edges, chunks, vectors, b'{"languages":{},"lines":1,"tokens":2,"calls":{}}', b"")


def docpack(of, **more):
    found = understanding_of(of, 42, lambda: None, **more)
    fields = {
        "repository": {"name": "r", "url": None, "ref": None, "commit": "c"},
        "model": {"name": "m", "revision": "r", "dimensions": of.vectors.shape[1], "max_tokens": 9},
        "engine": "e",
        "base": None,
        "parameters": {},
    }
    return Docpack.open(io.BytesIO(docpack_bytes(found.entries, fields)[0])), found


@pytest.mark.parametrize("count", [1, 2, 3, 15, 16, 40])
def test_any_number_of_chunks_gives_a_docpack_that_verifies(count):
    pack, found = docpack(material(count))
    pack.verify()
    points = pack.json("map.json")["points"]
    assert len(points) == count
    assert all(0 <= point["x"] <= 1 and 0 <= point["y"] <= 1 for point in points)
    assert len(found.topics) == len(set(found.topics)) >= 1


def test_without_vectors_there_are_symbols_edges_and_contexts_and_neither_topics_nor_a_map():
    of = replace(material(40), vectors=None)
    steps = []
    found = understanding_of(of, 42, lambda: steps.append(1))
    fields = {"repository": {"commit": "c"}, "model": None, "engine": None, "base": None, "parameters": {}}
    pack = Docpack.open(io.BytesIO(docpack_bytes(found.entries, fields)[0]))
    pack.verify()
    assert found.topics == found.topic_sizes == () and len(steps) == STAGES
    assert not {"clusters.json", "map.json", "embeddings.npy"} & pack.manifest["entries"].keys()
    contexts = pack.rows("contexts.jsonl", SymbolContext)
    assert len(contexts) == 40 and all(context.cluster is None for context in contexts)
    assert {edge.kind for edge in pack.rows("edges.jsonl", Edge)} == {"calls"}


def test_chunks_that_are_all_alike_are_one_topic():
    pack, found = docpack(material(50, alike=True))
    pack.verify()
    assert len(found.topics) == 1


def test_themes_become_topics_that_carry_their_words():
    pack, found = docpack(material(160))
    assert len(found.topics) == 4
    for words in THEMES:
        assert any(set(label.split(", ")) <= set(words.split()) for label in found.topics)
    memberships = pack.json("clusters.json")["memberships"]
    by_theme = [{memberships[at]["cluster"] for at in range(theme, 160, 4)} for theme in range(4)]
    assert all(len(clusters) == 1 for clusters in by_theme)
    assert {edge.kind for edge in pack.rows("edges.jsonl", Edge)} == {"calls", "related"}


def test_equal_material_gives_equal_entries():
    found = understanding_of(material(60), 42, lambda: None)
    assert found == understanding_of(material(60), 42, lambda: None)
    assert found == understanding_of(material(60), 42, lambda: None, threads=3)


def test_five_chunks_load_nothing_that_is_only_needed_to_lay_out():
    code = (
        "import sys; from tests.doctown.assemble.test_entries import material; "
        "from doctown.assemble.entries import understanding_of; understanding_of(material(5), 1, lambda: None); "
        "print(sorted({'numba', 'graspologic_native', 'umap', 'hdbscan', 'networkx'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_every_stage_is_reported_and_may_stop_the_work():
    stages = []
    understanding_of(material(20), 42, lambda: stages.append(1))
    understanding_of(material(3), 42, lambda: stages.append(1))
    assert len(stages) == 2 * STAGES

    def stop():
        raise InterruptedError

    with pytest.raises(InterruptedError):
        understanding_of(material(20), 42, stop)


def test_statistics_and_skipped_files_are_passed_on():
    pack, _ = docpack(material(5))
    assert pack.json("stats.json")["tokens"] == 2
    assert json.loads(pack.bytes("stats.json")) == {"languages": {}, "lines": 1, "tokens": 2, "calls": {}}
