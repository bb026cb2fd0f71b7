"""Which texts run together on a GPU: blocks of a few fixed shapes, filled up with padding and with dummy texts.

cuBLAS chooses its kernels by the shape of the product, and other kernels round differently. So a text always runs in a
block of one shape, which follows from its own length alone; a block that is not full is filled with dummy texts. Within
a block each component is summed over its own row in an order that does not depend on the row's place or on the rows
beside it, and padding weighs exactly zero. Running the blocks is left to `adapters.engines`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from doctown.embed.bert_shape import BertShape

BLOCK_TOKENS = 16_384
LENGTHS = (32, 64, 96, 128, 192, 256, 384, 512)
"""Of blocks, in tokens. Longer texts take the next multiple of 512."""


@dataclass(frozen=True, slots=True)
class Block:
    """Texts that run together, at the places `members` among all texts. The arrays have a row for each, then dummies.

    `ids` is int32 (rows, length), padded with 0; `lengths` is int32 (rows,), 1 for a dummy.
    """

    members: tuple[int, ...]
    ids: NDArray[np.int32]
    lengths: NDArray[np.int32]


def block_shape(length: int) -> tuple[int, int]:
    """(rows, tokens) of the block that a text of so many tokens runs in."""
    padded = next((found for found in LENGTHS if length <= found), -(-length // 512) * 512)
    return max(1, BLOCK_TOKENS // padded), padded


def blocks_of(ids: Sequence[Sequence[int]], positions: int) -> Iterator[Block]:
    """The blocks of all texts, the longest first. No block is longer than the model's `positions`."""
    by_shape: dict[tuple[int, int], list[int]] = {}
    for at in sorted(range(len(ids)), key=lambda at: -len(ids[at])):
        rows, length = block_shape(len(ids[at]))
        by_shape.setdefault((rows, min(length, positions)), []).append(at)
    for (rows, length), members in by_shape.items():
        for start in range(0, len(members), rows):
            yield _block(ids, members[start : start + rows], rows, length)


def _block(ids: Sequence[Sequence[int]], members: Sequence[int], rows: int, length: int) -> Block:
    padded = np.zeros((rows, length), np.int32)
    lengths = np.ones(rows, np.int32)
    for row, at in enumerate(members):
        padded[row, : len(ids[at])] = ids[at]
        lengths[row] = len(ids[at])
    return Block(tuple(members), padded, lengths)


def memory_limit(shape: BertShape, bytes_per_number: int) -> int:
    """The most bytes of GPU memory that ONNX Runtime's arena may take.

    Weights twice (as read, and as laid out for the kernels), the attention scores and the widened tokens of the largest
    block four times over, and half a gibibyte of workspace for cuBLAS.
    """
    weights = shape.vocabulary * shape.width + shape.layers * (4 * shape.width**2 + 2 * shape.width * shape.inner)
    longest = max(min(512, shape.positions), 1)
    block = BLOCK_TOKENS * max(shape.heads * longest, shape.inner, 3 * shape.width)
    return (1 << 29) + 4 * 2 * weights + bytes_per_number * 4 * block
