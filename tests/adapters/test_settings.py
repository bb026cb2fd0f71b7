from pathlib import Path

import pytest

from adapters.settings import Settings
from doctown.errors import InvalidSettings

ROOT = Path(__file__).parents[2]


def test_with_nothing_set_everything_is_local():
    settings = Settings.from_environment({})
    assert (settings.ingest_at, settings.embed_at, settings.assemble_at) == ("local", "local", "local")
    assert settings.store_url.startswith("file:///") and settings.store_url.endswith("/store")


def test_an_empty_variable_counts_as_unset():
    assert Settings.from_environment({"DOCTOWN_MODEL": "", "DOCTOWN_THREADS": " "}) == Settings.from_environment({})


def test_an_option_wins_over_its_variable():
    settings = Settings.from_environment({"DOCTOWN_MODEL": "a"}, model="b")
    assert settings.model == "b"
    assert Settings.from_environment({"DOCTOWN_MODEL": "a"}, model=None).model == "a"


@pytest.mark.parametrize(
    ("name", "value"), [("DOCTOWN_THREADS", "many"), ("ONNX_USE_GPU", "perhaps"), ("DOCTOWN_BATCH_TOKENS", "3")]
)
def test_a_value_that_cannot_be_read_is_refused_by_its_variables_name(name, value):
    with pytest.raises(InvalidSettings, match=name):
        Settings.from_environment({name: value})


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"DOCTOWN_ENGINE": "torch"}, "DOCTOWN_ENGINE"),
        ({"DOCTOWN_PRECISION": "float8"}, "DOCTOWN_PRECISION"),
        ({"DOCTOWN_ENGINE": "onnxruntime", "DOCTOWN_PRECISION": "bf16"}, "DOCTOWN_PRECISION.*set it to openvino"),
        ({"DOCTOWN_ENGINE": "openvino", "DOCTOWN_PRECISION": "int8"}, "DOCTOWN_PRECISION.*set it to onnxruntime"),
        ({"ONNX_USE_GPU": "true", "DOCTOWN_ENGINE": "openvino"}, "ONNX_USE_GPU"),
        ({"ONNX_USE_GPU": "true", "DOCTOWN_PRECISION": "int8"}, "ONNX_USE_GPU"),
        ({"ONNX_USE_GPU": "false", "DOCTOWN_PRECISION": "float16"}, "float16 needs a GPU"),
    ],
)
def test_an_engine_that_cannot_do_what_it_should_is_refused_before_any_work(variables, named):
    with pytest.raises(InvalidSettings, match=named):
        Settings.from_environment(variables)


def test_the_id_of_an_endpoint_is_another_way_to_write_its_address():
    settings = Settings.from_environment({"EMBEDDER_ENDPOINT_ID": "abc123"})
    assert settings.embed_at == "https://api.runpod.ai/v2/abc123"
    assert Settings.from_environment(settings.to_environment()).embed_at == settings.embed_at
    assert Settings.from_environment({"EMBEDDER_ENDPOINT_ID": "abc123"}, embed_at="local").embed_at == "local"
    both = {"EMBEDDER_ENDPOINT_ID": "abc123", "DOCTOWN_EMBED_AT": settings.embed_at}
    assert Settings.from_environment(both).embed_at == settings.embed_at


@pytest.mark.parametrize(
    "variables",
    [
        {"EMBEDDER_ENDPOINT_ID": "abc/../../x"},
        {"EMBEDDER_ENDPOINT_ID": "https://api.runpod.ai/v2/abc"},
        {"EMBEDDER_ENDPOINT_ID": "abc", "DOCTOWN_EMBED_AT": "local"},
    ],
)
def test_an_id_that_is_none_or_contradicts_an_address_is_refused(variables):
    with pytest.raises(InvalidSettings, match="EMBEDDER_ENDPOINT_ID"):
        Settings.from_environment(variables)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DOCTOWN_EMBED_AT", "http://127.0.0.1:8008/v2/embed"),
        ("DOCTOWN_EMBED_AT", "https://localhost/v2/embed"),
        ("DOCTOWN_EMBED_FALLBACK", "http://example.org/v2/x"),
        ("DOCTOWN_INGEST_AT", "https://[::1]/v2/x"),
        ("DOCTOWN_STORE", "file:///var/lib/doctown"),
        ("AWS_ENDPOINT_URL", "http://minio.example.org:9000"),
        ("AWS_ENDPOINT_URL", "https://127.0.0.1:9000"),
    ],
)
def test_production_takes_no_address_or_store_of_this_machine(name, value):
    assert Settings.from_environment({name: value})
    with pytest.raises(InvalidSettings, match=f"PRODUCTION: {name}"):
        Settings.from_environment({name: value, "PRODUCTION": "true"})


def test_production_takes_what_is_encrypted_and_elsewhere():
    assert Settings.from_environment({"PRODUCTION": "true", "EMBEDDER_ENDPOINT_ID": "abc"}).production


def test_settings_survive_the_way_into_a_child_process():
    settings = Settings.from_environment({"RUNPOD_API_KEY": "k3y", "ONNX_USE_GPU": "true", "DOCTOWN_CACHE": "/c"})
    assert Settings.from_environment(settings.to_environment()) == settings


def test_the_key_is_in_no_text_of_the_settings():
    names = ("RUNPOD_API_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    settings = Settings.from_environment(dict.fromkeys(names, "k3y-s3cret"))
    assert "k3y-s3cret" not in repr(settings) + str(settings) + settings.model_dump_json()
    assert Settings.from_environment(settings.to_environment()) == settings


def test_the_example_file_has_every_variable_in_one_line():
    lines = (ROOT / ".env.example").read_text().splitlines()
    shown = [line.lstrip("# ").split("=", 1)[0] for line in lines if "=" in line]
    known = [str(field.alias) for field in Settings.model_fields.values()]
    assert sorted(shown) == sorted([*known, "PREFECT_API_URL"])
