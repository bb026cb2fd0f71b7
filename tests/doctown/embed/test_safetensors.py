"""The weights' format: read as written, and nothing but ModelInvalid for anything else."""

import contextlib
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doctown.embed.safetensors import tensors_of
from doctown.errors import ModelInvalid


def file_of(header: dict, body: bytes = b"") -> bytes:
    data = json.dumps(header).encode()
    return len(data).to_bytes(8, "little") + data + body


def test_tensors_come_out_as_they_were_written():
    first, second = np.arange(6, dtype="<f4").reshape(2, 3), np.array([7], "<i8")
    body = first.tobytes() + second.tobytes()
    header = {
        "__metadata__": {"format": "pt"},
        "a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
        "b": {"dtype": "I64", "shape": [1], "data_offsets": [24, 32]},
        "half": {"dtype": "BF16", "shape": [1], "data_offsets": [0, 2]},
    }
    found = tensors_of(file_of(header, body))
    assert found.keys() == {"a", "b"}
    assert (found["a"] == first).all() and found["b"][0] == 7


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff" * 8,
        b"\x02" + bytes(7) + b"[]",
        (4).to_bytes(8, "little") + b"null",
        file_of({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}, bytes(7)),
        file_of({"a": {"dtype": "F32", "shape": [2], "data_offsets": [-8, 0]}}, bytes(8)),
        file_of({"a": {"dtype": "F32", "shape": [3], "data_offsets": [0, 8]}}, bytes(8)),
        file_of({"a": {"dtype": "F32", "shape": [-1, -2], "data_offsets": [0, 8]}}, bytes(8)),
        file_of({"a": {"dtype": "F32"}}),
        file_of({"a": 1}),
    ],
)
def test_what_is_no_safetensors_file_is_refused(data):
    with pytest.raises(ModelInvalid):
        tensors_of(data)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(data):
    with contextlib.suppress(ModelInvalid):
        tensors_of(data)
