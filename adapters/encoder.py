"""The encoder: texts in, unit vectors out, on the engine that fits this machine.

Where the files come from is left to `adapters.model_files`, running the model to `adapters.engines`, which engine that
is to `adapters.engine_choice`, tokens to `adapters.tokenizer`.
"""

import json
import mmap
from collections.abc import Sequence

from adapters.model_files import ModelFiles
from adapters.settings import Settings
from adapters.tokenizer import tokenizer_of
from doctown.embed.bert_shape import Bert, bert_shape
from doctown.embed.safetensors import tensors_of
from doctown.embed.vectors import Rows
from doctown.errors import ModelInvalid
from doctown.steps import Progress


class Encoder:
    """A loaded model. `engine` names library, version, graph, precision and instruction set or GPU."""

    def __init__(self, files: ModelFiles, settings: Settings) -> None:
        """Load the model on the engine that the settings choose.

        Raises:
            ModelInvalid: the files cannot be run.
            EngineUnavailable: the engine, GPU or precision that was asked for is not there, or gives wrong vectors.
        """
        from adapters.engine_choice import Refusals, candidates, chosen_engine  # who only counts tokens has no engine

        self.files = files
        self._tokenizer = tokenizer_of(files.tokenizer, files.max_tokens)
        refusals = Refusals.of(settings, files.model, files.revision)
        self._engine = chosen_engine(bert_of(files), settings.precision, candidates(settings), refusals)
        self.engine = self._engine.name

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Rows:
        """The vectors of `texts`: float32 (texts, dimensions), unit length. Longer texts are cut to max_tokens."""
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(list(texts))]
        ready = 0

        def done(more: int) -> None:
            nonlocal ready
            ready += more
            if progress is not None:
                progress("embedding", ready, len(ids))

        return self._engine.vectors(ids, done)


def bert_of(files: ModelFiles) -> Bert:
    """The network that the files hold. Raises ModelInvalid."""
    shape = bert_shape(json.loads(files.config.read_bytes()))
    if not files.weights.stat().st_size:
        raise ModelInvalid(f"{files.weights} is empty; fetch or export the model again.")
    with files.weights.open("rb") as file:
        # Not closed by us: what is raised below still has views of it, and it goes with the last of them.
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    tensors = {name: tensor.copy() for name, tensor in tensors_of(memoryview(data)).items()}
    return Bert(shape, tensors, files.pooling)
