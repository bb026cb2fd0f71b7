"""Compiled code is kept once, changes nothing, and is no condition."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYOUT = """
import sys
from hashlib import sha256
import numpy as np
from adapters.kernel_cache import keep_kernels
from adapters.settings import Settings
keep_kernels(Settings(cache=sys.argv[1]))
from doctown.assemble.layout import layout_of, nearness_of, principal_components
from doctown.assemble.neighbours import neighbours_of
rows = np.random.RandomState(0).normal(size=(700, 16)).astype(np.float32)
rows /= np.linalg.norm(rows, axis=1, keepdims=True)
near = neighbours_of(rows, 20, threads=int(sys.argv[2]))
places = layout_of(nearness_of(near), principal_components(rows, 2), 0.1, 20, 1)
from doctown.assemble.kernels import lay_out
print(sha256(near.indices.tobytes() + places.tobytes()).hexdigest(), sum(lay_out.stats.cache_hits.values()))
"""


def laid_out(cache, threads):
    command = [sys.executable, "-c", LAYOUT, str(cache), str(threads)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.split()


@pytest.mark.timeout(600)
def test_a_second_process_compiles_nothing_and_gives_the_same_bytes_on_more_threads(tmp_path):
    first, compiled = laid_out(tmp_path, 1)
    assert compiled == "0" and list((tmp_path / "kernels").rglob("*.nbc"))
    assert laid_out(tmp_path, 3) == [first, "1"]


@pytest.mark.timeout(600)
def test_a_cache_that_cannot_be_written_is_done_without(tmp_path):
    (tmp_path / "kernels").write_text("no folder")
    assert len(laid_out(tmp_path, 1)[0]) == 64
