"""Blocks for a GPU: a text's block has one shape, whatever else there is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doctown.embed.bert_shape import BertShape
from doctown.embed.gpu_blocks import BLOCK_TOKENS, LENGTHS, block_shape, blocks_of, memory_limit

SHAPE = BertShape(layers=6, heads=12, width=384, inner=1536, positions=512, vocabulary=30_522, epsilon=1e-12)
TEXTS = st.lists(st.integers(1, 512).map(lambda length: list(range(1, length + 1))), max_size=40)


@given(TEXTS)
def test_every_text_is_in_one_block_whole_and_the_rest_is_padding(ids):
    blocks = list(blocks_of(ids, 512))
    assert sorted(at for block in blocks for at in block.members) == list(range(len(ids)))
    for block in blocks:
        for row, at in enumerate(block.members):
            length = block.lengths[row]
            assert block.ids[row, :length].tolist() == ids[at] and not block.ids[row, length:].any()
        assert (block.lengths[len(block.members) :] == 1).all() and not block.ids[len(block.members) :].any()


@given(TEXTS, st.integers(1, 512))
def test_the_shape_of_a_texts_block_follows_from_its_own_length(ids, length):
    with_it = [*ids, [1] * length]
    (block,) = [block for block in blocks_of(with_it, 512) if len(ids) in block.members]
    assert block.ids.shape == block_shape(length)


def test_there_are_few_shapes_of_one_size():
    shapes = {block_shape(length) for length in range(1, 513)}
    assert [length for _, length in sorted(shapes, key=lambda shape: shape[1])] == list(LENGTHS)
    assert all(BLOCK_TOKENS - length < rows * length <= BLOCK_TOKENS for rows, length in shapes)


@pytest.mark.parametrize(("length", "padded"), [(513, 1024), (8192, 8192), (20_000, 20_480)])
def test_longer_texts_have_shapes_too(length, padded):
    rows, found = block_shape(length)
    assert found == padded and rows >= 1


def test_no_block_is_longer_than_the_models_positions():
    (block,) = blocks_of([[1] * 40], 50)
    assert block.ids.shape[1] == 50
    assert block.ids.dtype == block.lengths.dtype == np.int32


def test_the_memory_grows_with_the_model_and_its_precision():
    assert 2**30 < memory_limit(SHAPE, 2) < memory_limit(SHAPE, 4) < 8 * 2**30
