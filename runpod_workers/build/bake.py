"""Put into the image what is compiled: `python -m runpod_workers.build.bake`, below DOCTOWN_CACHE.

numba keeps machine code by the processor it is for, and finds it again only there. The image names one that RunPod's
hosts all include (NUMBA_CPU_NAME), so that what was compiled where the image was built serves on each of them. The
rules that find secrets are compiled too; on a host for which they do not serve they are compiled once more.
"""

import os
import sys
from pathlib import Path

import numpy as np

from adapters.kernel_cache import keep_kernels
from adapters.secret_scanner import SecretScanner
from adapters.settings import Settings
from doctown.assemble.layout import layout_of, nearness_of, principal_components
from doctown.assemble.neighbours import FEW, neighbours_of
from doctown.errors import DoctownError

ROWS, DIMENSIONS, NEIGHBOURS = FEW + 1, 16, 15


def bake(settings: Settings) -> None:
    """Compile the rules, and every kernel by using it once, on rows of nothing in particular."""
    SecretScanner(Path(settings.cache))
    keep_kernels(settings)
    angles = np.outer(np.arange(1, ROWS + 1), np.arange(1, DIMENSIONS + 1))
    rows = np.sin(angles).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    nearness = nearness_of(neighbours_of(rows, NEIGHBOURS))
    for dimensions in (2, 5):
        layout_of(nearness, principal_components(rows, dimensions), 0.1, 1, 42)


if __name__ == "__main__":
    try:
        bake(Settings.from_environment(os.environ))
    except DoctownError as error:
        sys.exit(f"What is compiled cannot be put into the image: {error}")
