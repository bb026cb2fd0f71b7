"""What the build worker is asked and answers, over small real docpacks."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doctown.build import DocpackLink, build_output_of, build_request_of, json_bytes
from doctown.errors import ResultTooLarge, UnsupportedRequest
from tests.fakes.docpacks import docpack_of

LINK = DocpackLink(url="https://store.example/x", sha256="0" * 64, size=1, expires_at="2026-12-01T00:00:00Z")
PARTS = ("clusters", "graph", "symbol_contexts")
PACK = docpack_of(30)
WHOLE = build_output_of("j", PACK, None, 10_000_000)


def test_a_request_needs_no_more_than_the_address():
    request = build_request_of({"repo_url": "https://example.org/a/b"})
    assert (request.git_ref, request.job_id) == ("main", None)


@pytest.mark.parametrize(
    ("job_input", "named"),
    [
        ({"repo_url": "https://h/r", "branch": "main"}, "branch"),
        ({"repo_url": "https://h/r", "path": "/etc"}, "path"),
        ({"repo_url": "https://h/r", "git_ref": None}, "git_ref"),
        ({}, "repo_url"),
        ([], "repo_url"),
        ("https://h/r", "repo_url"),
    ],
)
def test_what_is_no_request_is_refused_by_the_name_of_the_field(job_input, named):
    with pytest.raises(UnsupportedRequest, match=named):
        build_request_of(job_input)


@pytest.mark.parametrize("url", ["/etc", ".", "file:///etc", "http://h/r", "ssh://h/r", "git@h:r", "ext::sh -c x", ""])
def test_only_https_is_taken(url):
    with pytest.raises(UnsupportedRequest, match="https"):
        build_request_of({"repo_url": url})


def test_everything_that_fits_is_inline_and_has_no_name_the_sdk_takes_for_itself():
    assert WHOLE.keys() == {"status", "job_id", "chunks_created", "embeddings_created", "docpack", *PARTS}
    assert (WHOLE["status"], WHOLE["job_id"], WHOLE["docpack"]) == ("success", "j", None)
    assert WHOLE["chunks_created"] == WHOLE["embeddings_created"] == 30
    assert WHOLE["clusters"] == PACK.json("clusters.json") and WHOLE["graph"] == PACK.json("graph.json")
    assert [row["symbol_id"] for row in WHOLE["symbol_contexts"]]


def test_of_a_docpack_without_vectors_there_are_no_clusters_and_nothing_was_embedded():
    output = build_output_of("j", docpack_of(9, embedded=False), None, 10_000_000)
    assert (output["clusters"], output["embeddings_created"], output["chunks_created"]) == (None, 0, 9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, json_bytes(WHOLE) + 400))
def test_with_a_link_an_output_keeps_the_limit_and_names_what_it_leaves_out(limit):
    try:
        output = build_output_of("j", PACK, LINK, limit)
    except ResultTooLarge:
        assert limit < 600
        return
    assert len(json.dumps({"output": output}, ensure_ascii=False).encode()) <= limit
    omitted = output.pop("omitted", [])
    assert {*PARTS} - output.keys() == {*omitted} and omitted == sorted(omitted)
    assert output["docpack"]["url"] == LINK.url


def test_without_a_link_what_does_not_fit_is_an_error_that_names_the_store():
    with pytest.raises(ResultTooLarge, match="DOCTOWN_STORE"):
        build_output_of("j", PACK, None, json_bytes(WHOLE))


def test_text_that_utf8_cannot_say_does_not_lose_the_result():
    output = build_output_of("j", docpack_of(30, hostile=True), None, 10_000_000)
    assert json.loads(json.dumps(output, allow_nan=False, ensure_ascii=False).encode()) == output
