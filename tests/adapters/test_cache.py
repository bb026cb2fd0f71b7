"""What is kept is told by kind; what is old goes, and never what a living run may need."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from adapters.cache import DAY_S, kept_in, prune
from adapters.scratch import held_since, scratch_in
from tests.fakes.repositories import write

ROOT = Path(__file__).parents[2]
AGES = {  # days
    "models/m/1/model.safetensors": 400,
    "store/vectors/m/1/e/old.seg": 40,
    "store/vectors/m/1/e/new.seg": 1,
    "store/engines/abc": 40,
    "store/ingested/old.jsonl": 40,
    "store/ingested/new.jsonl": 1,
    "store/docpacks/old.docpack": 40,
    "store/remote-jobs/e/old": 40,
    "store/remote-jobs/e/new": 1,
    "store/vectors/m/1/e/.writing-abc": 40,
    "kernels/k.nbc": 40,
    "detectors/d.vscdb": 5,
    "prefect/prefect.db": 400,
    "pace.json": 400,
    "mine/holiday.txt": 4000,
    "store/stranger/x": 4000,
}


@pytest.fixture
def cache(tmp_path):
    folder = tmp_path / "cache"
    for path, days in AGES.items():
        write(folder, {path: "x" * 100})
        then = time.time() - days * DAY_S
        os.utime(folder / path, (then, then))
    return folder


def files_in(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def gone(cache, **asked):
    before = files_in(cache)
    rows = prune(cache, 30 * DAY_S, **asked)
    went = before - files_in(cache)
    if not asked.get("dry_run"):
        assert sum(row.files for row in rows) == len(went)
    return went


OLD = {path for path, days in AGES.items() if days == 40}


def test_what_is_kept_is_told_by_kind_with_its_size_and_age(cache):
    rows = {row.kind: row for row in kept_in(cache)}
    assert (rows["vectors"].files, rows["vectors"].bytes) == (4, 400)
    assert rows["vectors"].newest - rows["vectors"].oldest == pytest.approx(39 * DAY_S, abs=5)
    assert rows["other"].files == 3
    assert sum(row.files for row in rows.values()) == len(AGES)
    assert not any(row.in_use for row in rows.values())


def test_a_cache_that_is_not_there_holds_nothing(tmp_path):
    assert sum(row.files for row in kept_in(tmp_path / "none")) == 0
    assert sum(row.files for row in prune(tmp_path / "none", 0, everything=True)) == 0
    assert not (tmp_path / "none").exists()


def test_what_is_older_goes_and_models_the_history_and_what_is_not_ours_stay(cache):
    assert gone(cache) == OLD
    assert not (cache / "kernels").exists()


def test_all_takes_everything_of_ours_but_the_records_of_jobs_that_may_run(cache):
    assert gone(cache, everything=True) == set(AGES) - {
        "store/remote-jobs/e/new",
        "pace.json",
        "mine/holiday.txt",
        "store/stranger/x",
    }


def test_a_dry_run_tells_and_touches_nothing(cache):
    assert sum(row.files for row in prune(cache, 30 * DAY_S, dry_run=True)) == len(OLD)
    assert files_in(cache) == set(AGES)


def test_while_a_run_lives_only_what_earlier_ones_left_goes(cache):
    with scratch_in(cache):
        write(cache, {"store/docpacks/of-the-run.docpack": "x"})
        assert all(row.in_use for row in kept_in(cache) if row.kind in ("models", "vectors", "kernels"))
        rows = prune(cache, 0, everything=True)
        assert {row.kind for row in rows if row.files} == {"docpacks", "ingested"}
        assert {"models", "vectors", "kernels", "server data"} <= {row.kind for row in rows if row.in_use}
        assert (cache / "store/docpacks/of-the-run.docpack").exists()
        assert (cache / "models/m/1/model.safetensors").exists()
    assert gone(cache) >= {"store/vectors/m/1/e/old.seg"}


def test_a_run_that_was_killed_counts_for_nothing_and_its_scratch_goes(cache):
    program = (
        "import os, sys\nfrom pathlib import Path\nfrom adapters.scratch import scratch_in\n"
        "with scratch_in(Path(sys.argv[1])) as own:\n"
        "    (own / 'clone').write_text('x')\n    print(own, flush=True)\n    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, str(cache)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        own = Path(run.stdout.readline().strip())
        assert len(held_since(cache)) == 1
        assert prune(cache, 30 * DAY_S)[0].files == 0
        assert (own / "clone").exists()
        run.kill()
        run.wait()
    assert held_since(cache) == []
    prune(cache, 30 * DAY_S)
    assert not own.exists()


def test_a_link_is_a_file_of_its_own_and_leads_nowhere(cache, tmp_path):
    write(tmp_path, {"precious/model.bin": "x" * 1_000})
    (cache / "readings").symlink_to(tmp_path / "precious")
    (cache / "kernels" / "link").symlink_to(tmp_path / "precious")
    prune(cache, 0, everything=True)
    assert (tmp_path / "precious" / "model.bin").exists()
    assert not (cache / "readings").is_symlink()


def test_runs_begin_and_end_while_another_prunes(cache):
    """None loses its folder: who begins waits, who is swept before it is locked makes another."""
    failed = []

    def run():
        try:
            for _ in range(40):
                with scratch_in(cache) as own:
                    (own / "clone").write_text("x")
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        prune(cache, 30 * DAY_S)
    assert failed == []
    assert list((cache / "scratch").iterdir()) == []
