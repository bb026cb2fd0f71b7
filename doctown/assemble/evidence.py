"""What speaks for two chunks belonging together, as one weighted graph: meaning, files, folders, calls, imports, bases.

Vectors say what a text means, not how its authors see it. So the graph has a node for every chunk, for every file and
for every folder. Chunks near in meaning are linked; a chunk is linked to its file, a file to its folder, a folder to
the one above it; a call or a base links the chunk it stands in to the chunk it leads to, an import the file to what it
names. Each kind of evidence has so much to say for one chunk (`Weights`), however many links that is spread over, and
what everybody uses says little: a link is worth less the more lead to the same place. All of it is linear in chunks
and edges. Which chunks belong together by this graph is left to `doctown.assemble.communities`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from doctown.assemble.neighbours import Neighbours
from doctown.assemble.related import home_chunks
from doctown.model import Chunk, Edge, Symbol

MEANING_NEIGHBOURS = 15
"""Of those that are known; the others say how near is near."""
LEAST_NEARNESS = 0.02
"""Cosine, so that the furthest counts too."""

Graph = Any
"""A scipy CSR matrix of float64, symmetric, at least 0: the weight of the link between two nodes."""
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each kind of evidence has to say, meaning being 1. Chosen with `benchmarks/topics.py`."""

    meaning: float = 1.0
    files: float = 0.5
    folders: float = 0.1
    calls: float = 0.5
    imports: float = 0.1
    bases: float = 0.5


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Tree:
    """Files and folders as nodes. `file` is the number of each chunk's file (n,), `folder` that of each file's folder,
    `above` that of each folder's parent, -1 at the root. Folders are named by paths in `folders`, files in `files`.
    """

    files: tuple[str, ...]
    folders: tuple[str, ...]
    file: Indices
    folder: Indices
    above: Indices


@dataclass(frozen=True, slots=True)
class Links:
    """Links from `sources` to `targets` with `weights`, each of shape (m,)."""

    sources: Indices
    targets: Indices
    weights: NDArray[np.floating[Any]]


def tree_of(paths: Sequence[str]) -> Tree:
    """The files and folders of chunks at `paths`."""
    files = tuple(dict.fromkeys(paths))
    number = {path: at for at, path in enumerate(files)}
    folders: dict[str, int] = {}
    for path in files:
        folder = _above(path)
        while folder is not None and folder not in folders:
            folders[folder] = len(folders)
            folder = _above(folder)
    above = [folders[parent] if (parent := _above(folder)) is not None else -1 for folder in folders]
    return Tree(
        files,
        tuple(folders),
        np.array([number[path] for path in paths], np.int64),
        np.array([folders[_above(path) or ""] for path in files], np.int64),
        np.array(above, np.int64),
    )


def _above(path: str) -> str | None:
    return None if path == "" else path.rpartition("/")[0]


def evidence_of(
    chunks: Sequence[Chunk],
    symbols: Mapping[str, Symbol],
    edges: Sequence[Edge],
    neighbours: Neighbours,
    makers: Indices,
    weights: Weights,
) -> tuple[Graph, Tree]:
    """The graph over chunks, of which those at `makers` make topics, then files, then folders, in this order;
    and the tree that says which these are.
    """
    tree = tree_of([chunk.path for chunk in chunks])
    nodes = len(chunks) + len(tree.files) + len(tree.folders)
    made = np.zeros(len(chunks), np.bool_)
    made[makers] = True
    links = [_meaning(neighbours, made, weights.meaning), *_containment(tree, weights)]
    links += _references(chunks, symbols, edges, tree, weights)
    return _graph(links, nodes), tree


def _graph(links: Sequence[Links], nodes: int) -> Graph:
    from scipy.sparse import coo_matrix

    sources, targets = (np.concatenate([getattr(one, name) for one in links]) for name in ("sources", "targets"))
    values = np.concatenate([one.weights for one in links])
    kept = (sources != targets) & (values > 0)
    half = coo_matrix((values[kept], (sources[kept], targets[kept])), shape=(nodes, nodes)).tocsr()
    return (half + half.T).tocsr()


def _meaning(neighbours: Neighbours, makers: NDArray[np.bool_], weight: float) -> Links:
    """A chunk's say over its nearest, by how much nearer each is than the furthest of all its neighbours. Chunks that
    make topics speak for each other only: where each function has ten tests, its nearest are tests.
    """
    n, k = neighbours.indices.shape
    near = neighbours.similarities - neighbours.similarities[:, -1:] + LEAST_NEARNESS
    heard = makers[neighbours.indices] | ~makers[:, None]
    heard &= np.cumsum(heard, axis=1) <= MEANING_NEIGHBOURS
    near = np.where(heard, near, 0).astype(np.float64)
    shares = weight * near / np.maximum(near.sum(axis=1, keepdims=True), 1e-12)
    return Links(np.repeat(np.arange(n), k), neighbours.indices.ravel().astype(np.int64), shares.ravel())


def _containment(tree: Tree, weights: Weights) -> list[Links]:
    """Chunks to files, files to folders, folders to those above. A folder's say fades with each step upwards."""
    n, files = len(tree.file), len(tree.files)
    in_file = np.bincount(tree.file, minlength=files).astype(np.float64)
    in_folder = np.bincount(tree.folder, weights=in_file, minlength=len(tree.folders))
    for at in _deepest_first(tree):
        if tree.above[at] >= 0:
            in_folder[tree.above[at]] += in_folder[at]
    inner = np.flatnonzero(tree.above >= 0)
    return [
        Links(np.arange(n), n + tree.file, np.full(n, weights.files)),
        Links(n + np.arange(files), n + files + tree.folder, weights.folders * in_file),
        Links(n + files + inner, n + files + tree.above[inner], weights.folders / 2 * in_folder[inner]),
    ]


def _deepest_first(tree: Tree) -> list[int]:
    depth = [folder.count("/") + (folder != "") for folder in tree.folders]
    return sorted(range(len(depth)), key=lambda at: -depth[at])


def _references(
    chunks: Sequence[Chunk], symbols: Mapping[str, Symbol], edges: Sequence[Edge], tree: Tree, weights: Weights
) -> list[Links]:
    """Calls and bases from the chunk they stand in, imports from their file; the target is where a symbol begins."""
    n = len(chunks)
    home, holders = home_chunks(chunks, symbols), _Holders(chunks, tree)
    file_of = {path: at for at, path in enumerate(tree.files)}
    links = []
    for kind, weight in (("calls", weights.calls), ("imports", weights.imports), ("inherits", weights.bases)):
        found = [
            edge for edge in edges if edge.kind == kind and edge.target in home and symbols[edge.source].path in file_of
        ]
        if not found:
            continue
        files = np.array([file_of[symbols[edge.source].path] for edge in found], np.int64)
        if kind == "imports":
            sources = n + files
        else:
            sources = holders.of(files, np.array([edge.start_byte or 0 for edge in found], np.int64))
        targets = [_place_of(symbols[edge.target or ""], kind, home, file_of, n) for edge in found]
        worth = np.array([edge.confidence for edge in found], np.float64)
        links.append(_shared_out(Links(sources, np.array(targets, np.int64), worth), weight, tree))
    return links


def _place_of(target: Symbol, kind: str, home: Mapping[str, int], file_of: Mapping[str, int], n: int) -> int:
    """The node of what an edge leads to. Who imports a module means all of its file."""
    if kind == "imports" and target.kind == "module":
        return n + file_of[target.path]
    return home[target.id]


class _Holders:
    """Which chunk holds a byte of a file. Files are below 4 GB, so file and byte make one number."""

    def __init__(self, chunks: Sequence[Chunk], tree: Tree) -> None:
        keys = (tree.file << 32) + np.array([chunk.start_byte for chunk in chunks], np.int64)
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]

    def of(self, files: Indices, bytes_: Indices) -> Indices:
        found = np.searchsorted(self._keys, (files << 32) + bytes_, side="right") - 1
        return np.asarray(self._order[np.maximum(found, 0)], np.int64)


def _shared_out(links: Links, weight: float, tree: Tree) -> Links:
    """A source's say shared out over its distinct targets, each worth less the more sources lead to it: what everybody
    calls joins nobody. A file speaks for all its chunks.
    """
    n, nodes = len(tree.file), len(tree.file) + len(tree.files)
    pairs = links.sources * nodes + links.targets
    order = np.lexsort((-links.weights, pairs))
    order = order[np.r_[True, np.diff(pairs[order]) > 0]]
    order = order[links.sources[order] != links.targets[order]]
    sources, targets = links.sources[order], links.targets[order]
    worth = links.weights[order] / np.sqrt(np.bincount(targets, minlength=nodes)[targets])
    total = np.bincount(sources, weights=worth, minlength=nodes)
    say = np.r_[np.ones(n), np.bincount(tree.file, minlength=len(tree.files))]
    return Links(sources, targets, weight * say[sources] * worth / np.maximum(total[sources], 1))
