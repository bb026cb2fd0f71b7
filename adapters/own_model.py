"""A model of one's own: a folder as sentence-transformers writes it, read for what is needed to run it.

Files of its versions 2 to 6 are understood. What a folder's model cannot be run for is said in one sentence. Known
models, and fetching them, are left to `adapters.model_files`.
"""

import json
from pathlib import Path
from typing import Any

from doctown.embed.bert_shape import Pooling
from doctown.errors import ModelInvalid

MODULES = "modules.json"
LENGTH_FILES = (("sentence_bert_config.json", "max_seq_length"), ("tokenizer_config.json", "model_max_length"))
"""Where a model says how many tokens it reads, and under which name; the first that does is believed."""
_RUN = ("Transformer", "Pooling", "Normalize")
"""The modules that can be run. Without Normalize, vectors are brought to unit length all the same."""


def json_in(path: Path) -> dict[str, object]:
    """The JSON object in a file. Raises ModelInvalid."""
    found = _parsed(path)
    if not isinstance(found, dict):
        raise ModelInvalid(f"{path} is no JSON object; fetch or export the model again.")
    return found


def pooling_in(folder: Path) -> Pooling:
    """How the model in `folder` pools; by the mean where it does not say.

    Raises:
        ModelInvalid: it pools in another way, or what it does after its network cannot be run.
    """
    place = folder / _pooling_folder(folder) / "config.json"
    if not place.is_file():
        return "mean"
    config = json_in(place)
    named = config.get("pooling_mode")  # as sentence-transformers 6 writes it; before, there was a switch for each
    modes = [named] if isinstance(named, str) else list(named) if isinstance(named, list) else []
    modes += [name.removeprefix("pooling_mode_") for name, on in config.items() if on is True and "mode_" in name]
    if modes in (["mean"], ["mean_tokens"]):
        return "mean"
    if modes in (["cls"], ["cls_token"]):
        return "cls"
    raise ModelInvalid(
        f"The model in {folder} pools its tokens by {' and '.join(map(str, modes)) or 'nothing'}; only the mean and "
        "the first token (cls) can be run."
    )


def max_tokens_in(folder: Path, positions: int) -> int:
    """The most tokens the model in `folder` reads of a text, its special ones included; never above `positions`."""
    for name, key in LENGTH_FILES:
        stated = json_in(folder / name).get(key) if (folder / name).is_file() else None
        if isinstance(stated, int | float) and not isinstance(stated, bool) and stated > 2:
            return int(min(stated, positions))
    return positions


def _pooling_folder(folder: Path) -> str:
    if not (folder / MODULES).is_file():
        return "1_Pooling"
    modules = _parsed(folder / MODULES)
    if not isinstance(modules, list) or not all(isinstance(module, dict) for module in modules):
        raise ModelInvalid(f"{folder / MODULES} is no list of modules; export the model again.")
    kinds = [str(module.get("type", "")).rpartition(".")[2] for module in modules]
    if strange := [kind for kind in kinds if kind not in _RUN]:
        raise ModelInvalid(f"The model in {folder} has a module {strange[0]!r}; only {', '.join(_RUN)} can be run.")
    path = next((str(module.get("path", "")) for module in modules if str(module.get("type")).endswith("Pooling")), "")
    return path if path and Path(path).name == path else "1_Pooling"


def _parsed(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ModelInvalid(f"{path} is no JSON; fetch or export the model again.") from error
