import pytest

from doctown.errors import ResultInvalid, UnsupportedRequest
from doctown.model import Repository
from doctown.steps import STEPS, EmbedResult, IngestRequest, Limits


def test_a_request_is_sent_without_defaults_but_always_with_its_protocol():
    request = IngestRequest(repository="r", model="m", limits=Limits(max_files=3))
    assert request.to_json() == {"protocol": 1, "repository": "r", "model": "m", "limits": {"max_files": 3}}
    assert IngestRequest.from_json(request.to_json()) == request


def test_messages_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        IngestRequest(repository="r", model="m").repository = "s"


@pytest.mark.parametrize(
    "data", [{"repository": "r"}, {"repository": 3, "model": "m"}, {"repository": "r", "model": "m", "x": 1}]
)
def test_a_request_that_does_not_fit_is_refused_with_both_versions(data):
    with pytest.raises(UnsupportedRequest, match="protocol 1 asked, 1 spoken"):
        IngestRequest.from_json(data)


def test_a_result_that_does_not_fit_is_invalid():
    with pytest.raises(ResultInvalid, match="dimensions"):
        EmbedResult.from_json({"batch_id": "b", "model": "m", "revision": "r", "engine": "e", "vectors": []})


def test_every_step_is_found_by_its_name():
    assert {name: step.name for name, step in STEPS.items()} == {n: n for n in ("ingest", "embed", "assemble")}


def test_a_repository_keeps_its_url_free_of_user_info_by_having_no_place_for_it():
    assert set(Repository.model_fields) == {"name", "url", "ref", "commit", "tree"}
