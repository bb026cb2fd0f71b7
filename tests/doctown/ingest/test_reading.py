"""The reading of a file: a value that can be kept, of whatever source, and always within the file."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from doctown.ingest.reading import Reading, decoded, encoded, facts_decoded, reading_of
from doctown.model import Chunk, EmbeddingInput, Symbol
from doctown.rows import rows_of
from tests.fakes.tokenizer import Words

SAMPLES = Path(__file__).parents[2] / "samples"
ENDINGS = {"py": "python", "go": "go", "js": "javascript", "ts": "typescript", "tsx": "tsx", "rs": "rust"}
SOURCES = {
    ending: [file.read_text() for file in sorted(SAMPLES.glob(f"*/*/**/*.{ending}"))][:40] for ending in ENDINGS
} | {
    "md": ["# T\n\nWords.\n\n```\ncode\n```\n\nT\n=\n\n## P\n", "- a\n  - b\n\n> q\n\n---\n"],
    "rst": ["T\n=\n\nWords\n\nP\n-\n\n::\n\n  code\n", "===\nT\n===\n\n- a\n"],
}
JUNK = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["(", "{", "[", "}", '"', "'", "`", '"""', "\n", "\t", "  ", "\\", "/*", "//", "#", "${", "<", "é", "漢"]
    ),
    st.sampled_from(["(" * 300, "{" * 300, "if x:\n" * 50, "a." * 300, "x = " * 300, "<T>" * 200, "# " * 200]),
    st.sampled_from(
        ["class ", "def ", "fn ", "func ", "async ", "match ", "impl ", "import ", "lambda: ", "=> ", "yield "]
    ),
)


@st.composite
def hostile(draw, ending):
    """Source that is cut off, put together from two places, or strewn with what does not belong there."""
    sources = st.sampled_from(SOURCES[ending])
    text = draw(sources)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        what = draw(st.sampled_from(["cut", "splice", "strew", "drop"]))
        if what == "cut":
            text = text[:at]
        elif what == "splice":
            other = draw(sources)
            text = text[:at] + other[draw(st.integers(0, len(other))) :]
        elif what == "strew":
            text = text[:at] + draw(JUNK) + text[at:]
        else:
            text = text[:at] + text[at + draw(st.integers(0, 60)) :]
    return text.encode()


def unmasked(path, data):
    return data, ()


def check(ending: str, data: bytes) -> None:
    path = f"pkg/file.{ending}"
    found = reading_of(path, data, Words(), unmasked)
    assert decoded(encoded(found)) == found
    if found.reason is not None:
        assert found == Reading(reason=found.reason)
        return
    lines = data.count(b"\n") + 1
    places = [(one.start_byte, one.end_byte, one.start_line, one.end_line) for one in rows_of(found.symbols, Symbol)]
    chunks = list(rows_of(found.chunks, Chunk))
    places += [(one.start_byte, one.end_byte, one.start_line, one.end_line) for one in chunks]
    for start, end, first, last in places:
        assert 0 <= start <= end <= len(data)
        assert 1 <= first <= last <= lines
    assert [data[one.start_byte : one.end_byte].decode() for one in chunks] == [one.text for one in chunks]
    assert [one.chunk_id for one in rows_of(found.inputs, EmbeddingInput)] == [one.id for one in chunks]
    if found.facts is not None:
        facts = facts_decoded(found.facts)
        number = len(facts.definitions)
        assert len(found.ids) == number == len(set(found.ids))
        for site in facts.references:
            assert 0 <= site.scope < number and 0 <= site.start_byte < len(data)


def tried(most):
    return trying(max_examples=most, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("ending", sorted(SOURCES))
def test_whatever_the_source_its_reading_lies_within_it(ending):
    tried(25)(given(data=hostile(ending))(lambda data: check(ending, data)))()


@pytest.mark.long
@pytest.mark.parametrize("ending", sorted(SOURCES))
def test_whatever_the_source_of_very_many_its_reading_lies_within_it(ending):
    tried(1_500)(given(data=hostile(ending))(lambda data: check(ending, data)))()


@given(data=st.binary(max_size=400), ending=st.sampled_from(sorted(SOURCES)))
def test_any_bytes_have_a_reading(data, ending):
    check(ending, data)


@pytest.mark.parametrize("data", [b"", b"\x91\x01", b"\x9d" + b"\xc0" * 13, b"[1]", b"[", b"\xc1", b"[" * 5_000])
def test_what_is_no_reading_is_refused(data):
    for decode in (decoded, facts_decoded):
        with pytest.raises(ValueError):
            decode(data)


def test_a_file_by_a_name_that_is_no_utf8_has_a_reading_that_can_be_kept():
    found = reading_of("new\nline\udcff.py", b"def strange():\n    '''\\ud800'''\n", Words(), unmasked)
    assert found.facts is not None and facts_decoded(found.facts).path == "new\nline\udcff.py"
    assert decoded(encoded(found)) == found
