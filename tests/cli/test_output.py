import pytest

from cli.output import _Lines, counted, duration, printable


def test_repository_text_cannot_steer_a_terminal():
    assert printable("a\x1b[2Jb\u202ec\rd\ne") == "a\\u001b[2Jb\\u202ec\\u000dd\\u000ae"


def test_without_a_terminal_progress_is_a_line_a_tenth(capsys):
    report = _Lines()
    for done in range(101):
        report("embedding", done, 100)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 11
    assert lines[0] == "embedding: 0 of 100" and lines[-1] == "embedding: 100 of 100"


def test_progress_of_nothing_is_no_division_by_zero(capsys):
    _Lines()("embedding", 0, 0)
    assert capsys.readouterr().err == "embedding: 0 of 0\n"


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.2, "0 s"), (59.4, "59 s"), (59.7, "1 min 0 s"), (200, "3 min 20 s"), (7_500, "2 h 5 min")]
)
def test_seconds_are_said_as_a_person_says_them(seconds, said):
    assert duration(seconds) == said


def test_one_thing_is_singular():
    assert [counted(n, "files") for n in (0, 1, 3_034)] == ["0 files", "1 file", "3,034 files"]
    assert counted(1, "skipped") == "1 skipped"
