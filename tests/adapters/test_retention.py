"""Ridding a store of what is old, in a folder whose files are as old as they are made."""

import os

import pytest

from adapters.retention import prune, prune_daily
from adapters.settings import Settings
from adapters.store import store_at
from doctown.retention import DAY_S, Retention

NOW = 1_800_000_000.0


@pytest.fixture
def store(tmp_path):
    """With objects of ten days ago."""
    store = store_at(tmp_path.as_uri())
    for key in ("ingested/a", "remote-jobs/x/y", "vectors/m/r/e/1.seg", "docpacks/a", "engines/a"):
        store.put(key, b"data", "")
        os.utime(store.path(key), (NOW - 10 * DAY_S,) * 2)
    return store


def kept(store):
    return [
        key for folder in ("docpacks", "engines", "ingested", "remote-jobs", "vectors") for key in store.keys(folder)
    ]


def test_what_may_go_goes_and_is_told_with_its_size(store):
    gone = prune(store, Retention(docpacks_days=3), NOW)
    assert [(one.key, one.size) for one in gone] == [("ingested/a", 4), ("remote-jobs/x/y", 4), ("docpacks/a", 4)]
    assert kept(store) == ["engines/a", "vectors/m/r/e/1.seg"]
    assert prune(store, Retention(), NOW) == []


def test_a_run_does_it_once_a_day(store):
    settings = Settings(DOCTOWN_KEEP_DAYS=7)
    assert [one.key for one in prune_daily(store, settings, NOW)] == ["ingested/a", "remote-jobs/x/y"]
    os.utime(store.path("checks/pruned"), (NOW, NOW))
    store.put("ingested/b", b"", "")
    os.utime(store.path("ingested/b"), (0, 0))
    assert prune_daily(store, settings, NOW + DAY_S / 2) == []
    assert [one.key for one in prune_daily(store, settings, NOW + 2 * DAY_S)] == ["ingested/b"]


def test_what_a_run_needs_again_counts_from_then(store):
    store.put("ingested/a", b"data", "")
    os.utime(store.path("ingested/a"), (NOW - DAY_S,) * 2)
    prune(store, Retention(), NOW)
    assert "ingested/a" in kept(store)


def test_who_keeps_everything_is_not_tidied(store):
    before = kept(store)
    assert prune_daily(store, Settings(DOCTOWN_KEEP_DAYS=0), NOW) == [] and kept(store) == before


def test_the_record_of_a_job_stays_for_as_long_as_the_settings_let_one_live(store):
    os.utime(store.path("remote-jobs/x/y"), (NOW - 3 * DAY_S,) * 2)
    patient = Settings(DOCTOWN_QUEUE_S=5 * DAY_S)
    assert [one.key for one in prune_daily(store, patient, NOW)] == ["ingested/a"]
