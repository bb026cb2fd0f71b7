"""A BERT encoder computed in numpy: slow, plain, and what every engine's vectors are compared with when it is loaded.

It follows Devlin et al., "BERT" (2018): the same network as `bert_graph` writes, without any of its operators. Running
an engine is left to `adapters.engines`.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from doctown.embed.bert_shape import Bert
from doctown.errors import ModelInvalid

Float = NDArray[np.float32]

SAMPLE_LENGTHS = (3, 21)
"""Tokens of the texts an engine is tried with: short, so that trying costs a tenth of a second."""

TOLERANCES = {"float32": 1e-5, "float16": 1e-2, "bf16": 3e-2, "int8": 1e-1}
"""The most by which a component of a unit vector may differ from the reference, by precision.

float32 is promised; the others are several times what was measured, and far below what a wrong operator does.
"""


def samples(bert: Bert) -> list[list[int]]:
    """The tokens of the texts an engine is tried with: far apart in the vocabulary, the same ones for every engine."""
    shape = bert.shape
    return [
        [(101 + 7919 * at) % shape.vocabulary for at in range(min(length, shape.positions))]
        for length in SAMPLE_LENGTHS
    ]


def reference_vector(bert: Bert, ids: Sequence[int]) -> Float:
    """The unit vector of one text of the tokens `ids`: float32, shape (width,).

    Raises:
        ModelInvalid: a weight is missing, of another shape, or no finite number, so that no vector comes out.
    """
    shape = bert.shape
    words = bert.tensor("embeddings.word_embeddings.weight", shape.vocabulary, shape.width)[list(ids)]
    places = bert.tensor("embeddings.position_embeddings.weight", shape.positions, shape.width)[: len(ids)]
    with np.errstate(all="ignore"):  # what comes of it is looked at below
        hidden = _normalised(bert, words + places + bert.segment, "embeddings.LayerNorm")
        for number in range(shape.layers):
            hidden = _layer(bert, f"encoder.layer.{number}.", hidden)
        pooled = hidden[0] if bert.pooling == "cls" else hidden.mean(0)
        vector: Float = pooled / np.linalg.norm(pooled)
    if not np.isfinite(vector).all():
        raise ModelInvalid("The model's weights give vectors that are no finite numbers; fetch or export it again.")
    return vector


def _layer(bert: Bert, at: str, hidden: Float) -> Float:
    width, inner, heads = bert.shape.width, bert.shape.inner, bert.shape.heads
    query, key, value = (
        _dense(bert, hidden, f"{at}attention.self.{part}", width).reshape(len(hidden), heads, -1).swapaxes(0, 1)
        for part in ("query", "key", "value")
    )
    scores = query @ key.swapaxes(1, 2) / np.float32(np.sqrt(width // heads))
    scores = np.exp(scores - scores.max(-1, keepdims=True))
    attended = (scores / scores.sum(-1, keepdims=True)) @ value
    attended = attended.swapaxes(0, 1).reshape(len(hidden), width)
    attended = _dense(bert, attended, f"{at}attention.output.dense", width)
    middle = _normalised(bert, attended + hidden, f"{at}attention.output.LayerNorm")
    widened = _dense(bert, middle, f"{at}intermediate.dense", inner)
    active = widened * np.float32(0.5) * (1 + _erf(widened / np.float32(np.sqrt(2))))
    return _normalised(bert, _dense(bert, active, f"{at}output.dense", width) + middle, f"{at}output.LayerNorm")


def _dense(bert: Bert, hidden: Float, name: str, out: int) -> Float:
    weight, bias = bert.tensor(f"{name}.weight", out, hidden.shape[1]), bert.tensor(f"{name}.bias", out)
    product: Float = hidden @ weight.T + bias
    return product


def _normalised(bert: Bert, hidden: Float, name: str) -> Float:
    weight, bias = (bert.tensor(f"{name}.{part}", bert.shape.width) for part in ("weight", "bias"))
    centred = hidden - hidden.mean(-1, keepdims=True)
    spread = np.sqrt((centred**2).mean(-1, keepdims=True) + np.float32(bert.shape.epsilon))
    normalised: Float = centred / spread * weight + bias
    return normalised


def _erf(x: Float) -> Float:
    """The error function to 1.5e-7 (Abramowitz and Stegun, 7.1.26): numpy has none."""
    t = 1 / (1 + np.float64(0.3275911) * np.abs(x, dtype=np.float64))
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.asarray(np.sign(x) * (1 - series * np.exp(-(x.astype(np.float64) ** 2))), np.float32)
