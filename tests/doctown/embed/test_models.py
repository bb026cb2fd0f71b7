"""The models known by name."""

import pytest

from doctown.embed.models import CONFIG, MINILM, MODELS, TOKENIZER, WEIGHTS, model_named, model_of_bytes
from doctown.errors import UnsupportedRequest


def test_a_model_is_found_by_its_name_with_or_without_its_owner():
    assert model_named("all-MiniLM-L6-v2") is model_named("sentence-transformers/all-MiniLM-L6-v2") is MINILM


def test_an_unknown_model_is_refused_with_the_names_there_are():
    with pytest.raises(UnsupportedRequest, match=r"all-MiniLM-L6-v2.*MODEL_PATH"):
        model_named("gpt")


def test_a_model_is_known_by_its_bytes_and_only_by_all_of_them():
    sums = {name: file.sha256 for name, file in MINILM.files.items()}
    assert model_of_bytes(sums) is MINILM
    assert model_of_bytes(sums | {WEIGHTS: "0" * 64}) is None


def test_every_model_names_all_its_files():
    for spec in MODELS:
        assert spec.files.keys() == {CONFIG, TOKENIZER, WEIGHTS}
        assert all(len(file.sha256) == 64 and file.size > 0 for file in spec.files.values())
