"""The store: immutable objects under keys, at one URL. What every store offers, and which one a URL means.

What is written is whole or not there at all, and several machines may use one store at once: there is no index that
they share, only objects that are created if absent, or replaced if they still hold what was seen. A folder of this
machine is left to `adapters.folder_store`, a bucket to `adapters.object_store`.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol
from urllib.parse import urlsplit

from adapters.folder_store import FolderStore
from adapters.settings import Settings
from doctown.blob import Blob, Stored
from doctown.errors import InvalidSettings


class Store(Protocol):
    """What every store offers. Keys are lower-case path-like names; see `Blob.key`.

    Any of it may raise StoreUnavailable (trying again can help) or StoreRefused (the operator has to do something).
    """

    url: str
    settles_s: Sequence[float]
    """Pauses after which to look again for what was written and is not seen yet; none where writes are seen at once."""

    def check(self) -> None:
        """Find out, before any work, whether the store can be used. Raises InvalidSettings: never by this program."""
        ...

    def put(self, key: str, data: bytes, media_type: str) -> Blob:
        """Write or overwrite an object."""
        ...

    def put_if_absent(self, key: str, data: bytes) -> bool:
        """Write an object unless there is one; whether it was written. Of many who do it at once, one does."""
        ...

    def replace(self, key: str, seen: bytes, data: bytes) -> bool:
        """Overwrite an object if it still holds `seen`; whether it was. Of many who do it at once, one does."""
        ...

    def read(self, blob: Blob) -> bytes:
        """The bytes of `blob`. Raises BlobMissing or BlobCorrupt."""
        ...

    def get(self, key: str) -> bytes | None:
        """The bytes under `key`, unchecked; None where there are none."""
        ...

    def start_of(self, key: str, size: int) -> bytes | None:
        """The first `size` bytes under `key`, fewer where it has fewer; None where there is no object."""
        ...

    def listed(self, prefix: str) -> Iterator[Stored]:
        """The objects below the folder `prefix`, sorted by their keys."""
        ...

    def keys(self, prefix: str) -> Iterator[str]:
        """The keys below the folder `prefix`, sorted."""
        ...

    def delete(self, key: str) -> None:
        """Remove an object if it is there."""
        ...

    def link(self, key: str, seconds: int) -> str | None:
        """A URL by which anybody can fetch the object for so long; None for a store that has none to give."""
        ...


def store_of(settings: Settings) -> Store:
    """The store that the settings name, with the keys they hold for it. Raises InvalidSettings."""
    return store_at(settings.store_url, settings)


def store_at(url: str, settings: Settings | None = None) -> Store:
    """The store at `url`; a bucket is used with the keys in `settings`. Nothing is asked over the network yet.

    Raises:
        InvalidSettings: the URL is of no kind of store, or what a bucket needs is not set.
    """
    parts = urlsplit(url)
    if parts.scheme == "s3":
        from adapters.object_store import ObjectStore

        return ObjectStore(url, settings or Settings())
    if parts.scheme != "file" or parts.netloc not in ("", "localhost") or not parts.path.startswith("/"):
        shown = "no URL of a store" if "@" in url else repr(url)  # what stands before an @ may be a password
        raise InvalidSettings(
            f"DOCTOWN_STORE is {shown}; it must be a file: URL such as file:///var/lib/doctown, or a bucket such as "
            "s3://bucket/prefix."
        )
    return FolderStore(url)
