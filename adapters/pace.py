"""Paces: how long the last run on this machine, and the last at an endpoint, took where no sample can tell.

Small files in the cache, one for this machine and one for each endpoint. What is derived from them is left to
`places.estimates` and `doctown.cost`. A file that cannot be read or written counts for nothing: no run fails over it.
"""

import contextlib
import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from doctown.cost import WorkerPace
from doctown.model import digest


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
    _keep(_place(cache), pace)


class _OfWorkers(BaseModel):
    """Of the workers of an endpoint, in the last run that used it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    start_s: float = Field(ge=0, allow_inf_nan=False)
    tokens_per_s: float = Field(gt=0, allow_inf_nan=False)


def worker_pace(cache: Path, address: str) -> WorkerPace | None:
    """How fast the workers at this endpoint were in the last run with this cache; None where there was none."""
    try:
        found = _OfWorkers.model_validate_json(_place_of(cache, address).read_bytes())
    except (OSError, ValidationError):
        return None
    return WorkerPace(found.start_s, found.tokens_per_s)


def note_worker_pace(cache: Path, address: str, start_s: float, tokens_per_s: float) -> None:
    """Keep it in place of an older one."""
    _keep(_place_of(cache, address), _OfWorkers(start_s=start_s, tokens_per_s=tokens_per_s))


def _keep(place: Path, pace: BaseModel) -> None:
    written = place.with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError):
        written.write_text(pace.model_dump_json())
        written.replace(place)


def _place(cache: Path) -> Path:
    return cache / "pace.json"


def _place_of(cache: Path, address: str) -> Path:
    return cache / f"pace-{digest(address)[:16]}.json"
