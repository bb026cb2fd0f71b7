"""The encoder on the real model: the reference's vectors, and the same bits whatever the company."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st

from adapters.encoder import Encoder
from adapters.engine_choice import engine_of
from adapters.engines import cuda_is_offered
from adapters.model_files import ModelFiles, model_files
from adapters.processor import has_instructions_for
from adapters.settings import Settings
from doctown.embed.bert_reference import TOLERANCES
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

WORDS = ["the", "node", "file", "list", "graph", "name", "value", "point"]
MANY = [f"{one} {other}" for one in WORDS[:4] for other in WORDS[4:]]  # of one length: they run together
REFERENCE = [[-0.0237881, -0.0060084, -0.0671258, 0.0234884], [0.0439336, 0.0589344, 0.0481784, 0.0775481]]


@pytest.fixture(scope="module")
def files(model_cache) -> ModelFiles:
    return model_files(Settings(cache=str(model_cache)), "all-MiniLM-L6-v2", lambda *_: None)


ENGINES = [("openvino", "float32"), ("openvino", "bf16"), ("onnxruntime", "float32"), ("onnxruntime", "int8")]
NEAREST = {"float32": 1 - 1e-6, "bf16": 0.999, "int8": 0.97}


def encoder_of(files, model_cache, engine="", precision="float32", threads=1) -> Encoder:
    if not has_instructions_for(precision):
        pytest.skip(f"this processor does not compute in {precision}")
    settings = Settings(cache=str(model_cache), engine=engine, precision=precision, threads=threads, use_gpu=False)
    return Encoder(files, settings)


@pytest.fixture(scope="module", params=ENGINES, ids="-".join)
def each(request, files, model_cache) -> Encoder:
    return encoder_of(files, model_cache, *request.param)


@pytest.fixture(scope="module")
def encoder(files, model_cache) -> Encoder:
    return encoder_of(files, model_cache)


def test_the_vectors_are_those_of_sentence_transformers(encoder):
    # The first components sentence-transformers 6.2 gives for these texts, with the same weights.
    rows = encoder.encode(["def add(a, b):\n    return a + b\n", "The quick brown fox jumps over the lazy dog."])
    assert np.abs(rows[:, :4] - REFERENCE).max() < 1e-5
    assert rows.dtype == np.float32 and rows.shape == (2, 384)


def test_every_engine_and_precision_comes_as_near_as_it_says(each, encoder):
    precision = each.engine.split()[2]
    found, expected = each.encode(TEXTS), encoder.encode(TEXTS)
    assert (found * expected).sum(1).min() > NEAREST[precision]
    assert np.abs(found - expected).max() < TOLERANCES[precision]


def test_a_text_has_the_same_bits_in_any_company_order_and_number_of_threads(each, files, model_cache):
    package, precision = each.engine.split("-")[0], each.engine.split()[2]
    busy = encoder_of(files, model_cache, package, precision, threads=3)
    alone = {text: each.encode([text])[0] for text in [*TEXTS, *MANY]}

    @trying(max_examples=15, deadline=None)
    @given(st.lists(st.sampled_from([*TEXTS, *MANY]), min_size=1, max_size=24), st.booleans())
    def in_company(texts, threaded):
        rows = (busy if threaded else each).encode(texts)
        assert all((row == alone[text]).all() for text, row in zip(texts, rows, strict=True))

    in_company()
    assert busy.engine == each.engine


@pytest.mark.long
def test_at_every_length_a_group_has_the_bits_of_its_texts_alone(each):
    chance = random.Random(0)
    for length in range(1, 254):
        texts = [" ".join(chance.choice(WORDS) for _ in range(length)) for _ in range(max(2, min(9, 1024 // length)))]
        alone = np.vstack([each.encode([text]) for text in texts[:4]])
        for size in range(2, len(texts) + 1):
            rows = each.encode(texts[:size])
            assert (rows[:4] == alone[:size]).all(), (length, size)


def test_every_vector_has_unit_length_and_equal_texts_have_equal_vectors(encoder):
    rows = encoder.encode(TEXTS)
    assert np.abs(np.linalg.norm(rows, axis=1) - 1).max() < 1e-6
    assert (rows[0] == rows[5]).all()
    assert (rows[0] != rows[1]).any()


def test_progress_counts_the_texts(encoder):
    seen = []
    encoder.encode(TEXTS, lambda *report: seen.append(report))
    assert seen[-1] == ("embedding", len(TEXTS), len(TEXTS))


def test_the_engine_can_be_told_without_loading_it(each, encoder, files, model_cache):
    package, precision = each.engine.split("-")[0], each.engine.split()[2]
    chosen = Settings(cache=str(model_cache), engine=package, precision=precision, use_gpu=False)
    assert each.engine == engine_of(chosen, files.model, files.revision)
    default = Settings(cache=str(model_cache), use_gpu=False)
    assert encoder.engine == engine_of(default, files.model, files.revision)
    assert encoder.engine.startswith("openvino-") and " float32 " in encoder.engine


@pytest.mark.parametrize(
    ("wish", "named"), [({"use_gpu": True}, "ONNX_USE_GPU"), ({"precision": "float16"}, "float16")]
)
def test_a_gpu_that_is_asked_for_and_not_there_is_refused(files, model_cache, wish, named):
    if cuda_is_offered():
        pytest.skip("this machine's ONNX Runtime has CUDA")
    with pytest.raises(EngineUnavailable, match=f"{named}.*CPUExecutionProvider"):
        Encoder(files, Settings(cache=str(model_cache), **wish))


def test_a_tokenizer_that_is_none_is_refused(tmp_path):
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelInvalid, match="tokenizer"):
        Encoder(ModelFiles("m", "r", 384, 256, tmp_path), Settings(cache=str(tmp_path)))
