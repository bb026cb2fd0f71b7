"""Entry: a file that can be read, in a commit or in a folder."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A file. `oid` names its bytes: git's blob id, or in a plain folder the sha256 (both hex)."""

    path: str
    """POSIX, relative to the root of the repository; bytes that are not UTF-8 are lone surrogates."""
    size: int
    """Bytes."""
    oid: str
    by_looks: bool = True
    """Whether it may still be left out because its content looks generated or minified."""
