"""`doctown cache`, as a person at a terminal sees it."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.fakes.repositories import write

ROOT = Path(__file__).parents[2]


def doctown(*arguments, cache, **more):
    command = [sys.executable, "-c", "from cli.main import main; main()", "cache", *arguments]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "DOCTOWN_CACHE": str(cache)} | more
    return subprocess.run(command, check=False, env=environment, capture_output=True, text=True, timeout=120)


def test_what_is_kept_is_shown_and_what_is_old_is_removed(tmp_path):
    write(tmp_path, {"store/vectors/a.seg": "x" * 2_000_000, "store/vectors/b.seg": "x"})
    then = time.time() - 3 * 86_400
    os.utime(tmp_path / "store/vectors/a.seg", (then, then))
    shown = doctown("show", cache=tmp_path)
    assert shown.returncode == 0
    assert "vectors           2.0 MB         2 files" in shown.stdout
    found = json.loads(doctown("show", "--json", cache=tmp_path).stdout)
    assert found["bytes"] == 2_000_001
    assert "freed 0 bytes" in doctown("prune", cache=tmp_path).stdout
    assert "would free 2.0 MB" in doctown("prune", "--older-than", "2", "--dry-run", cache=tmp_path).stdout
    pruned = json.loads(doctown("prune", "--json", cache=tmp_path, DOCTOWN_CACHE_DAYS="2").stdout)
    assert (pruned["bytes"], pruned["in_use"], pruned["dry_run"]) == (2_000_000, [], False)
    assert [row["kind"] for row in pruned["removed"]] == ["vectors"]
    assert not (tmp_path / "store/vectors/a.seg").exists() and (tmp_path / "store/vectors/b.seg").exists()


def test_days_that_are_none_are_refused_and_another_store_is_told(tmp_path):
    refused = doctown("prune", "--older-than", "-1", "--json", cache=tmp_path)
    assert refused.returncode == 3 and json.loads(refused.stdout)["error_kind"] == "BadRequest"
    shown = doctown("show", cache=tmp_path, DOCTOWN_STORE="file:///elsewhere")
    assert shown.returncode == 0 and "not looked at" in shown.stderr
