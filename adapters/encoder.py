"""The encoder: texts in, unit vectors out, on ONNX Runtime. And the counter of a model's own tokens.

On a processor every text runs alone, in a session of one thread, several side by side: nothing is padded, nothing is
wasted, and no text's vector can depend on its neighbours, the batch size or the number of threads. (Measured: as fast
as groups of equal length, whose vectors differ in the last bit.) On CUDA, texts of equal length run together.
Where the files come from is left to `adapters.model_files`, the graph to `doctown.embed.bert_graph`.
"""

import json
import mmap
import os
import platform
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, version
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adapters.model_files import ModelFiles, model_files
from adapters.settings import Settings
from doctown.embed.bert_graph import GRAPH_VERSION, bert_graph, bert_shape
from doctown.embed.safetensors import tensors_of
from doctown.embed.vectors import Rows
from doctown.errors import EngineUnavailable, ModelInvalid
from doctown.steps import Progress

CUDA_GROUP_TOKENS = 16_384
_CUDA = "CUDAExecutionProvider"


class TokenCounter:
    """Counts tokens as the model does, the two special ones included, never cut."""

    def __init__(self, files: ModelFiles) -> None:
        self.model, self.revision = files.model, files.revision
        self.dimensions, self.max_tokens = files.dimensions, files.max_tokens
        self._tokenizer = _tokenizer_of(files, None)

    def counts(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text."""
        return [len(encoding.ids) for encoding in self._tokenizer.encode_batch_fast(list(texts))]

    def starts(self, text: str) -> list[int]:
        """Where each token of `text` starts, in characters; the special ones are none of the text's."""
        return [start for start, _ in self._tokenizer.encode(text, add_special_tokens=False).offsets]


def token_counter(settings: Settings, name: str, progress: Progress) -> TokenCounter:
    """The counter of the model `name`. Raises what `model_files` raises."""
    return TokenCounter(model_files(settings, name, progress))


class Encoder:
    """A loaded model. `engine` names library, version, graph, precision and instruction set or GPU."""

    def __init__(self, files: ModelFiles, threads: int = 0, use_gpu: bool | None = None) -> None:
        """`threads` 0 is one per core; `use_gpu` None takes CUDA where it is there.

        Raises:
            ModelInvalid: the files cannot be run.
            EngineUnavailable: `use_gpu` is True and CUDA is not among the session's own providers.
        """
        self.files = files
        self._tokenizer = _tokenizer_of(files, files.max_tokens)
        self._session = _session_of(files, use_gpu)
        self.on_gpu = _CUDA in self._session.get_providers()
        if use_gpu and not self.on_gpu:
            raise EngineUnavailable(
                f"ONNX_USE_GPU is true, but the session runs on {', '.join(self._session.get_providers())}; "
                "install onnxruntime-gpu and its CUDA, or unset the variable."
            )
        self._threads = 1 if self.on_gpu else threads or len(os.sched_getaffinity(0))
        self.engine = _engine_name(_gpu_name() if self.on_gpu else _instruction_set())

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Rows:
        """The vectors of `texts`: float32 (texts, dimensions), unit length. Longer texts are cut to max_tokens."""
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(list(texts))]
        rows = np.empty((len(ids), self.files.dimensions), np.float32)
        done = 0
        with ThreadPoolExecutor(self._threads) as pool:
            groups = list(self._groups(ids))
            for group, found in zip(groups, pool.map(lambda group: self._run(ids, group), groups), strict=True):
                rows[group] = found
                done += len(group)
                if progress is not None:
                    progress("embedding", done, len(ids))
        return rows

    def _run(self, ids: Sequence[Sequence[int]], group: Sequence[int]) -> NDArray[np.float32]:
        (found,) = self._session.run(None, {"input_ids": np.array([ids[at] for at in group], np.int32)})
        return np.asarray(found, np.float32)

    def _groups(self, ids: Sequence[Sequence[int]]) -> Iterator[list[int]]:
        """Which texts run together, the longest first so that no long one is left for the end."""
        order = sorted(range(len(ids)), key=lambda at: -len(ids[at]))
        if not self.on_gpu:
            yield from ([at] for at in order)
            return
        for length, same in groupby(order, key=lambda at: len(ids[at])):
            members, size = list(same), max(1, CUDA_GROUP_TOKENS // max(length, 1))
            yield from (members[start : start + size] for start in range(0, len(members), size))


def engine_of(settings: Settings) -> str | None:
    """The engine that an Encoder of these settings will have here; None where only loading it can tell (a GPU)."""
    if settings.use_gpu or (settings.use_gpu is None and _package() == "onnxruntime-gpu"):
        return None
    return _engine_name(_instruction_set())


def _tokenizer_of(files: ModelFiles, max_tokens: int | None) -> Any:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_buffer(files.tokenizer.read_bytes())
    except Exception as error:  # the library raises bare Exceptions
        raise ModelInvalid(f"{files.tokenizer} is no tokenizer; fetch or export the model again.") from error
    tokenizer.no_padding()
    if max_tokens is None:
        tokenizer.no_truncation()
    else:
        tokenizer.enable_truncation(max_tokens)
    return tokenizer


def _session_of(files: ModelFiles, use_gpu: bool | None) -> Any:
    import onnxruntime

    shape = bert_shape(json.loads(files.config.read_bytes()))
    with files.weights.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        graph = bert_graph(shape, {name: tensor.copy() for name, tensor in tensors_of(memoryview(data)).items()})
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    wanted = ["CPUExecutionProvider"]
    if use_gpu is not False and _CUDA in onnxruntime.get_available_providers():
        wanted.insert(0, _CUDA)
    return onnxruntime.InferenceSession(graph, options, providers=wanted)


def _engine_name(processor: str) -> str:
    return f"onnxruntime-{version(_package())} bert-{GRAPH_VERSION} float32 {processor}"


def _package() -> str:
    """The distribution that provides the module `onnxruntime` here."""
    try:
        version("onnxruntime-gpu")
    except PackageNotFoundError:
        return "onnxruntime"
    return "onnxruntime-gpu"


def _instruction_set() -> str:
    """What ONNX Runtime chooses its kernels by: other kernels round differently."""
    flags: set[str] = set()
    if (cpuinfo := Path("/proc/cpuinfo")).is_file():
        for line in cpuinfo.read_text(errors="replace").splitlines():
            if line.startswith(("flags", "Features")):
                flags = set(line.partition(":")[2].split())
                break
    best = next((name for name in ("avx512f", "avx2", "avx", "sve", "asimd") if name in flags), "")
    return "-".join(filter(None, (platform.machine().lower(), best)))


def _gpu_name() -> str:
    """The GPU, as its driver calls it."""
    for information in sorted(Path("/proc/driver/nvidia/gpus").glob("*/information")):
        for line in information.read_text(errors="replace").splitlines():
            if line.startswith("Model:"):
                return "cuda-" + "-".join(line.partition(":")[2].split()).lower()
    return "cuda"
