"""The file of the endpoints: what it means, and one sentence for everything it must not say."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from doctown.endpoints.file import PLACEHOLDER, endpoints_file, is_secret
from doctown.endpoints.spec import Cpu, Gpu, Scaling, Secret
from doctown.errors import InvalidSettings
from doctown.prices import shipped_prices
from tests.fakes.endpoint_files import GOOD, good_but

ROOT = Path(__file__).parents[3]


def read(text):
    return endpoints_file(text.encode(), "endpoints.toml")


def test_a_file_is_read_with_every_field_in_its_place():
    file = read(GOOD)
    embed, build = file.endpoints
    assert (file.prefix, file.worker_limit, embed.name, build.name) == ("doctown", 5, "embed", "build")
    assert embed.gpu == Gpu(("ADA_24", "AMPERE_24"), ("NVIDIA L4",), 1, "13.0")
    assert embed.scaling == Scaling("queue_delay_s", 2.0) and embed.idle_timeout_s == 10
    assert build.gpu is None and build.cpu == (Cpu("cpu5c", 8), Cpu("cpu3c", 8))
    assert build.scaling == Scaling("request_count", 1) and build.idle_timeout_s is None
    assert build.secrets == {
        "RUNPOD_API_KEY": Secret("env", "BUILD_KEY"),
        "AWS_SECRET_ACCESS_KEY": Secret("runpod", "store-secret"),
    }
    assert build.secrets["AWS_SECRET_ACCESS_KEY"].reference == "{{ RUNPOD_SECRET_store-secret }}"


def test_an_endpoint_comes_after_those_whose_id_it_needs():
    head, embed, build = (
        GOOD.split("\n[endpoints.embed]\n")[0],
        *GOOD.split("\n[endpoints.embed]\n")[1].split("[endpoints.build]"),
    )
    turned = f"{head}\n[endpoints.build]{build}\n[endpoints.embed]\n{embed}"
    assert [endpoint.name for endpoint in read(turned).endpoints] == ["embed", "build"]


def test_the_file_that_comes_with_doctown_is_right_once_the_images_are_ones_own():
    text = (ROOT / "deployments" / "endpoints.toml").read_text()
    with pytest.raises(InvalidSettings, match="make push-image"):
        read(text)
    file = read(text.replace(PLACEHOLDER, "me"))
    assert [endpoint.name for endpoint in file.endpoints] == ["embed", "build", "ingest", "assemble"]
    assert sum(endpoint.workers_max for endpoint in file.endpoints) <= file.worker_limit


def test_the_file_that_comes_with_doctown_asks_for_one_kind_of_card_which_has_a_price_and_is_what_the_guide_says():
    text = (ROOT / "deployments" / "endpoints.toml").read_text()
    embed = read(text.replace(PLACEHOLDER, "me")).endpoints[0]
    (pool,) = embed.gpu.pools
    assert "," not in shipped_prices().gpu[pool].gpus
    said = (
        f"DOCTOWN_EMBED_POOL={pool} DOCTOWN_EMBED_WORKERS={embed.workers_max} DOCTOWN_IDLE_S={embed.idle_timeout_s}\n"
    )
    assert said in (ROOT / "docs" / "operations.md").read_text()


BAD = {
    "is no TOML": ("[account]", "[account", "cannot be read as TOML"),
    "has a table nobody knows": ("[account]", "[acount]", "'acount'"),
    "has a field nobody knows": ("disk_gb = 15", "disk = 15", "[endpoints.embed] has 'disk'"),
    "has a field of gpu nobody knows": ("excluded =", "without =", "[endpoints.embed] gpu has 'without'"),
    "leaves out what console and API fill in differently": ('flashboot = "FLASHBOOT"\n', "", "flashboot is missing"),
    "leaves out the idle timeout": ("idle_timeout_s = 10\n", "", "idle_timeout_s is missing"),
    "leaves out the account": ('prefix = "doctown"', "", "[account] prefix is missing"),
    "has both gpu and cpu": ("gpu = {", 'cpu = [{ flavour = "cpu5c", vcpus = 8 }]\ngpu = {', "both gpu and cpu"),
    "has neither": (
        'cpu = [{ flavour = "cpu5c", vcpus = 8 }, { flavour = "cpu3c", vcpus = 8 }]',
        "",
        "neither gpu nor cpu",
    ),
    "has more least workers than most": ("min = 0, max = 2", "min = 3, max = 2", "workers min is 3, more than max"),
    "scales both ways": ("{ queue_delay_s = 2 }", "{ queue_delay_s = 2, request_count = 1 }", "one of them"),
    "has an idle timeout RunPod rejects": (
        "scaling = { request_count = 1 }",
        "scaling = { request_count = 1 }\nidle_timeout_s = 5",
        "RunPod rejects together",
    ),
    "scales too eagerly": ("queue_delay_s = 2", "queue_delay_s = 0.1", "queue_delay_s is 0.1"),
    "scales by nan": ("queue_delay_s = 2", "queue_delay_s = nan", "queue_delay_s is nan"),
    "has an image of no version": ("doctown-embed:0.1.0", "doctown-embed", "names no version"),
    "has the latest image": ("doctown-embed:0.1.0", "doctown-embed:latest", "not latest"),
    "has a port for a version": ("docker.io/me/doctown-embed:0.1.0", "registry:5000/embed", "names no version"),
    "has an image that is none": (
        "docker.io/me/doctown-embed:0.1.0",
        "Docker.io/Me x:1",
        "image is 'Docker.io/Me x:1'",
    ),
    "has a digest that is none": ("doctown-embed:0.1.0", "doctown-embed@sha256:12", "image is"),
    "has the image of the example": (
        "docker.io/me/doctown-embed",
        "docker.io/your-account/doctown-embed",
        "your-account",
    ),
    "names no pool": ('pools = ["ADA_24", "AMPERE_24"], ', "", "has no pools"),
    "names a pool twice": ('["ADA_24", "AMPERE_24"]', '["ADA_24", "ADA_24"]', "each once"),
    "has both CUDA fields": ('min_cuda = "13.0"', 'min_cuda = "13.0", cuda = ["12.8"]', "both min_cuda and cuda"),
    "has vcpus that are no power of two": ("vcpus = 8", "vcpus = 6", "vcpus is 6; it must be a power of two"),
    "has the same processor twice": ('flavour = "cpu3c"', 'flavour = "cpu5c"', "same flavour and size twice"),
    "has true for a number": ("disk_gb = 15", "disk_gb = true", "disk_gb is True"),
    "has a timeout that is too short": ("execution_timeout_s = 600", "execution_timeout_s = 1", "from 5 to 604800"),
    "has a variable that is no text": ('PRODUCTION = "true"', "PRODUCTION = true", "write its value in quotes"),
    "has a key in clear text": (
        'PRODUCTION = "true"',
        'RUNPOD_API_KEY = "rpa_S3CRET12"',
        "looks like a secret in clear text",
    ),
    "has a password in a URL": (
        'PRODUCTION = "true"',
        'PLACE = "https://me:S3CRET@x.org/"',
        "looks like a secret in clear text",
    ),
    "has a value for a secret": ('"env:BUILD_KEY"', '"S3CRET"', "must say where its value is"),
    "sets a variable twice": ('EMBEDDER_ENDPOINT_ID = "embed"', 'RUNPOD_API_KEY = "embed"', "set by"),
    "sets doctown's own mark": ("PRODUCTION =", "DOCTOWN_ENDPOINT =", "doctown itself"),
    "wants the id of an endpoint that is not there": (
        'EMBEDDER_ENDPOINT_ID = "embed"',
        'EMBEDDER_ENDPOINT_ID = "embd"',
        "may be one of embed, build",
    ),
    "wants ids in a circle": ('EMBEDDER_ENDPOINT_ID = "embed"', 'EMBEDDER_ENDPOINT_ID = "build"', "in a circle"),
    "has a name that is none": ("[endpoints.embed]", '[endpoints."Em bed"]', "has no name for an endpoint"),
    "has a limit of none": ("worker_limit = 5", "worker_limit = 0", "worker_limit is 0"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_file_is_refused_in_one_sentence_that_names_the_place_if_it(what):
    old, new, said = BAD[what]
    with pytest.raises(InvalidSettings) as caught:
        read(good_but(old, new))
    sentence = str(caught.value)
    assert sentence.startswith("endpoints.toml") and sentence.endswith(".") and "\n" not in sentence.strip()
    assert said in sentence and "S3CRET" not in sentence


def test_an_id_a_plain_url_and_a_list_of_hosts_are_no_secrets():
    assert not is_secret("EMBEDDER_ENDPOINT_ID", "4m7x2k9q")
    assert not is_secret("DOCTOWN_KEY_HOSTS", "example.org")
    assert not is_secret("DOCTOWN_STORE", "s3://bucket/folder")
    assert (
        is_secret("HF_TOKEN", "") and is_secret("X", "{{ RUNPOD_SECRET_x }}") and is_secret("aws_secret_access_key", "")
    )


KEYS = st.sampled_from(["min", "max", "pools", "queue_delay_s", "flavour", "vcpus", "X"])
TEXTS = st.sampled_from(["ADA_24", "x/y:1", "OFF", "env:X", "embed", ""])
values = st.recursive(
    st.one_of(st.booleans(), st.integers(-5, 10**7), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=6,
)
FIELDS = [
    "image",
    "gpu",
    "cpu",
    "workers",
    "scaling",
    "flashboot",
    "disk_gb",
    "data_centres",
    "environment",
    "secrets",
    "ids",
]


def toml(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else repr(value)


@given(st.dictionaries(st.sampled_from(FIELDS), values))
def test_no_fields_whatever_they_hold_raise_anything_but_our_error(fields):
    lines = "\n".join(f"{name} = {toml(value)}" for name, value in fields.items())
    with contextlib.suppress(InvalidSettings):
        read(f'[account]\nprefix = "x"\nworker_limit = 1\n[endpoints.embed]\n{lines}')


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b"x = " + b"[" * 20_000)
@example(b"x = " + b"9" * 20_000)
@example(b"account = 1\nendpoints = []")
@example(b"endpoints.a.b.c = 1979-05-27\n")
def test_no_bytes_raise_anything_but_our_error(data):
    with contextlib.suppress(InvalidSettings):
        endpoints_file(data, "x")


def test_a_file_may_begin_as_some_editors_write_it():
    assert read("\ufeff" + GOOD) == read(GOOD)
