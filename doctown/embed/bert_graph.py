"""The encoder as a graph: a BERT in, an ONNX model out, with pooling and unit length inside it.

It is written in operators of the ONNX standard, which every engine reads alike (ONNX Runtime's fused ones gave wrong
vectors in OpenVINO, and were no faster than this in ONNX Runtime), in one of several styles:

- `plain`: float32, for texts of one length at a time: no padding, no mask, no vector that depends on others;
- `int8`: the same, but dense layers multiply whole numbers of eight bits (an operator of ONNX Runtime's own);
- `padded`: for texts that are filled up to a common length; it takes `lengths`, int32 (texts,), as well;
- `padded16`: the same in half precision up to the pooling.

All take `input_ids`, int32 (texts, length), and give `vectors`, float32 (texts, width). The network itself is written
by `bert_layers`; running a graph is left to `adapters.engines`.
"""

from typing import Literal

import onnx
from onnx import TensorProto, helper

from doctown.embed.bert_layers import write_layers
from doctown.embed.bert_shape import Bert
from doctown.embed.graph_writer import IR_VERSION, OPSETS, Writer

GRAPH_VERSION = 2
"""Part of the engine's name: another graph may round differently, so it goes up whenever a graph changes."""

Style = Literal["plain", "int8", "padded", "padded16"]


def bert_graph(bert: Bert, style: Style = "plain") -> bytes:
    """The encoder as the bytes of an ONNX model.

    Raises:
        ModelInvalid: a tensor is missing or has another shape.
    """
    to = Writer(bert, half=style == "padded16")
    padded = style in ("padded", "padded16")
    inputs = [helper.make_tensor_value_info("input_ids", TensorProto.INT32, ["texts", "length"])]
    if padded:
        inputs.append(helper.make_tensor_value_info("lengths", TensorProto.INT32, ["texts"]))
    hidden = write_layers(to, int8=style == "int8", padded=padded)
    _write_pooling(to, hidden, padded)
    graph = helper.make_graph(
        to.nodes,
        "encoder",
        inputs,
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", bert.shape.width])],
        to.weights,
    )
    opsets = [helper.make_opsetid(domain, version) for domain, version in OPSETS.items()]
    model: onnx.ModelProto = helper.make_model(
        graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="doctown"
    )
    return bytes(model.SerializeToString())


def _write_pooling(to: Writer, hidden: str, padded: bool) -> None:
    """One vector per text, in float32, brought to unit length."""
    hidden = to.node("Cast", [hidden], "pooled_from", to=TensorProto.FLOAT) if to.half else hidden
    if to.bert.pooling == "cls":
        pooled = to.node("Gather", [hidden, to.whole("first", 0)], "pooled", axis=1)
    elif padded:
        # What stands in the padding is no part of the text: it counts as nothing in the sum. Unit length divides.
        kept = to.node("Unsqueeze", ["is_text", to.wholes("last", -1)], "kept")
        pooled = to.node(
            "ReduceSum", [to.node("Mul", [hidden, kept], "of_text"), to.wholes("along", 1)], "pooled", keepdims=0
        )
    else:
        # Along the last axis: along the middle one, a text on its own is summed in another order than among others.
        pooled = to.node(
            "ReduceMean", [to.node("Transpose", [hidden], "turned", perm=[0, 2, 1])], "pooled", axes=[2], keepdims=0
        )
    length = to.node("ReduceL2", [pooled], "norm", axes=[1], keepdims=1)
    to.node("Div", [pooled, to.node("Max", [length, to.real("tiny", 1e-12)], "divisor")], "vectors")
