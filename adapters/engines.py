"""The engines: OpenVINO and ONNX Runtime on the processor, ONNX Runtime on CUDA. Tokens in, unit vectors out.

Each gives a text the same bits whatever it is embedded with. On the processor nothing is padded: ONNX Runtime runs each
text alone, OpenVINO runs groups of one length (both by threads of their own, each text on one of them); on CUDA texts
run in blocks of fixed shapes. Which engine is taken is left to `adapters.engine_choice`, the graph to `doctown.embed`.
"""

import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, version
from itertools import groupby
from threading import Lock
from typing import Any, Protocol

import numpy as np

from adapters.processor import cores, gpu_name, has_instructions_for, instruction_set
from doctown.embed.bert_graph import GRAPH_VERSION, Style, bert_graph
from doctown.embed.bert_shape import Bert
from doctown.embed.gpu_blocks import blocks_of, memory_limit
from doctown.embed.vectors import Rows
from doctown.errors import EngineUnavailable

OPENVINO_GROUP_TOKENS = 1_024
CUDA = "CUDAExecutionProvider"

Ids = Sequence[Sequence[int]]
Done = Callable[[int], None]
"""Told how many more texts have their vectors."""


class Engine(Protocol):
    """A loaded model."""

    name: str
    """Library, version, graph, precision, and instruction set or GPU: part of a vector's identity."""

    def vectors(self, ids: Ids, done: Done) -> Rows:
        """The vectors of texts of the tokens `ids`: float32 (texts, width), unit length."""
        ...


class OpenVino:
    """OpenVINO on the processor, in float32 or bf16."""

    def __init__(self, bert: Bert, precision: str, threads: int) -> None:
        """Raises EngineUnavailable where it is not installed, cannot be loaded, or lacks the precision."""
        if not has_instructions_for(precision):
            raise _lacks("OpenVINO", precision)
        self.name = openvino_name(precision)
        self._threads = threads or cores()
        self._width = bert.shape.width
        try:
            self._library = _openvino()
            core = self._library.Core()
            graph = core.read_model(bert_graph(bert))
            # A thread for each stream, so that no product is cut in two; none is bound to a core, for others may be.
            options = {
                "INFERENCE_PRECISION_HINT": {"float32": "f32", "bf16": "bf16"}[precision],
                "NUM_STREAMS": str(self._threads),
                "INFERENCE_NUM_THREADS": self._threads,
                "ENABLE_CPU_PINNING": False,
            }
            model = core.compile_model(graph, "CPU", options)
            # Two for each stream, so that none waits for Python; filled and read by one thread of ours (see `vectors`).
            self._requests = [model.create_infer_request() for _ in range(2 * self._threads)]
            self._one_at_a_time = Lock()
        except (ImportError, OSError, RuntimeError) as error:
            raise EngineUnavailable(f"OpenVINO cannot be loaded here ({_first_line(error)}); reinstall it.") from error

    def vectors(self, ids: Ids, done: Done) -> Rows:
        """As `Engine` says."""
        # One thread gives out the work and OpenVINO's own do it: two threads that filled requests at the same time were
        # seen standing still in it together (once, at their first texts, with OpenVINO 2026.4).
        rows = np.empty((len(ids), self._width), np.float32)
        running: deque[tuple[Any, list[int]]] = deque()
        with self._one_at_a_time:
            free = list(self._requests)
            try:
                for group in equal_lengths(ids, OPENVINO_GROUP_TOKENS):
                    if not free:
                        free.append(_collected(running, rows, done))
                    request = free.pop()
                    request.set_input_tensor(self._library.Tensor(np.array([ids[at] for at in group], np.int32)))
                    request.start_async()
                    running.append((request, group))
                while running:
                    _collected(running, rows, done)
            finally:  # a call that was interrupted leaves nothing at work
                for request, _ in running:
                    request.wait()
        return rows


def _collected(running: "deque[tuple[Any, list[int]]]", rows: Rows, done: Done) -> Any:
    """Wait for the request that was started first, put its vectors into `rows`; the request, free again."""
    request, group = running.popleft()
    request.wait()
    rows[group] = request.get_output_tensor().data
    done(len(group))
    return request


class OnnxRuntime:
    """ONNX Runtime on the processor, in float32 or int8."""

    def __init__(self, bert: Bert, precision: str, threads: int) -> None:
        """Raises EngineUnavailable where it lacks the precision."""
        if not has_instructions_for(precision):
            raise _lacks("ONNX Runtime", precision)
        self.name = onnxruntime_name(precision)
        self._threads = threads or cores()
        self._width = bert.shape.width
        style: Style = "int8" if precision == "int8" else "plain"
        self._session = _session(bert_graph(bert, style), ["CPUExecutionProvider"])

    def vectors(self, ids: Ids, done: Done) -> Rows:
        """As `Engine` says."""
        # Alone: int8 takes its scales from all that runs together, and float32 kernels differ with the number of rows.
        return _side_by_side(ids, self._run, self._threads, self._width, done)

    def _run(self, ids: Any) -> Rows:
        return np.asarray(self._session.run(None, {"input_ids": ids})[0], np.float32)


class OnnxRuntimeCuda:
    """ONNX Runtime on CUDA, in float32 or float16."""

    def __init__(self, bert: Bert, precision: str) -> None:
        """Raises EngineUnavailable where CUDA is not among the session's own providers."""
        self._shape = bert.shape
        style: Style = "padded16" if precision == "float16" else "padded"
        options = cuda_options(memory_limit(bert.shape, 2 if precision == "float16" else 4))
        offered = [(CUDA, options), "CPUExecutionProvider"] if cuda_is_offered() else ["CPUExecutionProvider"]
        self._session = _session(bert_graph(bert, style), offered)
        if CUDA not in (found := self._session.get_providers()):
            asked = "DOCTOWN_PRECISION is float16" if precision == "float16" else "ONNX_USE_GPU is true"
            raise EngineUnavailable(
                f"{asked}, but the session runs on {', '.join(found)}; "
                "install onnxruntime-gpu and its CUDA, or unset the variable."
            )
        self.name = _name(onnxruntime_package(), precision, gpu_name())

    def vectors(self, ids: Ids, done: Done) -> Rows:
        """As `Engine` says."""
        rows = np.empty((len(ids), self._shape.width), np.float32)
        for block in blocks_of(ids, self._shape.positions):
            (found,) = self._session.run(None, {"input_ids": block.ids, "lengths": block.lengths})
            rows[list(block.members)] = found[: len(block.members)]
            done(len(block.members))
        return rows


def openvino_name(precision: str) -> str:
    """The name of OpenVINO's engine here, without loading it."""
    return _name("openvino", precision, instruction_set(precision))


def onnxruntime_name(precision: str) -> str:
    """The name of ONNX Runtime's engine on this processor, without loading it."""
    return _name(onnxruntime_package(), precision, instruction_set(precision))


def openvino_is_installed() -> bool:
    """Whether there is an OpenVINO to try."""
    return _is_installed("openvino")


def onnxruntime_package() -> str:
    """The distribution that provides the module `onnxruntime` here."""
    return "onnxruntime-gpu" if _is_installed("onnxruntime-gpu") else "onnxruntime"


def cuda_is_offered() -> bool:
    """Whether this ONNX Runtime was built for CUDA; whether it finds a GPU only a session can tell."""
    import onnxruntime

    return CUDA in onnxruntime.get_available_providers()


def cuda_options(limit: int) -> dict[str, str]:
    """ONNX Runtime's options for CUDA, its arena bounded to `limit` bytes."""
    return {
        "use_tf32": "0",  # nineteen bits would be taken for float32
        "gpu_mem_limit": str(limit),
        "arena_extend_strategy": "kSameAsRequested",  # the other strategy doubles, and asks for what is not needed
        "cudnn_conv_algo_search": "HEURISTIC",  # no search by timing: it may choose otherwise in the next process
        "cudnn_conv_use_max_workspace": "0",
        "do_copy_in_default_stream": "1",
    }


def equal_lengths(ids: Ids, tokens: int) -> Iterator[list[int]]:
    """Places of texts of one length that run together, at most `tokens` tokens or one text; the longest come first."""
    order = sorted(range(len(ids)), key=lambda at: -len(ids[at]))
    for length, same in groupby(order, key=lambda at: len(ids[at])):
        members, size = list(same), max(1, tokens // max(length, 1))
        yield from (members[start : start + size] for start in range(0, len(members), size))


def _side_by_side(ids: Ids, run: Callable[[Any], Rows], threads: int, width: int, done: Done) -> Rows:
    """Each text alone, several at a time, the longest first."""
    rows = np.empty((len(ids), width), np.float32)
    order = [at for (at,) in equal_lengths(ids, 1)]
    inputs = (np.array([ids[at]], np.int32) for at in order)
    with ThreadPoolExecutor(threads) as pool:
        for at, found in zip(order, pool.map(run, inputs), strict=True):
            rows[at] = found[0]
            done(1)
    return rows


def _session(graph: bytes, providers: Sequence[Any]) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.use_deterministic_compute = True
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph, options, providers=providers)


def _openvino() -> Any:
    """The module, without its telemetry: when it is imported, it tells a Google Analytics of it, and asks nobody."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type] # as the import system marks absence
    import openvino

    return openvino


def _name(package: str, precision: str, processor: str) -> str:
    return f"{package}-{version(package)} bert-{GRAPH_VERSION} {precision} {processor}"


def _is_installed(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


def _lacks(engine: str, precision: str) -> EngineUnavailable:
    return EngineUnavailable(
        f"DOCTOWN_PRECISION is {precision}, for which this processor has no instructions that {engine} would use; "
        "unset the variable."
    )


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)[:200]
