"""Batches: every text once, within the limits, the same whatever the order."""

import heapq
import random

from hypothesis import given
from hypothesis import strategies as st

from doctown.embed.batches import BatchLimits, batches_of, halves_of
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


def texts_of(tokens):
    return rows([f"text {at}" for at in range(len(tokens))], tokens)


def makespan(batches, workers):
    """Tokens until the last of so many workers is done, each taking the next batch when it is free."""
    busy = [0] * workers
    for batch in batches:
        heapq.heapreplace(busy, busy[0] + batch.tokens)
    return max(busy)


@given(st.lists(st.integers(3, 512), min_size=1, max_size=400), st.integers(2, 12))
def test_all_workers_end_together_whatever_the_mix_of_sizes(tokens, workers):
    limits = BatchLimits(tokens=4096, texts=64, workers=workers, least_tokens=256)
    planned = batches_of(texts_of(tokens), limits)
    assert makespan(planned, workers) <= sum(tokens) / workers + limits.least_tokens + 2 * max(tokens)


def test_much_work_is_cut_into_batches_as_large_as_may_be_and_small_ones_only_at_the_end():
    planned = batches_of(texts_of([100] * 10_000), BatchLimits(workers=8))
    sizes = [batch.tokens for batch in planned]
    assert sizes[1:40] == [16_300] * 39 and sizes[-1] <= 1024 and len(planned) < 120


def test_for_one_worker_every_batch_is_as_large_as_may_be():
    assert len(batches_of(texts_of([100] * 600), BatchLimits(texts=1000))) == 4


@given(
    st.lists(st.integers(3, 512), max_size=200),
    st.integers(1, 12),
    st.randoms(use_true_random=False),
    st.integers(1, 9),
)
def test_what_a_killed_run_had_not_kept_is_asked_for_in_the_same_batches(tokens, workers, chance, share):
    given_rows, limits = texts_of(tokens), BatchLimits(tokens=2048, workers=workers, least_tokens=256)
    planned = batches_of(given_rows, limits)
    kept = [batch for batch in planned if chance.randrange(10) < share]
    known = frozenset(key for batch in kept for key in batch.keys)
    assert batches_of(given_rows, limits, known) == [batch for batch in planned if batch not in kept]


@given(texts, st.sets(st.integers(0, 39)))
def test_known_texts_are_in_no_batch_and_all_others_in_one(found, known_at):
    given_rows = rows([text for text, _ in found], [n for _, n in found])
    known = {row.key for at, row in enumerate(given_rows) if at in known_at}
    keys = [key for batch in batches_of(given_rows, BatchLimits(tokens=100, texts=3), known) for key in batch.keys]
    assert sorted(keys) == sorted({row.key for row in given_rows} - known)


@given(st.integers(2, 50))
def test_two_halves_hold_what_the_batch_held(n):
    (batch,) = batches_of(texts_of([5] * n), BatchLimits())
    first, second = halves_of(batch)
    assert first.keys + second.keys == batch.keys and first.contents + second.contents == batch.contents
    assert first.tokens + second.tokens == batch.tokens and len({batch.id, first.id, second.id}) == 3
