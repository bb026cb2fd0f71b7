"""Readings of files, kept in the cache: what was read once is not read again while path, bytes and reader are the same.

One file for each, named by all that its reading depends on; it opens with the sha256 of the rest, so that a damaged one
is as good as none. A run that ends in the middle leaves whole files only. The folder is bounded: what has not been used
for longest goes first. It is of this machine, wherever the store may be.
"""

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib import metadata
from pathlib import Path

from adapters.model_files import ModelFiles
from doctown.ingest.reading import USUAL, Terms
from doctown.ingest.syntax import PACKAGES
from doctown.model import digest

FOLDER = "readings"
MOST_BYTES = 2_000_000_000
_AFTER_CLEARING = 0.8
_SUM = 32  # bytes of a sha256
_USED_S = 86_400
"""A reading that is used again is noted as used at most so often."""
_LIBRARIES = ("tree_sitter", "tokenizers", "msgspec", "kingfisher-secret-scanner")
_CODE = ("doctown", "adapters/tokenizer.py", "adapters/secret_scanner.py", "adapters/secret_rules.yaml")
"""What a reading depends on beside libraries and grammars; more of it than must be, so that nothing is forgotten."""
_ENDINGS = {".py", ".scm", ".toml", ".yaml"}


@cache
def reader_version() -> str:
    """A digest of the code, the queries, the grammars and the libraries that make a reading what it is."""
    root = Path(__file__).parents[1]
    files = [root / name for name in _CODE]
    files = sorted(found for one in files for found in (one.rglob("*") if one.is_dir() else [one]))
    code = [(str(file.relative_to(root)), file.read_bytes()) for file in files if file.suffix in _ENDINGS]
    parts = [part for name, data in code for part in (name, sha256(data).hexdigest())]
    return digest(*parts, *(f"{name} {metadata.version(name)}" for name in sorted({*_LIBRARIES, *PACKAGES})))


class KeptReadings:
    """Encoded readings in a folder of the cache. Whatever goes wrong with one, the file is read again."""

    def __init__(self, cache: Path, files: ModelFiles, *, version: str | None = None, ignored: bool = False) -> None:
        """`version` names the reader, by default this one; `ignored`: what was kept before is not used."""
        self._folder = cache / FOLDER
        self._depends = (version or reader_version(), files.model, files.revision, str(files.max_tokens))
        self._ignored = ignored

    def name(self, path: str, data: bytes, terms: Terms = USUAL) -> str:
        """What the reading of a file is called."""
        return digest("reading", *self._depends, path, sha256(data).hexdigest(), repr(terms))

    def get(self, name: str) -> bytes | None:
        """The encoded reading of that name, if there is one that is as it was written."""
        if self._ignored:
            return None
        place = self._place(name)
        try:
            kept = place.read_bytes()
            if time.time() - place.stat().st_mtime > _USED_S:
                os.utime(place)
        except OSError:
            return None
        if sha256(memoryview(kept)[_SUM:]).digest() != kept[:_SUM]:
            self.forget(name)
            return None
        return kept[_SUM:]

    def put(self, name: str, reading: bytes) -> None:
        """Keep an encoded reading; on a full disk, or in a folder that cannot be written, nothing is kept."""
        place = self._place(name)
        with contextlib.suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            handle, written = tempfile.mkstemp(prefix=".writing-", dir=place.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(sha256(reading).digest())
                    file.write(reading)
                os.replace(written, place)
            except OSError:
                os.unlink(written)

    def forget(self, name: str) -> None:
        """Remove a reading."""
        with contextlib.suppress(OSError):
            self._place(name).unlink()

    def clear(self, most_bytes: int = MOST_BYTES) -> None:
        """Where the folder has grown larger than that, remove what has not been used for longest."""
        found = sorted(self._all())
        size = sum(size for _, size, _ in found)
        if size <= most_bytes:
            return
        for _, own, place in found:
            if size <= _AFTER_CLEARING * most_bytes:
                return
            with contextlib.suppress(OSError):
                os.unlink(place)
            size -= own

    def _place(self, name: str) -> Path:
        return self._folder / name[:2] / name

    def _all(self) -> Iterator[tuple[float, int, str]]:
        """When each was last used, its bytes, and its place; what was left half written is found too."""
        with contextlib.suppress(OSError), os.scandir(self._folder) as folders:
            for folder in folders:
                with contextlib.suppress(OSError), os.scandir(folder.path) as places:
                    for place in places:
                        status = place.stat(follow_symlinks=False)
                        yield status.st_mtime, status.st_size, place.path
