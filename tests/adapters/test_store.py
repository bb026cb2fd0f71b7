import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.store import store_at
from doctown.blob import Blob
from doctown.errors import BlobCorrupt, BlobMissing, InvalidSettings, StoreUnavailable


@pytest.fixture
def store(tmp_path):
    return store_at((tmp_path / "a store").as_uri())


def test_what_was_put_is_read_back(store):
    blob = store.put("a/b.jsonl", b"data", "application/jsonl")
    assert store.read(blob) == b"data" and blob.size == 4
    with store.open("a/b.jsonl") as stream:
        assert stream.read() == b"data"


def test_a_missing_object_is_said_to_be_missing(store):
    with pytest.raises(BlobMissing, match="a/b"):
        store.read(Blob(key="a/b", media_type="", size=0, sha256="0" * 64))
    assert store.get("a/b") is None
    assert list(store.keys("a")) == []


def test_a_damaged_object_is_removed_so_that_the_next_run_makes_it_anew(store):
    blob = store.put("a", b"data", "")
    store.path("a").write_bytes(b"dat4")
    with pytest.raises(BlobCorrupt):
        store.read(blob)
    with pytest.raises(BlobMissing):
        store.read(blob)


def test_of_many_who_put_if_absent_exactly_one_wins(store):
    wins = []

    def put(n):
        if store.put_if_absent("x/one", b"%d" % n):
            wins.append(n)

    threads = [threading.Thread(target=put, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(wins) == 1 and store.get("x/one") == b"%d" % wins[0]
    assert list(store.keys("x")) == ["x/one"]


@pytest.mark.parametrize("key", ["../a", "a/../../b", "/etc/passwd", "a//b", ".hidden", "a/.b", "", "A", "a\n", "a\0"])
def test_no_key_leads_out_of_the_store(store, key):
    with pytest.raises(ValueError):
        store.put(key, b"", "")
    with pytest.raises(ValueError):
        store.get(key)
    with pytest.raises(ValueError):
        Blob(key=key, media_type="", size=0, sha256="0" * 64)


@given(st.text(max_size=30))
def test_a_key_that_a_blob_takes_stays_below_the_root(key):
    store = store_at("file:///nowhere/store")
    try:
        Blob(key=key, media_type="", size=0, sha256="0" * 64)
    except ValueError:
        return
    assert os.path.normpath(store.path(key)).startswith("/nowhere/store/")


def test_a_full_or_locked_disk_is_one_sentence_and_leaves_nothing(tmp_path):
    (tmp_path / "store").write_text("a file where the folder should be")
    store = store_at((tmp_path / "store").as_uri())
    with pytest.raises(StoreUnavailable, match="DOCTOWN_CACHE"):
        store.put("a/b", b"", "")


@pytest.mark.parametrize("url", ["s3://bucket", "file://host/path", "/a/path", "file:relative"])
def test_a_store_of_an_unknown_kind_is_refused(url):
    with pytest.raises(InvalidSettings, match="DOCTOWN_STORE"):
        store_at(url)


def test_a_folder_that_cannot_be_written_is_said_before_any_work(tmp_path):
    (tmp_path / "a file").write_text("")
    with pytest.raises(StoreUnavailable, match="DOCTOWN_STORE"):
        store_at((tmp_path / "a file" / "store").as_uri()).check()
    store = store_at((tmp_path / "new" / "store").as_uri())
    store.check()
    assert not [place for place in (tmp_path / "new").rglob("*") if place.is_file()]
