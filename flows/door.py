"""What whoever starts a run in this process gives beside its parameters, which are JSON: settings, ways to tell.

It comes through `DOOR`, a ContextVar. A process without one, a Prefect worker's, reads its settings from the
environment.
"""

import os
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from adapters.settings import Settings
from doctown.steps import Progress, silent
from flows.prefect_tasks import OpenPlaces
from places.places import Places

OpenAt = Callable[..., AbstractAsyncContextManager[OpenPlaces]]


@dataclass(frozen=True, slots=True)
class Door:
    """What a run is given."""

    settings: Settings
    progress: Progress = silent
    open_at: OpenAt = Places
    """Called as `Places` is."""
    used: Callable[[Mapping[str, Any]], None] = lambda _: None
    """Called with the bill of a run that failed."""


DOOR: ContextVar[Door] = ContextVar("door")


def the_door() -> Door:
    """That of this run."""
    return DOOR.get(None) or Door(Settings.from_environment(os.environ))
