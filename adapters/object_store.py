"""A store in a bucket that speaks S3 (AWS, R2, MinIO and others), for several machines at once.

Where the bucket lies and the keys to it come from the settings, never from the URL. Requests are tried again few times
and soon; what an object is created or replaced by is left to the service, which must know conditional writes
(`If-None-Match`, `If-Match`): `check` finds out. What goes wrong is put into words by `adapters.object_store_errors`.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from adapters.object_store_errors import can_pass, is_conflict, is_of_the_object, refusal_of
from adapters.settings import Settings
from doctown.blob import Blob, Stored, is_key
from doctown.errors import BlobCorrupt, BlobMissing, InvalidSettings

if TYPE_CHECKING:
    from obstore.store import S3Config, S3Store

T = TypeVar("T")

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_PROBE, _PROBE_DATA = "checks/created-once", b"Objects of this store are created only if absent.\n"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited for what, in seconds."""

    connect_s: float = 5
    silence_s: float = 30
    """Without a byte of an answer."""
    in_all_s: float = 600
    """For one request."""
    pauses_s: Sequence[float] = (0.2, 1.0)
    """Before a request is tried again."""
    settles_s: Sequence[float] = (0.2, 0.8, 2.0)
    """Before it is looked again for what was written and is not seen yet."""


class ObjectStore:
    """A store at an `s3:` URL."""

    def __init__(
        self,
        url: str,
        settings: Settings,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Raises InvalidSettings: the URL is none of a bucket, or a key or its secret is not set."""
        self.url = url
        self._bucket, self._prefix = _bucket_and_prefix(url)
        _check_access(settings)
        self._settings, self._patience, self._sleep = settings, patience or Patience(), sleep
        self.settles_s = self._patience.settles_s

    def check(self) -> None:
        """One request, two the first time: the bucket is there and may be written, and nothing is written twice."""
        if self.put_if_absent(_PROBE, _PROBE_DATA) and self.put_if_absent(_PROBE, _PROBE_DATA):
            raise InvalidSettings(
                f"{self._where} writes over objects that were to be created only if absent, by which machines keep "
                "out of each other's way; use one with conditional writes (AWS S3, R2, MinIO)."
            )

    def put(self, key: str, data: bytes, media_type: str) -> Blob:
        """Write or overwrite an object; in parts where it is large, and then too it is there whole or not at all."""
        import obstore

        attributes = {"Content-Type": media_type} if media_type else {}
        self._done(lambda: obstore.put(self._remote, _checked(key), data, attributes=attributes, mode="overwrite"))
        return Blob(key=key, media_type=media_type, size=len(data), sha256=sha256(data).hexdigest())

    def put_if_absent(self, key: str, data: bytes) -> bool:
        """Write an object unless there is one; whether it was written.

        A request that got no answer may have written it: where it was tried again, equal bytes are ours.
        """
        import obstore
        from obstore.exceptions import AlreadyExistsError

        tried = 0

        def created() -> bool:
            nonlocal tried
            tried += 1
            try:
                obstore.put(self._remote, _checked(key), data, mode="create")
            except AlreadyExistsError as error:
                if is_conflict(str(error)):
                    raise
                return tried > 1 and self.get(key) == data
            return True

        return self._done(created)

    def replace(self, key: str, seen: bytes, data: bytes) -> bool:
        """Overwrite an object if it still holds `seen`; whether it was."""
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        tried = 0

        def replaced() -> bool:
            nonlocal tried
            tried += 1
            try:
                found = obstore.get(self._remote, _checked(key))
                held = found.bytes().to_bytes()
                if held != seen:
                    return tried > 1 and held == data
                obstore.put(self._remote, key, data, mode={"e_tag": found.meta["e_tag"]})
            except FileNotFoundError as error:
                if is_of_the_object(str(error)):
                    return False
                raise
            except (PreconditionError, AlreadyExistsError) as error:
                if is_conflict(str(error)):
                    raise
                return False
            return True

        return self._done(replaced)

    def read(self, blob: Blob) -> bytes:
        """The bytes of `blob`. Raises BlobMissing or BlobCorrupt."""
        for pause_s in (*self.settles_s, None):
            data = self.get(blob.key)
            if data is not None and len(data) == blob.size and sha256(data).hexdigest() == blob.sha256:
                return data
            if pause_s is not None:
                self._sleep(pause_s)
        if data is None:
            raise BlobMissing(f"The store {self.url} does not hold {blob.key}; run again.")
        self.delete(blob.key)
        raise BlobCorrupt(f"{blob.key} in the store {self.url} was damaged and has been removed; run again.")

    def get(self, key: str) -> bytes | None:
        """The bytes under `key`, unchecked; None where there are none."""
        import obstore

        return self._got(lambda: obstore.get(self._remote, _checked(key)).bytes().to_bytes())

    def start_of(self, key: str, size: int) -> bytes | None:
        """The first `size` bytes under `key`, fewer where it has fewer; None where there is no object."""
        import obstore

        return self._got(lambda: obstore.get_range(self._remote, _checked(key), start=0, end=size).to_bytes())

    def listed(self, prefix: str) -> Iterator[Stored]:
        """The objects below the folder `prefix`, sorted by their keys; what is no object of a store is left out."""
        import obstore

        found = self._done(
            lambda: [
                Stored(one["path"], one["size"], one["last_modified"].timestamp())
                for page in obstore.list(self._remote, prefix=_checked(prefix), chunk_size=1000)
                for one in page
            ]
        )
        yield from sorted((one for one in found if is_key(one.key)), key=lambda one: one.key)

    def keys(self, prefix: str) -> Iterator[str]:
        """The keys below the folder `prefix`, sorted."""
        return (one.key for one in self.listed(prefix))

    def delete(self, key: str) -> None:
        """Remove an object if it is there."""
        import obstore

        def gone() -> bytes:
            obstore.delete(self._remote, _checked(key))
            return b""

        self._got(gone)

    def link(self, key: str, seconds: int) -> str | None:
        """A URL, signed with our key, by which anybody can fetch the object for so long."""
        import obstore

        return obstore.sign(self._remote, "GET", _checked(key), timedelta(seconds=seconds))

    @cached_property
    def _remote(self) -> "S3Store":
        """Without the library's own retries, of which it cannot be told whether there were any."""
        from obstore.store import S3Store

        settings, patience, endpoint = self._settings, self._patience, self._settings.aws_endpoint_url.rstrip("/")
        config: S3Config = {
            "access_key_id": settings.aws_access_key_id.get_secret_value(),
            "secret_access_key": settings.aws_secret_access_key.get_secret_value(),
            "region": settings.aws_region,
            "disable_bulk_delete": True,
        }
        if token := settings.aws_session_token.get_secret_value():
            config["session_token"] = token
        if endpoint:
            config["endpoint"] = endpoint
        return S3Store(
            self._bucket,
            prefix=self._prefix or None,
            config=config,
            client_options={
                "allow_http": endpoint.startswith("http:"),
                "connect_timeout": f"{patience.connect_s * 1000:.0f}ms",
                "read_timeout": f"{patience.silence_s * 1000:.0f}ms",
                "timeout": f"{patience.in_all_s * 1000:.0f}ms",
            },
            retry_config={"max_retries": 0},
        )

    def _got(self, what: Callable[[], bytes]) -> bytes | None:
        """What `what` gives; None where there is no such object."""

        def got() -> bytes | None:
            try:
                return what()
            except FileNotFoundError as error:
                if is_of_the_object(str(error)):
                    return None
                raise

        return self._done(got)

    def _done(self, what: Callable[[], T]) -> T:
        """What `what` gives, tried again where that can help. Raises our own errors only."""
        from obstore.exceptions import BaseError

        for pause_s in (*self._patience.pauses_s, None):
            try:
                return what()
            except (BaseError, FileNotFoundError) as error:
                if pause_s is None or not can_pass(str(error)):
                    raise refusal_of(str(error), self._where) from error
            self._sleep(pause_s)
        raise AssertionError("the last attempt returns or raises")

    @property
    def _where(self) -> str:
        """For a person: the store, and the service it is asked of."""
        return f"The store {self.url} at {self._settings.aws_endpoint_url or 'AWS'}"


def _bucket_and_prefix(url: str) -> tuple[str, str]:
    """Raises InvalidSettings: the URL holds more than a bucket and a prefix, a password perhaps."""
    parts = urlsplit(url)
    bucket, prefix = parts.netloc, parts.path.strip("/")
    if parts.query or parts.fragment or not _BUCKET.fullmatch(bucket) or (prefix and not _PREFIX.fullmatch(prefix)):
        raise InvalidSettings(
            "DOCTOWN_STORE: a bucket is written s3://bucket/prefix and no more; its endpoint, region and keys are "
            "AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
    return bucket, prefix


def _check_access(settings: Settings) -> None:
    endpoint = settings.aws_endpoint_url
    if endpoint and (urlsplit(endpoint).scheme not in ("https", "http") or "@" in endpoint):
        raise InvalidSettings(
            "AWS_ENDPOINT_URL: it is the https:// address of the service, without a name or password."
        )
    for name in ("aws_access_key_id", "aws_secret_access_key"):
        if not getattr(settings, name).get_secret_value():
            raise InvalidSettings(
                f"DOCTOWN_STORE: a bucket needs a key, and {Settings.model_fields[name].alias} is not set; set it, or "
                "unset DOCTOWN_STORE."
            )


def _checked(key: str) -> str:
    if not is_key(key):
        raise ValueError(f"{key!r} is no key of a store")
    return key
