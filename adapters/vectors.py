"""The vector cache: what was embedded once, kept in the store by content, so that no run pays for it again.

A batch's vectors are one immutable segment: a line of JSON with their keys, then float32 rows. It is named by its
content and written only if absent; there is no shared index, so concurrent runs and machines cannot hurt each other.
Segments lie below one prefix per (model, revision, engine). A segment that is not what its name says is removed.

Of segments only the beginnings are read, to find those that hold what is asked for; many at once, for a store may be
far away. Segments never change, so what one holds is remembered.
"""

import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import numpy as np

from adapters.store import Store
from doctown.blob import Stored
from doctown.embed.vectors import Rows
from doctown.errors import BlobMissing, StoreUnavailable
from doctown.model import digest

MEDIA_TYPE = "application/octet-stream"
AT_ONCE = 16
"""Segments that are read at the same time."""
HEAD_BYTES = 65_536
"""Enough for the keys of any batch of the usual size."""
_ENGINES_REMEMBERED = 8
"""Of one place."""


class VectorCache:
    """Vectors by (model, revision, engine, key), in a store."""

    def __init__(self, store: Store, sleep: Callable[[float], None] = time.sleep) -> None:
        self._store, self._sleep = store, sleep
        self._names: dict[str, tuple[str, ...]] = {}

    def known(self, model: str, revision: str, engine: str, keys: AbstractSet[str]) -> set[str]:
        """Which of `keys` have a vector."""
        found: set[str] = set()
        for names, _ in self._segments(model, revision, engine, keys):
            found |= keys & set(names)
        return found

    def keep(self, model: str, revision: str, engine: str, keys: Sequence[str], rows: Rows) -> None:
        """Keep the vectors `rows`, shape (keys, dimensions), durably."""
        head = json.dumps({"keys": list(keys), "dimensions": int(rows.shape[1])}).encode() + b"\n"
        data = head + np.ascontiguousarray(rows, "<f4").tobytes()
        name = f"{_prefix(model, revision, engine)}/{sha256(data).hexdigest()}.seg"
        if not self._store.put_if_absent(name, data) and self._store.get(name) is None:
            raise StoreUnavailable(f"The store cannot hold {name}: something that is no file lies there; remove it.")

    def rows(self, model: str, revision: str, engines: Sequence[str], keys: Sequence[str]) -> Rows:
        """The vectors of `keys`, each of the first of `engines` that has it: float32 of shape (keys, dimensions).

        Raises BlobMissing: one has no vector.
        """
        places: dict[str, list[int]] = {}
        for at, key in enumerate(keys):
            places.setdefault(key, []).append(at)
        rows: Rows = np.zeros((0, 0), np.float32)
        for pause_s in (0.0, *self._store.settles_s):
            if pause_s:
                self._sleep(pause_s)
            for engine in engines:
                for names, segment in self._segments(model, revision, engine, places.keys()):
                    if not rows.size:
                        rows = np.zeros((len(keys), segment.shape[1]), np.float32)
                    for name, vector in zip(names, segment, strict=True):
                        for at in places.pop(name, ()):
                            rows[at] = vector
            if not places:
                return rows
        raise BlobMissing(f"{len(places)} vectors are no longer in the store; run again.")

    def remembered_engine(self, address: str, model: str, revision: str) -> str | None:
        """The engine that the place at `address` had when it was last used."""
        return next(iter(self.remembered_engines(address, model, revision)), None)

    def remembered_engines(self, address: str, model: str, revision: str) -> list[str]:
        """The engines that the place at `address` has had, the last one first."""
        data = self._store.get(_engine_key(address, model, revision)) or b""
        return data.decode(errors="replace").splitlines()

    def remember_engine(self, address: str, model: str, revision: str, engine: str) -> None:
        """Note the engine of the place at `address`."""
        before = self.remembered_engines(address, model, revision)
        if before[:1] != [engine]:
            lines = [engine, *(one for one in before if one != engine)][:_ENGINES_REMEMBERED]
            self._store.put(_engine_key(address, model, revision), "\n".join(lines).encode(), "text/plain")

    def _segments(
        self, model: str, revision: str, engine: str, keys: AbstractSet[str]
    ) -> Iterator[tuple[tuple[str, ...], Rows]]:
        """Names and vectors of the segments that are needed for `keys`, whole and as they were written."""
        left = set(keys)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            listed = list(self._store.listed(_prefix(model, revision, engine))) if left else []
            wanted = []
            for segment, names in zip(listed, pool.map(self._names_in, listed), strict=True):
                if names is None or not left.isdisjoint(names):
                    wanted.append(segment.key)
                    left.difference_update(names or ())
            for first in range(0, len(wanted), AT_ONCE):
                for found in pool.map(self._segment, wanted[first : first + AT_ONCE]):
                    if found is not None:
                        yield found

    def _names_in(self, segment: Stored) -> tuple[str, ...] | None:
        """Whose vectors the segment holds, by its beginning; None where that does not say so."""
        if segment.key not in self._names:
            head = self._store.start_of(segment.key, min(segment.size, HEAD_BYTES)) if segment.size else None
            if not head or b"\n" not in head:
                return None
            try:
                self._names[segment.key] = tuple(json.loads(head.partition(b"\n")[0])["keys"])
            except (ValueError, TypeError, KeyError):
                return None
        return self._names[segment.key]

    def _segment(self, key: str) -> tuple[tuple[str, ...], Rows] | None:
        """The whole segment; None, and removed, where it is not what its name says."""
        data = self._store.get(key)
        if data is None:
            return None
        if sha256(data).hexdigest() != key.rpartition("/")[2].removesuffix(".seg"):
            self._store.delete(key)
            self._names.pop(key, None)
            return None
        head, _, body = data.partition(b"\n")
        found = json.loads(head)
        rows = np.frombuffer(body, "<f4").reshape(len(found["keys"]), found["dimensions"])
        self._names[key] = tuple(found["keys"])
        return self._names[key], rows


def _prefix(model: str, revision: str, engine: str) -> str:
    return "/".join(("vectors", _slug(model), _slug(revision), _slug(engine)))


def _engine_key(address: str, model: str, revision: str) -> str:
    return f"engines/{digest(address, model, revision)}"


def _slug(name: str) -> str:
    """A readable part of a store's key; the digest keeps names apart that read alike."""
    readable = re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-._")[:60]
    return f"{readable}-{digest(name)[:8]}" if readable != name else name
