"""A cache of one's own that has what takes long to make: the model, and the compiled rules that find secrets."""

from pathlib import Path


def link_cache(model_cache: Path, cache: Path) -> None:
    """Link both into the folder `cache`."""
    for name in ("models", "detectors"):
        (cache / name).symlink_to(model_cache / name)
