"""The docpack: its one reader believes nothing, and its id says what it says."""

import contextlib
import hashlib
import io
import json
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doctown.docpack import NAMES, Docpack, docpack_bytes, docpack_id_of, npy_bytes
from doctown.errors import DocpackInvalid
from doctown.model import Chunk, Skipped
from doctown.rows import canonical_json, jsonl_of
from doctown.stored_zip import zip_parts
from tests.fakes.docpacks import docpack_file

FIELDS = {
    "repository": {"name": "r", "url": None, "ref": "main", "commit": "c0"},
    "model": {"name": "m", "revision": "r", "dimensions": 2, "max_tokens": 9},
    "engine": "e",
    "base": None,
    "parameters": {"seed": 42},
}
ROWS = np.array([[1, 0], [0.6, 0.8]], np.float32)
CHUNKS = [Chunk(f"c{at}", "a.py", "python", 1, 2, 0, 5, (), 7, "text") for at in range(2)]
ENTRIES = {"chunks.jsonl": jsonl_of(CHUNKS), "embeddings.npy": npy_bytes(ROWS), "skipped.jsonl": b""}


def opened(data):
    return Docpack.open(io.BytesIO(data))


def packed(entries=ENTRIES, fields=FIELDS):
    return docpack_bytes(entries, fields)[0]


def rewritten(change):
    """A docpack whose manifest was changed and made to fit again, as an attacker would."""
    with zipfile.ZipFile(io.BytesIO(packed())) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(entries.pop("manifest.json"))
    change(manifest, entries)
    for name in manifest.get("entries", {}):
        if name in entries:
            data = entries[name]
            manifest["entries"][name] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    with contextlib.suppress(KeyError, AttributeError):
        manifest["docpack_id"] = docpack_id_of(manifest)
    return b"".join(zip_parts(entries | {"manifest.json": canonical_json(manifest)}))


def test_what_was_written_is_read():
    pack = opened(packed())
    pack.verify()
    assert pack.rows("chunks.jsonl", Chunk) == CHUNKS
    assert (pack.embeddings() == ROWS).all()
    assert pack.rows("skipped.jsonl", Skipped) == []
    assert pack.manifest["counts"] == {"chunks": 2, "skipped": 0}
    assert "chunks.jsonl" in pack and "map.json" not in pack


def test_numpy_reads_the_array():
    assert (np.load(io.BytesIO(npy_bytes(ROWS)), allow_pickle=False) == ROWS).all()


def test_the_id_says_what_is_in_it_and_not_where_it_came_from():
    moved = FIELDS | {"repository": FIELDS["repository"] | {"name": "other", "url": "https://x/y", "ref": "tag"}}
    assert docpack_bytes(ENTRIES, FIELDS)[1] == docpack_bytes(ENTRIES, moved)[1]
    for other in ({"engine": "f"}, {"parameters": {}}, {"repository": FIELDS["repository"] | {"commit": "c1"}}):
        assert docpack_bytes(ENTRIES, FIELDS)[1] != docpack_bytes(ENTRIES, FIELDS | other)[1]
    assert docpack_bytes(ENTRIES, FIELDS)[1] != docpack_bytes(ENTRIES | {"skipped.jsonl": b"\n"}, FIELDS)[1]


def test_a_name_that_no_docpack_has_is_not_written():
    with pytest.raises(ValueError, match="evil"):
        docpack_bytes({"evil": b""}, FIELDS)


@settings(max_examples=150)
@given(st.data())
def test_any_changed_byte_is_noticed(data):
    whole = bytearray(packed())
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(DocpackInvalid):
        opened(bytes(whole)).verify()


def without(name):
    return lambda manifest, entries: (entries.pop(name), None)


def setting(**fields):
    return lambda manifest, entries: manifest.update(fields)


def entry(name, data):
    def change(manifest, entries):
        entries[name] = data
        manifest["entries"].setdefault(name, {})

    return change


CHUNK = json.loads(ENTRIES["chunks.jsonl"].split(b"\n")[0])


@pytest.mark.parametrize(
    "change",
    [
        without("chunks.jsonl"),
        setting(schema="docpack/2"),
        setting(schema=None),
        setting(repository="r"),
        setting(counts=[]),
        setting(entries=[]),
        setting(engine=7),
        setting(counts={"chunks": 3, "skipped": 0}),
        setting(model=None),
        setting(model={"dimensions": 3}),
        entry("chunks.jsonl", b"[]\n[]\n"),
        entry("chunks.jsonl", b"{}\n{}\n"),
        entry("chunks.jsonl", b"\xff\n\n"),
        entry("chunks.jsonl", 2 * (canonical_json(CHUNK | {"start_line": "1"}) + b"\n")),
        entry("chunks.jsonl", 2 * (canonical_json(CHUNK | {"symbol_ids": [1]}) + b"\n")),
        entry("chunks.jsonl", (b"[" * 100_000) + b"\n"),
        entry("embeddings.npy", npy_bytes(ROWS[:1])),
        entry("embeddings.npy", npy_bytes(ROWS * 2)),
        entry("embeddings.npy", npy_bytes(ROWS * np.float32(np.nan))),
        entry("embeddings.npy", npy_bytes(ROWS)[:-4]),
        entry("embeddings.npy", b"\x93NUMPY\x01\x00\x02\x00{}"),
        entry("stats.json", b"[]"),
        entry("stats.json", b'{"languages":{},"lines":NaN,"tokens":1,"calls":{}}'),
        entry("map.json", b'{"points":[{"chunk_id":"c","x":"0","y":0,"cluster":0}],"labels":[]}'),
        entry("graph.json", b'{"nodes":[],"edges":[{"source":1}]}'),
    ],
)
def test_a_docpack_made_to_deceive_is_refused(change):
    with pytest.raises(DocpackInvalid):
        opened(rewritten(change)).verify()


def test_a_pickle_is_never_loaded():
    data = io.BytesIO()
    np.save(data, np.array([{"a": 1}, {}], object), allow_pickle=True)
    with pytest.raises(DocpackInvalid):
        opened(rewritten(entry("embeddings.npy", data.getvalue()))).embeddings()


def test_names_that_are_no_unicode_survive():
    chunk = Chunk("c", "raw\udcff.py", "python", 1, 1, 0, 1, (), 3, "x")
    pack = opened(packed({"chunks.jsonl": jsonl_of([chunk])}))
    assert pack.rows("chunks.jsonl", Chunk) == [chunk]


def test_a_whole_docpack_verifies_and_has_every_entry():
    pack = opened(docpack_file(30))
    pack.verify()
    assert set(pack.manifest["entries"]) == NAMES - {"manifest.json"}
