"""The embed step, on the real model."""

import numpy as np
import pytest

from adapters.settings import Settings
from doctown.embed.vectors import rows_of_result
from doctown.errors import EngineMismatch, UnsupportedRequest
from doctown.steps import EmbedRequest, EmbedText
from tasks.embed import embed


@pytest.fixture
def settings(model_cache):
    return Settings(cache=str(model_cache), use_gpu=False)


def request(**fields):
    chunks = (EmbedText(chunk_id="a", content="parse the header"), EmbedText(chunk_id="b", content="draw a table"))
    return EmbedRequest(batch_id="1", chunks=chunks, **fields)


def silent(*_):
    pass


def test_both_encodings_carry_the_same_vectors(settings):
    plain, packed = request(), request(encoding="base64")
    answer = embed(plain, settings, silent)
    assert (answer.model, answer.dimensions, answer.encoding) == ("all-MiniLM-L6-v2", 384, "list")
    rows = rows_of_result(plain, answer)
    assert (rows == rows_of_result(packed, embed(packed, settings, silent))).all()
    assert np.abs(np.linalg.norm(rows, axis=1) - 1).max() < 1e-6


def test_another_revision_than_this_place_holds_is_refused(settings):
    with pytest.raises(EngineMismatch, match="revision"):
        embed(request(revision="0" * 40), settings, silent)


def test_an_unknown_model_is_refused(settings):
    with pytest.raises(UnsupportedRequest, match="gpt"):
        embed(request(model="gpt"), settings, silent)


def test_with_a_model_of_ones_own_another_name_is_refused(settings, model_cache):
    (folder,) = (model_cache / "models" / "all-minilm-l6-v2").iterdir()
    own = settings.model_copy(update={"model_path": str(folder)})
    assert embed(request(), own, silent).model == "all-MiniLM-L6-v2"
    with pytest.raises(EngineMismatch, match="model"):
        embed(request(model="other"), own, silent)
