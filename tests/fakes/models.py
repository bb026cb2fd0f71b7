"""Small BERT models with random weights, as folders that sentence-transformers might have written."""

import json
import string
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, models, pre_tokenizers, processors

_WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *string.ascii_lowercase]
_WORDS += [f"##{letter}" for letter in string.ascii_lowercase]


def config_of(layers: int = 2, heads: int = 4, width: int = 32, inner: int = 64, positions: int = 40) -> dict[str, Any]:
    """A config.json."""
    return {
        "model_type": "bert",
        "architectures": ["BertModel"],
        "hidden_act": "gelu",
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "hidden_size": width,
        "intermediate_size": inner,
        "max_position_embeddings": positions,
        "type_vocab_size": 2,
        "vocab_size": len(_WORDS),
    }


def weights_of(config: dict[str, Any], seed: int = 0) -> dict[str, NDArray[np.float32]]:
    """Weights by name, as BertModel names them."""
    width, inner = config["hidden_size"], config["intermediate_size"]
    tables = {"word": "vocab_size", "position": "max_position_embeddings", "token_type": "type_vocab_size"}
    shapes: dict[str, tuple[int, ...]] = {}
    for table, size in tables.items():
        shapes[f"embeddings.{table}_embeddings.weight"] = (config[size], width)
    norms = ["embeddings.LayerNorm"]
    for layer in range(config["num_hidden_layers"]):
        at = f"encoder.layer.{layer}."
        norms += [f"{at}attention.output.LayerNorm", f"{at}output.LayerNorm"]
        dense = {f"attention.self.{part}": (width, width) for part in ("query", "key", "value")}
        dense |= {"attention.output.dense": (width, width)}
        dense |= {"intermediate.dense": (inner, width), "output.dense": (width, inner)}
        for name, shape in dense.items():
            shapes |= {f"{at}{name}.weight": shape, f"{at}{name}.bias": shape[:1]}
    shapes |= {f"{norm}.{part}": (width,) for norm in norms for part in ("weight", "bias")}
    chance = np.random.default_rng(seed)
    return {name: chance.normal(scale=0.3, size=shape).astype(np.float32) for name, shape in shapes.items()}


def safetensors_of(tensors: dict[str, NDArray[Any]]) -> bytes:
    """The bytes of a safetensors file."""
    header, body = {}, b""
    for name, tensor in tensors.items():
        dtype = {"float32": "F32", "float16": "F16"}[str(tensor.dtype)]
        data = tensor.tobytes()
        header[name] = {"dtype": dtype, "shape": tensor.shape, "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    written = json.dumps({"__metadata__": {"format": "pt"}, **header}).encode()
    written += b" " * (-len(written) % 8)
    return len(written).to_bytes(8, "little") + written + body


def tokenizer() -> Tokenizer:
    """Of letters: every word is as many tokens as it has."""
    made = Tokenizer(models.WordPiece({word: at for at, word in enumerate(_WORDS)}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = [("[CLS]", 2), ("[SEP]", 3)]
    made.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=special)
    return made


def model_folder(
    folder: Path,
    config: dict[str, Any] | None = None,
    tensors: dict[str, NDArray[Any]] | None = None,
    pooling: str = "mean",
    max_tokens: int = 24,
    normalize: bool = True,
) -> Path:
    """A whole folder; the files about it as sentence-transformers 2 to 5 write them."""
    config = config or config_of()
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "model.safetensors").write_bytes(safetensors_of(weights_of(config) if tensors is None else tensors))
    tokenizer().save(str(folder / "tokenizer.json"))
    kinds = ["Transformer", "Pooling", *(["Normalize"] if normalize else [])]
    paths = ["", "1_Pooling", "2_Normalize"]
    modules = [
        {"idx": at, "name": str(at), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for at, (kind, path) in enumerate(zip(kinds, paths, strict=False))
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": max_tokens}))
    names = {"mean": "mean_tokens", "cls": "cls_token", "max": "max_tokens"}
    switches = {f"pooling_mode_{name}": mode == pooling for mode, name in names.items()}
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(
        json.dumps({"word_embedding_dimension": config["hidden_size"], **switches})
    )
    return folder
