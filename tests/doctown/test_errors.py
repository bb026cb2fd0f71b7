import re

import doctown.errors as errors
from doctown.errors import DoctownError, StepFailed, StepTimedOut, error_named


def every_class() -> list[type[DoctownError]]:
    found, waiting = [], [DoctownError]
    while waiting:
        kind = waiting.pop()
        found.append(kind)
        waiting.extend(kind.__subclasses__())
    return [kind for kind in found if kind.__module__ == "doctown.errors"]


def test_the_drawing_at_the_head_names_every_class_and_no_other():
    drawn = set(re.findall(r"[├└]── (\w+)", errors.__doc__)) | {"DoctownError"}
    assert drawn == {kind.__name__ for kind in every_class()}


def test_the_drawing_says_of_every_class_whether_it_is_retryable():
    for line in errors.__doc__.splitlines():
        found = re.search(r"[├└]── (\w+)", line)
        if found:
            assert getattr(errors, found[1]).retryable == ("(retryable)" in line), line


def test_a_class_without_a_message_says_its_docstring():
    for kind in every_class():
        assert str(kind()) == kind.__doc__.strip()
        assert str(kind("another")) == "another"


def test_an_error_keeps_its_class_across_the_wire_by_name():
    for kind in every_class():
        assert type(error_named(kind("why").kind, "why")) is kind


def test_an_unknown_kind_becomes_a_failed_step_that_names_it():
    error = error_named("FromTheFuture", "what happened")
    assert type(error) is StepFailed
    assert "FromTheFuture: what happened" in str(error)
    assert not error.retryable and StepTimedOut.retryable
