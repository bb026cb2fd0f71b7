import doctown.errors as errors
from cli.exit_codes import EXIT_CODES, exit_code_of
from doctown.errors import DoctownError


def test_every_error_has_a_code_that_is_neither_success_nor_a_misspelt_command():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, DoctownError)]
    assert len(kinds) > 20
    for kind in kinds:
        assert exit_code_of(kind()) not in {0, 2}


def test_only_what_we_have_no_name_for_ends_with_one():
    assert [kind for kind, code in EXIT_CODES.items() if code == 1] == [DoctownError]


def test_a_class_without_a_code_of_its_own_takes_that_of_its_parent():
    assert exit_code_of(errors.WorkerLost()) == EXIT_CODES[errors.BackendError]
    assert exit_code_of(errors.UnsupportedRequest()) == EXIT_CODES[errors.BadRequest]
