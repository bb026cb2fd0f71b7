"""Where numba keeps what it compiles: below DOCTOWN_CACHE, or, where that cannot be written, for this process alone.

numba names what it keeps by source, version and processor, so that one folder may serve several machines.
"""

import tempfile
from pathlib import Path

from adapters.settings import Settings


def keep_kernels(settings: Settings) -> None:
    """Have numba keep its code in our cache. Takes effect for kernels that are first imported afterwards."""
    from numba import config

    folder = Path(settings.cache).absolute() / "kernels"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        return  # numba looks for a place by itself, and `doctown.assemble.kernels` bears that it finds none
    config.CACHE_DIR = str(folder)
