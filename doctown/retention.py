"""Retention: which objects of a store may go. Pure: the store is listed and rid of them by `adapters.retention`.

What was read of a repository is written anew by every run that needs it, so its age is the time since the last one.
Vectors do not tell when they were last of use: they stay, but for those of engines that no place has any more. Docpacks
are what people came for: they go only if asked, and never one that somebody links to.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from doctown.blob import Stored

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Retention:
    """Days for which objects are kept after they were last written; None: for ever."""

    ingested_days: float | None = 7
    """Of what was read of repositories."""
    traces_days: float | None = 2
    """Of the record of remote jobs and texts under way, which dead runs leave: no job lives as long."""
    vectors_days: float | None = None
    """Of segments that do not lie below one of `engines`."""
    docpacks_days: float | None = None
    """Of docpacks that are not among `linked`."""
    engines: Collection[str] = field(default=())
    """Prefixes of the segments of vectors that are in use, as `vectors/<model>/<revision>/<engine>`."""
    linked: Collection[str] = field(default=())
    """Keys of docpacks that somebody links to, or may still fetch by a link."""

    def days_of(self, key: str) -> float | None:
        """For how long the object is kept; None: for ever, and so is what is none of these."""
        folder = key.partition("/")[0]
        if folder == "vectors" and any(key.startswith(f"{engine}/") for engine in self.engines):
            return None
        if folder == "docpacks" and key in self.linked:
            return None
        return {
            "ingested": self.ingested_days,
            "remote-jobs": self.traces_days,
            "under-way": self.traces_days,
            "vectors": self.vectors_days,
            "docpacks": self.docpacks_days,
        }.get(folder)


FOLDERS = ("ingested", "remote-jobs", "under-way", "vectors", "docpacks")
"""Of a store, those in which anything may go."""


def expired(objects: Iterable[Stored], keep: Retention, now: float) -> Iterator[Stored]:
    """Those of `objects` that may go at the unix time `now`."""
    for one in objects:
        days = keep.days_of(one.key)
        if days is not None and now - one.written > days * DAY_S:
            yield one
