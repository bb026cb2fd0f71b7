"""What files, calls, imports and folders add to meaning, judged by how authors sorted their packages into folders.

    python benchmarks/topics.py [FOLDER ...] [--seeds 2] [--tune] [--peer]

Each FOLDER is a package or a repository; by default packages that this environment has installed: with --tune those
the weights of `doctown.assemble.evidence` were chosen on, otherwise others. Vectors are kept in DOCTOWN_CACHE.

The truth is the folder a file lies in, and it must not be told to what is judged by it:
- Vectors are of the bare text of a chunk. (The product's have a header with the path, which would give it away.)
- A file is one item: it counts for the topic that most of its chunks are in. That its chunks are held together by
  their file is no hint at which folder it lies in.
- Where folders are evidence, they are hidden from a third of the files, and only these are judged; three times, so that
  each file is judged once. What is measured is whether the topics that folders made of the others draw the hidden file
  to its place by what it says and calls. All variants are judged in the same three parts.
- Calls and imports are no paths. A relative import names a neighbour, as its author chose; that is evidence, not leak.
Folders with fewer than three files, tests and documents are left out. ARI and AMI are 0 for chance and 1 for the truth.

With --peer, UMAP to five dimensions and HDBSCAN, used on the vectors as their manuals show, are judged beside.

`seeds` is the ARI of the chunks' topics between two seeds, `noise` the share of chunks with little hold on their topic,
`unique` how many of the labels (as the product makes them) differ.
"""

import argparse
import os
import shutil
import sys
import sysconfig
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

for variable in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):  # set on some machines; both halve matrix products
    os.environ.pop(variable, None)
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

from adapters.settings import Settings
from adapters.store import store_at
from adapters.vectors import VectorCache
from doctown.assemble.clusters import Topics, topics_of
from doctown.assemble.evidence import WEIGHTS, Tree, Weights, evidence_of, tree_of
from doctown.assemble.graph import centrality_of
from doctown.assemble.neighbours import Neighbours, neighbours_of
from doctown.assemble.related import home_chunks
from doctown.assemble.standing import Standing, standings_of
from doctown.assemble.topics import clusters_of
from doctown.embed.vectors import Rows, rows_of_result
from doctown.model import Chunk, Edge, Symbol, embedding_key
from doctown.rows import rows_of
from doctown.steps import EmbedRequest, EmbedText, IngestRequest
from tasks.embed import embed, loaded
from tasks.ingest import ingest

TUNED_ON, REPORTED_ON = ("docker", "dns", "alembic"), ("hypothesis",)
PARTS = 3
FEWEST_FILES = 3
BATCH = 256
MEANING = Weights(files=0, folders=0, calls=0, imports=0, bases=0)
FILES = replace(MEANING, files=WEIGHTS.files)
VARIANTS = {
    "meaning only": MEANING,
    "+ files": FILES,
    "+ files, calls, bases": replace(FILES, calls=WEIGHTS.calls, bases=WEIGHTS.bases),
    "+ files, imports": replace(FILES, imports=WEIGHTS.imports),
    "+ files, folders": replace(FILES, folders=WEIGHTS.folders),
    "all": WEIGHTS,
}


@dataclass(frozen=True)
class Package:
    """The code of a package: chunks in the order of `rows`, and the folders its authors sorted its files into."""

    name: str
    chunks: list[Chunk]
    rows: Rows
    symbols: dict[str, Symbol]
    edges: list[Edge]
    neighbours: Neighbours
    folder_of: dict[str, str]
    """Of the files that are judged."""
    part_of: dict[str, int]
    """Of all files: in which of PARTS it is judged."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folders", nargs="*")
    arguments.add_argument("--seeds", type=int, default=2)
    arguments.add_argument("--tune", action="store_true", help="the packages that the weights were chosen on")
    arguments.add_argument("--peer", action="store_true", help="judge UMAP and HDBSCAN beside")
    given = arguments.parse_args()
    installed = Path(sysconfig.get_path("purelib"))
    folders = [Path(one) for one in given.folders] or [
        installed / name for name in (TUNED_ON if given.tune else REPORTED_ON)
    ]
    totals: dict[str, list[list[float]]] = {name: [] for name in VARIANTS}
    for folder in folders:
        package = package_at(folder)
        judged = f"{len(package.folder_of)} files in {len(set(package.folder_of.values()))} folders judged"
        print(f"\n{package.name}: {len(package.chunks):,} chunks of code; {judged}")
        print(f"  {'':<22} {'fine':>6} {'ARI':>6} {'AMI':>6}  {'broad':>6} {'ARI':>6} {'AMI':>6}  seeds  noise  unique")
        for name, weights in VARIANTS.items():
            started = time.perf_counter()
            found = judgement_of(package, weights, range(given.seeds))
            totals[name].append(found)
            print(f"  {name:<22} {line_of(found)}   {time.perf_counter() - started:.0f} s", flush=True)
        if given.peer:
            started = time.perf_counter()
            found = judgement_of_peer(package, range(given.seeds))
            print(f"  {'UMAP and HDBSCAN':<22} {line_of(found)}   {time.perf_counter() - started:.0f} s", flush=True)
    print(f"\nmean of {len(folders)}")
    for name, rows in totals.items():
        print(f"  {name:<22} {line_of([float(np.mean(column)) for column in zip(*rows, strict=True)])}")


def line_of(found: list[float]) -> str:
    fine, ari, ami, broad, broad_ari, broad_ami, seeds, noise, unique = found
    return (
        f"{fine:6.0f} {ari:6.3f} {ami:6.3f}  {broad:6.0f} {broad_ari:6.3f} {broad_ami:6.3f}  "
        f"{seeds:5.2f}  {noise:5.1%}  {unique:5.0%}"
    )


def judgement_of(package: Package, weights: Weights, seeds: range) -> list[float]:
    """Numbers of fine and broad topics with ARI and AMI of each, agreement of seeds, noise, uniqueness of labels."""
    scores: dict[int, list[tuple[float, float]]] = {0: [], 1: []}
    agreements, last = [], None
    n = len(package.chunks)
    standings = np.full(n, Standing.CODE, np.int8)
    graph, tree = evidence_of(package.chunks, package.symbols, package.edges, package.neighbours, np.arange(n), weights)
    for part in range(PARTS):
        shown = hiding(graph, tree, [at for at, path in enumerate(tree.files) if package.part_of[path] == part])
        found = [topics_of(shown, tree, np.arange(n), standings, package.rows, seed) for seed in seeds]
        for topics in found:
            for level, of in enumerate(levels_of(topics)):
                scores[level].append(agreement_of(package, tree, of, part))
        agreements += [adjusted_rand_score(one.of, other.of) for one, other in combinations(found, 2)]
        last = found[0]
    assert last is not None
    fine, broad = (np.mean(scores[level], axis=0) for level in (0, 1))
    numbers = [len(np.unique(of)) for of in levels_of(last)]
    noise = float(last.noise.mean())
    unique = uniqueness_of(package, last, standings)
    return [numbers[0], *fine, numbers[1], *broad, float(np.mean(agreements or [1])), noise, unique]


def judgement_of_peer(package: Package, seeds: range) -> list[float]:
    """The same of UMAP and HDBSCAN, which have one level and no labels."""
    import hdbscan
    import umap

    found, scores = [], []
    tree = tree_of([chunk.path for chunk in package.chunks])
    for seed in seeds:
        places = umap.UMAP(n_components=5, min_dist=0.0, metric="cosine", random_state=seed).fit_transform(package.rows)
        of = hdbscan.HDBSCAN(min_cluster_size=15).fit_predict(places)
        found.append(of)
        scores += [agreement_of(package, tree, of + 1, part) for part in range(PARTS)]
    agreements = [adjusted_rand_score(one, other) for one, other in combinations(found, 2)]
    noise = float(np.mean(found[0] < 0))
    nan = float("nan")
    ari, ami = np.mean(scores, axis=0)
    return [float(found[0].max() + 1), ari, ami, nan, nan, nan, float(np.mean(agreements or [1])), noise, nan]


def hiding(graph: Any, tree: Tree, files: list[int]) -> Any:
    """`graph` in which the folder of each of `files` is not known."""
    first = len(tree.file)
    links = graph.tocoo()
    hidden = np.zeros(graph.shape[0], np.bool_)
    hidden[first + np.array(files, np.int64)] = True
    is_folder = np.arange(graph.shape[0]) >= first + len(tree.files)
    cut = (hidden[links.row] & is_folder[links.col]) | (is_folder[links.row] & hidden[links.col])
    links.data = np.where(cut, 0, links.data)
    shown = links.tocsr()
    shown.eliminate_zeros()
    return shown


def levels_of(topics: Topics) -> tuple[Any, Any]:
    """For each chunk its fine topic, and its broad one; a fine one that is part of none stands for itself."""
    above = np.where(topics.above >= 0, topics.above, topics.broad + np.arange(topics.count))
    return topics.of, above[topics.of]


def agreement_of(package: Package, tree: Tree, of: Any, part: int) -> tuple[float, float]:
    """ARI and AMI of the files judged in this part: the topic most of their chunks are in, against their folder."""
    told, true = [], []
    for at, path in enumerate(tree.files):
        if path in package.folder_of and package.part_of[path] == part:
            told.append(int(np.bincount(of[tree.file == at]).argmax()))
            true.append(package.folder_of[path])
    return float(adjusted_rand_score(true, told)), float(adjusted_mutual_info_score(true, told))


def uniqueness_of(package: Package, topics: Topics, standings: Any) -> float:
    """Distinct labels of all."""
    home = home_chunks(package.chunks, package.symbols)
    centrality = centrality_of(list(package.symbols.values()), package.edges)
    found = clusters_of(package.chunks, package.rows, package.symbols, home, centrality, topics, standings)
    return len({cluster.label for cluster in found}) / len(found)


def package_at(folder: Path) -> Package:
    """The package at `folder`, ingested under its own name so that its imports of itself lead somewhere."""
    settings = Settings.from_environment(os.environ)
    store = store_at(settings.store_url)
    with tempfile.TemporaryDirectory() as scratch:
        ignored = shutil.ignore_patterns("__pycache__", "*.so", ".git")
        shutil.copytree(folder, Path(scratch) / "taken" / folder.name, ignore=ignored)
        request = IngestRequest(repository=str(Path(scratch) / "taken"), model=settings.model)
        ingested = ingest(request, settings, lambda *_: None)
    symbols = {symbol.id: symbol for symbol in rows_of(store.read(ingested.symbols), Symbol)}
    chunks = list(rows_of(store.read(ingested.chunks), Chunk))
    rows = vectors_of([chunk.text for chunk in chunks], ingested.model, ingested.revision, settings, folder.name)
    standings = standings_of(chunks, symbols, neighbours_of(rows, 30))
    code = np.flatnonzero(standings == Standing.CODE)
    chunks, rows = [chunks[at] for at in code], rows[code]
    paths = list(dict.fromkeys(chunk.path for chunk in chunks))
    folders = {path: path.rpartition("/")[0] for path in paths}
    files_in = Counter(folders.values())
    parts = np.random.default_rng(0).permutation(len(paths)) % PARTS
    return Package(
        name=folder.name,
        chunks=chunks,
        rows=rows,
        symbols=symbols,
        edges=list(rows_of(store.read(ingested.edges), Edge)),
        neighbours=neighbours_of(rows, 30),
        folder_of={path: own for path, own in folders.items() if files_in[own] >= FEWEST_FILES},
        part_of=dict(zip(paths, map(int, parts), strict=True)),
    )


def vectors_of(texts: list[str], model: str, revision: str, settings: Settings, name: str) -> Rows:
    """The vectors of bare texts, through the vector cache."""
    cache = VectorCache(store_at(settings.store_url))
    engine = loaded(settings, model, lambda *_: None).engine
    text_of = {embedding_key(text): text for text in texts}
    todo = sorted(set(text_of) - cache.known(model, revision, engine, set(text_of)))
    for start in range(0, len(todo), BATCH):
        keys = todo[start : start + BATCH]
        request = EmbedRequest(
            batch_id=name,
            chunks=tuple(EmbedText(chunk_id=key, content=text_of[key]) for key in keys),
            model=model,
            revision=revision,
            encoding="base64",
        )
        rows = rows_of_result(request, embed(request, settings, lambda *_: None))
        cache.keep(model, revision, engine, keys, rows)
        print(f"\r{name}: {min(start + BATCH, len(todo)):,} of {len(todo):,} texts embedded", end="", file=sys.stderr)
    return cache.rows(model, revision, [engine], [embedding_key(text) for text in texts])


if __name__ == "__main__":
    main()
