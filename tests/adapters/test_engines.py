"""What the engines are told, as far as it can be seen without a GPU."""

import subprocess
import sys
from pathlib import Path

from adapters.engines import cuda_options, equal_lengths

ROOT = Path(__file__).parents[2]


def test_texts_of_one_length_run_together_the_longest_first():
    ids = [[0] * length for length in (3, 9, 3, 3, 9, 1)]
    assert list(equal_lengths(ids, 9)) == [[1], [4], [0, 2, 3], [5]]
    assert list(equal_lengths(ids, 1)) == [[1], [4], [0], [2], [3], [5]]


def test_cuda_computes_in_full_float32_within_its_memory_and_chooses_nothing_by_timing():
    options = cuda_options(3 << 30)
    assert options["use_tf32"] == "0"
    assert options["gpu_mem_limit"] == str(3 << 30)
    assert options["cudnn_conv_algo_search"] != "EXHAUSTIVE"


def test_openvino_is_loaded_without_its_telemetry(tmp_path):
    code = (
        "import sys; from adapters.engines import _openvino; _openvino().Core();"
        "print([name for name, module in sys.modules.items() if 'openvino_telemetry' in name and module])"
    )
    environment = {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
    assert list(tmp_path.iterdir()) == []
