"""Edges as the page draws them: two symbols once per kind, with the surest site as the evidence."""

from hypothesis import given
from hypothesis import strategies as st

from doctown.model import Edge, SymbolContext
from doctown.page.edges import SHOWN_EDGES, edge_columns

AT = {"f": 0, "g": 1, "h": 2}
CONTEXT = SymbolContext("f", "", "", (), (), (), (), ("h", "gone"), None, 0.0, "")
SITES = st.tuples(
    st.sampled_from([*AT, "gone"]),
    st.sampled_from([*AT, "gone", None]),
    st.sampled_from(["calls", "imports", "contains", "related"]),
    st.integers(1, 40),
    st.sampled_from(["import", "unique name"]),
    st.floats(0, 1),
)


def edge(source, target, kind="calls", line=1, rule="import", confidence=0.95):
    return Edge(source, target, None if target else "json.dumps", kind, line, 0, rule, confidence, 1)


def test_of_several_sites_the_surest_and_of_those_the_first_is_the_evidence():
    sites = [edge("f", "g", line=9), edge("f", "g", line=4), edge("f", "g", line=2, rule="unique name", confidence=0.5)]
    found = edge_columns(sites, [], AT)
    assert found["calls"] == {"from": [0], "to": [1], "sure": [95], "line": [4], "rule": [0], "sites": [3]}
    assert found["rules"][0] == "import"


def test_what_is_alike_has_neither_line_nor_rule():
    assert edge_columns([], [CONTEXT], AT) == {"rules": [], "related": {"from": [0], "to": [2], "sure": [0]}}


@given(st.lists(SITES, max_size=30))
def test_columns_are_of_one_length_in_order_and_lead_to_symbols(sites):
    found = edge_columns([edge(*site) for site in sites], [CONTEXT], AT)
    rules = found.pop("rules")
    assert set(found) <= set(SHOWN_EDGES)
    for columns in found.values():
        pairs = list(zip(columns["from"], columns["to"], strict=True))
        assert pairs == sorted(set(pairs)) and all(0 <= at < len(AT) for pair in pairs for at in pair)
        assert {len(column) for column in columns.values()} == {len(pairs)}
        assert all(0 <= sure <= 100 for sure in columns["sure"])
        assert all(-1 <= rule < len(rules) for rule in columns.get("rule", []))
