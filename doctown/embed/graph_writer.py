"""Nodes and weights of an ONNX graph as they are added. Which ones is left to `bert_layers` and `bert_graph`."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from doctown.embed.bert_shape import Bert

FUSED = "com.microsoft"
"""The domain of ONNX Runtime's own operators."""

OPSETS = {"": 17, FUSED: 1}
IR_VERSION = 9


class Writer:
    """A graph that grows. With `half`, the weights of the network are float16."""

    def __init__(self, bert: Bert, half: bool = False) -> None:
        self.bert, self.half = bert, half
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def weight(self, name: str, value: NDArray[Any]) -> str:
        """Add a weight as it is; its name."""
        self.weights.append(numpy_helper.from_array(np.asarray(value, order="C"), name))
        return name

    def network(self, name: str, value: NDArray[np.float32]) -> str:
        """Add a weight in the precision of the network; its name."""
        return self.weight(name, value.astype(np.float16) if self.half else value)

    def copied(self, name: str, *shape: int) -> str:
        """Add a weight of the model under its own name."""
        return self.network(name, self.bert.tensor(name, *shape))

    def turned(self, name: str, rows: int, columns: int) -> str:
        """Add a dense layer's weight, stored (out, in), as the (in, out) that MatMul wants."""
        return self.network(name, self.bert.tensor(name, rows, columns).T)

    def whole(self, name: str, value: int) -> str:
        """Add a single int64."""
        return self.weight(name, np.array(value, np.int64))

    def wholes(self, name: str, *values: int) -> str:
        """Add a row of int64."""
        return self.weight(name, np.array(values, np.int64))

    def real(self, name: str, value: float) -> str:
        """Add a single float32."""
        return self.weight(name, np.array(value, np.float32))

    def node(self, operator: str, inputs: Sequence[str], output: str, domain: str = "", **more: Any) -> str:
        """Add a node of one output; the output's name."""
        self.nodes.append(helper.make_node(operator, list(inputs), [output], name=output, domain=domain, **more))
        return output
