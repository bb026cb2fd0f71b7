"""Canonical JSON: one form, whichever encoder writes it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from doctown.model import Chunk, Cluster, Edge, EmbeddingInput, Skipped, Symbol, SymbolContext
from doctown.rows import canonical_json, jsonl_of, rows_of

TEXT = st.text(st.characters(codec=None), max_size=20)
FLOATS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, -0.0, 0.1, 1.0, 0.9 / 3, 1e-5, 1e-4, 123456.7, 1e15, 1e16, 1e22]),
)
ROWS = st.one_of(
    *(st.builds(kind, **dict.fromkeys(texts, TEXT)) for kind, texts in [(Skipped, ("path", "reason"))]),
    st.builds(Symbol, name=TEXT, doc=TEXT, start_line=st.integers(0, 2**40)),
    st.builds(Edge, external=st.none() | TEXT, confidence=FLOATS, line=st.none() | st.integers(0, 2**40)),
    st.builds(Chunk, text=TEXT, symbol_ids=st.lists(TEXT, max_size=3).map(tuple)),
    st.builds(EmbeddingInput, content=TEXT),
    st.builds(Cluster, label=TEXT),
    st.builds(SymbolContext, text=TEXT, centrality=FLOATS),
)


@given(row=ROWS)
def test_a_row_is_written_as_canonical_json_writes_it(row):
    line = jsonl_of([row])
    assert line == canonical_json(row) + b"\n"
    assert json.loads(line).keys() == set(row.__dataclass_fields__)


@given(row=ROWS.filter(lambda row: isinstance(row, Symbol | Chunk | Skipped)))
def test_what_was_written_is_read_again(row):
    assert list(rows_of(jsonl_of([row]), type(row))) == [row]
