"""Batches: every text once, within the limits, the same whatever the order."""

import random

from hypothesis import given
from hypothesis import strategies as st

from doctown.embed.batches import BatchLimits, batches_of
from doctown.model import EmbeddingInput, embedding_key


def rows(contents, tokens):
    return [
        EmbeddingInput(f"c{at}", embedding_key(text), n, text)
        for at, (text, n) in enumerate(zip(contents, tokens, strict=True))
    ]


texts = st.lists(st.tuples(st.text(max_size=30), st.integers(3, 60)), max_size=40)


@given(texts, st.integers(60, 200), st.integers(1, 9))
def test_every_distinct_text_is_in_exactly_one_batch_and_no_batch_exceeds_its_limits(found, tokens, count):
    given_rows = rows([text for text, _ in found], [n for _, n in found])
    batches = batches_of(given_rows, BatchLimits(tokens=tokens, bytes=100_000, texts=count))
    keys = [key for batch in batches for key in batch.keys]
    assert sorted(keys) == sorted({row.key for row in given_rows})
    assert all(batch.tokens <= tokens and len(batch.keys) <= count for batch in batches)
    assert all(
        embedding_key(text) == key for batch in batches for text, key in zip(batch.contents, batch.keys, strict=True)
    )


@given(texts, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(found, chance: random.Random):
    distinct = dict(found)
    given_rows = rows(list(distinct), list(distinct.values()))
    shuffled = given_rows[:]
    chance.shuffle(shuffled)
    limits = BatchLimits(tokens=100, texts=4)
    assert batches_of(shuffled, limits) == batches_of(given_rows, limits)


def test_a_text_larger_than_the_limit_is_a_batch_of_its_own():
    batches = batches_of(rows(["a", "b" * 50, "c"], [10, 500, 10]), BatchLimits(tokens=100))
    assert [batch.contents for batch in batches] == [("b" * 50,), ("a", "c")] or len(batches) == 2
    assert ("b" * 50,) in [batch.contents for batch in batches]
