"""The graph computes what a BERT computes: compared with the same network written out in numpy."""

import numpy as np
import onnxruntime
import pytest

from doctown.embed.bert_graph import BertShape, bert_graph, bert_shape
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


def by_hand(w, ids):
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
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)


@pytest.mark.parametrize("length", [1, 2, 17, 40])
def test_the_graph_computes_what_the_network_is(length):
    w = weights()
    session = onnxruntime.InferenceSession(bert_graph(SHAPE, w), providers=["CPUExecutionProvider"])
    ids = np.random.default_rng(length).integers(0, 100, (3, length), dtype=np.int32)
    (found,) = session.run(None, {"input_ids": ids})
    expected = np.stack([by_hand(w, row) for row in ids])
    assert found.shape == (3, 32)
    assert np.abs(found - expected).max() < 1e-5


def test_equal_weights_give_equal_bytes():
    assert bert_graph(SHAPE, weights()) == bert_graph(SHAPE, dict(reversed(weights().items())))


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
        bert_graph(SHAPE, w | {name: w[name].T})
    with pytest.raises(ModelInvalid, match=name):
        bert_graph(SHAPE, {other: value for other, value in w.items() if other != name})
