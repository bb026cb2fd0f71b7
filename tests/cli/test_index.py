"""How the summary of a run reads."""

import pytest

from cli.index import _embedded, _steps


@pytest.mark.parametrize(
    ("texts", "embedded", "sentence"),
    [
        (1, 1, "1 text embedded on e"),
        (3_034, 3_034, "3,034 texts embedded on e"),
        (3_034, 4, "4 of 3,034 texts embedded now on e, 3,030 before"),
        (3_034, 0, "nothing new to embed: 3,034 texts embedded before on e"),
    ],
)
def test_what_was_embedded_now_and_what_before(texts, embedded, sentence):
    assert _embedded({"texts": texts, "embedded": embedded, "engine": "e"}) == sentence


def test_a_run_that_embeds_nothing_says_so():
    said = _embedded({"texts": 7, "embedded": 0, "engine": None})
    assert said == "nothing embedded of 7 texts: the graph only, without topics"


def test_the_seconds_of_the_steps_and_of_what_lies_around_them():
    summary = {"seconds": {"ingest": 5.2, "assemble": 61.0}, "seconds_in_all": 70.0}
    assert _steps(summary) == "reading 5 s, assembling 1 min 1 s, start and end 4 s"
