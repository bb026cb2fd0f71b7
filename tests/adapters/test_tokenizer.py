"""The counter of tokens: what it remembers of words gives what the library gives for the whole text."""

import json
from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.model_files import model_files
from adapters.settings import Settings
from adapters.tokenizer import TokenCounter, tokenizer_of
from doctown.errors import ModelInvalid

PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["[MASK]", "[CLS]", "[sep]", "##ing", "\r\n", "\x7f", "\x00", "e\u0301", " \u0301", "漢字", "\u00a0", "\u2028"]
    ),
    st.sampled_from(
        ["self.items", "HTTPServer_2", "x" * 120, "naïve", "Å", "ﬁ", "🙂", "\ufeff", "\ufffd", "don't", "a\u200bb"]
    ),
    st.from_regex(r"[ -~\n\t]{0,20}", fullmatch=True),
)
TEXTS = st.lists(PIECES, max_size=8).flatmap(lambda parts: st.sampled_from([" ".join(parts), "".join(parts)]))


@pytest.fixture(scope="module")
def files(model_cache):
    return model_files(Settings(cache=str(model_cache)), "all-MiniLM-L6-v2", lambda *_: None)


@pytest.fixture(scope="module")
def counter(files):
    return TokenCounter(files.tokenizer, files.max_tokens)


@pytest.fixture(scope="module")
def library(files):
    return tokenizer_of(files.tokenizer, None)


@given(text=TEXTS)
def test_every_text_has_the_tokens_that_the_library_finds(text, counter, library):
    whole = library.encode(text)
    assert counter.counts([text]) == [len(whole.ids)]
    assert counter.starts(text) == [start for start, _ in library.encode(text, add_special_tokens=False).offsets]


@given(text=TEXTS)
def test_each_line_has_the_tokens_that_start_in_it(text, counter):
    starts, ends = counter.starts(text), [at for at, letter in enumerate(text) if letter == "\n"]
    found = [0] * (len(ends) + 1)
    for start in starts:
        found[bisect_left(ends, start)] += 1
    assert counter.by_line(text) == found


def test_tokens_are_counted_with_the_special_ones_and_never_cut(counter):
    assert counter.counts(["", "hello", "hello world", "word " * 1000]) == [2, 3, 4, 1002]
    assert counter.max_tokens == 256


def test_a_tokenizer_that_does_not_go_word_by_word_is_asked_for_the_whole_text(files, tmp_path, library):
    said = json.loads(files.tokenizer.read_text())
    said["pre_tokenizer"] = {"type": "WhitespaceSplit"}
    file = tmp_path / "tokenizer.json"
    file.write_text(json.dumps(said))
    text = "self.items[0] = don't"
    assert TokenCounter(file, 256).counts([text]) == [len(tokenizer_of(file, None).encode(text).ids)]
    assert TokenCounter(file, 256).counts([text]) != [len(library.encode(text).ids)]


def test_a_tokenizer_that_is_none_is_refused(tmp_path):
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelInvalid, match="tokenizer"):
        TokenCounter(tmp_path / "tokenizer.json", 256)
