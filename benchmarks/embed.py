"""Texts per second against sentence-transformers, on the same distinct texts, in alternating rounds of one process.

    pip install -e '.[reference]'        # sentence-transformers and torch; gigabytes unless torch is a CPU build
    python benchmarks/embed.py [--texts 600] [--rounds 3] [--source DIR]

The texts are the functions and classes of the Python files below DIR (by default the standard library), drawn with a
fixed seed, cut to the model's length. sentence-transformers runs at each of its batch sizes and is judged by its best;
all have their model loaded and may use every core. There is a line for each engine and precision of this machine: its
ratio, its share of what the processor allows, and how far its vectors are from sentence-transformers'. The limit is how
fast the processor multiplies large float32 matrices, and so how many of these texts it could embed if it did nothing
else: no float32 engine can be further ahead than that.
"""

import argparse
import ast
import json
import os
import random
import shutil
import statistics
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

for variable in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):  # set on some machines; both halve matrix products
    os.environ.pop(variable, None)
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from adapters.encoder import Encoder
from adapters.model_files import ModelFiles, model_files
from adapters.settings import Settings
from adapters.tokenizer import TokenCounter
from doctown.embed.bert_shape import bert_shape
from doctown.errors import DoctownError

BAR, MAX_DISTANCE = 2.9, 1e-5
CHOICES = (("openvino", "float32"), ("onnxruntime", "float32"), ("openvino", "bf16"), ("onnxruntime", "int8"))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--texts", type=int, default=600)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--batch-sizes", type=int, nargs="+", default=[32, 64, 128])
    arguments.add_argument("--source", default=sysconfig.get_path("stdlib"))
    given = arguments.parse_args()
    files = model_files(Settings.from_environment(os.environ), "all-MiniLM-L6-v2", lambda *_: None)
    texts = texts_below(Path(given.source), given.texts)
    lengths = print_histogram(texts, files)

    engines, reference = engines_here(files), reference_model(files)
    runs: dict[str, Callable[[], np.ndarray]] = {
        name: partial(encoder.encode, texts) for name, encoder in engines.items()
    }
    theirs = []
    for size in given.batch_sizes:
        theirs.append(f"sentence-transformers, batch {size}")
        runs[theirs[-1]] = partial(
            reference.encode, texts, batch_size=size, normalize_embeddings=True, show_progress_bar=False
        )
    for name in (*engines, theirs[0]):  # all warm before the first round
        runs[name]()
    rates: dict[str, list[float]] = {name: [] for name in runs}
    vectors = {}
    for _ in range(given.rounds):
        for name, run in runs.items():
            started = time.perf_counter()
            vectors[name] = run()
            rates[name].append(len(texts) / (time.perf_counter() - started))
    best = max(theirs, key=lambda name: statistics.median(rates[name]))
    product = peak_flops()
    limit = product / (sum(flops_of(files, length) for length in lengths) / len(texts))
    print(
        f"\n{len(os.sched_getaffinity(0))} cores, {given.rounds} rounds; a float32 matrix product runs at "
        f"{product / 1e9:.0f} GFLOP/s here: at most {limit:.0f} texts per second in float32\n"
        f"{'':<66} texts/s  ratio  of limit  furthest  cosine min   mean"
    )
    for name, found in rates.items():
        rate = statistics.median(found)
        ratio = statistics.median(our / their for our, their in zip(found, rates[best], strict=True))
        cosines = (vectors[name] * vectors[best]).sum(1, dtype=np.float64)
        print(
            f"{name:<66} {rate:7.1f} {ratio:6.2f} {rate / limit:9.0%} {distance(vectors[name], vectors[best]):9.1e} "
            f"{cosines.min():11.5f} {cosines.mean():.5f}"
        )
    default = next(iter(engines))
    ratio = statistics.median(our / their for our, their in zip(rates[default], rates[best], strict=True))
    off = distance(vectors[default], vectors[best])
    print(
        f"\nratio of the default to {best}: {ratio:.2f} (bar {BAR}); largest difference of a component {off:.1e} "
        f"(bar {MAX_DISTANCE:.0e}); in float32 the ratio could be at most {limit / statistics.median(rates[best]):.2f}"
    )
    sys.exit(0 if ratio >= BAR and off <= MAX_DISTANCE else 1)


def engines_here(files: ModelFiles) -> dict[str, Encoder]:
    """Every engine and precision there is on this machine, by name, the default one first."""
    found: dict[str, Encoder] = {}
    for wish in ({}, *({"engine": engine, "precision": precision} for engine, precision in CHOICES)):
        try:
            encoder = Encoder(files, Settings.from_environment(os.environ, **wish))
        except DoctownError as error:
            print(f"left out: {error}")
        else:
            found.setdefault(encoder.engine, encoder)
    return found


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """The largest difference of a component."""
    return float(np.abs(one - other).max())


def texts_below(folder: Path, count: int) -> list[str]:
    """Distinct functions and classes."""
    found: set[str] = set()
    for file in sorted(folder.rglob("*.py")):
        if "site-packages" in file.relative_to(folder).parts or "test" in str(file.relative_to(folder)):
            continue
        try:
            source = file.read_text()
            tree = ast.parse(source)
        except (SyntaxError, ValueError):
            continue
        lines = source.splitlines(keepends=True)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found.add("".join(lines[node.lineno - 1 : node.end_lineno]))
    return random.Random(0).sample(sorted(found), min(count, len(found)))


def peak_flops() -> float:
    """Floating-point operations a second of a large matrix product on all cores; the best of several."""
    size = 3_000
    one, other = (np.random.default_rng(seed).random((size, size), dtype=np.float32) for seed in (0, 1))
    best = 0.0
    for _ in range(5):
        started = time.perf_counter()
        one @ other
        best = max(best, 2 * size**3 / (time.perf_counter() - started))
    return best


def flops_of(files: ModelFiles, length: int) -> float:
    """Operations of the matrix products for one text of so many tokens."""
    shape = bert_shape(json.loads(files.config.read_bytes()))
    dense = 2 * length * (4 * shape.width**2 + 2 * shape.width * shape.inner)
    return float(shape.layers * (dense + 4 * length**2 * shape.width))


def print_histogram(texts: list[str], files: ModelFiles) -> list[int]:
    """How long the texts are, in tokens, as the model reads them."""
    tokens = np.minimum(TokenCounter(files.tokenizer, files.max_tokens).counts(texts), files.max_tokens)
    print(f"{len(texts):,} distinct texts, {tokens.mean():.0f} tokens in the mean")
    for low in range(0, files.max_tokens, 32):
        share = float(((tokens > low) & (tokens <= low + 32)).mean())
        print(f"  {low + 1:>3}-{low + 32:<3} {share:5.1%} {'#' * round(60 * share)}")
    return [int(length) for length in tokens]


def reference_model(files: ModelFiles) -> Any:
    """sentence-transformers over the same verified weights; nothing is fetched."""
    from sentence_transformers import SentenceTransformer, models
    from transformers import BertTokenizerFast

    with tempfile.TemporaryDirectory() as scratch:
        for file in (files.config, files.weights, files.tokenizer):
            shutil.copy(file, scratch)
        BertTokenizerFast(tokenizer_file=str(files.tokenizer)).save_pretrained(scratch)
        body = models.Transformer(scratch, max_seq_length=files.max_tokens)
        pooling = models.Pooling(files.dimensions, pooling_mode="mean")
        return SentenceTransformer(modules=[body, pooling, models.Normalize()], device="cpu")


if __name__ == "__main__":
    main()
