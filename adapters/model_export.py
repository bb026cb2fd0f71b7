"""A model by its name on the hub, or in a folder, written as a folder that MODEL_PATH takes: by sentence-transformers.

sentence-transformers is an extra, and large: it is imported here only. What is written is run once, on the engine of
this machine, and compared with what sentence-transformers itself gives; one that cannot be run is not left behind.
"""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from adapters.encoder import Encoder
from adapters.model_files import ModelFiles, own_files
from adapters.settings import Settings
from doctown.errors import EngineUnavailable, ModelInvalid, ModelUnavailable, OutputNotWritable

TRIED = ["def parse(header: bytes) -> dict[str, str]:", "The model is exported."]
FURTHEST = 1e-4
"""The most by which a component may differ; ten times what is promised of two engines."""


def export(name: str, out: Path, settings: Settings) -> ModelFiles:
    """Write the model `name`, or that in the folder `name`, to the folder `out`, which must not be there yet.

    Raises:
        EngineUnavailable: sentence-transformers is not installed.
        ModelUnavailable: it cannot load the model.
        ModelInvalid: the model is none that can be run here.
        OutputNotWritable: `out` is there, or cannot be made.
    """
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise EngineUnavailable(
            "doctown model export needs sentence-transformers, which is not installed; pip install -e '.[reference]'."
        ) from error
    if out.exists():
        raise OutputNotWritable(f"{out} is there already; name a folder with --out that is not.")
    try:
        model = SentenceTransformer(name, device="cpu")
    except Exception as error:  # it raises whatever its own libraries do
        first = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise ModelUnavailable(f"sentence-transformers cannot load {name}: {first[:200]}") from error
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".exporting-", dir=out.parent) as scratch:
            written = Path(scratch) / out.name
            model.save(str(written), create_model_card=False)
            _check(written, model, settings)
            written.rename(out)
    except OSError as error:
        raise OutputNotWritable(f"{out} cannot be written: {error.strerror}; choose another with --out.") from error
    return own_files(out)


def _check(folder: Path, model: Any, settings: Settings) -> None:
    plain = settings.model_copy(update={"precision": "float32", "engine": "", "use_gpu": False})
    ours = Encoder(own_files(folder), plain).encode(TRIED)
    off = float(np.abs(ours - model.encode(TRIED, normalize_embeddings=True)).max())
    if not off <= FURTHEST:
        raise ModelInvalid(
            f"The model's vectors are {off:.1g} away from those of sentence-transformers; it cannot be run here."
        )
