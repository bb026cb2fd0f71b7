"""Commands that read a docpack: `show`, `verify`, `search`."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np

from cli import options
from cli.files import opened_docpack
from cli.output import print_json, printable, reported
from doctown.docpack import Docpack
from doctown.embed.vectors import Rows, rows_of_result
from doctown.errors import BadRequest
from doctown.model import Chunk, Symbol, embedding_key
from doctown.page.tables import repository_name
from doctown.search.lexical import WordIndex
from doctown.search.vector import ranked
from doctown.steps import EmbedRequest, EmbedText

_DETAILS = frozenset({"constant", "field", "type", "variable"})
"""Kinds of symbols after which no chunk is called that has others."""


@click.command()
@click.argument("pack")
@options.as_json
def show(pack: str, as_json: bool) -> None:
    """The summary of PACK: counts, topics, central symbols."""
    with opened_docpack(pack) as docpack:
        found = {
            "docpack_id": docpack.manifest["docpack_id"],
            "repository": {"name": repository_name(docpack.manifest, _stem_of(pack))} | docpack.manifest["repository"],
            "model": docpack.manifest["model"],
            "engine": docpack.manifest["engine"],
            "counts": docpack.manifest["counts"],
            "topics": _topics(docpack),
            "central_symbols": _central_symbols(docpack, 15),
        }
    print_json(found) if as_json else click.echo(_summary(found))


def _stem_of(pack: str) -> str:
    return Path(pack).name.removesuffix(".docpack")


def _topics(docpack: Docpack) -> list[dict[str, Any]]:
    """The broad topics, the largest first, each with its fine ones in `topics`."""
    names = {symbol.id: symbol.qualified_name for symbol in docpack.rows("symbols.jsonl", Symbol)}
    found: dict[int | None, list[dict[str, Any]]] = {}
    rows = {}
    if "clusters.json" not in docpack:
        return []
    for row in sorted(docpack.json("clusters.json")["clusters"], key=lambda row: -row["size"]):
        topic = {"label": row["label"], "size": row["size"], "keywords": row["keywords"]}
        topic["symbols"] = [names[name] for name in row.get("symbols", ()) if name in names]
        rows[row["id"]] = topic
        found.setdefault(row["parent_id"], []).append(topic)
    for number, topic in rows.items():
        topic["topics"] = found.get(number, [])
    return found.get(None, [])


def _topic_lines(topics: Iterable[dict[str, Any]], indent: str = "  ") -> Iterator[str]:
    for topic in topics:
        # What a broad topic is about say its parts; of a fine one, its symbols.
        said = [] if topic["topics"] else [".".join(name.split(".")[-2:]) for name in topic["symbols"]]
        symbols = list(dict.fromkeys(said))[:3]
        yield f"{indent}{topic['size']:>6,}  {topic['label']}" + (f"  ({', '.join(symbols)})" if symbols else "")
        yield from _topic_lines(topic["topics"], indent + "    ")


def _central_symbols(docpack: Docpack, k: int) -> list[dict[str, Any]]:
    symbols = {symbol.id: symbol for symbol in docpack.rows("symbols.jsonl", Symbol)}
    nodes = [node for node in docpack.json("graph.json")["nodes"] if node["kind"] != "module"]
    nodes.sort(key=lambda node: (-node["centrality"], symbols[node["id"]].qualified_name))
    return [
        {
            "qualified_name": symbols[node["id"]].qualified_name,
            "kind": node["kind"],
            "path": symbols[node["id"]].path,
            "start_line": symbols[node["id"]].start_line,
            "centrality": node["centrality"],
        }
        for node in nodes[:k]
    ]


def _summary(found: dict[str, Any]) -> str:
    repository, model = found["repository"], found["model"]
    lines = [
        f"{repository['name']} at {(repository.get('commit') or repository.get('tree') or '')[:12]}",
        "  " + ", ".join(f"{number:,} {what}" for what, number in found["counts"].items()),
        f"  {model['name']} on {found['engine']}" if model else "  nothing embedded: the graph only",
        *(["topics"] if found["topics"] else []),
        *_topic_lines(found["topics"]),
        "central symbols",
        *(f"  {s['kind']:<11} {s['qualified_name']}  {s['path']}:{s['start_line']}" for s in found["central_symbols"]),
    ]
    return "\n".join(printable(line) for line in lines)


@click.command()
@click.argument("pack")
@options.as_json
def verify(pack: str, as_json: bool) -> None:
    """Check every digest in PACK."""
    with opened_docpack(pack) as docpack:
        docpack.verify()
        name, entries = docpack.manifest["docpack_id"], len(docpack.manifest["entries"])
    if as_json:
        print_json({"docpack_id": name, "entries": entries, "intact": True})
    else:
        click.echo(f"intact: {entries} entries, docpack {name}")


@click.command()
@click.argument("pack")
@click.argument("query", nargs=-1, required=True)
@options.option("-k", "DOCTOWN_K", "How many hits.", default=10, type=click.IntRange(1, 1000))
@options.as_json
def search(pack: str, query: tuple[str, ...], k: int, as_json: bool) -> None:
    """The chunks of PACK nearest in meaning to QUERY; `-` reads queries from standard input, one a line.

    A docpack that was made without embeddings is searched by words.
    """
    from_stdin = query == ("-",)
    asked = [line.strip() for line in sys.stdin.buffer.read().decode("utf-8", "surrogateescape").splitlines()]
    queries = [line for line in asked if line] if from_stdin else [" ".join(query).strip()]
    for text in queries:
        _check(text)
    with opened_docpack(pack) as docpack:
        if not queries:
            return
        chunks, symbols = docpack.rows("chunks.jsonl", Chunk), docpack.rows("symbols.jsonl", Symbol)
        found = _found(docpack, chunks, queries, k)
    names = {symbol.id: symbol.qualified_name for symbol in symbols}
    kinds = {symbol.id: symbol.kind for symbol in symbols}
    for text, rows in zip(queries, found, strict=True):
        hits = [_hit(chunks[at], score, names, kinds) for at, score in rows]
        if from_stdin or as_json:
            click.echo(json.dumps({"query": text, "hits": hits}))
        else:
            click.echo(_table(hits))


def _found(docpack: Docpack, chunks: list[Chunk], queries: list[str], k: int) -> list[list[tuple[int, float]]]:
    """For each query the best chunks, as (row, score): by meaning, or by words where nothing was embedded."""
    if docpack.manifest["model"] is None:
        words = WordIndex(f"{chunk.path}\n{chunk.text}" for chunk in chunks)
        return [words.ranked(text, k) for text in queries]
    vectors, rows = _query_vectors(docpack, queries), docpack.embeddings()
    return [ranked(vector, rows, k) for vector in vectors]


def _check(query: str) -> None:
    if not query:
        raise BadRequest(
            "The query is empty; give the words of a question, or - to read questions from standard input."
        )
    try:
        query.encode()
    except UnicodeEncodeError as error:
        raise BadRequest(f"The query {query!r} is no UTF-8 text; type it anew.") from error


def _hit(chunk: Chunk, score: float, names: dict[str, str], kinds: dict[str, str]) -> dict[str, Any]:
    telling = [name for name in chunk.symbol_ids if kinds.get(name) not in _DETAILS]
    return {
        "path": chunk.path,
        "start_line": chunk.start_line,
        "end_line": chunk.end_line,
        "symbol": next((names[name] for name in [*telling, *chunk.symbol_ids] if name in names), None),
        "score": round(float(score), 4),
    }


def _table(hits: Iterable[dict[str, Any]]) -> str:
    return "\n".join(
        printable(f"{hit['score']:.3f}  {hit['path']}:{hit['start_line']}-{hit['end_line']}  {hit['symbol'] or ''}")
        for hit in hits
    )


def _query_vectors(docpack: Docpack, queries: list[str]) -> Rows:
    """The queries' vectors, shape (queries, dimensions), by the model of the docpack."""
    from tasks.embed import embed

    model = docpack.manifest["model"]
    distinct = dict.fromkeys(queries)
    request = EmbedRequest(
        batch_id="queries",
        chunks=tuple(EmbedText(chunk_id=embedding_key(text), content=text) for text in distinct),
        model=model["name"],
        revision=model["revision"],
        encoding="base64",
    )
    with reported() as progress:
        rows = rows_of_result(request, embed(request, options.settings_with(model=model["name"]), progress))
    place = {text: at for at, text in enumerate(distinct)}
    return np.stack([rows[place[text]] for text in queries])
