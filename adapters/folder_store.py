"""A store in a folder of this machine, which several of its processes may use at once.

An object is written beside its place and renamed into it; `put_if_absent` links it there, which fails where another was
first, and `replace` holds a lock of the folder while it looks and writes.
"""

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from doctown.blob import Blob, Stored, is_key
from doctown.errors import BlobCorrupt, BlobMissing, StoreUnavailable


class FolderStore:
    """A store at a `file:` URL."""

    settles_s: Sequence[float] = ()

    def __init__(self, url: str) -> None:
        self.url = url
        self._root = Path(unquote(urlsplit(url).path))

    def path(self, key: str) -> Path:
        """Where the object lies. Raises ValueError for what is no key."""
        if not is_key(key):
            raise ValueError(f"{key!r} is no key of a store")
        return self._root / key

    def check(self) -> None:
        """Raises StoreUnavailable: it cannot be written."""
        with self._written("checks/written", b""):
            pass

    def put(self, key: str, data: bytes, media_type: str) -> Blob:
        """Write or overwrite an object."""
        with self._written(key, data) as (written, place), _sentences(place):
            os.replace(written, place)
        return Blob(key=key, media_type=media_type, size=len(data), sha256=sha256(data).hexdigest())

    def put_if_absent(self, key: str, data: bytes) -> bool:
        """Write an object unless there is one; whether it was written."""
        if self.path(key).exists():
            return False
        with self._written(key, data) as (written, place), _sentences(place):
            try:
                os.link(written, place)
            except FileExistsError:
                return False
        return True

    def replace(self, key: str, seen: bytes, data: bytes) -> bool:
        """Overwrite an object if it still holds `seen`; whether it was."""
        place = self.path(key)
        if self.get(key) != seen:
            return False
        with _sentences(place), (place.parent / ".replacing").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self.get(key) != seen:
                return False
            self.put(key, data, "")
        return True

    def read(self, blob: Blob) -> bytes:
        """The bytes of `blob`. Raises BlobMissing or BlobCorrupt."""
        data = self.get(blob.key)
        if data is None:
            raise BlobMissing(f"The store {self.url} does not hold {blob.key}; run again.")
        if len(data) != blob.size or sha256(data).hexdigest() != blob.sha256:
            self.delete(blob.key)
            raise BlobCorrupt(f"{blob.key} in the store {self.url} was damaged and has been removed; run again.")
        return data

    def get(self, key: str) -> bytes | None:
        """The bytes under `key`, unchecked; None where there are none."""
        return self.start_of(key, -1)

    def start_of(self, key: str, size: int) -> bytes | None:
        """The first `size` bytes under `key`, all where it is negative; None where there is no object."""
        place = self.path(key)
        with _sentences(place):
            try:
                with place.open("rb") as stream:
                    return stream.read(size)
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                return None

    def open(self, key: str) -> BinaryIO:
        """A stream over the object. Raises BlobMissing."""
        try:
            return self.path(key).open("rb")
        except FileNotFoundError as error:
            raise BlobMissing(f"The store {self.url} does not hold {key}; run again.") from error

    def listed(self, prefix: str) -> Iterator[Stored]:
        """The objects below the folder `prefix`, sorted by their places."""
        for key in self.keys(prefix):
            with contextlib.suppress(FileNotFoundError):  # it went in this very moment
                found = (self._root / key).stat()
                yield Stored(key, found.st_size, found.st_mtime)

    def keys(self, prefix: str) -> Iterator[str]:
        """The keys below the folder `prefix`, sorted."""
        folder = self.path(prefix)
        if folder.is_dir():
            for place in sorted(folder.rglob("*")):
                if place.is_file() and not place.name.startswith("."):
                    yield place.relative_to(self._root).as_posix()

    def delete(self, key: str) -> None:
        """Remove an object if it is there."""
        place = self.path(key)
        with _sentences(place):
            place.unlink(missing_ok=True)

    def link(self, key: str, seconds: int) -> str | None:
        """A folder has no URL that anybody else could open."""
        return None

    @contextlib.contextmanager
    def _written(self, key: str, data: bytes) -> Iterator[tuple[str, Path]]:
        place = self.path(key)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=".writing-", dir=place.parent)
        except OSError as error:
            raise _unusable(place, error) from error
        try:
            with _sentences(place), os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            yield name, place
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)


@contextlib.contextmanager
def _sentences(place: Path) -> Iterator[None]:
    try:
        yield
    except (FileExistsError, FileNotFoundError):
        raise
    except OSError as error:
        raise _unusable(place, error) from error


def _unusable(place: Path, error: OSError) -> StoreUnavailable:
    return StoreUnavailable(
        f"The store cannot be used at {place.parent}: {error.strerror}; free or unlock it, "
        "or set DOCTOWN_CACHE or DOCTOWN_STORE to another place."
    )
