"""Engines that answer without a model: right, wrong, or not there at all."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from adapters.engine_choice import Candidate
from doctown.embed.bert_reference import reference_vector
from doctown.embed.bert_shape import Bert
from doctown.embed.vectors import Rows
from doctown.errors import EngineUnavailable


class Numpy:
    """The reference itself, every component off by `off`."""

    def __init__(self, bert: Bert, name: str, off: float = 0.0) -> None:
        self.name, self._bert, self._off = name, bert, off

    def vectors(self, ids: Sequence[Sequence[int]], done: Callable[[int], None]) -> Rows:
        """One row per text."""
        done(len(ids))
        return np.stack([reference_vector(self._bert, text) for text in ids]) + np.float32(self._off)


def offered(name: str, off: float = 0.0) -> Candidate:
    """An engine to choose."""
    return Candidate(name, lambda bert: Numpy(bert, name, off))


def absent(name: str) -> Candidate:
    """An engine that cannot be loaded."""

    def load(_: Bert) -> Any:
        raise EngineUnavailable(f"{name} is not there.")

    return Candidate(name, load)
