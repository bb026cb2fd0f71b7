"""Packs of git written by hand, well formed or not: what no git would ever write.

The formats are those of git's own documentation (gitformat-pack).
"""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path

KINDS = {"commit": 1, "tree": 2, "blob": 3, "tag": 4}
_OFS_DELTA = 6


@dataclass(frozen=True)
class Packed:
    """An object as it lies in a pack. `oid` is what the index calls it."""

    oid: str
    data: bytes


def oid_of(kind: str, data: bytes) -> str:
    return sha1(f"{kind} {len(data)}\0".encode() + data).hexdigest()


def head_of(kind: int, size: int) -> bytes:
    """The type and declared size of an object."""
    made, size = bytearray([kind << 4 | size & 15]), size >> 4
    while size:
        made[-1] |= 0x80
        made.append(size & 0x7F)
        size >>= 7
    return bytes(made)


def whole(kind: str, data: bytes, size: int | None = None) -> Packed:
    """An object; `size` is declared in place of its own."""
    declared = len(data) if size is None else size
    return Packed(oid_of(kind, data), head_of(KINDS[kind], declared) + zlib.compress(data))


def delta(back: int, base_size: int, data: bytes) -> Packed:
    """The blob `data` as a difference to an object of `base_size` bytes that begins `back` bytes before this one."""
    instructions = _varint(base_size) + _varint(len(data)) + bytes([len(data)]) + data
    offset = [back & 0x7F]
    back >>= 7
    while back:
        back -= 1
        offset.insert(0, 0x80 | back & 0x7F)
        back >>= 7
    body = head_of(_OFS_DELTA, len(instructions)) + bytes(offset) + zlib.compress(instructions)
    return Packed(oid_of("blob", data), body)


def _varint(number: int) -> bytes:
    made = bytearray()
    while number > 0x7F:
        made.append(0x80 | number & 0x7F)
        number >>= 7
    return bytes([*made, number])


def pack_of(objects: Iterable[Packed], count: int | None = None) -> bytes:
    """A pack; `count` is declared in place of the number of objects."""
    listed = list(objects)
    body = b"PACK" + struct.pack(">II", 2, len(listed) if count is None else count)
    body += b"".join(one.data for one in listed)
    return body + sha1(body).digest()


def index_of(objects: Iterable[Packed]) -> bytes:
    """The index of `pack_of(objects)`."""
    offset, rows = 12, []
    for one in objects:
        rows.append((bytes.fromhex(one.oid), zlib.crc32(one.data), offset))
        offset += len(one.data)
    rows.sort()
    counts = [sum(1 for oid, _, _ in rows if oid[0] <= first) for first in range(256)]
    body = b"\xfftOc" + struct.pack(">I256I", 2, *counts)
    body += b"".join(oid for oid, _, _ in rows) + b"".join(struct.pack(">I", crc) for _, crc, _ in rows)
    return body + b"".join(struct.pack(">I", at) for _, _, at in rows)


def put_pack(repository: Path, objects: Iterable[Packed]) -> None:
    """Place the pack and its index in a repository, unchecked."""
    listed = list(objects)
    pack = pack_of(listed)
    body = index_of(listed) + pack[-20:]
    name = repository / ".git" / "objects" / "pack" / f"pack-{pack[-20:].hex()}"
    name.with_suffix(".pack").write_bytes(pack)
    name.with_suffix(".idx").write_bytes(body + sha1(body).digest())


def tree_of(entries: Iterable[tuple[str, bytes, str]]) -> bytes:
    """The bytes of a tree: mode, name and id of each entry."""
    return b"".join(mode.encode() + b" " + name + b"\0" + bytes.fromhex(oid) for mode, name, oid in entries)


def commit_of(tree: str) -> bytes:
    person = "Ada <ada@example.org> 1700000000 +0000"
    return f"tree {tree}\nauthor {person}\ncommitter {person}\n\na commit\n".encode()


def put_loose(repository: Path, kind: str, data: bytes, size: int | None = None, oid: str | None = None) -> str:
    """Place a loose object, unchecked; `size` is declared in place of its own. Its id, or `oid`."""
    name = oid or oid_of(kind, data)
    place = repository / ".git" / "objects" / name[:2] / name[2:]
    place.parent.mkdir(exist_ok=True)
    declared = len(data) if size is None else size
    place.write_bytes(zlib.compress(f"{kind} {declared}\0".encode() + data))
    return name
