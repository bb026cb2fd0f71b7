import pytest

from adapters.settings import Settings
from doctown.errors import InvalidSettings
from places.addresses import backend_at
from places.local import LocalBackend
from places.placement import Placement, check, check_repository

LOCAL_STORE = Settings(DOCTOWN_CACHE="/c")


@pytest.mark.parametrize("step", ["ingest", "assemble"])
def test_a_remote_step_over_a_local_store_is_refused_with_what_mends_it(step):
    placement = Placement(**{step: "https://api.runpod.ai/v2/x"})
    with pytest.raises(InvalidSettings, match=f"{step} step .* DOCTOWN_STORE .* --{step}-at local"):
        check(placement, LOCAL_STORE)


def test_remote_embedding_needs_no_store():
    check(Placement(embed="https://api.runpod.ai/v2/x"), Settings(DOCTOWN_CACHE="/c", RUNPOD_API_KEY="k"))


@pytest.mark.parametrize(
    "address", ["foo", "ftp://x", "https://example.org/v2/x", "http://api.runpod.ai/v2/x", "https://api.runpod.ai/v2/x"]
)
def test_an_address_that_cannot_work_is_refused_before_any_work(address):
    with pytest.raises(InvalidSettings):
        check(Placement(embed=address), LOCAL_STORE)


def test_a_store_that_is_none_is_refused_before_any_work():
    with pytest.raises(InvalidSettings, match="DOCTOWN_STORE"):
        check(Placement(), Settings(DOCTOWN_CACHE="/c", DOCTOWN_STORE="s3://x"))


def test_a_loopback_endpoint_can_reach_a_local_store():
    check(Placement(ingest="http://127.0.0.1:1/v2/ingest"), LOCAL_STORE)


def test_local_is_a_backend_of_this_machine():
    assert isinstance(backend_at("local", LOCAL_STORE), LocalBackend)


@pytest.mark.parametrize("address", ["", "locale", "ftp://x", "file:///etc", "runpod"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(InvalidSettings, match="no address"):
        backend_at(address, LOCAL_STORE)


def test_a_password_in_what_is_no_address_is_not_repeated():
    with pytest.raises(InvalidSettings) as refused:
        backend_at("user:hunter2@api.runpod.ai/v2/x", LOCAL_STORE)
    assert "hunter2" not in str(refused.value)


BUCKET = {
    "DOCTOWN_STORE": "s3://bucket/x",
    "AWS_ACCESS_KEY_ID": "k",
    "AWS_SECRET_ACCESS_KEY": "s",
    "RUNPOD_API_KEY": "k",
}


def test_over_a_bucket_every_step_may_be_elsewhere():
    address = "https://api.runpod.ai/v2/x"
    check(Placement(ingest=address, embed=address, assemble=address), Settings.from_environment(BUCKET))


@pytest.mark.parametrize("missing", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_a_bucket_without_a_key_is_refused_before_any_work(missing):
    with pytest.raises(InvalidSettings, match=missing):
        check(Placement(), Settings.from_environment(BUCKET | {missing: ""}))


@pytest.mark.parametrize("step", ["ingest", "assemble"])
def test_in_production_without_a_store_a_remote_step_is_refused(step):
    settings = Settings.from_environment({"PRODUCTION": "true", "RUNPOD_API_KEY": "k"})
    with pytest.raises(InvalidSettings, match=f"{step} step .* DOCTOWN_STORE .* s3://bucket/prefix"):
        check(Placement(**{step: "https://api.runpod.ai/v2/x"}), settings)


@pytest.mark.parametrize("repository", ["/a/path", "file:///a/path", "http://example.org/r", "."])
def test_a_path_is_not_sent_to_a_place_where_it_means_something_else(repository):
    elsewhere = Placement(ingest="http://127.0.0.1:1/v2/ingest")
    with pytest.raises(InvalidSettings, match="https address, or run ingest with --ingest-at local"):
        check_repository(repository, elsewhere)
    check_repository("https://example.org/r", elsewhere)
    check_repository(repository, Placement())


def test_this_machine_has_no_fallback():
    there = "https://api.runpod.ai/v2/x"
    assert Placement(embed_fallback=there).embed_places == ("local",)
    assert Placement(embed=there, embed_fallback=f"{there}2").embed_places == (there, f"{there}2")
