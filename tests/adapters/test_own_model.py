"""Models of one's own: folders as sentence-transformers writes them, run, and compared with what it computes itself."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from adapters.encoder import Encoder, bert_of
from adapters.model_files import model_files, own_files
from adapters.settings import Settings
from doctown.embed.bert_reference import reference_vector
from doctown.errors import ModelInvalid
from tests.fakes.models import config_of, model_folder, tokenizer, weights_of

TEXTS = ["def parse header", "a", "the quick brown fox jumps over the lazy dog and far beyond", ""]
KINDS = {
    "mean": {},
    "cls": {"pooling": "cls"},
    "without a module that normalises": {"normalize": False},
    "wide": {"config": config_of(width=64, heads=2, inner=96)},
    "deep": {"config": config_of(layers=5), "max_tokens": 40},
    "prefixed": {"tensors": {f"bert.{name}": tensor for name, tensor in weights_of(config_of()).items()}},
    "half": {"tensors": {name: tensor.astype(np.float16) for name, tensor in weights_of(config_of()).items()}},
}


@pytest.fixture(params=KINDS)
def folder(request, tmp_path) -> Path:
    return model_folder(tmp_path / "own", **KINDS[request.param])


@pytest.mark.parametrize("engine", ["openvino", "onnxruntime"])
def test_its_vectors_are_those_of_the_reference(folder, tmp_path, engine):
    settings = Settings(cache=str(tmp_path / "cache"), model_path=str(folder), use_gpu=False, engine=engine)
    files = model_files(settings, "x", lambda *_: None)
    ids = [tokenizer().encode(text).ids for text in TEXTS]
    cut = [[*found[: files.max_tokens - 1], 3] if len(found) > files.max_tokens else found for found in ids]
    expected = np.stack([reference_vector(bert_of(files), found) for found in cut])
    assert np.abs(Encoder(files, settings).encode(TEXTS) - expected).max() < 1e-5


def test_its_vectors_are_those_of_sentence_transformers(folder, tmp_path):
    library = pytest.importorskip("sentence_transformers", reason="the extra `reference` is not installed")
    (folder / "tokenizer_config.json").write_text(json.dumps(WITH_TOKENIZER))
    theirs = library.SentenceTransformer(str(folder), device="cpu").float()
    settings = Settings(cache=str(tmp_path / "cache"), use_gpu=False)
    files = own_files(folder)
    assert files.max_tokens == theirs.max_seq_length
    expected = theirs.encode(TEXTS, normalize_embeddings=True)
    assert np.abs(Encoder(files, settings).encode(TEXTS) - expected).max() < 1e-5


WITH_TOKENIZER = {
    "tokenizer_class": "PreTrainedTokenizerFast",
    **{f"{name}_token": f"[{name.upper()}]" for name in ("cls", "sep", "pad", "unk", "mask")},
}


@pytest.mark.parametrize(
    ("config", "pooling"),
    [
        ({"pooling_mode": "cls"}, "cls"),
        ({"pooling_mode": "mean", "embedding_dimension": 32, "include_prompt": True}, "mean"),
        ({"pooling_mode": ["mean"]}, "mean"),
        ({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, "cls"),
    ],
)
def test_the_pooling_is_read_as_any_version_writes_it(tmp_path, config, pooling):
    own = model_folder(tmp_path / "own")
    (own / "1_Pooling" / "config.json").write_text(json.dumps(config))
    assert own_files(own).pooling == pooling


@pytest.mark.parametrize("pooling", ["max", ["cls", "mean"], "lasttoken"])
def test_another_pooling_is_refused_by_its_name(tmp_path, pooling):
    own = model_folder(tmp_path / "own")
    (own / "1_Pooling" / "config.json").write_text(json.dumps({"pooling_mode": pooling}))
    with pytest.raises(ModelInvalid, match=str(pooling) if isinstance(pooling, str) else "cls and mean"):
        own_files(own)


def test_the_length_is_the_models_own_and_never_beyond_its_positions(tmp_path):
    own = model_folder(tmp_path / "own", max_tokens=24)
    assert own_files(own).max_tokens == 24
    (own / "sentence_bert_config.json").write_text("{}")
    (own / "tokenizer_config.json").write_text('{"model_max_length": 20}')
    assert own_files(own).max_tokens == 20
    (own / "tokenizer_config.json").write_text('{"model_max_length": 1e30}')
    assert own_files(own).max_tokens == 40


def test_a_module_that_cannot_be_run_is_named(tmp_path):
    own = model_folder(tmp_path / "own")
    modules = json.loads((own / "modules.json").read_text())
    modules.insert(2, {"idx": 2, "name": "2", "path": "2_Dense", "type": "sentence_transformers.models.Dense"})
    (own / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(ModelInvalid, match="Dense"):
        own_files(own)


@pytest.mark.parametrize("family", ["roberta", "mpnet", "t5", "xlm-roberta", "distilbert", "modernbert"])
def test_another_family_is_refused_by_its_name(tmp_path, family):
    own = model_folder(tmp_path / "own")
    (own / "config.json").write_text(json.dumps(config_of() | {"model_type": family}))
    with pytest.raises(ModelInvalid, match=family):
        own_files(own)


def test_a_model_without_a_table_of_segments_runs(tmp_path):
    weights = weights_of(config_of())
    del weights["embeddings.token_type_embeddings.weight"]
    own = model_folder(tmp_path / "own", tensors=weights)
    settings = Settings(cache=str(tmp_path / "cache"), use_gpu=False)
    assert Encoder(own_files(own), settings).encode(["a b c"]).shape == (1, 32)


def test_another_pooling_or_length_is_another_revision(tmp_path):
    one = model_folder(tmp_path / "one")
    other = Path(shutil.copytree(one, tmp_path / "other"))
    assert own_files(one).revision == own_files(other).revision
    (other / "sentence_bert_config.json").write_text('{"max_seq_length": 12}')
    assert own_files(one).revision != own_files(other).revision
    cls = model_folder(tmp_path / "cls", pooling="cls")
    assert own_files(one).revision != own_files(cls).revision


def test_weights_that_do_not_go_with_the_config_are_one_sentence(tmp_path):
    own = model_folder(tmp_path / "own", tensors=weights_of(config_of(width=16)))
    with pytest.raises(ModelInvalid, match=r"weights have .* for embeddings"):
        Encoder(own_files(own), Settings(cache=str(tmp_path / "cache"), use_gpu=False))


@pytest.mark.parametrize("kept", [0, 5, 500, 0.5])
def test_weights_that_end_too_early_are_one_sentence(tmp_path, kept):
    own = model_folder(tmp_path / "own")
    weights = own / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[: int(kept * len(whole)) if isinstance(kept, float) else kept])
    with pytest.raises(ModelInvalid, match=r"again\.$"):
        Encoder(own_files(own), Settings(cache=str(tmp_path / "cache"), use_gpu=False))


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ModelInvalid, match="no folder"):
        own_files(tmp_path / "nowhere")
