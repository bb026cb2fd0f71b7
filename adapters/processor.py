"""What this machine computes with: the processor's instruction set and the GPU. Other ones round differently."""

import os
import platform
from pathlib import Path

_WIDEST = ("avx512f", "avx2", "avx", "sve", "asimd")
_FOR = {"bf16": ("amx_bf16", "avx512_bf16"), "int8": ("amx_int8", "avx512_vnni", "avx_vnni")}
"""The instructions a precision is computed with, the best first."""


def instruction_set(precision: str) -> str:
    """What an engine chooses its kernels by, as it stands in the engine's name."""
    flags = _flags()
    found = [next((name for name in names if name in flags), "") for names in (_WIDEST, _FOR.get(precision, ()))]
    return "-".join(filter(None, (platform.machine().lower(), *found)))


def has_instructions_for(precision: str) -> bool:
    """Whether the processor computes in this precision by itself."""
    return precision not in _FOR or not _flags().isdisjoint(_FOR[precision])


def cores() -> int:
    """How many of the processor's cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def gpu_name() -> str:
    """The GPU, as its driver calls it."""
    for information in sorted(Path("/proc/driver/nvidia/gpus").glob("*/information")):
        for line in information.read_text(errors="replace").splitlines():
            if line.startswith("Model:"):
                return "cuda-" + "-".join(line.partition(":")[2].split()).lower()
    return "cuda"


def _flags() -> set[str]:
    if (cpuinfo := Path("/proc/cpuinfo")).is_file():
        for line in cpuinfo.read_text(errors="replace").splitlines():
            if line.startswith(("flags", "Features")):
                return set(line.partition(":")[2].split())
    return set()
