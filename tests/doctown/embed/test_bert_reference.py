"""The reference in numpy, against the network written out once more in float64 for the graph's own test."""

import numpy as np
import pytest

from doctown.embed.bert_reference import SAMPLE_LENGTHS, reference_vector, samples
from doctown.embed.bert_shape import Bert
from doctown.errors import ModelInvalid
from tests.doctown.embed.test_bert_graph import SHAPE, by_hand, weights


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_it_is_what_the_network_is(pooling):
    bert = Bert(SHAPE, weights(), pooling)
    for ids in samples(bert):
        assert np.abs(reference_vector(bert, ids) - by_hand(weights(), ids, pooling)).max() < 2e-6


def test_the_samples_are_of_several_lengths_and_within_the_vocabulary():
    found = samples(Bert(SHAPE, {}))
    assert [len(ids) for ids in found] == list(SAMPLE_LENGTHS)
    assert all(0 <= token < SHAPE.vocabulary for ids in found for token in ids)


def test_weights_that_are_no_numbers_have_no_vectors():
    w = weights()
    w["encoder.layer.0.output.dense.weight"][0, 0] = np.nan
    with pytest.raises(ModelInvalid, match="no finite numbers"):
        reference_vector(Bert(SHAPE, w), [1, 2, 3])
