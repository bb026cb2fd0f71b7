"""Material for the benchmarks: chunks of the Python packages installed here, ingested and embedded by doctown, once.

    python benchmarks/installed_code.py [--chunks 100000] [--threads 1]

The packages are those of the standard library and of site-packages that have at least 60 KB of source, tests and
generated tables left out, in an order that only their names decide. A sample of n chunks takes packages in that order,
at most an eighth of the sample from each, so that every sample is a repository of whole folders. What is embedded is a
chunk's text, cut to 64 tokens, without the header that names its file: how topics agree with packages must not be read
off a path. Everything is kept below DOCTOWN_CACHE; an embedding that is interrupted goes on where it was.
"""

import argparse
import dataclasses
import os
import shutil
import sys
import sysconfig
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from adapters.encoder import Encoder
from adapters.model_files import model_files
from adapters.settings import Settings
from adapters.store import Store, store_at
from adapters.vectors import VectorCache
from doctown.assemble.entries import Material
from doctown.model import Chunk, Edge, Symbol, embedding_key
from doctown.rows import rows_of
from doctown.steps import IngestRequest

MODEL = "all-MiniLM-L6-v2"
MAX_TOKENS = 64
REVISION, ENGINE = f"text-cut-to-{MAX_TOKENS}-tokens", "benchmarks"
SIZES = (1_000, 4_000, 12_000, 50_000, 100_000)
SHARE = 8
"""A package is at most one of so many parts of a sample."""
MIN_BYTES = 60_000
BYTES = 62_000_000
"""Of source; enough for the largest sample."""
TESTS = {"test", "tests", "testing", "idle_test", "_tests"}
TABLES = {"encodings", "pydoc_data", "wcwidth", "idlelib", "lib2to3", "dateparser_data", "site-packages", "__pycache__"}
KINDS = ("symbols", "edges", "chunks")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--chunks", type=int, default=SIZES[-1])
    arguments.add_argument("--threads", type=int, default=1)
    given = arguments.parse_args()
    settings = Settings.from_environment(os.environ)
    chunks = ingested(settings)[2]
    print(f"{len(chunks):,} chunks of {len(Counter(package_of(chunk) for chunk in chunks))} packages", flush=True)
    for size in [*(size for size in SIZES if size < given.chunks), given.chunks]:
        embed(settings, [chunks[at] for at in sample(chunks, size)], given.threads)


def material(settings: Settings, size: int) -> tuple[Material, list[str]]:
    """What a repository of `size` chunks gives to assembly, and the package of each chunk."""
    symbols, edges, chunks = ingested(settings)
    taken = [chunks[at] for at in sample(chunks, size)]
    embed(settings, taken, len(os.sched_getaffinity(0)))
    keys = [embedding_key(chunk.text) for chunk in taken]
    rows = VectorCache(_store(settings)).rows(MODEL, REVISION, [ENGINE], keys)
    needed = {name for chunk in taken for name in chunk.symbol_ids}
    by_id = {symbol.id: symbol for symbol in symbols}
    for name in list(needed):
        while (parent := by_id[name].parent_id) is not None and parent not in needed:
            needed.add(name := parent)
    inside = [edge for edge in edges if edge.source in needed and (edge.target is None or edge.target in needed)]
    kept = [symbol for symbol in symbols if symbol.id in needed]
    return Material(kept, inside, taken, rows, b"{}", b""), [package_of(chunk) for chunk in taken]


def sample(chunks: list[Chunk], size: int) -> list[int]:
    """The chunks of a sample, by index, in the order of the repository."""
    of: dict[str, list[int]] = {}
    for at, chunk in enumerate(chunks):
        of.setdefault(package_of(chunk), []).append(at)
    taken: list[int] = []
    for package in sorted(of, key=_turn):
        taken += of[package][: min(size // SHARE, size - len(taken))]
    if len(taken) < size:
        sys.exit(f"Only {len(taken):,} of {size:,} chunks are to be had from the packages installed here.")
    return sorted(taken)


def package_of(chunk: Chunk) -> str:
    """The top-level package (or module) of a chunk."""
    return chunk.path.partition("/")[0].removesuffix(".py")


def embed(settings: Settings, chunks: list[Chunk], threads: int) -> None:
    """Embed those that have no vector yet, a thousand at a time."""
    cache = VectorCache(_store(settings))
    texts = {embedding_key(chunk.text): chunk.text for chunk in chunks}
    known = cache.known(MODEL, REVISION, ENGINE, texts.keys())
    missing = sorted(key for key in texts if key not in known)
    if not missing:
        return
    files = dataclasses.replace(model_files(settings, MODEL, lambda *_: None), max_tokens=MAX_TOKENS)
    encoder = Encoder(files, settings.model_copy(update={"threads": threads, "use_gpu": False}))
    for start in range(0, len(missing), 1_000):
        keys = missing[start : start + 1_000]
        cache.keep(MODEL, REVISION, ENGINE, keys, np.asarray(encoder.encode([texts[key] for key in keys])))
        print(f"embedded {start + len(keys):,} of {len(missing):,}", file=sys.stderr, flush=True)


def ingested(settings: Settings) -> tuple[list[Symbol], list[Edge], list[Chunk]]:
    """Symbols, edges and chunks of the packages, read at the first call and kept."""
    folder = _folder(settings)
    if not all((folder / f"{kind}.jsonl").is_file() for kind in KINDS):
        _ingest(settings, folder)
    symbols, edges, chunks = ((folder / f"{kind}.jsonl").read_bytes() for kind in KINDS)
    return list(rows_of(symbols, Symbol)), list(rows_of(edges, Edge)), list(rows_of(chunks, Chunk))


def _ingest(settings: Settings, folder: Path) -> None:
    from tasks.ingest import ingest

    sources = folder / "sources"
    shutil.rmtree(sources, ignore_errors=True)
    left = BYTES
    for name in sorted(found := _packages(), key=_turn):
        for file, size in found[name] if left > 0 else ():
            to = sources / file
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(_root_of(file) / file, to)
            left -= size
    result = ingest(IngestRequest(repository=str(sources), model=MODEL), settings, lambda *_: None)
    store = store_at(settings.store_url)
    for kind in KINDS:
        (folder / f"{kind}.jsonl").write_bytes(store.read(getattr(result, kind)))
    shutil.rmtree(sources)


def _packages() -> dict[str, list[tuple[Path, int]]]:
    """The files (relative to their root) and sizes of each package that has enough of them."""
    found: dict[str, list[tuple[Path, int]]] = {}
    for root in _roots():
        for file in sorted(root.rglob("*.py")):
            inner = file.relative_to(root)
            parts = set(inner.parts)
            if parts & TESTS or parts & TABLES or inner.name.startswith("test_") or not file.stat().st_size:
                continue
            found.setdefault(inner.parts[0].removesuffix(".py"), []).append((inner, file.stat().st_size))
    return {name: files for name, files in found.items() if sum(size for _, size in files) >= MIN_BYTES}


def _roots() -> Iterator[Path]:
    yield Path(sysconfig.get_path("stdlib"))
    yield Path(sysconfig.get_path("purelib"))


def _root_of(file: Path) -> Path:
    return next(root for root in _roots() if (root / file).is_file())


def _turn(name: str) -> str:
    return sha256(name.encode()).hexdigest()


def _folder(settings: Settings) -> Path:
    folder = Path(settings.cache) / "benchmarks" / "assemble"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _store(settings: Settings) -> Store:
    return store_at((_folder(settings) / "store").absolute().as_uri())


if __name__ == "__main__":
    main()
