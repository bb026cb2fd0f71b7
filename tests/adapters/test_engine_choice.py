"""Which engine is taken: the first that gives the reference vectors, and the one that was said to be taken."""

import logging

import numpy as np
import pytest

from adapters.engine_choice import Refusals, candidates, chosen_engine, engine_of
from adapters.settings import Settings
from doctown.embed.bert_shape import Bert, bert_shape
from doctown.errors import EngineUnavailable, ModelInvalid
from tests.fakes.engines import absent, offered
from tests.fakes.models import config_of, weights_of

BERT = Bert(bert_shape(config_of()), weights_of(config_of()))


@pytest.fixture
def refusals(tmp_path):
    return Refusals(tmp_path / "engines", "m", "r")


def test_the_first_that_is_right_is_taken(refusals):
    assert chosen_engine(BERT, "float32", [offered("a"), offered("b")], refusals).name == "a"
    assert not refusals.has("a") and not refusals.folder.exists()


@pytest.mark.parametrize("off", [2e-5, -0.3, float("nan")])
def test_one_that_gives_wrong_vectors_is_refused_and_the_next_is_taken_and_said_so(refusals, caplog, off):
    with caplog.at_level(logging.WARNING):
        assert chosen_engine(BERT, "float32", [offered("a", off), offered("b")], refusals).name == "b"
    assert "The engine a gives wrong vectors here" in caplog.text and "next engine" in caplog.text
    assert refusals.has("a") and not refusals.has("b")


def test_where_none_is_right_it_is_one_sentence(refusals):
    with pytest.raises(EngineUnavailable, match=r"The engine b gives wrong vectors.*DOCTOWN_ENGINE"):
        chosen_engine(BERT, "float32", [absent("a"), offered("b", 0.1)], refusals)


def test_what_is_off_in_float32_may_be_within_another_precision(refusals):
    assert chosen_engine(BERT, "bf16", [offered("a", 1e-3)], refusals).name == "a"


def test_an_engine_that_is_right_again_is_no_longer_refused(refusals):
    chosen_engine(BERT, "float32", [offered("a", 0.1), offered("b")], refusals)
    chosen_engine(BERT, "float32", [offered("a"), offered("b")], refusals)
    assert not refusals.has("a")


def test_a_refusal_is_of_one_model(tmp_path, refusals):
    refusals.note("a", refused=True)
    assert not Refusals(refusals.folder, "m", "other").has("a")


def test_a_cache_that_cannot_be_written_stops_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    refusals = Refusals(tmp_path / "file" / "engines", "m", "r")
    assert chosen_engine(BERT, "float32", [absent("a"), offered("b")], refusals).name == "b"


def test_a_model_without_vectors_is_the_models_fault_and_no_engines(refusals):
    nothing = {name: np.full_like(tensor, np.nan) for name, tensor in BERT.tensors.items()}
    with pytest.raises(ModelInvalid):
        chosen_engine(Bert(BERT.shape, nothing), "float32", [offered("a")], refusals)


def test_the_engine_that_was_refused_is_not_the_one_that_is_told(tmp_path):
    settings = Settings(cache=str(tmp_path), use_gpu=False)
    first = engine_of(settings, "m", "r")
    assert first is not None and first.startswith("openvino-")
    Refusals.of(settings, "m", "r").note(first, refused=True)
    second = engine_of(settings, "m", "r")
    assert second is not None and second.startswith("onnxruntime")
    assert engine_of(settings, "other", "r") == first


@pytest.mark.parametrize(
    ("wish", "names"),
    [
        ({}, ["openvino", "onnxruntime"]),
        ({"engine": "openvino"}, ["openvino"]),
        ({"engine": "onnxruntime"}, ["onnxruntime"]),
        ({"precision": "bf16"}, ["openvino"]),
        ({"precision": "int8"}, ["onnxruntime"]),
    ],
)
def test_the_order_is_fixed_and_a_choice_is_kept(wish, names):
    found = candidates(Settings(use_gpu=False, **wish))
    assert [str(candidate.name).split("-")[0] for candidate in found] == names


def test_of_a_gpu_only_loading_can_tell():
    assert engine_of(Settings(use_gpu=True), "m", "r") is None
    assert engine_of(Settings(precision="float16"), "m", "r") is None
