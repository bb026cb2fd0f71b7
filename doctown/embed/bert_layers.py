"""The network of the graph, from tokens to the vector of each token. Inputs and pooling are left to `bert_graph`."""

import math
from typing import Any

import numpy as np
from onnx import TensorProto

from doctown.embed.graph_writer import FUSED, Writer

FAR_BELOW = -30_000.0
"""Added to the score of a token that is padding: its weight becomes zero exactly, in half precision too."""


def write_layers(to: Writer, int8: bool, padded: bool) -> str:
    """Write the network; the name of its output, (texts, length, width)."""
    shape = to.bert.shape
    to.wholes("split", 0, 0, shape.heads, shape.width // shape.heads)
    to.wholes("join", 0, 0, shape.width)
    for name, value in (
        ("scale", 1 / math.sqrt(shape.width // shape.heads)),
        ("root", math.sqrt(2)),
        ("one", 1),
        ("half", 0.5),
    ):
        to.network(name, np.array(value, np.float32))
    hidden = _embedded(to)
    if padded:
        _write_mask(to)
    for number in range(shape.layers):
        hidden = _Layer(to, number, int8, padded).write(hidden)
    return hidden


def _embedded(to: Writer) -> str:
    shape = to.bert.shape
    places = to.bert.tensor("embeddings.position_embeddings.weight", shape.positions, shape.width)
    to.network("positions", places + to.bert.segment)
    words = to.copied("embeddings.word_embeddings.weight", shape.vocabulary, shape.width)
    to.node("Gather", [words, "input_ids"], "words")
    to.node("Shape", ["input_ids"], "text_length", start=1, end=2)
    to.node("Slice", ["positions", to.wholes("start", 0), "text_length", "start"], "places")
    return _normalised(to, to.node("Add", ["words", "places"], "placed"), "embeddings", "embedded")


def _normalised(to: Writer, hidden: str, name: str, output: str) -> str:
    norm = [to.copied(f"{name}.LayerNorm.{part}", to.bert.shape.width) for part in ("weight", "bias")]
    return to.node("LayerNormalization", [hidden, *norm], output, axis=-1, epsilon=to.bert.shape.epsilon)


def _write_mask(to: Writer) -> None:
    """`is_text`, float32 (texts, length): 1 for a token of the text, 0 for padding. `mask`: what is added to scores."""
    to.weight("count", np.arange(to.bert.shape.positions, dtype=np.int32))
    counted = to.node("Slice", ["count", "start", "text_length", "start"], "counted")
    ends = to.node("Unsqueeze", ["lengths", to.wholes("column", 1)], "ends")
    inside = to.node("Less", [counted, ends], "inside")
    to.node("Cast", [inside], "is_text", to=TensorProto.FLOAT)
    pad = to.network("pad", np.array(FAR_BELOW, np.float32))
    seen = to.node("Where", [inside, to.network("nothing", np.array(0, np.float32)), pad], "seen")
    to.node("Unsqueeze", [seen, to.wholes("head_and_query", 1, 2)], "mask")


class _Layer:
    """One transformer layer."""

    def __init__(self, to: Writer, number: int, int8: bool, padded: bool) -> None:
        self.to, self.at, self.int8, self.padded = to, f"encoder.layer.{number}.", int8, padded

    def node(self, operator: str, inputs: list[str], name: str, **more: Any) -> str:
        return self.to.node(operator, inputs, f"{self.at}{name}", **more)

    def write(self, hidden: str) -> str:
        """Write the layer over `hidden`; the name of its output."""
        inner, width = self.to.bert.shape.inner, self.to.bert.shape.width
        attended = self.dense(self.attended(hidden), "attention.output.dense", width, width)
        middle = self.added(attended, hidden, "attention.output")
        widened = self.dense(middle, "intermediate.dense", inner, width)
        error = self.node("Erf", [self.node("Div", [widened, "root"], "gelu.in")], "gelu.erf")
        product = self.node("Mul", [widened, self.node("Add", [error, "one"], "gelu.one")], "gelu.product")
        active = self.node("Mul", [product, "half"], "gelu")
        return self.added(self.dense(active, "output.dense", width, inner), middle, "output")

    def added(self, source: str, skip: str, name: str) -> str:
        total = self.node("Add", [source, skip], f"{name}.sum")
        return _normalised(self.to, total, f"{self.at}{name}", f"{self.at}{name}.normalised")

    def attended(self, hidden: str) -> str:
        width = self.to.bert.shape.width
        query, key, value = (
            self.node(
                "Transpose",
                [
                    self.node(
                        "Reshape", [self.dense(hidden, f"attention.self.{part}", width, width), "split"], f"{part}.s"
                    )
                ],
                f"{part}.heads",
                perm=turn,
            )
            for part, turn in (("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3]))
        )
        scores = self.node("Mul", [self.node("MatMul", [query, key], "products"), "scale"], "scores")
        if self.padded:
            scores = self.node("Add", [scores, "mask"], "scores.masked")
        shares = self.node("Softmax", [scores], "shares", axis=-1)
        by_head = self.node("MatMul", [shares, value], "by_head")
        turned = self.node("Transpose", [by_head], "by_token", perm=[0, 2, 1, 3])
        return self.node("Reshape", [turned, "join"], "attended")

    def dense(self, source: str, name: str, out: int, into: int) -> str:
        to, full = self.to, f"{self.at}{name}"
        bias = to.copied(f"{full}.bias", out)
        if not self.int8:
            product = to.node("MatMul", [source, to.turned(f"{full}.weight", out, into)], f"{full}.product")
            return to.node("Add", [product, bias], full)
        # One scale per output; the activations are brought to eight bits as they come, by the range of this one text.
        weight = to.bert.tensor(f"{full}.weight", out, into).T
        scale = np.maximum(np.abs(weight).max(0), np.float32(1e-12)) / np.float32(127)
        to.weight(f"{full}.weight", np.rint(weight / scale).astype(np.int8))
        to.weight(f"{full}.scale", scale)
        to.weight(f"{full}.zero", np.zeros(out, np.int8))
        inputs = [source, f"{full}.weight", f"{full}.scale", f"{full}.zero", bias]
        return to.node("DynamicQuantizeMatMul", inputs, full, FUSED)
