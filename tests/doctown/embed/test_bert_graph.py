"""The graph computes what a BERT computes: compared with the same network written out in numpy."""

import numpy as np
import onnxruntime
import pytest

from doctown.embed.bert_graph import bert_graph
from doctown.embed.bert_shape import Bert, BertShape, bert_shape
from doctown.errors import ModelInvalid

SHAPE = BertShape(layers=2, heads=4, width=32, inner=64, positions=40, vocabulary=100, epsilon=1e-12)
CONFIG = {
    "model_type": "bert",
    "hidden_act": "gelu",
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "hidden_size": 32,
    "intermediate_size": 64,
    "max_position_embeddings": 40,
    "vocab_size": 100,
}


def weights():
    chance = np.random.default_rng(0)
    shapes = {
        "embeddings.word_embeddings.weight": (100, 32),
        "embeddings.position_embeddings.weight": (40, 32),
        "embeddings.token_type_embeddings.weight": (2, 32),
        "embeddings.LayerNorm.weight": (32,),
        "embeddings.LayerNorm.bias": (32,),
    }
    for layer in range(2):
        at = f"encoder.layer.{layer}."
        for part in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
            shapes |= {f"{at}{part}.weight": (32, 32), f"{at}{part}.bias": (32,)}
        shapes |= {f"{at}intermediate.dense.weight": (64, 32), f"{at}intermediate.dense.bias": (64,)}
        shapes |= {f"{at}output.dense.weight": (32, 64), f"{at}output.dense.bias": (32,)}
        for part in ("attention.output", "output"):
            shapes |= {f"{at}{part}.LayerNorm.weight": (32,), f"{at}{part}.LayerNorm.bias": (32,)}
    return {name: chance.normal(scale=0.3, size=shape).astype(np.float32) for name, shape in shapes.items()}


def gelu(x):
    from math import erf, sqrt

    return x * 0.5 * (1 + np.vectorize(erf)(x / sqrt(2)))


def by_hand(w, ids, pooling="mean"):
    """The network as the BERT paper describes it, in float64, for one text."""
    w = {name: value.astype(np.float64) for name, value in w.items()}

    def norm(x, name):
        x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + SHAPE.epsilon)
        return x * w[f"{name}.weight"] + w[f"{name}.bias"]

    def dense(x, name):
        return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]

    x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][: len(ids)]
    x = norm(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for layer in range(SHAPE.layers):
        at = f"encoder.layer.{layer}."
        q, k, v = (
            dense(x, f"{at}attention.self.{part}").reshape(len(ids), SHAPE.heads, -1).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        attended = (scores / scores.sum(-1, keepdims=True)) @ v
        attended = attended.transpose(1, 0, 2).reshape(len(ids), -1)
        x = norm(dense(attended, f"{at}attention.output.dense") + x, f"{at}attention.output.LayerNorm")
        inner = gelu(dense(x, f"{at}intermediate.dense"))
        x = norm(dense(inner, f"{at}output.dense") + x, f"{at}output.LayerNorm")
    pooled = x.mean(0) if pooling == "mean" else x[0]
    return pooled / np.linalg.norm(pooled)


def session_of(style, pooling="mean", **more):
    graph = bert_graph(Bert(SHAPE, weights() | more, pooling), style)
    return onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("pooling", ["mean", "cls"])
@pytest.mark.parametrize("length", [1, 2, 17, 40])
def test_the_graph_computes_what_the_network_is(length, pooling):
    ids = np.random.default_rng(length).integers(0, 100, (3, length), dtype=np.int32)
    (found,) = session_of("plain", pooling).run(None, {"input_ids": ids})
    expected = np.stack([by_hand(weights(), row, pooling) for row in ids])
    assert found.shape == (3, 32)
    assert np.abs(found - expected).max() < 1e-5


@pytest.mark.parametrize("pooling", ["mean", "cls"])
@pytest.mark.parametrize(("style", "furthest"), [("padded", 1e-5), ("padded16", 1e-2)])
def test_padding_and_what_stands_in_it_change_nothing(style, furthest, pooling):
    session = session_of(style, pooling)
    ids = np.random.default_rng(1).integers(0, 100, (4, 40), dtype=np.int32)
    lengths = np.array([40, 1, 13, 27], np.int32)
    (found,) = session.run(None, {"input_ids": ids, "lengths": lengths})
    expected = np.stack([by_hand(weights(), row[:length], pooling) for row, length in zip(ids, lengths, strict=True)])
    assert np.abs(found - expected).max() < furthest
    other = np.where(np.arange(40) < lengths[:, None], ids, 7).astype(np.int32)
    assert (session.run(None, {"input_ids": other, "lengths": lengths})[0] == found).all()


def test_whole_numbers_of_eight_bits_come_near():
    ids = np.random.default_rng(1).integers(0, 100, (1, 17), dtype=np.int32)
    (found,) = session_of("int8").run(None, {"input_ids": ids})
    assert found[0] @ by_hand(weights(), ids[0]) > 0.98


def test_weights_below_a_prefix_or_in_half_precision_are_the_same_model():
    ids = np.arange(9, dtype=np.int32)[np.newaxis]
    expected = by_hand(weights(), ids[0])
    prefixed = {f"bert.{name}": tensor for name, tensor in weights().items()}
    halved = {name: tensor.astype(np.float16) for name, tensor in weights().items()}
    for tensors, furthest in ((prefixed, 1e-5), (halved, 1e-2)):
        session = onnxruntime.InferenceSession(bert_graph(Bert(SHAPE, tensors)), providers=["CPUExecutionProvider"])
        assert np.abs(session.run(None, {"input_ids": ids})[0][0] - expected).max() < furthest


def test_a_model_without_segments_adds_none():
    w = weights()
    w["embeddings.token_type_embeddings.weight"][:] = 0
    del (without := dict(w))["embeddings.token_type_embeddings.weight"]
    assert bert_graph(Bert(SHAPE, without)) == bert_graph(Bert(SHAPE, w))


def test_equal_weights_give_equal_bytes():
    assert bert_graph(Bert(SHAPE, weights())) == bert_graph(Bert(SHAPE, dict(reversed(weights().items()))))


def test_the_shape_is_read_from_the_config():
    assert bert_shape(CONFIG) == SHAPE


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        CONFIG | {"model_type": "roberta"},
        CONFIG | {"hidden_act": "relu"},
        CONFIG | {"position_embedding_type": "relative_key"},
        CONFIG | {"num_attention_heads": 5},
        CONFIG | {"hidden_size": "wide"},
        CONFIG | {"num_hidden_layers": 0},
        {name: value for name, value in CONFIG.items() if name != "vocab_size"},
    ],
)
def test_another_architecture_is_refused(wrong):
    with pytest.raises(ModelInvalid):
        bert_shape(wrong)


def test_a_tensor_that_is_missing_or_of_another_shape_is_named():
    w = weights()
    name = "encoder.layer.1.output.dense.weight"
    with pytest.raises(ModelInvalid, match=name):
        bert_graph(Bert(SHAPE, w | {name: w[name].T}))
    with pytest.raises(ModelInvalid, match=name):
        bert_graph(Bert(SHAPE, {other: value for other, value in w.items() if other != name}))
