"""The encoder as a graph: a BERT's weights in, an ONNX model out, with pooling and unit length inside it.

It is written with ONNX Runtime's fused operators, so that nothing has to be optimised when it is loaded, and it takes
texts of one length at a time: `input_ids` int32 (texts, length) to `vectors` float32 (texts, width). There is no
padding, hence no mask, and a text's vector does not depend on the texts beside it. Running it is left to
`adapters.encoder`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from doctown.errors import ModelInvalid

GRAPH_VERSION = 1
"""Part of the engine's name: another graph may round differently, so it goes up whenever the graph changes."""

_FUSED = "com.microsoft"
_OPSETS = {"": 17, _FUSED: 1}
_IR_VERSION = 9

Tensors = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class BertShape:
    """The numbers of a BERT encoder. `positions` is the most tokens a text may have."""

    layers: int
    heads: int
    width: int
    inner: int
    positions: int
    vocabulary: int
    epsilon: float


def bert_shape(config: Any) -> BertShape:
    """The shape that a `config.json` describes. Raises ModelInvalid for anything but a plain BERT encoder."""
    if not isinstance(config, Mapping):
        raise ModelInvalid("The model's config.json is no JSON object; fetch the model again.")
    wanted = {"model_type": "bert", "hidden_act": "gelu", "position_embedding_type": "absolute"}
    for name, value in wanted.items():
        if config.get(name, value if name == "position_embedding_type" else None) != value:
            raise ModelInvalid(
                f"The model's config.json says {name} is {config.get(name)!r}; only plain BERT encoders "
                f"({name} {value!r}) can be run."
            )
    try:
        shape = BertShape(
            layers=int(config["num_hidden_layers"]),
            heads=int(config["num_attention_heads"]),
            width=int(config["hidden_size"]),
            inner=int(config["intermediate_size"]),
            positions=int(config["max_position_embeddings"]),
            vocabulary=int(config["vocab_size"]),
            epsilon=float(config.get("layer_norm_eps", 1e-12)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ModelInvalid(f"The model's config.json lacks a number that is needed ({error}).") from error
    if min(shape.layers, shape.heads, shape.width, shape.inner, shape.positions, shape.vocabulary) < 1:
        raise ModelInvalid("The model's config.json holds a number below 1.")
    if shape.width % shape.heads:
        raise ModelInvalid(f"The model's config.json cannot divide {shape.width} among {shape.heads} heads.")
    return shape


class _Writer:
    """Nodes and weights as they are added; every weight is checked against the shape it must have."""

    def __init__(self, tensors: Tensors) -> None:
        # Some exports put the encoder below a prefix.
        self._tensors = {name.removeprefix("bert."): tensor for name, tensor in tensors.items()}
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def tensor(self, name: str, *shape: int) -> NDArray[np.float32]:
        found = self._tensors.get(name)
        if found is None or found.shape != shape:
            what = "lack" if found is None else f"have {found.shape} for"
            raise ModelInvalid(f"The weights {what} {name} of shape {shape}; they do not go with the config.json.")
        return np.ascontiguousarray(found, dtype=np.float32)

    def weight(self, name: str, value: NDArray[Any]) -> str:
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def copied(self, name: str, *shape: int) -> str:
        return self.weight(name, self.tensor(name, *shape))

    def turned(self, name: str, rows: int, columns: int) -> str:
        """A dense layer's weight, stored (out, in), as the (in, out) that MatMul wants."""
        return self.weight(name, self.tensor(name, rows, columns).T)

    def node(self, operator: str, inputs: Sequence[str], output: str, domain: str = _FUSED, **more: Any) -> str:
        # The fused normalisations have a second output, unused but not optional in every version.
        self.nodes.append(helper.make_node(operator, list(inputs), [output], name=output, domain=domain, **more))
        return output


def _embedded(to: _Writer, shape: BertShape) -> str:
    names = [
        to.copied("embeddings.word_embeddings.weight", shape.vocabulary, shape.width),
        to.copied("embeddings.position_embeddings.weight", shape.positions, shape.width),
        # Every token of ours is of the first segment, whose vector is added to each position instead.
    ]
    segment = to.tensor("embeddings.token_type_embeddings.weight", 2, shape.width)
    names.append(to.weight("embeddings.token_type_embeddings.weight", segment))
    names += [to.copied(f"embeddings.LayerNorm.{part}", shape.width) for part in ("weight", "bias")]
    to.nodes.append(
        helper.make_node(
            "EmbedLayerNormalization",
            ["input_ids", "segment_ids", *names],
            ["embedded", "mask_index"],
            name="embedded",
            domain=_FUSED,
            epsilon=shape.epsilon,
        )
    )
    return "embedded"


def _layer(to: _Writer, shape: BertShape, number: int, hidden: str) -> str:
    """One transformer layer over `hidden`; the name of its output."""
    width, inner, at = shape.width, shape.inner, f"encoder.layer.{number}."
    parts = [f"{at}attention.self.{part}." for part in ("query", "key", "value")]
    qkv = to.weight(f"{at}qkv.weight", np.hstack([to.tensor(f"{part}weight", width, width).T for part in parts]))
    qkv_bias = to.weight(f"{at}qkv.bias", np.hstack([to.tensor(f"{part}bias", width) for part in parts]))

    def dense(source: str, name: str, out: int, into: int) -> str:
        return to.node("MatMul", [source, to.turned(f"{at}{name}.weight", out, into)], f"{at}{name}", domain="")

    def normalised(source: str, skip: str, name: str) -> str:
        norm = [to.copied(f"{at}{name}.LayerNorm.{part}", width) for part in ("weight", "bias")]
        bias = to.copied(f"{at}{name}.dense.bias", width)
        inputs = [source, skip, *norm, bias]
        return to.node("SkipLayerNormalization", inputs, f"{at}{name}.normalised", epsilon=shape.epsilon)

    attended = to.node("Attention", [hidden, qkv, qkv_bias], f"{at}attention", num_heads=shape.heads)
    middle = normalised(dense(attended, "attention.output.dense", width, width), hidden, "attention.output")
    widened = dense(middle, "intermediate.dense", inner, width)
    active = to.node("BiasGelu", [widened, to.copied(f"{at}intermediate.dense.bias", inner)], f"{at}gelu")
    return normalised(dense(active, "output.dense", width, inner), middle, "output")


def _segments(to: _Writer) -> None:
    """`segment_ids`: zeros in the shape of `input_ids`."""
    to.node("Shape", ["input_ids"], "input_shape", domain="")
    zero = helper.make_tensor("zero", TensorProto.INT32, [1], [0])
    to.node("ConstantOfShape", ["input_shape"], "segment_ids", domain="", value=zero)


def _pooled(to: _Writer, hidden: str) -> str:
    """The mean over a text's tokens (all of them: nothing is padded), brought to unit length."""
    # Along the last axis: along the middle one, a text on its own is summed in another order than among others.
    to.node("Transpose", [hidden], "turned", domain="", perm=[0, 2, 1])
    to.node("ReduceMean", ["turned"], "mean", domain="", axes=[2], keepdims=0)
    to.node("ReduceL2", ["mean"], "length", domain="", axes=[1], keepdims=1)
    to.node("Max", ["length", to.weight("tiny", np.array([1e-12], np.float32))], "divisor", domain="")
    return to.node("Div", ["mean", "divisor"], "vectors", domain="")


def bert_graph(shape: BertShape, tensors: Tensors) -> bytes:
    """The encoder as the bytes of an ONNX model. `tensors` are named as Hugging Face's BertModel names them.

    Raises:
        ModelInvalid: a tensor is missing or has another shape.
    """
    to = _Writer(tensors)
    _segments(to)
    hidden = _embedded(to, shape)
    for number in range(shape.layers):
        hidden = _layer(to, shape, number, hidden)
    _pooled(to, hidden)
    graph = helper.make_graph(
        to.nodes,
        "encoder",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT32, ["texts", "length"])],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", shape.width])],
        to.weights,
    )
    opsets = [helper.make_opsetid(domain, version) for domain, version in _OPSETS.items()]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION, producer_name="doctown")
    return bytes(model.SerializeToString())
