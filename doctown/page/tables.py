"""What the page holds of a docpack: columns instead of rows, indices instead of ids, whole numbers instead of floats.

`about_of` is what the header and the dialog say, `tables_of` what is needed at once (places, names, edges, topics) and
`details_of` what is read piece by piece when somebody looks (code, signatures, documentation, contexts). How they are
packed and guarded is left to `render`, how they look to the assets. Everything here came out of a repository: an id
that leads nowhere becomes -1, a place outside the map is moved to its border.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from doctown.model import Chunk, Edge, Skipped, Symbol, SymbolContext
from doctown.page.edges import edge_columns
from doctown.page.folders import map_by_folder
from doctown.rows import Row

R = TypeVar("R", bound=Row)

GRAIN = 65535
"""Places are whole numbers from 0 to this."""

LONGEST_NAME, LONGEST_PATH, LONGEST_WORDS, LONGEST_CODE = 300, 1_000, 4_000, 40_000
"""In characters, of names, paths, a signature or documentation, and the code of one chunk: what is longer is cut."""


class Pack(Protocol):
    """What the page needs of a docpack."""

    @property
    def manifest(self) -> Mapping[str, Any]:
        """The manifest as it stands in the docpack."""

    def rows(self, name: str, kind: type[R]) -> list[R]:
        """The rows of a `.jsonl` entry."""

    def json(self, name: str) -> Any:
        """The value of a `.json` entry."""


@dataclass(frozen=True)
class Contents:
    """The rows of a docpack that the page shows, and where each symbol is at home.

    `home[i]` is the index of the chunk in which symbol i is read, -1 where no chunk of its file holds it.
    """

    symbols: Sequence[Symbol]
    chunks: Sequence[Chunk]
    edges: Sequence[Edge]
    contexts: Mapping[str, SymbolContext]
    symbol_at: Mapping[str, int]
    home: Sequence[int]


def contents_of(docpack: Pack) -> Contents:
    """The rows of `docpack`; entries it does not have (`--no-embed`) are empty."""
    symbols = docpack.rows("symbols.jsonl", Symbol)
    chunks = docpack.rows("chunks.jsonl", Chunk)
    contexts = docpack.rows("contexts.jsonl", SymbolContext) if _has(docpack, "contexts.jsonl") else []
    return Contents(
        symbols=symbols,
        chunks=chunks,
        edges=docpack.rows("edges.jsonl", Edge),
        contexts={context.symbol_id: context for context in contexts},
        symbol_at={symbol.id: at for at, symbol in enumerate(symbols)},
        home=_homes(symbols, chunks),
    )


def about_of(docpack: Pack, contents: Contents) -> dict[str, Any]:
    """The words and counts of the header and of the dialog: plain JSON values."""
    manifest = docpack.manifest
    skipped = docpack.rows("skipped.jsonl", Skipped) if _has(docpack, "skipped.jsonl") else []
    stats = docpack.json("stats.json") if _has(docpack, "stats.json") else {}
    return {
        "repository": dict(manifest.get("repository") or {}),
        "name": repository_name(manifest),
        "docpack_id": manifest.get("docpack_id"),
        "engine": _words(manifest.get("engine")),
        "model": _words(manifest.get("model")),
        "generator": _words(manifest.get("generator")),
        "embedded": _has(docpack, "map.json"),
        "counts": {
            "files": len({row.path for row in contents.chunks} | {row.path for row in contents.symbols}),
            "symbols": len(contents.symbols),
            "chunks": len(contents.chunks),
            "edges": len(contents.edges),
            "lines": stats.get("lines"),
        },
        "calls": stats.get("calls") or {},
        "languages": stats.get("languages") or {},
        "skipped": Counter(row.reason for row in skipped).most_common(12),
        "skipped_total": len(skipped),
    }


def repository_name(manifest: Mapping[str, Any], fallback: str = "repository") -> str:
    """The repository's name, or the last part of its URL."""
    repository = manifest.get("repository") or {}
    url = str(repository.get("url") or "").rstrip("/")
    return str(repository.get("name") or url.rpartition("/")[2].removesuffix(".git") or fallback)


def tables_of(docpack: Pack, contents: Contents) -> dict[str, Any]:
    """Everything that is needed at once, as columns; see `assets/data.js` for its reader."""
    files = list(dict.fromkeys([row.path for row in contents.chunks] + [row.path for row in contents.symbols]))
    file_at = {path: at for at, path in enumerate(files)}
    if _has(docpack, "map.json") and _has(docpack, "clusters.json"):
        clusters, drawn = docpack.json("clusters.json"), docpack.json("map.json")
    else:
        clusters, drawn = map_by_folder(contents.chunks)
    return {
        "files": [shortened(path, LONGEST_PATH) for path in files],
        "chunks": _chunk_columns(contents, file_at, clusters, drawn),
        "symbols": _symbol_columns(contents, file_at),
        "edges": edge_columns(contents.edges, contents.contexts.values(), contents.symbol_at),
        "topics": _topics(contents, clusters, drawn),
    }


def details_of(contents: Contents) -> Iterator[list[Any]]:
    """For each chunk its code, and for each symbol at home there `[symbol, signature, doc, context]`.

    A symbol's words stand right behind the code they are taken from: that is what makes them small when packed.
    """
    at_home: dict[int, list[int]] = {}
    for symbol, chunk in enumerate(contents.home):
        at_home.setdefault(chunk, []).append(symbol)
    for number, row in enumerate(contents.chunks):
        yield [shortened(row.text, LONGEST_CODE), [_detail(contents, symbol) for symbol in at_home.get(number, ())]]


def _detail(contents: Contents, at: int) -> list[Any]:
    symbol = contents.symbols[at]
    context = contents.contexts.get(symbol.id)
    words = (symbol.signature, symbol.doc, context.text if context else "")
    return [at, *(shortened(text, LONGEST_WORDS) for text in words)]


def shortened(text: str, longest: int = LONGEST_NAME) -> str:
    """`text`, or as much of it as fits and the sign that there is more."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _has(docpack: Pack, name: str) -> bool:
    return name in docpack.manifest.get("entries", {})


def _words(value: Any) -> str | None:
    """A name, or a mapping's values in one line, its name first."""
    if isinstance(value, Mapping):
        rest = [f"{key} {item}" for key, item in value.items() if key != "name"]
        return " · ".join([str(value["name"]), *rest] if "name" in value else rest)
    return None if value is None else str(value)


def _homes(symbols: Sequence[Symbol], chunks: Sequence[Chunk]) -> list[int]:
    """For each symbol the chunk that holds its first line: of those that name it, else of those of its file."""
    naming: dict[str, list[int]] = {}
    of_file: dict[str, list[int]] = {}
    for at, chunk in enumerate(chunks):
        of_file.setdefault(chunk.path, []).append(at)
        for symbol_id in chunk.symbol_ids:
            naming.setdefault(symbol_id, []).append(at)
    homes = []
    for symbol in symbols:
        among = naming.get(symbol.id) or of_file.get(symbol.path) or [-1]
        holding = (at for at in among if at >= 0 and chunks[at].start_line <= symbol.start_line <= chunks[at].end_line)
        homes.append(next(holding, among[0]))
    return homes


def _chunk_columns(
    contents: Contents, file_at: Mapping[str, int], clusters: Mapping[str, Any], drawn: Mapping[str, Any]
) -> dict[str, Any]:
    topic_at = {cluster["id"]: at for at, cluster in enumerate(clusters["clusters"])}
    noise = {row["chunk_id"] for row in clusters.get("memberships", ()) if row.get("noise")}
    points = {point["chunk_id"]: point for point in drawn["points"]}
    places = [points.get(chunk.id, {}) for chunk in contents.chunks]
    languages = sorted({chunk.language for chunk in contents.chunks})
    symbols = [_known(contents.symbol_at, chunk.symbol_ids) for chunk in contents.chunks]
    return {
        "languages": languages,
        "file": [file_at[chunk.path] for chunk in contents.chunks],
        "language": [languages.index(chunk.language) for chunk in contents.chunks],
        "line": [chunk.start_line for chunk in contents.chunks],
        "end": [chunk.end_line for chunk in contents.chunks],
        "x": [_grain(place.get("x")) for place in places],
        "y": [_grain(place.get("y")) for place in places],
        "topic": [topic_at.get(place.get("cluster"), -1) for place in places],
        "noise": [at for at, chunk in enumerate(contents.chunks) if chunk.id in noise],
        "symbols": symbols,
        "heading": ["" if named else _heading(row) for named, row in zip(symbols, contents.chunks, strict=True)],
    }


def _known(at: Mapping[str, int], ids: Iterable[str]) -> list[int]:
    return [at[name] for name in ids if name in at]


def _heading(chunk: Chunk) -> str:
    """What a chunk without symbols is called: the first line that says something, best a heading."""
    lines = [line.strip() for line in chunk.text.splitlines() if any(c.isalnum() for c in line)]
    headings = (line.lstrip("#").strip() for line in lines if line.startswith("#"))
    return next(headings, lines[0] if lines else "")[:80]


def _grain(place: Any) -> int:
    return round(min(max(float(place), 0.0), 1.0) * GRAIN) if isinstance(place, int | float) else GRAIN // 2


def _symbol_columns(contents: Contents, file_at: Mapping[str, int]) -> dict[str, Any]:
    symbols, at = contents.symbols, contents.symbol_at
    kinds = sorted({symbol.kind for symbol in symbols})
    # A parent stands before its children; anything else in that field would be a circle.
    parents = [at.get(symbol.parent_id or "", -1) for symbol in symbols]
    parents = [parent if parent < own else -1 for own, parent in enumerate(parents)]
    ranks = [contents.contexts[row.id].centrality if row.id in contents.contexts else 0.0 for row in symbols]
    highest = max(ranks, default=0.0) or 1.0
    return {
        "kinds": kinds,
        "name": [shortened(symbol.name) for symbol in symbols],
        "qualified": [
            ""
            if parent >= 0 and row.qualified_name == f"{symbols[parent].qualified_name}.{row.name}"
            else shortened(row.qualified_name, LONGEST_PATH)
            for row, parent in zip(symbols, parents, strict=True)
        ],
        "kind": [kinds.index(symbol.kind) for symbol in symbols],
        "file": [file_at[symbol.path] for symbol in symbols],
        "line": [symbol.start_line for symbol in symbols],
        "end": [symbol.end_line for symbol in symbols],
        "parent": parents,
        "chunk": contents.home,
        "centrality": [round(10_000 * rank / highest) for rank in ranks],
    }


def _topics(contents: Contents, clusters: Mapping[str, Any], drawn: Mapping[str, Any]) -> list[dict[str, Any]]:
    chunk_at = {chunk.id: at for at, chunk in enumerate(contents.chunks)}
    topic_at = {cluster["id"]: at for at, cluster in enumerate(clusters["clusters"])}
    labels = {label["cluster"]: label for label in drawn.get("labels", ())}
    return [
        {
            "id": cluster["id"],
            "label": shortened(cluster["label"]),
            "keywords": [shortened(word) for word in cluster["keywords"][:12]],
            "size": cluster["size"],
            "parent": topic_at.get(cluster.get("parent_id"), -1),
            "best": _known(chunk_at, cluster["representative"]),
            "symbols": _known(contents.symbol_at, cluster.get("symbols") or ()),
            "place": [_grain(labels[cluster["id"]]["x"]), _grain(labels[cluster["id"]]["y"])]
            if cluster["id"] in labels
            else None,
        }
        for cluster in clusters["clusters"]
    ]
