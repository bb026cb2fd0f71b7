"""Texts under way: what runs are about to embed, told to each other in the store, so that none is embedded twice.

Each announcement has a number, which exactly one run gets, and a run leaves the texts of smaller numbers to those who
announced them. A sign of life beside it is written anew while the run lives; nobody's clock is compared with anybody's:
who waits looks whether the sign changes. What is kept of vectors is left to `adapters.vectors`.
"""

import json
import logging
import threading
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import count

from adapters.liveness import is_gone, this_process
from adapters.store import Store
from doctown.model import digest

_log = logging.getLogger(__name__)

FOLDER = "under-way"
MEDIA_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Announcement:
    """Texts that a run embeds, by their keys; `sign` is the last sign of life of it that was seen."""

    place: str
    keys: frozenset[str]
    sign: bytes = field(compare=False)


class UnderWay:
    """The announcements in one store, as one run sees them. Its methods touch the store: call them from a thread."""

    def __init__(self, store: Store, process: str = "") -> None:
        self._store, self._process = store, process or this_process()
        self._ours: list[str] = []
        self._signs = count(1)
        self._turn = threading.Lock()

    def announce(self, whose: str, keys: AbstractSet[str]) -> list[Announcement]:
        """Tell the others that we embed `keys`; who was before us with some of them, and is to be left those.

        `whose` names the vectors: texts that are embedded by another engine are other texts.
        """
        folder = f"{FOLDER}/{digest(whose)[:32]}"
        data = json.dumps({"process": self._process, "keys": sorted(keys)}).encode()
        number = 1 + max((_number_of(key) for key in self._store.keys(folder)), default=0)
        while not self._store.put_if_absent(f"{folder}/{number:09}/keys", data):
            number += 1
        self._ours.append(f"{folder}/{number:09}")
        self.live()
        return [found for found in self._earlier(folder, number) if not found.keys.isdisjoint(keys)]

    def live(self) -> None:
        """Write a new sign of life beside each of our announcements."""
        sign = f"{self._process} {next(self._signs)}".encode()
        with self._turn:  # or a sign that is under way would come after all was taken back
            for place in self._ours:
                self._store.put(f"{place}/alive", sign, "text/plain")

    def again(self, seen: Announcement) -> Announcement | None:
        """The announcement with its sign of life of now; None: it was taken back, or its run is known to be gone."""
        if self._store.start_of(f"{seen.place}/keys", 1) is None:
            return None
        sign = self._store.get(f"{seen.place}/alive") or b""
        return None if is_gone(_process_of(sign)) else replace(seen, sign=sign)

    def remove(self, dead: Announcement) -> None:
        """Take back the announcement of a run that gives no sign of life any more."""
        _log.warning("A run that was embedding the same texts gives no sign of life: this one embeds them.")
        self._take_back(dead.place)

    def withdraw(self) -> None:
        """Take back all of ours: the vectors are kept, or somebody else is to make them."""
        with self._turn:
            for place in self._ours:
                self._take_back(place)
            self._ours.clear()

    def _earlier(self, folder: str, number: int) -> Iterator[Announcement]:
        for key in list(self._store.keys(folder)):
            place, _, what = key.rpartition("/")
            if what == "keys" and _number_of(key) < number and place not in self._ours:
                found = self._read(place)
                if found is None:
                    self._take_back(place)
                else:
                    yield found

    def _read(self, place: str) -> Announcement | None:
        data = self._store.get(f"{place}/keys")
        try:
            found = json.loads(data or b"null")
            process, keys = str(found["process"]), frozenset(map(str, found["keys"]))
        except (ValueError, TypeError, KeyError, RecursionError):
            return None
        if is_gone(process):
            return None
        return Announcement(place, keys, self._store.get(f"{place}/alive") or b"")

    def _take_back(self, place: str) -> None:
        self._store.delete(f"{place}/keys")
        self._store.delete(f"{place}/alive")


def _process_of(sign: bytes) -> str:
    return sign.decode(errors="replace").partition(" ")[0]


def _number_of(key: str) -> int:
    """The number of the announcement that the object at `key` belongs to."""
    number = key.split("/")[2]
    return int(number) if number.isascii() and number.isdigit() else 0
