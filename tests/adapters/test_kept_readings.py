"""Readings that are kept: whole or not at all, bounded, and of no one but who would read the same."""

import os
from pathlib import Path

import pytest

from adapters.kept_readings import FOLDER, KeptReadings
from adapters.model_files import ModelFiles

MODEL = ModelFiles("m", "r", 384, 256, Path("nowhere"))
NAMED = ("pkg/a.py", b"x = 1\n")


@pytest.fixture
def kept(tmp_path):
    return KeptReadings(tmp_path, MODEL, version="1")


def places(cache):
    return sorted(place for place in (cache / FOLDER).rglob("*") if place.is_file())


def test_what_was_kept_is_found_again_by_another_process(kept, tmp_path):
    name = kept.name(*NAMED)
    assert kept.get(name) is None
    kept.put(name, b"a reading")
    assert KeptReadings(tmp_path, MODEL, version="1").get(name) == b"a reading"
    assert KeptReadings(tmp_path, MODEL, version="1", ignored=True).get(name) is None


@pytest.mark.parametrize(
    "other",
    [
        KeptReadings(Path(), MODEL, version="2").name(*NAMED),
        KeptReadings(Path(), ModelFiles("m", "r2", 384, 256, Path()), version="1").name(*NAMED),
        KeptReadings(Path(), ModelFiles("m", "r", 384, 512, Path()), version="1").name(*NAMED),
        KeptReadings(Path(), MODEL, version="1").name("pkg/b.py", NAMED[1]),
        KeptReadings(Path(), MODEL, version="1").name(NAMED[0], b"x = 2\n"),
        KeptReadings(Path(), MODEL).name(*NAMED),
    ],
    ids=["reader", "revision", "limit", "path", "bytes", "this reader"],
)
def test_whatever_a_reading_depends_on_is_in_its_name(kept, other):
    assert other != kept.name(*NAMED)


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 31, b"\0" * 100, None])
def test_a_damaged_one_is_as_good_as_none(kept, tmp_path, damage):
    name = kept.name(*NAMED)
    kept.put(name, b"a reading")
    (place,) = places(tmp_path)
    place.write_bytes(place.read_bytes()[:-1] if damage is None else damage)
    assert kept.get(name) is None
    kept.put(name, b"a reading")
    assert kept.get(name) == b"a reading"


def test_what_has_not_been_used_for_longest_goes_first(kept, tmp_path):
    names = [kept.name(f"{at}.py", b"") for at in range(10)]
    for name in names:
        kept.put(name, bytes(100))
    for at, name in enumerate(names):
        os.utime(tmp_path / FOLDER / name[:2] / name, (1_000 + at, 1_000 + at))
    assert kept.get(names[0]) == bytes(100)  # used, after so long
    kept.clear(1_320)
    assert len(places(tmp_path)) == 10
    kept.clear(1_000)
    assert [name for name in names if kept.get(name) is not None] == [names[0], *names[5:]]


def test_a_folder_that_cannot_be_written_keeps_nothing_and_says_nothing(tmp_path):
    (tmp_path / FOLDER).write_text("a file")
    kept = KeptReadings(tmp_path, MODEL, version="1")
    name = kept.name(*NAMED)
    kept.put(name, b"a reading")
    assert kept.get(name) is None
    kept.clear()
