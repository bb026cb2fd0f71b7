"""A zip file of stored entries in exactly one form: the container of a docpack, without any knowledge of what is in it.

Entries lie in name order, one behind the other from byte 0, with one fixed date and mode, no comments, no flags and no
extra fields but zip64's where a number does not fit 32 bits. So equal entries give equal bytes, and a reader need not
believe anything: it reads names, sizes and checksums from the directory, builds every header anew and compares.
What the entries mean is left to `doctown.docpack`.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO
from zlib import crc32

from doctown.errors import DocpackInvalid

MAX_DIRECTORY_BYTES = 64 * 1024
_FULL_16, _FULL_32 = 0xFFFF, 0xFFFFFFFF
_UNIX_FILE_0644 = 0o100644 << 16
_DATE_1980_01_01 = 1 << 5 | 1

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64 = struct.Struct("<4sLQL")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry lies: its header starts at byte `offset`; `size` bytes of data with checksum `crc` follow it."""

    name: str
    size: int
    crc: int
    offset: int

    @property
    def data_offset(self) -> int:
        """The first byte of the data."""
        return self.offset + len(self.header)

    @property
    def header(self) -> bytes:
        """What stands before the data."""
        big = self.size >= _FULL_32
        extra = struct.pack("<2H2Q", 1, 16, self.size, self.size) if big else b""
        size = _FULL_32 if big else self.size
        name = self.name.encode("ascii")
        fixed = (45 if big else 20, 0, 0, 0, _DATE_1980_01_01, self.crc, size, size, len(name), len(extra))
        return _LOCAL.pack(b"PK\3\4", *fixed) + name + extra

    @property
    def directory_row(self) -> bytes:
        """The entry's row in the directory at the end of the file."""
        big_size, far = self.size >= _FULL_32, self.offset >= _FULL_32
        numbers = ([self.size, self.size] if big_size else []) + ([self.offset] if far else [])
        extra = struct.pack(f"<2H{len(numbers)}Q", 1, 8 * len(numbers), *numbers) if numbers else b""
        size, offset = (_FULL_32 if big_size else self.size), (_FULL_32 if far else self.offset)
        name = self.name.encode("ascii")
        needed = 45 if numbers else 20
        fixed = (3 << 8 | needed, needed, 0, 0, 0, _DATE_1980_01_01, self.crc, size, size, len(name), len(extra))
        return _CENTRAL.pack(b"PK\1\2", *fixed, 0, 0, 0, _UNIX_FILE_0644, offset) + name + extra


def places_of(sizes: Mapping[str, tuple[int, int]]) -> list[Place]:
    """The places of entries, given as name to (size, crc), in name order."""
    places: list[Place] = []
    offset = 0
    for name in sorted(sizes):
        place = Place(name, *sizes[name], offset)
        places.append(place)
        offset = place.data_offset + place.size
    return places


def ending_of(places: Sequence[Place]) -> bytes:
    """What stands behind the last entry: the directory and the records that point to it."""
    start = places[-1].data_offset + places[-1].size if places else 0
    directory = b"".join(place.directory_row for place in places)
    n, size = len(places), len(directory)
    tail = b""
    if start >= _FULL_32:
        tail = _END_64.pack(b"PK\6\6", 44, 3 << 8 | 45, 45, 0, 0, n, n, size, start)
        tail += _LOCATOR_64.pack(b"PK\6\7", 0, start + size, 1)
    return directory + tail + _END.pack(b"PK\5\6", 0, 0, n, n, size, min(start, _FULL_32), 0)


def zip_parts(entries: Mapping[str, bytes]) -> Iterator[bytes]:
    """The file, piece by piece."""
    places = places_of({name: (len(data), crc32(data)) for name, data in entries.items()})
    for place in places:
        yield place.header
        yield entries[place.name]
    yield ending_of(places)


def places_in(stream: BinaryIO, names: frozenset[str]) -> dict[str, Place]:
    """The places of the entries of the file in `stream`, all of whose names are among `names`.

    Reads the directory and the headers, no data. Raises DocpackInvalid where one byte of them is not as written here.
    """
    length = stream.seek(0, 2)
    ending_at, claimed = _directory(stream, length)
    if not set(claimed) <= names:
        raise DocpackInvalid("The file holds an entry that no docpack has; make it again with doctown index.")
    places = places_of(claimed)
    if ending_at != (places[-1].data_offset + places[-1].size if places else 0):
        raise DocpackInvalid("The file's entries do not fill it; make it again with doctown index.")
    whole = read_exactly(stream, ending_at, length - ending_at) == ending_of(places)
    if not whole or any(read_exactly(stream, place.offset, len(place.header)) != place.header for place in places):
        raise DocpackInvalid("The file's directory does not describe its entries; make it again with doctown index.")
    return {place.name: place for place in places}


def read_exactly(stream: BinaryIO, offset: int, size: int) -> bytes:
    """`size` bytes from `offset`. Raises DocpackInvalid where the file ends before."""
    stream.seek(offset)
    data = stream.read(size)
    if len(data) != size:
        raise DocpackInvalid("The file ends too early; make it again with doctown index.")
    return data


def _directory(stream: BinaryIO, length: int) -> tuple[int, dict[str, tuple[int, int]]]:
    """Where the directory starts, and what it claims: name to (size, crc). Believes nothing but its own bounds."""
    if length < _END.size:
        raise DocpackInvalid("The file is too short to be a docpack; give the path of a .docpack file.")
    magic, *_, size, start, _comment = _END.unpack(read_exactly(stream, length - _END.size, _END.size))
    if magic != b"PK\5\6":
        raise DocpackInvalid("The file is no docpack, or its end is missing; make it again with doctown index.")
    tail = _END.size
    if start == _FULL_32:
        tail += _END_64.size + _LOCATOR_64.size
        if length < tail:
            raise DocpackInvalid("The file ends too early; make it again with doctown index.")
        start = _END_64.unpack(read_exactly(stream, length - tail, _END_64.size))[-1]
    if size > MAX_DIRECTORY_BYTES or start + size + tail != length:
        raise DocpackInvalid("The file's directory is not where it should be; make it again with doctown index.")
    try:
        return start, _claims(read_exactly(stream, start, size))
    except (struct.error, UnicodeDecodeError, ValueError) as error:
        raise DocpackInvalid("The file's directory cannot be read; make it again with doctown index.") from error


def _claims(directory: bytes) -> dict[str, tuple[int, int]]:
    claimed: dict[str, tuple[int, int]] = {}
    at = 0
    while at < len(directory):
        fields = _CENTRAL.unpack_from(directory, at)
        crc, size, name_length, extra_length, comment_length = fields[7], fields[9], *fields[10:13]
        name_at = at + _CENTRAL.size
        name = directory[name_at : name_at + name_length].decode("ascii")
        if size == _FULL_32:
            (size,) = struct.unpack_from("<Q", directory, name_at + name_length + 4)
        if name in claimed:
            raise ValueError("two entries of one name")
        claimed[name] = (size, crc)
        at = name_at + name_length + extra_length + comment_length
    return claimed
