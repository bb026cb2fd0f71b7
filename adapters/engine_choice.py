"""Which engine is taken: the first, in a fixed order by measured speed, that gives the reference vectors.

CUDA where it is there, then OpenVINO, then ONNX Runtime; a precision other than float32 has one engine only. An engine
is tried when it is loaded. One that gives wrong vectors is refused, and that it was is kept in the cache, so that what
asks for the engine's name without loading it (`engine_of`) gets the one that will be taken.
"""

import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from adapters.engines import (
    Engine,
    OnnxRuntime,
    OnnxRuntimeCuda,
    OpenVino,
    cuda_is_offered,
    onnxruntime_name,
    onnxruntime_package,
    openvino_is_installed,
    openvino_name,
)
from adapters.settings import Settings
from doctown.embed.bert_reference import TOLERANCES, reference_vector, samples
from doctown.embed.bert_shape import Bert
from doctown.errors import EngineUnavailable
from doctown.model import digest


@dataclass(frozen=True, slots=True)
class Candidate:
    """An engine that may be taken. `name` is None where only loading it can tell (a GPU)."""

    name: str | None
    load: Callable[[Bert], Engine]


@dataclass(frozen=True, slots=True)
class Refusals:
    """Which engines gave wrong vectors of a model on this machine: an empty file each, below the cache."""

    folder: Path
    model: str
    revision: str

    @classmethod
    def of(cls, settings: Settings, model: str, revision: str) -> "Refusals":
        """Those of a model, kept in the cache of these settings."""
        return cls(Path(settings.cache) / "engines", model, revision)

    def has(self, name: str | None) -> bool:
        """Whether the engine called `name` was refused when it was last loaded."""
        return name is not None and self._place(name).exists()

    def note(self, name: str | None, refused: bool) -> None:
        """Remember the outcome. A cache that cannot be written costs the memory only."""
        if name is None or refused == self.has(name):
            return
        with contextlib.suppress(OSError):
            if refused:
                self.folder.mkdir(parents=True, exist_ok=True)
                self._place(name).touch()
            else:
                self._place(name).unlink(missing_ok=True)

    def _place(self, name: str) -> Path:
        return self.folder / f"{digest(name, self.model, self.revision)[:40]}.refused"


def engine_of(settings: Settings, model: str, revision: str) -> str | None:
    """The engine that an Encoder of these settings will have here; None where only loading it can tell."""
    if settings.use_gpu or (settings.use_gpu is None and not settings.engine and _is_gpu_package()):
        return None
    refusals = Refusals.of(settings, model, revision)
    return next((found.name for found in candidates(settings) if not refusals.has(found.name)), None)


def candidates(settings: Settings) -> list[Candidate]:
    """The engines these settings allow, the fastest first."""
    precision, threads = settings.precision, settings.threads
    cuda = Candidate(None, lambda bert: OnnxRuntimeCuda(bert, precision))
    openvino = (
        Candidate(openvino_name(precision), lambda bert: OpenVino(bert, precision, threads))
        if (openvino_is_installed())
        else None
    )
    onnxruntime = Candidate(onnxruntime_name(precision), lambda bert: OnnxRuntime(bert, precision, threads))
    if settings.use_gpu or precision == "float16":
        return [cuda]
    if settings.engine == "openvino" or precision == "bf16":
        if openvino is None:
            what = "DOCTOWN_ENGINE is openvino" if settings.engine else "DOCTOWN_PRECISION is bf16, which is OpenVINO's"
            raise EngineUnavailable(f"{what}, but it is not installed; pip install openvino, or unset the variable.")
        return [openvino]
    on_cuda = [cuda] if settings.use_gpu is None and _is_gpu_package() and precision == "float32" else []
    if settings.engine == "onnxruntime" or precision == "int8":
        return [*on_cuda, onnxruntime]
    return [*on_cuda, *([openvino] if openvino else []), onnxruntime]


def _is_gpu_package() -> bool:
    return onnxruntime_package() == "onnxruntime-gpu" and cuda_is_offered()


def chosen_engine(bert: Bert, precision: str, offered: Sequence[Candidate], refusals: Refusals) -> Engine:
    """The first of `offered` that can be loaded and gives the vectors of `bert`; the log says which were passed over.

    Raises:
        EngineUnavailable: none does; the error of the last one.
        ModelInvalid: the model has no vectors to be given.
    """
    expected = [reference_vector(bert, ids) for ids in samples(bert)]
    for at, candidate in enumerate(offered):
        try:
            engine = candidate.load(bert)
            check(engine, bert, expected, TOLERANCES[precision])
        except EngineUnavailable as error:
            refusals.note(candidate.name, refused=True)
            if at + 1 == len(offered):
                raise
            if candidate.name is not None:  # CUDA that is not there and was not asked for is no news
                logging.getLogger(__name__).warning("%s The next engine is taken.", error)
        else:
            refusals.note(candidate.name, refused=False)
            return engine
    raise EngineUnavailable


def check(engine: Engine, bert: Bert, expected: Sequence[np.ndarray], tolerance: float) -> None:
    """Raise EngineUnavailable if the engine's vectors of the samples are not the expected ones, shape (width,) each."""
    found = engine.vectors(samples(bert), lambda _: None)
    off = float(np.abs(found - np.stack(list(expected))).max())
    if not off <= tolerance:  # NaN is never within
        raise EngineUnavailable(
            f"The engine {engine.name} gives wrong vectors here: a component is off by {off:.1g} where {tolerance:.0e} "
            "is allowed; reinstall it, or set DOCTOWN_ENGINE to another."
        )
