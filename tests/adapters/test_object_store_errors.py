"""Whatever a service answers becomes one sentence of ours; the rest of its answer is not repeated."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.object_store_errors import can_pass, refusal_of
from doctown.errors import StoreRefused, StoreUnavailable

WHERE = "The store s3://bucket at AWS"
ANSWER = (
    "Server returned non-2xx status code: {} Said: <Error><Code>{}</Code><AWSAccessKeyId>AKIA</AWSAccessKeyId></Error>"
)


@given(st.one_of(st.text(), st.builds(ANSWER.format, st.integers(100, 999), st.text(max_size=30))))
def test_every_answer_is_one_sentence_that_repeats_nothing_but_status_and_code(text):
    error = refusal_of(text, WHERE)
    assert isinstance(error, StoreUnavailable) and str(error).startswith(WHERE)
    assert "\n" not in str(error) and "AKIA" not in str(error) and str(error).endswith((".", ")"))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 412, 501, 507])
def test_what_will_not_change_by_itself_is_not_tried_again(status):
    text = ANSWER.format(status, "Odd")
    assert not can_pass(text) and isinstance(refusal_of(text, WHERE), StoreRefused)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again_and_may_be_retried_later(status):
    text = ANSWER.format(status, "Odd")
    assert can_pass(text) and refusal_of(text, WHERE).retryable


def test_without_an_answer_the_network_is_looked_at():
    assert can_pass("Generic S3 error: HTTP error: error sending request")
    assert "cannot be reached" in str(refusal_of("HTTP error: error sending request", WHERE))
    assert "did not answer in time" in str(refusal_of("HTTP error\n kind: Timeout", WHERE))
