"""The container: equal entries give equal bytes, zipfile reads them, and nothing but the written form is read."""

import contextlib
import io
import zipfile
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doctown.errors import DocpackInvalid
from doctown.stored_zip import ending_of, places_in, places_of, read_exactly, zip_parts

NAMES = frozenset({"a.json", "b.jsonl", "c.npy", "d"})
entries = st.dictionaries(st.sampled_from(sorted(NAMES)), st.binary(max_size=60))


def file_of(found):
    return b"".join(zip_parts(found))


@given(entries)
def test_what_is_written_is_read_back_and_pythons_zipfile_agrees(found):
    data = file_of(found)
    stream = io.BytesIO(data)
    places = places_in(stream, NAMES)
    assert {name: read_exactly(stream, place.data_offset, place.size) for name, place in places.items()} == found
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted(found)
        assert {info.filename: archive.read(info) for info in archive.infolist()} == found
        assert {info.date_time for info in archive.infolist()} <= {(1980, 1, 1, 0, 0, 0)}
        assert {info.compress_type for info in archive.infolist()} <= {zipfile.ZIP_STORED}


@given(entries)
def test_the_order_of_the_entries_does_not_matter(found):
    assert file_of(found) == file_of(dict(reversed(found.items())))


def test_another_name_is_refused():
    with pytest.raises(DocpackInvalid, match="entry"):
        places_in(io.BytesIO(file_of({"../evil": b""})), NAMES)


@given(entries.filter(bool), st.data())
def test_a_changed_byte_outside_the_data_is_noticed(found, data):
    whole = bytearray(file_of(found))
    inside = {
        at
        for place in places_of({name: (len(value), crc32(value)) for name, value in found.items()})
        for at in range(place.data_offset, place.data_offset + place.size)
    }
    at = data.draw(st.sampled_from([at for at in range(len(whole)) if at not in inside]))
    whole[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(DocpackInvalid):
        places_in(io.BytesIO(bytes(whole)), NAMES)


@given(entries, st.data())
def test_a_file_cut_short_or_with_something_around_it_is_refused(found, data):
    whole = file_of(found)
    cut = data.draw(st.integers(0, len(whole) - 1))
    for wrong in (whole[:cut], whole + b"\0", b"\0" + whole):
        with pytest.raises(DocpackInvalid):
            places_in(io.BytesIO(wrong), NAMES)


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_else(data):
    with contextlib.suppress(DocpackInvalid):
        places_in(io.BytesIO(data), NAMES)


def test_entries_beyond_four_gigabytes_have_zip64_fields_that_zipfile_reads():
    size = 5 << 30
    places = places_of({"a.json": (size, 7), "b.jsonl": (3, crc32(b"abc"))})
    stream = Sparse({0: places[0].header, places[1].offset: places[1].header + b"abc"}, ending_of(places))
    with zipfile.ZipFile(stream) as archive:
        assert [(info.filename, info.file_size) for info in archive.infolist()] == [("a.json", size), ("b.jsonl", 3)]
        assert archive.read("b.jsonl") == b"abc"
    assert places_in(stream, NAMES) == {place.name: place for place in places}


class Sparse(io.RawIOBase):
    """A file of zeros but for some pieces, so that nobody writes five gigabytes."""

    def __init__(self, pieces, ending):
        last = max(pieces)
        self.pieces = pieces | {last + len(pieces[last]): ending}
        self.length = max(at + len(piece) for at, piece in self.pieces.items())
        self.at = 0

    def seekable(self):
        return True

    def readable(self):
        return True

    def seek(self, offset, whence=0):
        self.at = offset + (0, self.at, self.length)[whence]
        return self.at

    def tell(self):
        return self.at

    def read(self, size=-1):
        size = min(size if size >= 0 else self.length, self.length - self.at)
        found = bytearray(size)
        for start, piece in self.pieces.items():
            low, high = max(start, self.at), min(start + len(piece), self.at + size)
            if low < high:
                found[low - self.at : high - self.at] = piece[low - start : high - start]
        self.at += size
        return bytes(found)
