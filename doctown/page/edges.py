"""The edges the page draws, with the evidence for each: per kind one row for every two symbols, told as columns.

Several sites of one kind between the same two symbols are one row: it keeps the surest site (of equals the first in the
file) and how many there are. Rules are words, so they are told once and meant by index.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from doctown.model import Edge, SymbolContext

SHOWN_EDGES = ("calls", "imports", "inherits", "overrides", "references", "related")

Pair = tuple[int, int]
Site = tuple[int, int, str]
"""Confidence in hundredths, line (0: none), rule; better is greater confidence, then the lesser line."""


def edge_columns(
    edges: Iterable[Edge], contexts: Iterable[SymbolContext], symbol_at: Mapping[str, int]
) -> dict[str, Any]:
    """`{rules, calls: {from, to, sure, line, rule, sites}, ...}`: the edges within the repository, in order.

    `line`, `rule` and `sites` are left out of a kind in which no edge has a line (`related`).
    """
    found: dict[str, dict[Pair, list[Site]]] = {kind: {} for kind in SHOWN_EDGES}
    for edge in edges:
        source, target = symbol_at.get(edge.source, -1), symbol_at.get(edge.target or "", -1)
        if edge.kind in found and source >= 0 and target >= 0:
            site = (round(100 * edge.confidence), edge.line or 0, edge.resolution)
            found[edge.kind].setdefault((source, target), []).append(site)
    for context in contexts:
        source = symbol_at.get(context.symbol_id, -1)
        for target in (symbol_at.get(other, -1) for other in context.related):
            if source >= 0 and target >= 0:
                found["related"].setdefault((source, target), [])
    rules = sorted({site[2] for pairs in found.values() for sites in pairs.values() for site in sites})
    return {"rules": rules} | {kind: _columns(pairs, rules) for kind, pairs in found.items() if pairs}


def _columns(pairs: Mapping[Pair, Sequence[Site]], rules: Sequence[str]) -> dict[str, list[int]]:
    order = sorted(pairs)
    best = [min(pairs[pair], key=lambda site: (-site[0], site[1]), default=(0, 0, "")) for pair in order]
    columns = {
        "from": [source for source, _ in order],
        "to": [target for _, target in order],
        "sure": [sure for sure, _, _ in best],
    }
    if any(line for _, line, _ in best):
        rule_at = {rule: at for at, rule in enumerate(rules)}
        columns["line"] = [line for _, line, _ in best]
        columns["rule"] = [rule_at.get(rule, -1) for _, _, rule in best]
        columns["sites"] = [len(pairs[pair]) for pair in order]
    return columns
