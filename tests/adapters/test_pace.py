"""The paces of the last runs, in a real folder."""

import pytest
from pydantic import ValidationError

from adapters.pace import Pace, last_pace, note_pace, note_worker_pace, worker_pace

PACE = Pace(chunks=10, assemble_s=2.5)


def test_the_last_pace_is_the_one_that_is_told(tmp_path):
    note_pace(tmp_path, Pace(chunks=1, assemble_s=1))
    note_pace(tmp_path, PACE)
    assert last_pace(tmp_path) == PACE
    assert [path.name for path in tmp_path.iterdir()] == ["pace.json"]


def test_without_a_run_there_is_none(tmp_path):
    assert last_pace(tmp_path) is None
    assert last_pace(tmp_path / "nowhere") is None


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b'{"chunks": 0, "assemble_s": 1}'])
def test_a_file_that_is_damaged_counts_for_nothing(tmp_path, data):
    (tmp_path / "pace.json").write_bytes(data)
    assert last_pace(tmp_path) is None


def test_a_folder_that_is_not_there_fails_nothing(tmp_path):
    note_pace(tmp_path / "nowhere", PACE)


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_no_run_takes_no_time_or_for_ever(seconds):
    with pytest.raises(ValidationError):
        Pace(chunks=1, assemble_s=seconds)


def test_each_endpoint_has_a_pace_of_its_own(tmp_path):
    note_worker_pace(tmp_path, "https://a", 1.0, 10.0)
    note_worker_pace(tmp_path, "https://b", 2.0, 20.0)
    note_worker_pace(tmp_path, "https://a", 3.0, 30.0)
    assert [worker_pace(tmp_path, address).start_s for address in ("https://a", "https://b")] == [3.0, 2.0]
    assert worker_pace(tmp_path, "https://a").is_measured
    assert worker_pace(tmp_path, "https://c") is None


def test_an_endpoints_pace_that_is_damaged_counts_for_nothing(tmp_path):
    note_worker_pace(tmp_path, "https://a", 1.0, 10.0)
    (place,) = tmp_path.iterdir()
    place.write_text('{"start_s": 1, "tokens_per_s": 0}')
    assert worker_pace(tmp_path, "https://a") is None
