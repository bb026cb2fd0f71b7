"""The encoder on the real model: the reference's vectors, and the same bits whatever the company."""

import random

import numpy as np
import pytest

from adapters.encoder import Encoder, engine_of, token_counter
from adapters.model_files import ModelFiles, model_files
from adapters.settings import Settings
from doctown.errors import EngineUnavailable, ModelInvalid

TEXTS = [
    "def add(a, b):\n    return a + b\n",
    "The quick brown fox jumps over the lazy dog.",
    "",
    "class Stack:\n" + "    def push(self, item): self.items.append(item)\n" * 40,
    "import os",
    "def add(a, b):\n    return a + b\n",
    "éàü 漢字 🙂",
]

REFERENCE = [[-0.0237881, -0.0060084, -0.0671258, 0.0234884], [0.0439336, 0.0589344, 0.0481784, 0.0775481]]


@pytest.fixture(scope="module")
def files(model_cache) -> ModelFiles:
    return model_files(Settings(cache=str(model_cache)), "all-MiniLM-L6-v2", lambda *_: None)


@pytest.fixture(scope="module")
def encoder(files) -> Encoder:
    return Encoder(files, threads=1, use_gpu=False)


def test_the_vectors_are_those_of_sentence_transformers(encoder):
    # The first components sentence-transformers 6.2 gives for these texts, with the same weights.
    rows = encoder.encode(["def add(a, b):\n    return a + b\n", "The quick brown fox jumps over the lazy dog."])
    assert np.abs(rows[:, :4] - REFERENCE).max() < 1e-5
    assert rows.dtype == np.float32 and rows.shape == (2, 384)


def test_a_text_has_the_same_bits_in_any_company_order_and_number_of_threads(encoder, files):
    alone = np.vstack([encoder.encode([text]) for text in TEXTS])
    busy = Encoder(files, threads=3, use_gpu=False)
    for seed in range(3):
        order = random.Random(seed).sample(range(len(TEXTS)), len(TEXTS))
        assert (busy.encode([TEXTS[at] for at in order]) == alone[order]).all()


def test_every_vector_has_unit_length_and_equal_texts_have_equal_vectors(encoder):
    rows = encoder.encode(TEXTS)
    assert np.abs(np.linalg.norm(rows, axis=1) - 1).max() < 1e-6
    assert (rows[0] == rows[5]).all()
    assert (rows[0] != rows[1]).any()


def test_progress_counts_the_texts(encoder):
    seen = []
    encoder.encode(TEXTS, lambda *report: seen.append(report))
    assert seen[-1] == ("embedding", len(TEXTS), len(TEXTS))


def test_the_engine_can_be_told_without_loading_it(encoder):
    assert encoder.engine == engine_of(Settings(use_gpu=False))
    assert "onnxruntime" in encoder.engine and "float32" in encoder.engine


def test_a_gpu_that_is_asked_for_and_not_there_is_refused(files):
    import onnxruntime

    if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        pytest.skip("this machine's ONNX Runtime has CUDA")
    with pytest.raises(EngineUnavailable, match="ONNX_USE_GPU"):
        Encoder(files, use_gpu=True)


def test_tokens_are_counted_with_the_special_ones_and_never_cut(model_cache):
    counter = token_counter(Settings(cache=str(model_cache)), "all-MiniLM-L6-v2", lambda *_: None)
    assert counter.counts(["", "hello", "hello world", "word " * 1000]) == [2, 3, 4, 1002]
    assert (counter.dimensions, counter.max_tokens) == (384, 256)


def test_a_tokenizer_that_is_none_is_refused(files, tmp_path):
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelInvalid, match="tokenizer"):
        Encoder(ModelFiles("m", "r", 384, 256, tmp_path))
