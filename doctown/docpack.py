"""The docpack: everything known about a repository at one commit, in one file. The writer, and the one reader.

The file is a zip of stored entries in one form (`doctown.stored_zip`), so that equal content gives equal bytes. The
manifest names every other entry with its size and sha256; `docpack_id` names what the docpack says. The reader takes a
binary stream and believes nothing: known names only, sizes checked before reading, nothing unpickled, every digest
checked, every row of the type it should be. Whatever is wrong is a `DocpackInvalid`. What the rows mean is left to
`doctown.model`, how they are computed to `doctown.assemble`.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from hashlib import sha256
from math import isfinite
from types import MappingProxyType, UnionType
from typing import Any, BinaryIO, Self, TypeVar, get_args, get_origin, get_type_hints
from zlib import crc32

import numpy as np

from doctown.embed.vectors import UNIT_LENGTH_TOLERANCE, Rows
from doctown.errors import DocpackInvalid
from doctown.model import Chunk, Edge, Skipped, Symbol, SymbolContext
from doctown.rows import Row, canonical_json, rows_of
from doctown.stored_zip import Place, places_in, read_exactly, zip_parts

SCHEMA = "docpack/1"
GENERATOR = f"doctown/0.1.0 {SCHEMA}"

MANIFEST, EMBEDDINGS = "manifest.json", "embeddings.npy"
ROWS: Mapping[str, type[Row]] = {
    "symbols.jsonl": Symbol,
    "edges.jsonl": Edge,
    "chunks.jsonl": Chunk,
    "contexts.jsonl": SymbolContext,
    "skipped.jsonl": Skipped,
}
_PLACE = {"x": float, "y": float, "cluster": int}
VALUES: Mapping[str, Mapping[str, Any]] = {
    "clusters.json": {
        "clusters": [
            {"id": int, "label": str, "keywords": [str], "size": int, "representative": [str], "members": [str]}
        ],
        "memberships": [{"chunk_id": str, "cluster": int, "strength": float, "noise": bool}],
    },
    "map.json": {"points": [{"chunk_id": str, **_PLACE}], "labels": [_PLACE]},
    "graph.json": {
        "nodes": [{"id": str, "kind": str, "centrality": float}],
        "edges": [{"source": str, "target": str, "kind": str, "key": int}],
    },
    "stats.json": {"languages": dict, "lines": int, "tokens": int, "calls": dict},
}
"""What the `.json` entries hold at least. A cluster's `parent_id` is an id or null."""
NAMES = frozenset({MANIFEST, EMBEDDINGS, *ROWS, *VALUES})

MAX_MANIFEST_BYTES = 1_000_000
_IDENTITY = ("model", "engine", "parameters", "base", "entries")
_MANIFEST_TYPES: Mapping[str, Any] = {
    "repository": dict,
    "model": dict | None,
    "engine": str | None,
    "base": str | None,
    "parameters": dict,
    "counts": dict,
    "generator": str,
}
_NPY = re.compile(
    rb"\x93NUMPY\x01\x00(?P<length>..)"
    rb"\{'descr': '<f4', 'fortran_order': False, 'shape': \((?P<rows>\d{1,10}), (?P<dims>\d{1,6})\), \} *\n",
    re.DOTALL,
)

R = TypeVar("R", bound=Row)


def docpack_bytes(entries: Mapping[str, bytes], manifest_fields: Mapping[str, Any]) -> tuple[bytes, str]:
    """The file and its `docpack_id`. `entries` are all but the manifest, each in its canonical form.

    `manifest_fields` gives `repository`, `model`, `engine`, `base` and `parameters`; `counts` gets the number of rows
    of each `.jsonl` entry in addition to what it gives. Raises ValueError for a name that no docpack has.
    """
    if not entries.keys() <= NAMES - {MANIFEST}:
        raise ValueError(f"no docpack has {', '.join(sorted(entries.keys() - NAMES))}")
    rows = {name.removesuffix(".jsonl"): entries[name].count(b"\n") for name in entries if name in ROWS}
    manifest = {
        "schema": SCHEMA,
        "generator": GENERATOR,
        **manifest_fields,
        "counts": rows | dict(manifest_fields.get("counts", {})),
        "entries": {name: {"sha256": sha256(data).hexdigest(), "size": len(data)} for name, data in entries.items()},
    }
    manifest["docpack_id"] = docpack_id_of(manifest)
    return b"".join(zip_parts({**entries, MANIFEST: canonical_json(manifest)})), manifest["docpack_id"]


def docpack_id_of(manifest: Mapping[str, Any]) -> str:
    """What the docpack says, whoever wrote it and wherever the repository lay: a sha256 in hex."""
    repository = manifest["repository"]
    of = "commit" if repository.get("commit") else "tree"
    said = {name: manifest[name] for name in _IDENTITY} | {of: repository.get(of)}
    return sha256(canonical_json(said)).hexdigest()


def npy_bytes(rows: Rows) -> bytes:
    """`rows`, shape (chunks, dimensions), as a `.npy` file of version 1.0: little-endian float32, C order."""
    shape = f"({rows.shape[0]}, {rows.shape[1]})"
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    data = np.ascontiguousarray(rows, dtype="<f4").tobytes()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + data


class Docpack:
    """A docpack in a stream, which stays open while it is read. Made with `Docpack.open`."""

    def __init__(self, stream: BinaryIO, places: Mapping[str, Place], manifest: Mapping[str, Any]) -> None:
        self._stream, self._places = stream, places
        self.manifest: Mapping[str, Any] = MappingProxyType(dict(manifest))

    @classmethod
    def open(cls, stream: BinaryIO) -> Self:
        """Read the directory and the manifest, and check that they belong together. Raises DocpackInvalid."""
        places = places_in(stream, NAMES)
        if MANIFEST not in places or places[MANIFEST].size > MAX_MANIFEST_BYTES:
            raise DocpackInvalid("The file has no manifest of a docpack; give the path of a .docpack file.")
        manifest = _manifest_of(_data_at(stream, places[MANIFEST]))
        listed = {name: entry["size"] for name, entry in manifest["entries"].items()}
        if listed != {name: place.size for name, place in places.items() if name != MANIFEST}:
            raise DocpackInvalid("The manifest lists other entries than the file holds; make it again.")
        return cls(stream, places, manifest)

    def __contains__(self, name: str) -> bool:
        """Whether the docpack has the entry: those made of vectors are absent after `--no-embed`."""
        return name in self._places

    def bytes(self, name: str) -> bytes:
        """The entry as it stands in the file, its sha256 checked. Raises DocpackInvalid, also where it is absent."""
        if name not in self._places or name == MANIFEST:
            raise DocpackInvalid(f"The docpack has no {name}; make it again with doctown index.")
        data = _data_at(self._stream, self._places[name])
        if sha256(data).hexdigest() != self.manifest["entries"][name]["sha256"]:
            raise DocpackInvalid(f"{name} in the docpack is damaged; make it again with doctown index.")
        return data

    def rows(self, name: str, kind: type[R]) -> list[R]:
        """The rows of a `.jsonl` entry. Raises DocpackInvalid: absent, damaged, or a row of another type."""
        fits = _fitness_of(kind)
        try:
            rows = list(rows_of(self.bytes(name), kind))
        except (ValueError, TypeError, RecursionError) as error:
            raise DocpackInvalid(f"{name} in the docpack cannot be read; make it again with doctown index.") from error
        if not all(fits(row) for row in rows):
            raise DocpackInvalid(f"A row of {name} in the docpack is not as it should be; make it again.")
        return rows

    def json(self, name: str) -> Any:
        """The value of a `.json` entry. Raises DocpackInvalid: absent, damaged, or not what `VALUES` says."""
        value = _json_of(self.bytes(name), name)
        if not _is_like(value, VALUES[name]):
            raise DocpackInvalid(f"{name} in the docpack is not as it should be; make it again with doctown index.")
        return value

    def embeddings(self) -> Rows:
        """float32, shape (chunks, dimensions), row i for line i of `chunks.jsonl`; read-only.

        Raises DocpackInvalid: absent, damaged, not that shape, or a row that is not of unit length.
        """
        data = self.bytes(EMBEDDINGS)
        found = _NPY.match(data)
        if found is None or found.end() != 10 + int.from_bytes(found["length"], "little"):
            raise DocpackInvalid(f"{EMBEDDINGS} in the docpack is no array of float32; make it again.")
        shape = int(found["rows"]), int(found["dims"])
        promised = self.manifest["counts"].get("chunks"), (self.manifest["model"] or {}).get("dimensions")
        if shape != promised or len(data) - found.end() != 4 * shape[0] * shape[1]:
            raise DocpackInvalid(f"{EMBEDDINGS} in the docpack is not a row for each chunk; make it again.")
        rows = np.frombuffer(data, dtype="<f4", offset=found.end()).reshape(shape)
        with np.errstate(all="ignore"):
            lengths = np.einsum("ij,ij->i", rows, rows, dtype=np.float64)
            straight = bool((np.abs(lengths - 1) <= 3 * UNIT_LENGTH_TOLERANCE).all())
        if not straight:
            raise DocpackInvalid(f"A row of {EMBEDDINGS} in the docpack is not of unit length; make it again.")
        return rows.astype(np.float32, copy=False)

    def verify(self) -> None:
        """Check every digest, row and value. Raises DocpackInvalid."""
        for name in self.manifest["entries"]:
            if name in ROWS:
                if len(self.rows(name, ROWS[name])) != self.manifest["counts"].get(name.removesuffix(".jsonl")):
                    raise DocpackInvalid(f"{name} in the docpack has more or fewer rows than the manifest says.")
            elif name == EMBEDDINGS:
                self.embeddings()
            else:
                self.json(name)


def _data_at(stream: BinaryIO, place: Place) -> bytes:
    data = read_exactly(stream, place.data_offset, place.size)
    if crc32(data) != place.crc:
        raise DocpackInvalid(f"{place.name} in the docpack is damaged; make it again with doctown index.")
    return data


def _json_of(data: bytes, name: str) -> Any:
    try:
        return json.loads(data, parse_constant=_number, parse_float=_number)
    except (ValueError, RecursionError) as error:
        raise DocpackInvalid(f"{name} in the docpack cannot be read; make it again with doctown index.") from error


def _number(text: str) -> float:
    if not isfinite(number := float(text)):
        raise ValueError(f"{text} has no JSON form")
    return number


def _is_like(value: Any, shape: Any) -> bool:
    if isinstance(shape, Mapping):
        return isinstance(value, dict) and all(
            name in value and _is_like(value[name], of) for name, of in shape.items()
        )
    if isinstance(shape, list):
        return isinstance(value, list) and all(_is_like(item, shape[0]) for item in value)
    return type(value) is shape or (shape is float and type(value) is int)


def _manifest_of(data: bytes) -> dict[str, Any]:
    """The manifest, of the right shape and form, and with the id that its content gives."""
    manifest = _json_of(data, MANIFEST)
    if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA:
        found = str(manifest.get("schema"))[:40] if isinstance(manifest, dict) else "none"
        raise DocpackInvalid(f"The docpack's schema is {found!r} and this version reads {SCHEMA!r}; upgrade doctown.")
    shaped = all(name in manifest and isinstance(manifest[name], kind) for name, kind in _MANIFEST_TYPES.items())
    entries = manifest.get("entries")
    shaped = shaped and isinstance(entries, dict) and all(map(_is_entry, entries.values()))
    try:
        intact = shaped and canonical_json(manifest) == data and docpack_id_of(manifest) == manifest.get("docpack_id")
    except (ValueError, RecursionError):
        intact = False
    if not intact:
        raise DocpackInvalid("The docpack's manifest is damaged; make it again with doctown index.")
    return manifest


def _is_entry(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"sha256", "size"}
        and isinstance(value["sha256"], str)
        and type(value["size"]) is int
    )


def _fitness_of(kind: type[Row]) -> Callable[[Any], bool]:
    """Whether a row of `kind` holds what its annotations say. Plain code, because pydantic takes no lone surrogates."""
    hints = get_type_hints(kind)
    checks = [(field.name, _check_of(hints[field.name])) for field in fields(kind)]
    return lambda row: all(check(getattr(row, name)) for name, check in checks)


def _check_of(hint: Any) -> Callable[[Any], bool]:
    if get_origin(hint) is tuple:
        return lambda value: type(value) is tuple and all(type(item) is str for item in value)
    wanted = get_args(hint) if get_origin(hint) is UnionType else (hint,)
    allowed = frozenset(wanted) | ({int} if float in wanted else set())
    return lambda value: type(value) in allowed and (type(value) is not float or isfinite(value))
