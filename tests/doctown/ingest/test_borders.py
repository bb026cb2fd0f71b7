"""Where a text may be cut: headings, titles, paragraphs and lines."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doctown.ingest.borders import BLOCK, LINE, line_borders, outline_of


def sections(language, text):
    data = text.encode()
    return [(one.name, data[one.start : one.end].decode()) for one in outline_of(language, data).sections]


def titles(language, text):
    return [name for name, _ in sections(language, text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("# One\n", ["One"]),
        ("###### Six\n####### Seven\n", ["Six"]),
        ("#\n", [""]),
        ("#tag\n", []),
        ("# One ##\n## Two #hash\n", ["One", "Two #hash"]),
        ("## ##\n", [""]),
        ("   # Indented\n    # code\n", ["Indented"]),
        ("#\tTab\r\n", ["Tab"]),
        ("# Café 漢字 🙂", ["Café 漢字 🙂"]),
        ("```\n# code\n```\n# after\n", ["after"]),
        ("```python\n# code\n~~~\n# code\n``\n# code\n````\n# after\n", ["after"]),
        ("~~~\n# code\n```\n# code\n~~~\n# after\n", ["after"]),
        ("```\n# never closed\n", []),
        ("```one line```\n# after\n", ["after"]),
        ("~~~ a `tick`\n# code\n", []),
        ("Title\n=====\n\nOther\n---\n", ["Title", "Other"]),
        ("\n---\n\n***\n\n===\n", []),
        ("- item\n---\n> quote\n===\n| a |\n---\n", []),
        ("Title\n== =\n", []),
        ("```\nTitle\n=====\n```\n", []),
        ("", []),
    ],
)
def test_markdown_headings_are_found_and_what_only_looks_like_one_is_not(text, wanted):
    assert titles("markdown", text) == wanted


def test_a_section_ends_where_the_next_of_its_depth_or_above_starts():
    text = "intro\n# A\na\n## B\nb\n### C\nc\n## D\nd\n# E\ne"
    assert sections("markdown", text) == [
        ("A", "# A\na\n## B\nb\n### C\nc\n## D\nd\n"),
        ("B", "## B\nb\n### C\nc\n"),
        ("C", "### C\nc\n"),
        ("D", "## D\nd\n"),
        ("E", "# E\ne"),
    ]


def test_an_underlined_heading_starts_with_its_words():
    assert sections("markdown", "a\n\nTitle\n===\nb\n") == [("Title", "Title\n===\nb\n")]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Title\n=====\n", ["Title"]),
        ("=====\nTitle\n=====\n\nSub\n===\n\nDeep\n----\n", ["Title", "Sub", "Deep"]),
        ("Titles\n===\n", []),
        ("Café\n====\n", ["Café"]),
        ("  Indented\n==========\n", []),
        ("==========\n  Indented\n==========\n", ["Indented"]),
        ("=====\n\n=====\n", []),
        ("a\n==\n", []),
        ("~~~~\n----\n", []),
        ("Title\r\n=====\r\n", ["Title"]),
        ("", []),
    ],
)
def test_restructured_titles_are_found_by_their_underline(text, wanted):
    assert titles("restructuredtext", text) == wanted


def test_how_deep_a_title_is_follows_from_the_order_of_the_underlines():
    text = "A\n~~~\n\nB\n===\n\nC\n~~~\n"
    assert [name for name, part in sections("restructuredtext", text) if "B" in part] == ["A", "B"]


def test_a_title_that_is_very_long_is_cut():
    assert titles("markdown", "# " + "word " * 100)[0] == ("word " * 16).strip()[:80].ljust(80)


def test_a_paragraph_comes_before_a_line_and_a_line_before_an_indented_one():
    data = b"a\nb\n\nc\n  d\n"
    levels = {one.byte: one.level for one in line_borders(data, 0, len(data))}
    assert levels == {2: LINE, 5: BLOCK, 7: LINE + 2}


def test_lines_are_borders_only_where_they_are_asked_for():
    data = b"a\nb\n\nc\n  d\n"
    assert [one.byte for one in line_borders(data, 2, 7)] == [5]


def test_no_piece_starts_with_what_closes_another():
    data = b"f {\n  a;\n}\ng();\n)\n]\n"
    assert [one.byte for one in line_borders(data, 0, len(data))] == [4, 11]


@given(
    st.sampled_from(["markdown", "restructuredtext", "text", "plain"]),
    st.lists(
        st.one_of(
            st.text(max_size=9), st.sampled_from(["# a", "```", "===", "---", "\n", "\r\n", "    ", "\f", "a\n==="])
        ),
        max_size=40,
    ).map("".join),
)
@settings(derandomize=True, deadline=None, max_examples=300)
def test_borders_are_in_order_and_sections_lie_within_each_other_whatever_the_text(language, text):
    data = text.encode("utf-8", "surrogatepass")
    outline = outline_of(language, data)
    places = [one.byte for one in outline.borders]
    assert places == sorted(places)
    assert all(0 <= byte < max(1, len(data)) for byte in places)
    for one in outline.sections:
        assert 0 <= one.start < one.end <= len(data)
        for other in outline.sections:
            assert other.start >= one.end or other.end <= one.start or one.start <= other.start or one.end <= other.end


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("markdown", "# a\n" * 100_000),
        ("markdown", "# a\n" + "###### b\n" * 50_000),
        ("markdown", "# a" + " " * 400_000 + "b\n"),
        ("markdown", "# " + "#" * 400_000 + "b\n"),
        ("markdown", "`" * 400_000 + "x `\n"),
        ("markdown", "a\n---" + " " * 400_000 + "x\n"),
        ("restructuredtext", "a\n===\n" * 60_000),
        ("restructuredtext", "=" * 400_000 + "\n"),
    ],
    ids=range(8),
)
@pytest.mark.timeout(20)  # what goes by the square takes hours
def test_a_large_file_of_headings_is_read_in_one_go(language, text):
    data = text.encode()
    found = [*outline_of(language, data).borders, *line_borders(data, 0, len(data))]
    assert len(found) <= len(data)
