"""What a BERT encoder is made of: the numbers of its `config.json`, its weights by name, how tokens become a vector.

Every weight is checked against the shape it must have. What is computed with them is left to `bert_graph`, which writes
the network for an engine, and to `bert_reference`, which computes it in numpy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from doctown.errors import ModelInvalid

Pooling = Literal["mean", "cls"]
"""How the vectors of a text's tokens become one: their mean, or that of the first token."""

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
        raise ModelInvalid(
            f"The model's config.json lacks a number that is needed ({error}); fetch or export the model again."
        ) from error
    if min(shape.layers, shape.heads, shape.width, shape.inner, shape.positions, shape.vocabulary) < 1:
        raise ModelInvalid("The model's config.json holds a number below 1; fetch or export the model again.")
    if shape.width % shape.heads:
        raise ModelInvalid(
            f"The model's config.json cannot divide {shape.width} among {shape.heads} heads; "
            "fetch or export the model again."
        )
    return shape


@dataclass(frozen=True, slots=True)
class Bert:
    """A whole encoder: its numbers, its weights as Hugging Face's BertModel names them, its pooling."""

    shape: BertShape
    tensors: Tensors
    pooling: Pooling = "mean"

    def tensor(self, name: str, *shape: int) -> NDArray[np.float32]:
        """The weight `name` in float32, C order. Raises ModelInvalid where it is missing or of another shape."""
        found = self.tensors.get(name)
        if found is None:  # some exports put the encoder below a prefix
            found = self.tensors.get(f"bert.{name}")
        if found is None or found.shape != shape:
            what = "lack" if found is None else f"have {found.shape} for"
            raise ModelInvalid(
                f"The weights {what} {name} of shape {shape}; they do not go with the config.json; "
                "fetch or export the model again."
            )
        return np.ascontiguousarray(found, dtype=np.float32)

    @property
    def segment(self) -> NDArray[np.float32]:
        """What is added to every token, shape (width,): the vector of the first segment, of which all of ours are.

        A model without segments (type_vocab_size 0) has no such table, and nothing is added.
        """
        name = "embeddings.token_type_embeddings.weight"
        table = self.tensors.get(name, self.tensors.get(f"bert.{name}"))
        if table is None:
            return np.zeros(self.shape.width, np.float32)
        first: NDArray[np.float32] = self.tensor(name, max(1, len(table)), self.shape.width)[0]
        return first
