"""The store: immutable objects under keys, in a folder. What is written is whole or not there at all.

Several processes may use one store at once: an object is written beside its place and renamed into it, and
`put_if_absent` links it there, which fails where another was first.
"""

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

from doctown.blob import Blob
from doctown.errors import BlobCorrupt, BlobMissing, InvalidSettings, StoreUnavailable

_KEY = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")


class Store(Protocol):
    """What every store offers. Keys are lower-case path-like names; see `Blob.key`."""

    url: str

    def put(self, key: str, data: bytes, media_type: str) -> Blob:
        """Write or overwrite an object."""
        ...

    def put_if_absent(self, key: str, data: bytes) -> bool:
        """Write an object unless there is one; whether it was written."""
        ...

    def read(self, blob: Blob) -> bytes:
        """The bytes of `blob`. Raises BlobMissing or BlobCorrupt."""
        ...

    def get(self, key: str) -> bytes | None:
        """The bytes under `key`, unchecked; None where there are none."""
        ...

    def keys(self, prefix: str) -> Iterator[str]:
        """The keys below the folder `prefix`, sorted."""
        ...

    def delete(self, key: str) -> None:
        """Remove an object if it is there."""
        ...


class FolderStore:
    """A store in a folder of this machine, at a `file:` URL."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._root = Path(unquote(urlsplit(url).path))

    def path(self, key: str) -> Path:
        """Where the object lies. Raises ValueError for what is no key."""
        if not _KEY.fullmatch(key):
            raise ValueError(f"{key!r} is no key of a store")
        return self._root / key

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
        place = self.path(key)
        with _sentences(place):
            try:
                return place.read_bytes()
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                return None

    def open(self, key: str) -> BinaryIO:
        """A stream over the object. Raises BlobMissing."""
        try:
            return self.path(key).open("rb")
        except FileNotFoundError as error:
            raise BlobMissing(f"The store {self.url} does not hold {key}; run again.") from error

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


def store_at(url: str) -> FolderStore:
    """The store at `url`. Raises InvalidSettings for a scheme that is not supported."""
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost") or not parts.path.startswith("/"):
        raise InvalidSettings(f"DOCTOWN_STORE is {url!r}; it must be a file: URL such as file:///var/lib/doctown.")
    return FolderStore(url)
