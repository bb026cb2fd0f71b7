"""A context per symbol: what it is, what it uses and who uses it, in words that stand on their own.

The lists hold ids of symbols, and dotted names for what lies outside the repository. A class is called where its
constructor is.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from doctown.model import Edge, Symbol, SymbolContext

MAX_TEXT = 2_000
MAX_DOC = 600
MAX_NAMES = 12
_OUT = {"calls": "calls", "imports": "imports", "inherits": "inherits", "related": "related"}


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What contexts are made of: all by symbol id, `topic` (its number) and `label` where a symbol has a topic."""

    symbols: Mapping[str, Symbol]
    centrality: Mapping[str, float]
    topic: Mapping[str, int]
    labels: Sequence[str]


def contexts_of(known: Knowledge, edges: Iterable[Edge]) -> list[SymbolContext]:
    """The context of every symbol, in the order of the symbols."""
    out: dict[str, dict[str, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
    callers: dict[str, dict[str, None]] = defaultdict(dict)
    for edge in edges:
        if edge.kind in _OUT:
            out[edge.source][edge.kind][edge.target or edge.external or ""] = None
        if edge.kind == "calls" and edge.target is not None:
            for called in _called(known.symbols[edge.target]):
                callers[called][edge.source] = None
    return [_context_of(symbol, known, out[symbol.id], callers[symbol.id]) for symbol in known.symbols.values()]


def _called(symbol: Symbol) -> tuple[str, ...]:
    if symbol.kind == "constructor" and symbol.parent_id is not None:
        return symbol.id, symbol.parent_id
    return (symbol.id,)


def _context_of(
    symbol: Symbol, known: Knowledge, out: Mapping[str, Mapping[str, None]], callers: Iterable[str]
) -> SymbolContext:
    lists = {kind: tuple(out.get(kind, ())) for kind in _OUT.values()}
    called_by = tuple(sorted(callers, key=lambda name: (-known.centrality[name], known.symbols[name].qualified_name)))
    return SymbolContext(
        symbol_id=symbol.id,
        signature=symbol.signature,
        doc=symbol.doc,
        calls=lists["calls"],
        called_by=called_by,
        imports=lists["imports"],
        inherits=lists["inherits"],
        related=lists["related"],
        cluster=known.topic.get(symbol.id),
        centrality=known.centrality[symbol.id],
        text=_text_of(symbol, known, lists | {"called by": called_by}),
    )


def _text_of(symbol: Symbol, known: Knowledge, lists: Mapping[str, Sequence[str]]) -> str:
    lines = [f"{symbol.kind} {symbol.qualified_name} ({symbol.path}:{symbol.start_line}-{symbol.end_line})"]
    if symbol.signature:
        lines.append(symbol.signature[:MAX_DOC])
    if symbol.doc:
        lines.append(_cut(symbol.doc.strip(), MAX_DOC))
    if symbol.parent_id is not None:
        parent = known.symbols[symbol.parent_id]
        lines.append(f"in: {parent.kind} {parent.qualified_name}")
    for what in ("inherits", "imports", "calls", "called by", "related"):
        if names := [_name(name, known) for name in lists[what]]:
            more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
            lines.append(f"{what}: {', '.join(names[:MAX_NAMES])}{more}")
    if (topic := known.topic.get(symbol.id)) is not None:
        lines.append(f"topic: {known.labels[topic]}")
    return _cut("\n".join(lines), MAX_TEXT)


def _name(name: str, known: Knowledge) -> str:
    return known.symbols[name].qualified_name if name in known.symbols else name


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
