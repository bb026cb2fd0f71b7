"""Small real docpacks: written by the real writer and read by the real reader, their content invented.

`docpack_of(points)` is pleasant to look at: topics with labels, files, classes, methods, calls. With `hostile=True`
every text that a repository may choose (names, paths, code, documentation, labels, keywords) is an attack on whoever
shows it. With `embedded=False` it is one of `--no-embed`: without topics, map and vectors. With `tree=True` its topics
have two levels, and the fine ones name their most typical symbols.
"""

import math
import random
from dataclasses import asdict
from io import BytesIO
from itertools import cycle
from typing import Any

import numpy as np

from doctown.docpack import Docpack, docpack_bytes
from doctown.model import Chunk, Cluster, Edge, Skipped, Symbol, SymbolContext, chunk_id, symbol_id
from doctown.rows import canonical_json, jsonl_of

THEMES = (
    ("parsing requests", ("header", "query", "body", "cookie")),
    ("routing and dispatch", ("route", "match", "prefix", "handler")),
    ("sessions and sign-in", ("session", "token", "login", "expire")),
    ("database connections", ("pool", "cursor", "transaction", "commit")),
    ("schema migrations", ("column", "table", "migrate", "revision")),
    ("rendering templates", ("template", "block", "filter", "escape")),
    ("background jobs", ("queue", "worker", "retry", "schedule")),
    ("command line", ("option", "argument", "prompt", "colour")),
    ("caching", ("cache", "evict", "key", "lifetime")),
    ("file uploads", ("upload", "stream", "chunk", "multipart")),
    ("logging", ("logger", "level", "format", "handler")),
    ("tests of the client", ("client", "assert", "fixture", "response")),
)
VERBS = ("load", "find", "make", "check", "write", "close", "merge", "read", "split", "resolve", "drop", "open")

HOSTILE = (
    "</script><script>window.canary='script'</script>",
    "<!--<script>",
    "<img src=x onerror=\"window.canary='img'\">",
    "\"'><svg onload=window.canary='svg'>",
    "javascript:window.canary='url'",
    "\u2028window.canary='line'\u2029",
    "\u202egnp.exe\u202c\u2066",
    "half \ud83d pair \udc00",
    "]]>--><style>*{display:none}</style>",
    "{{about}}{{script}}\\u003cscript>${window.canary=1}`",
    "nul \x00 bell \x07 escape \x1b[31m",
    "__proto__",
    "<iframe srcdoc=\"<script>parent.canary='frame'</script>\">",
    "&lt;script&gt;window.canary='entity'&lt;/script&gt;",
)
"""What a repository may call its functions, write into its files and put on top of its documents."""


def docpack_of(points: int = 60, *, hostile: bool = False, embedded: bool = True, tree: bool = False) -> Docpack:
    """A docpack of `points` chunks, opened; the same for the same arguments."""
    return Docpack.open(BytesIO(docpack_file(points, hostile=hostile, embedded=embedded, tree=tree)))


def docpack_file(points: int = 60, *, hostile: bool = False, embedded: bool = True, tree: bool = False) -> bytes:
    """The bytes of `docpack_of`."""
    entries = docpack_entries(points, hostile=hostile, embedded=embedded, tree=tree)
    return docpack_bytes(entries, manifest_fields(hostile=hostile, embedded=embedded))[0]


def manifest_fields(*, hostile: bool = False, embedded: bool = True) -> dict[str, Any]:
    url = "javascript:window.canary='manifest'//</script>" if hostile else "https://example.org/acme/harbour.git"
    model = {"name": "all-MiniLM-L6-v2", "revision": "c9745ed1", "dimensions": 8, "max_tokens": 256}
    return {
        "repository": {
            "name": HOSTILE[0] if hostile else "harbour",
            "url": url,
            "ref": "main",
            "commit": "4b825dc6" * 5,
        },
        "model": model if embedded else None,
        "engine": "onnxruntime 1.32.0 float32 avx2" if embedded else None,
        "base": None,
        "parameters": {},
        "generator": "doctown 0.1.0",
    }


def docpack_entries(
    points: int, *, hostile: bool = False, embedded: bool = True, tree: bool = False, seed: int = 7
) -> dict[str, bytes]:
    """The entries of a docpack, without its manifest."""
    town = _Town(points, hostile, random.Random(seed))
    entries = {
        "symbols.jsonl": jsonl_of(town.symbols),
        "edges.jsonl": jsonl_of(town.edges),
        "chunks.jsonl": jsonl_of(town.chunks),
        "contexts.jsonl": jsonl_of(town.contexts(embedded)),
        "skipped.jsonl": jsonl_of([Skipped("static/app.min.js", "minified"), Skipped("logo.png", "binary")]),
        "graph.json": canonical_json(town.graph()),
        "stats.json": canonical_json(town.stats()),
    }
    if embedded:
        clusters = town.clusters()
        entries["clusters.json"] = canonical_json(town.tree_of(clusters) if tree else clusters)
        entries["map.json"] = town.map()
        entries["embeddings.npy"] = town.vectors()
    return entries


class _Town:
    def __init__(self, points: int, hostile: bool, chance: random.Random) -> None:
        self.hostile, self.chance = hostile, chance
        self.attacks = cycle(HOSTILE)
        self.symbols: list[Symbol] = []
        self.chunks: list[Chunk] = []
        self.edges: list[Edge] = []
        self.theme_of: list[int] = []
        self.themes = max(1, min(len(THEMES) if points <= 5000 else 60, points // 4))
        for file in range(math.ceil(points / 12)):
            self._file(file, min(12, points - 12 * file))
        self._calls()

    def said(self, text: str) -> str:
        return next(self.attacks) if self.hostile else text

    def theme(self, number: int) -> tuple[str, tuple[str, ...]]:
        label, words = THEMES[number % len(THEMES)]
        return (label if number < len(THEMES) else f"{label} {number // len(THEMES) + 1}"), words

    def _file(self, number: int, chunks: int) -> None:
        theme = min(int(self.chance.expovariate(3.2) * self.themes), self.themes - 1)
        label, words = self.theme(theme)
        folder = label.split()[0]
        path = f"src/{self.said('harbour')}/{folder}/{words[number % 4]}_{number}.py"
        language = "markdown" if number % 11 == 5 else "python"
        path = path.removesuffix(".py") + ".md" if language == "markdown" else path
        module = self._symbol("module", path.rsplit("/", 1)[-1], path, None, 1, 40 * chunks, language)
        owner: Symbol | None = None
        for part in range(chunks):
            own = theme if self.chance.random() < 0.8 else self.chance.randrange(self.themes)
            line = 40 * part + 1
            if language == "markdown":
                text, ids = (
                    f"## {self.said(f'About the {words[part % 4]}')}\n\n{self.said('It is kept for an hour.')}\n",
                    (),
                )
            else:
                verb, word = self.chance.choice(VERBS), self.chance.choice(self.theme(own)[1])
                if part % 6 == 0:
                    owner = self._symbol(
                        "class", self.said(f"{word}_{verb}er".title().replace("_", "")), path, module, line, line + 240
                    )
                parent = owner if part % 3 and owner else module
                kind = "method" if parent is owner else "function"
                symbol = self._symbol(kind, self.said(f"{verb}_{word}"), path, parent, line + 2, line + 20)
                ids = (owner.id, symbol.id) if owner and part % 6 == 0 else (symbol.id,)
                text = self._code(symbol, verb, word)
            where = (line, line + text.count("\n") - 1, 1000 * part, 1000 * part + len(text.encode("utf-8", "replace")))
            self.chunks.append(Chunk(chunk_id(path, text, part), path, language, *where, ids, len(text) // 4, text))
            self.theme_of.append(own)

    def _symbol(
        self, kind: str, name: str, path: str, parent: Symbol | None, start: int, end: int, language: str = "python"
    ) -> Symbol:
        qualified = f"{parent.qualified_name}.{name}" if parent else path.rsplit(".", 1)[0].replace("/", ".")
        name = name.rsplit(".", 1)[0] if kind == "module" else name
        signature = self.said(f"def {name}(self, source: Source, *, limit: int = {10 * len(name)}) -> Result")
        doc = self.said(f"The {name.replace('_', ' ')} of a request, or nothing where it has none.")
        symbol = Symbol(
            symbol_id(path, qualified, kind, len(self.symbols)), kind, (), name, qualified, language, path,
            start, end, 25 * start, 25 * end, signature, doc, parent.id if parent else None,
        )  # fmt: skip
        self.symbols.append(symbol)
        return symbol

    def _code(self, symbol: Symbol, verb: str, word: str) -> str:
        return "\n".join(
            (
                f"def {symbol.name}(self, source: Source, *, limit: int = 10) -> Result:",
                f'    """{symbol.doc}"""',
                f"    # {self.said(f'A {word} that is too old counts for nothing.')}",
                f"    {word} = self.{word}s.get(source.key)",
                f"    if {word} is None or {word}.age > limit:",
                f'        raise Missing(f"no {word} at {{source.key}}")',
                "    for attempt in range(3):",
                f"        with self.lock, closing({word}.{verb}()) as found:",
                f"            if found.ready and attempt < {self.chance.randrange(2, 9)}:",
                f"                return Result(found, {self.chance.randrange(1000)})",
                f"    return Result.empty({self.said('source')!r})",
                "",
            )
        )

    def _calls(self) -> None:
        able = [symbol for symbol in self.symbols if symbol.kind in ("function", "method")]
        for caller in able:
            for _ in range(self.chance.randrange(4)):
                callee = able[int(self.chance.paretovariate(1.2)) * 7 % len(able)]
                line = caller.start_line + 3
                self.edges.append(Edge(caller.id, callee.id, None, "calls", line, 40, "import", 0.9, 1))
            self.edges.append(
                Edge(caller.id, None, self.said("json.dumps"), "calls", caller.start_line, 9, "import", 0.9, 1)
            )

    def contexts(self, embedded: bool) -> list[SymbolContext]:
        calls: dict[str, list[str]] = {}
        called: dict[str, list[str]] = {}
        for edge in self.edges:
            if edge.target:
                calls.setdefault(edge.source, []).append(edge.target)
                called.setdefault(edge.target, []).append(edge.source)
        made = []
        for at, symbol in enumerate(self.symbols):
            near = [other.id for other in self.symbols[at + 1 : at + 4]]
            text = f"{symbol.qualified_name}\n{symbol.path}:{symbol.start_line}\n{symbol.signature}\n{symbol.doc}\n"
            links = (tuple(calls.get(symbol.id, ())), tuple(called.get(symbol.id, ())))
            rank = len(links[1]) / max(len(self.edges), 1)
            topic = 0 if embedded else None
            made.append(
                SymbolContext(
                    symbol.id, symbol.signature, symbol.doc, *links, (), (), tuple(near), topic, rank, text[:2000]
                )
            )
        return made

    def clusters(self) -> dict[str, Any]:
        rows = []
        for number in range(self.themes):
            members = tuple(chunk.id for chunk, own in zip(self.chunks, self.theme_of, strict=True) if own == number)
            if not members:
                continue
            label, words = self.theme(number)
            keywords = tuple(self.said(word) for word in words)
            rows.append(asdict(Cluster(number, self.said(label), keywords, len(members), None, members[:3], members)))
        memberships = [
            {"chunk_id": chunk.id, "cluster": own, "strength": 0.5, "noise": at % 9 == 0}
            for at, (chunk, own) in enumerate(zip(self.chunks, self.theme_of, strict=True))
        ]
        return {"clusters": rows, "memberships": memberships}

    def tree_of(self, clusters: dict[str, Any]) -> dict[str, Any]:
        """`clusters` below broad topics of three each, every fine one with its most typical symbols."""
        fine, broad = clusters["clusters"], []
        symbols_of = {chunk.id: chunk.symbol_ids for chunk in self.chunks}
        for first in range(0, len(fine), 3):
            below = fine[first : first + 3]
            number = 1000 + first // 3
            for row in below:
                row["parent_id"] = number
                row["symbols"] = [name for chunk in row["representative"] for name in symbols_of[chunk]]
            members = tuple(member for row in below for member in row["members"])
            label = self.said(" & ".join(row["label"].split()[0] for row in below))
            keywords = tuple(row["keywords"][0] for row in below)
            broad.append(asdict(Cluster(number, label, keywords, len(members), None, members[:3], members)))
        return {"clusters": [*broad, *fine], "memberships": clusters["memberships"]}

    def map(self) -> bytes:
        points: list[dict[str, Any]] = []
        for chunk, own in zip(self.chunks, self.theme_of, strict=True):
            x, y = self._centre(own)
            turn, far = self.chance.random() * math.tau, abs(self.chance.gauss(0, 0.9 / (self.themes**0.5 * 6)))
            lean = 1 + 0.6 * math.sin(3 * turn + own)
            x, y = x + far * lean * math.cos(turn), y + far * lean * math.sin(turn)
            points.append({"chunk_id": chunk.id, "x": min(max(x, 0), 1), "y": min(max(y, 0), 1), "cluster": own})
        labels = [
            {"cluster": own, "x": self._centre(own)[0], "y": self._centre(own)[1]} for own in sorted(set(self.theme_of))
        ]
        return canonical_json({"points": points, "labels": labels})

    def _centre(self, own: int) -> tuple[float, float]:
        turn, far = own * 2.4, 0.42 * math.sqrt((own + 0.5) / self.themes)
        return 0.5 + far * math.cos(turn), 0.5 + far * math.sin(turn)

    def vectors(self) -> bytes:
        rows = np.random.default_rng(3).normal(size=(len(self.chunks), 8)).astype(np.float32)
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        stream = BytesIO()
        np.save(stream, rows.astype("<f4"), allow_pickle=False)
        return stream.getvalue()

    def graph(self) -> dict[str, Any]:
        nodes = [{"id": symbol.id, "kind": symbol.kind, "centrality": 0.001} for symbol in self.symbols]
        edges = [
            {"source": edge.source, "target": edge.target, "kind": edge.kind, "key": at}
            for at, edge in enumerate(self.edges)
            if edge.target
        ]
        return {"directed": True, "multigraph": True, "graph": {}, "nodes": nodes, "edges": edges}

    def stats(self) -> dict[str, Any]:
        per_language: dict[str, dict[str, int]] = {}
        for chunk in self.chunks:
            of = per_language.setdefault(chunk.language, {"files": 0, "lines": 0, "bytes": 0, "chunks": 0})
            of["lines"] += chunk.end_line - chunk.start_line + 1
            of["bytes"] += chunk.end_byte - chunk.start_byte
            of["chunks"] += 1
        for language, of in per_language.items():
            of["files"] = len({chunk.path for chunk in self.chunks if chunk.language == language})
        return {
            "languages": per_language,
            "lines": sum(of["lines"] for of in per_language.values()),
            "tokens": sum(chunk.tokens for chunk in self.chunks),
            "calls": {
                "resolved": len(self.edges),
                "external": 3,
                "ambiguous": 1,
                "unresolved": {"unknown receiver": 5},
            },
        }
