"""The safetensors format, read: a length, a JSON header, then plain numbers. Nothing in it can run.

Works over bytes it is given (a memory map too) and copies nothing; which file they come from is left to others.
"""

import json
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from doctown.errors import ModelInvalid

_DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "U8": "|u1"}


def tensors_of(data: bytes | memoryview) -> dict[str, NDArray[Any]]:
    """The tensors by name, as views into `data`. Those of a type numpy does not have (bfloat16) are left out.

    Raises:
        ModelInvalid: the bytes are no safetensors file, or a tensor lies outside of them.
    """
    view = memoryview(data)
    length = int.from_bytes(view[:8], "little")
    if len(view) < 8 or length > len(view) - 8:
        raise ModelInvalid("The weights are no safetensors file; fetch the model again.")
    body = view[8 + length :]
    try:
        header = json.loads(bytes(view[8 : 8 + length]))
        return {
            name: _tensor(entry, body)
            for name, entry in header.items()
            if name != "__metadata__" and entry["dtype"] in _DTYPES
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelInvalid(f"The header of the weights cannot be read ({error}); fetch the model again.") from error


def _tensor(entry: dict[str, Any], body: memoryview) -> NDArray[Any]:
    dtype, shape, (start, end) = np.dtype(_DTYPES[entry["dtype"]]), tuple(entry["shape"]), entry["data_offsets"]
    if not 0 <= start <= end <= len(body) or end - start != prod(shape) * dtype.itemsize:
        raise ValueError(f"a tensor of shape {shape} does not fit bytes {start} to {end}")
    return np.frombuffer(body[start:end], dtype=dtype).reshape(shape)
