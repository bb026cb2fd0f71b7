"""The pace of this machine: how long the last run here took where no sample can tell. One small file in the cache.

What is derived from it is left to `places.estimates`. A file that cannot be read or written counts for nothing: no run
fails over it.
"""

import contextlib
import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class Pace(BaseModel):
    """Of the last whole run on this machine."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    chunks: int = Field(ge=1)
    assemble_s: float = Field(gt=0, allow_inf_nan=False)


def last_pace(cache: Path) -> Pace | None:
    """The pace of the last run with this cache; None where there was none."""
    try:
        return Pace.model_validate_json(_place(cache).read_bytes())
    except (OSError, ValidationError):
        return None


def note_pace(cache: Path, pace: Pace) -> None:
    """Keep it in place of an older one."""
    written = _place(cache).with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError):
        written.write_text(pace.model_dump_json())
        written.replace(_place(cache))


def _place(cache: Path) -> Path:
    return cache / "pace.json"
