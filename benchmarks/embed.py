"""Texts per second against sentence-transformers, on the same distinct texts, in alternating rounds of one process.

    pip install -e '.[reference]'        # sentence-transformers and torch; gigabytes unless torch is a CPU build
    python benchmarks/embed.py [--texts 600] [--rounds 3] [--source DIR]

The texts are the functions and classes of the Python files below DIR (by default the standard library), drawn with a
fixed seed, cut to the model's length. sentence-transformers runs at each of its batch sizes and is judged by its best;
both have their model loaded and may use every core. The last lines say the ratio and how far the vectors are apart, and
what the processor allows: how fast it multiplies large float32 matrices, and so how many of these texts it could embed
if it did nothing else. No float32 engine can be further ahead than that.
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
from pathlib import Path
from typing import Any

for variable in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):  # set on some machines; both halve matrix products
    os.environ.pop(variable, None)
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from adapters.encoder import Encoder, TokenCounter
from adapters.model_files import ModelFiles, model_files
from adapters.settings import Settings
from doctown.embed.bert_shape import bert_shape

BATCH_SIZES = (32, 64, 128)
BAR, MAX_DISTANCE = 2.3, 1e-5


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--texts", type=int, default=600)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--source", default=sysconfig.get_path("stdlib"))
    given = arguments.parse_args()
    files = model_files(Settings.from_environment(os.environ), "all-MiniLM-L6-v2", lambda *_: None)
    texts = texts_below(Path(given.source), given.texts)
    lengths = print_histogram(texts, files)

    encoder, reference = Encoder(files), reference_model(files)
    runs: dict[str, Callable[[], np.ndarray]] = {"doctown": lambda: encoder.encode(texts)}
    for size in BATCH_SIZES:
        runs[f"sentence-transformers, batch {size}"] = lambda size=size: reference.encode(
            texts, batch_size=size, normalize_embeddings=True, show_progress_bar=False
        )
    for name in ("doctown", "sentence-transformers, batch 32"):  # both warm before the first round
        runs[name]()
    rates: dict[str, list[float]] = {name: [] for name in runs}
    vectors = {}
    for _ in range(given.rounds):
        for name, run in runs.items():
            started = time.perf_counter()
            vectors[name] = run()
            rates[name].append(len(texts) / (time.perf_counter() - started))
    print(f"\n{encoder.engine}, {len(os.sched_getaffinity(0))} cores, {given.rounds} rounds, texts per second")
    for name, found in rates.items():
        print(f"  {name:<34} median {statistics.median(found):7.1f}   ({', '.join(f'{rate:.1f}' for rate in found)})")
    best = max(list(rates)[1:], key=lambda name: statistics.median(rates[name]))
    ratios = [ours / theirs for ours, theirs in zip(rates["doctown"], rates[best], strict=True)]
    distance = float(np.abs(vectors["doctown"] - vectors[best]).max())
    print(
        f"\nratio to {best}: {statistics.median(ratios):.2f} (bar {BAR}; rounds {min(ratios):.2f} to {max(ratios):.2f})"
    )
    print(f"largest difference of a component: {distance:.1e} (bar {MAX_DISTANCE:.0e})")
    product = peak_flops()
    limit = product / (sum(flops_of(files, length) for length in lengths) / len(texts))
    print(
        f"a float32 matrix product runs at {product / 1e9:.0f} GFLOP/s here: at most {limit:.0f} texts per second, of "
        f"which doctown has {statistics.median(rates['doctown']) / limit:.0%}; the ratio could be at most "
        f"{limit / statistics.median(rates[best]):.2f}"
    )
    sys.exit(0 if statistics.median(ratios) >= BAR and distance <= MAX_DISTANCE else 1)


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
    tokens = np.minimum(TokenCounter(files).counts(texts), files.max_tokens)
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
