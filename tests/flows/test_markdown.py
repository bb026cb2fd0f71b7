from hypothesis import given
from hypothesis import strategies as st

from flows.markdown import cell, code, plain
from tests.fakes.hostile_text import HOSTILE, MARKDOWN


@given(st.one_of(st.text(), st.sampled_from(HOSTILE)))
def test_a_code_span_is_one_whatever_is_in_it(text):
    inline = MARKDOWN.parseInline(f"before {code(text)} after")[0].children
    assert [token.type for token in inline] == ["text", "code_inline", "text"]
    assert inline[1].content.strip() == plain(text).strip()


@given(st.text())
def test_plain_text_is_one_line_that_can_be_seen(text):
    shown = plain(text, 50)
    assert len(shown) <= 50
    assert shown.isprintable()


@given(st.one_of(st.text(), st.sampled_from(HOSTILE)))
def test_a_cell_of_a_table_stays_one(text):
    page = f"| a | b |\n| --- | --- |\n| {cell(text)} | x |\n"
    kinds = [token.type for token in MARKDOWN.parse(page)]
    assert kinds.count("td_open") == 2
    (inline, _) = (token for token in MARKDOWN.parse(page)[-12:] if token.type == "inline")
    assert [token.type for token in inline.children] == ["code_inline"]
