"""Assembly against UMAP and HDBSCAN used as their manuals show, on chunks of installed packages, each in a new process.

    python benchmarks/assemble.py [--sizes 1000 4000 12000 50000 100000] [--peer-up-to 12000] [--rounds 3]

The material, its embedding and what is left out stand in `installed_code.py`. doctown's seconds are those from the
start of the process to topics and map, imports included: what the peer gives too, which is UMAP in five dimensions,
HDBSCAN over it, and UMAP in two, seeded, imports included. "all" is the time to the entries of a docpack. Cold begins
with no compiled kernels, warm with those that the cold run kept; the peer keeps none. Both may use every core. Warm
doctown and the peer alternate, each round with another seed, and the ratio is that of their medians. Agreement with
packages (adjusted Rand and mutual information) is the mean of the rounds, that of two seeds the mean of their pairs;
all count every chunk, and the peer's noise is one topic of its own. Beyond the exact size, the recall of the 15 nearest
is taken on 1,000 chunks. Misses of a bar end it with status 1.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import combinations
from pathlib import Path
from typing import Any

for variable in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):  # set on some machines; both halve matrix products
    os.environ.pop(variable, None)
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

import numpy as np

SIZES = (1_000, 4_000, 12_000, 50_000, 100_000)
BARS = {1_000: 2.3, 4_000: 3.5, 12_000: 3.0}
SLACK = 0.02
"""Of agreement: less than what two seeds of one method differ by."""
FIRST_SEED = 42


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    arguments.add_argument("--peer-up-to", type=int, default=12_000)
    arguments.add_argument("--rounds", type=int, default=3, help="at least 2; two above 12,000 chunks")
    arguments.add_argument("--run", nargs=3, metavar=("WHO", "SEED", "FOLDER"), help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.run:
        print(json.dumps({"doctown": doctown, "peer": peer}[given.run[0]](Path(given.run[2]), int(given.run[1]))))
        return
    missed = [line for size in given.sizes for line in compared(size, size <= given.peer_up_to, given.rounds)]
    for line in missed:
        print(f"missed: {line}")
    sys.exit(1 if missed else 0)


def compared(size: int, with_peer: bool, rounds: int) -> list[str]:
    """Print the lines of one size; the bars it misses."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        packages = prepared(size, folder)
        print(f"\n{size:,} chunks of {len(set(packages))} packages", flush=True)
        cold = run("doctown", FIRST_SEED, folder)
        warm, theirs = [], []
        for seed in range(FIRST_SEED, FIRST_SEED + (max(rounds, 2) if size <= 12_000 else 2)):
            warm.append(run("doctown", seed, folder))
            if with_peer:
                theirs.append(run("peer", seed, folder))
        ours = agreement(packages, warm)
        print_line("doctown, cold", [cold], {})
        print_line("doctown, warm", warm, ours)
        same = cold["digest"] == warm[0]["digest"]
        missed = [] if same else [f"{size:,}: a warm run gave other bytes than a cold one"]
        if (recall := warm[0]["recall"]) is not None:
            print(f"  recall of the 15 nearest {recall:.3f}")
        if with_peer:
            other = agreement(packages, theirs)
            print_line("UMAP, HDBSCAN, UMAP", theirs, other)
            missed += judged(size, warm, theirs, ours, other)
    return missed


def judged(size: int, warm: list[Any], theirs: list[Any], ours: dict[str, float], other: dict[str, float]) -> list[str]:
    ratio = median(theirs, "seconds") / median(warm, "seconds")
    bar = BARS.get(size, 1.0)
    print(f"  ratio {ratio:.2f} (bar {bar})")
    missed = [] if ratio >= bar else [f"{size:,}: ratio {ratio:.2f} is below {bar}"]
    for what, value in ours.items():
        if value < other[what] - SLACK:
            missed.append(f"{size:,}: {what} {value:.3f} is below {other[what]:.3f}")
    return missed


def agreement(packages: list[str], runs: list[Any]) -> dict[str, float]:
    from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

    topics = [run["topics"] for run in runs]
    return {
        "ARI of two seeds": statistics.mean(adjusted_rand_score(*pair) for pair in combinations(topics, 2)),
        "ARI with packages": statistics.mean(adjusted_rand_score(packages, found) for found in topics),
        "AMI with packages": statistics.mean(adjusted_mutual_info_score(packages, found) for found in topics),
    }


def print_line(name: str, runs: list[Any], agreed: dict[str, float]) -> None:
    found = runs[0]
    words = [
        f"  {name:<20} {median(runs, 'seconds'):7.1f} s",
        f"all {median(runs, 'all'):7.1f} s" if found["all"] else " " * 13,
        f"{found['megabytes']:6,} MB  {len(set(found['topics'])):4} topics  {found['noise']:4.0%} noise",
        *(f"{what} {value:.3f}" for what, value in agreed.items()),
    ]
    print("  ".join(words), flush=True)
    if found["stages"]:
        print("    " + ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in found["stages"].items()))


def median(runs: list[Any], what: str) -> float:
    return statistics.median(run[what] for run in runs)


def prepared(size: int, folder: Path) -> list[str]:
    """Write the material of a size where the processes find it; the package of each chunk."""
    from installed_code import KINDS, material

    from adapters.settings import Settings
    from doctown.rows import jsonl_of

    of, packages = material(Settings.from_environment(os.environ), size)
    for kind in KINDS:
        (folder / f"{kind}.jsonl").write_bytes(jsonl_of(getattr(of, kind)))
    assert of.vectors is not None
    np.save(folder / "vectors.npy", of.vectors)
    return packages


def run(who: str, seed: int, folder: Path) -> Any:
    command = [sys.executable, __file__, "--run", who, str(seed), str(folder)]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"the run of {who} ended with {done.returncode}")
    return json.loads(done.stdout.splitlines()[-1])


def doctown(folder: Path, seed: int) -> dict[str, Any]:
    """One assembly, as `tasks.assemble` does it, without the store."""
    from hashlib import sha256

    from doctown.assemble.entries import Material
    from doctown.model import Chunk, Edge, Symbol
    from doctown.rows import rows_of

    of = Material(
        symbols=list(rows_of((folder / "symbols.jsonl").read_bytes(), Symbol)),
        edges=list(rows_of((folder / "edges.jsonl").read_bytes(), Edge)),
        chunks=list(rows_of((folder / "chunks.jsonl").read_bytes(), Chunk)),
        vectors=np.load(folder / "vectors.npy"),
        stats=b"{}",
        skipped=b"",
    )
    started = last = time.perf_counter()

    from threadpoolctl import threadpool_limits

    from adapters.kernel_cache import keep_kernels
    from adapters.settings import Settings
    from doctown.assemble.entries import understanding_of

    keep_kernels(Settings(cache=str(folder)))
    stages: list[float] = []

    def done() -> None:
        nonlocal last
        stages.append((now := time.perf_counter()) - last)
        last = now

    threads = len(os.sched_getaffinity(0))
    with threadpool_limits(1):
        found = understanding_of(of, seed, done, threads)
    whole, used = time.perf_counter() - started, megabytes()
    memberships = json.loads(found.entries["clusters.json"])["memberships"]
    digest = sha256(b"".join(found.entries[name] for name in sorted(found.entries))).hexdigest()
    return {
        "seconds": sum(stages[:3]),
        "all": whole,
        "megabytes": used,
        "stages": dict(zip(("neighbours", "topics", "map", "labels", "graph", "entries"), stages, strict=True)),
        "topics": [row["cluster"] for row in memberships],
        "noise": float(np.mean([row["noise"] for row in memberships])),
        "digest": digest,
        "recall": recall_of(of.vectors, threads),
    }


def recall_of(rows: Any, threads: int) -> float | None:
    """The share of the 15 nearest that `neighbours_of` finds, by their cosines so that ties count; None if exact."""
    from doctown.assemble.neighbours import EXACT_UP_TO, neighbours_of

    if len(rows) <= EXACT_UP_TO:
        return None
    found = neighbours_of(rows, 15, threads)
    at = np.random.RandomState(0).permutation(len(rows))[:1_000]
    cosines = rows[at] @ rows.T
    cosines[np.arange(len(at)), at] = -1
    farthest = -np.partition(-cosines, 14, axis=1)[:, 14:15]
    return float((found.similarities[at] >= farthest - 1e-6).mean())


def peer(folder: Path, seed: int) -> dict[str, Any]:
    """UMAP and HDBSCAN with what their manuals advise for clustering and for a picture."""
    import warnings

    warnings.filterwarnings("ignore")  # UMAP says that a seed means one thread
    vectors = np.load(folder / "vectors.npy")
    started = time.perf_counter()
    import hdbscan
    import umap

    near = {"n_neighbors": 15, "metric": "cosine", "random_state": seed}
    places = umap.UMAP(n_components=5, min_dist=0.0, **near).fit_transform(vectors)
    topics = hdbscan.HDBSCAN(min_cluster_size=15).fit_predict(places)
    umap.UMAP(n_components=2, **near).fit_transform(vectors)
    return {
        "seconds": time.perf_counter() - started,
        "all": 0,
        "megabytes": megabytes(),
        "stages": {},
        "topics": topics.tolist(),
        "noise": float((topics < 0).mean()),
    }


def megabytes() -> int:
    """The most memory this process has held; not what the process that started it had (as `getrusage` would say)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) // 1024


if __name__ == "__main__":
    main()
