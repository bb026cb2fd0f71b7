"""Vectors across a boundary: what goes in comes out to the bit, and every wrong answer is refused."""

import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doctown.embed.vectors import result_of, rows_of_result
from doctown.errors import EngineMismatch, ResultInvalid
from doctown.steps import EmbedRequest, EmbedResult, EmbedText


def unit_rows(count, seed=0, dims=8):
    rows = np.random.default_rng(seed).normal(size=(count, dims))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def request(count=3, encoding="base64"):
    chunks = tuple(EmbedText(chunk_id=f"k{at}", content=f"text {at}") for at in range(count))
    return EmbedRequest(batch_id="b", chunks=chunks, model="m", revision="r", encoding=encoding)


@given(st.integers(1, 9), st.sampled_from(["list", "base64"]), st.integers(0, 1000))
def test_rows_survive_the_wire_to_the_bit(count, encoding, seed):
    asked, rows = request(count, encoding), unit_rows(count, seed)
    answer = result_of(asked, rows, "m", "r", "engine")
    again = EmbedResult.from_json(EmbedResult.from_json(answer.to_json()).to_json())
    assert (rows_of_result(asked, again) == rows).all()


def changed(**fields):
    return result_of(request(), unit_rows(3), "m", "r", "e").model_copy(update=fields)


def encoded(rows):
    return base64.b64encode(np.asarray(rows, "<f4").tobytes()).decode()


@pytest.mark.parametrize(
    "wrong",
    [
        changed(batch_id="another"),
        changed(chunk_ids=("k0", "k2", "k1")),
        changed(chunk_ids=("k0", "k1")),
        changed(chunk_ids=None),
        changed(dimensions=7),
        changed(vectors="no base64!"),
        changed(vectors=encoded(unit_rows(2))),
        changed(vectors=encoded(unit_rows(3) * np.nan)),
        changed(vectors=encoded(unit_rows(3) * np.inf)),
        changed(vectors=encoded(unit_rows(3) * 1.1)),
        changed(vectors=encoded(unit_rows(3) * 0)),
        changed(encoding="list", vectors=()),
    ],
)
def test_an_answer_that_is_not_the_batch_is_refused_and_may_be_asked_for_again(wrong):
    with pytest.raises(ResultInvalid) as refusal:
        rows_of_result(request(), wrong)
    assert refusal.value.retryable


@pytest.mark.parametrize("wrong", [changed(model="other"), changed(revision="other")])
def test_another_model_is_refused_for_good(wrong):
    with pytest.raises(EngineMismatch) as refusal:
        rows_of_result(request(), wrong)
    assert not refusal.value.retryable
