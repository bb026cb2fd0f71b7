"""The vector cache: what was embedded once, kept in the store by content, so that no run pays for it again.

A batch's vectors are one immutable segment: a line of JSON with their keys, then float32 rows. It is named by its
content and written only if absent; there is no shared index, so concurrent runs and machines cannot hurt each other.
Segments lie below one prefix per (model, revision, engine). A segment that is not what its name says is removed.
"""

import json
import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from hashlib import sha256
from itertools import chain

import numpy as np

from adapters.store import Store
from doctown.embed.vectors import Rows
from doctown.errors import BlobMissing, StoreUnavailable
from doctown.model import digest

MEDIA_TYPE = "application/octet-stream"


class VectorCache:
    """Vectors by (model, revision, engine, key), in a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def known(self, model: str, revision: str, engine: str, keys: AbstractSet[str]) -> set[str]:
        """Which of `keys` have a vector."""
        found: set[str] = set()
        for names, _ in self._segments(model, revision, engine):
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
        for names, segment in chain.from_iterable(self._segments(model, revision, engine) for engine in engines):
            if not rows.size:
                rows = np.zeros((len(keys), segment.shape[1]), np.float32)
            for name, vector in zip(names, segment, strict=True):
                for at in places.pop(name, ()):
                    rows[at] = vector
        if places:
            raise BlobMissing(f"{len(places)} vectors are no longer in the store; run again.")
        return rows

    def remembered_engine(self, address: str, model: str, revision: str) -> str | None:
        """The engine that the place at `address` had when it was last used."""
        data = self._store.get(_engine_key(address, model, revision))
        return data.decode(errors="replace") if data else None

    def remember_engine(self, address: str, model: str, revision: str, engine: str) -> None:
        """Note the engine of the place at `address`."""
        if self.remembered_engine(address, model, revision) != engine:
            self._store.put(_engine_key(address, model, revision), engine.encode(), "text/plain")

    def _segments(self, model: str, revision: str, engine: str) -> Iterator[tuple[list[str], Rows]]:
        for key in self._store.keys(_prefix(model, revision, engine)):
            data = self._store.get(key)
            if data is None:
                continue
            if sha256(data).hexdigest() != key.rpartition("/")[2].removesuffix(".seg"):
                self._store.delete(key)
                continue
            head, _, body = data.partition(b"\n")
            found = json.loads(head)
            yield found["keys"], np.frombuffer(body, "<f4").reshape(len(found["keys"]), found["dimensions"])


def _prefix(model: str, revision: str, engine: str) -> str:
    return "/".join(("vectors", _slug(model), _slug(revision), _slug(engine)))


def _engine_key(address: str, model: str, revision: str) -> str:
    return f"engines/{digest(address, model, revision)}"


def _slug(name: str) -> str:
    """A readable part of a store's key; the digest keeps names apart that read alike."""
    readable = re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-._")[:60]
    return f"{readable}-{digest(name)[:8]}" if readable != name else name
