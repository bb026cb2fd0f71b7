"""The vector cache: what was kept comes back to the bit; what is damaged counts as absent."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from adapters.store import FolderStore, store_of
from adapters.vectors import VectorCache
from doctown.errors import BlobMissing
from tests.fakes.s3_server import s3_server

WHOSE = ("all-MiniLM-L6-v2", "1110a2", "onnxruntime-1.32.0 bert-1 float32 x86_64-avx2")


def rows(*numbers):
    return np.array([[number, -number] for number in numbers], np.float32)


@pytest.fixture
def cache(tmp_path):
    return VectorCache(FolderStore(tmp_path.as_uri()))


def test_vectors_come_back_in_the_order_asked_for_and_as_often(cache):
    cache.keep(*WHOSE, ["a", "b"], rows(1, 2))
    cache.keep(*WHOSE, ["c"], rows(3))
    assert cache.known(*WHOSE, {"a", "c", "d"}) == {"a", "c"}
    assert (cache.rows(*WHOSE[:2], WHOSE[2:], ["c", "a", "c", "b"]) == rows(3, 1, 3, 2)).all()


def test_another_model_revision_or_engine_has_none_of_them(cache):
    cache.keep(*WHOSE, ["a"], rows(1))
    for at in range(3):
        other = [*WHOSE]
        other[at] += "x"
        assert cache.known(*other, {"a"}) == set()


def test_engines_that_read_alike_as_a_key_are_kept_apart(cache):
    cache.keep("m", "r", "a b", ["k"], rows(1))
    cache.keep("m", "r", "a/b", ["k"], rows(2))
    assert (cache.rows("m", "r", ["a b"], ["k"]) == rows(1)).all()
    assert (cache.rows("m", "r", ["a/b"], ["k"]) == rows(2)).all()


def test_of_several_engines_each_vector_is_of_the_first_that_has_it(cache):
    cache.keep("m", "r", "one", ["a"], rows(1))
    cache.keep("m", "r", "two", ["a", "b"], rows(8, 9))
    assert (cache.rows("m", "r", ["one", "two"], ["b", "a"]) == rows(9, 1)).all()


def test_a_vector_that_is_not_there_is_missed(cache):
    cache.keep(*WHOSE, ["a"], rows(1))
    with pytest.raises(BlobMissing, match="run again"):
        cache.rows(*WHOSE[:2], WHOSE[2:], ["a", "b"])


def test_a_damaged_segment_counts_as_absent_and_is_removed(cache, tmp_path):
    cache.keep(*WHOSE, ["a"], rows(1))
    (segment,) = tmp_path.rglob("*.seg")
    segment.write_bytes(segment.read_bytes()[:-1] + b"\xff")
    assert cache.known(*WHOSE, {"a"}) == set()
    assert not segment.exists()
    cache.keep(*WHOSE, ["a"], rows(1))
    assert cache.known(*WHOSE, {"a"}) == {"a"}


def test_keeping_the_same_batch_twice_keeps_it_once(cache, tmp_path):
    for _ in range(2):
        cache.keep(*WHOSE, ["a"], rows(1))
    assert len(list(tmp_path.rglob("*.seg"))) == 1


def test_the_engine_of_an_address_is_remembered_per_model(cache):
    assert cache.remembered_engine("https://x", "m", "r") is None
    cache.remember_engine("https://x", "m", "r", "one")
    cache.remember_engine("https://x", "m", "r", "two")
    assert cache.remembered_engine("https://x", "m", "r") == "two"
    assert cache.remembered_engine("https://y", "m", "r") is None


@pytest.fixture(scope="module")
def server():
    with s3_server() as server:
        yield server


def test_of_a_bucket_only_the_segments_that_are_needed_are_fetched_whole_and_heads_once(server):
    store = store_of(server.settings())
    for number in range(40):
        VectorCache(store).keep(*WHOSE, [f"a{number}", f"b{number}"], rows(number, -number))
    cache = VectorCache(store)
    server.requests.clear()
    assert cache.known(*WHOSE, {"a7", "b7", "b30", "c"}) == {"a7", "b7", "b30"}
    assert len(server.requests) == 1 + 40 + 2
    server.requests.clear()
    assert (cache.rows(*WHOSE[:2], WHOSE[2:], ["b30", "a7"]) == rows(-30, 7)).all()
    assert len(server.requests) == 1 + 2


def test_many_who_keep_at_once_lose_nothing(server):
    store = store_of(server.settings())
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda n: VectorCache(store).keep(*WHOSE, [f"k{n}"], rows(n)), range(64)))
    assert (VectorCache(store).rows(*WHOSE[:2], WHOSE[2:], [f"k{n}" for n in range(64)]) == rows(*range(64))).all()


def test_a_segment_that_is_not_listed_yet_is_waited_for(server):
    slept = []
    store = store_of(server.settings())
    cache = VectorCache(store, sleep=lambda pause_s: (slept.append(pause_s), cache.keep(*WHOSE, ["a"], rows(1))))
    assert (cache.rows(*WHOSE[:2], WHOSE[2:], ["a"]) == rows(1)).all() and len(slept) == 1


def test_a_segment_that_holds_other_bytes_is_removed_from_a_bucket_too(server):
    store = store_of(server.settings())
    VectorCache(store).keep(*WHOSE, ["a"], rows(1))
    (key,) = store.keys("vectors")
    store.put(key, store.get(key)[:-1] + b"\xff", "")
    assert VectorCache(store).known(*WHOSE, {"a"}) == set()
    assert list(store.keys("vectors")) == []


def test_a_head_longer_than_is_read_at_first_is_read_whole(cache):
    keys = [f"{number:064}" for number in range(2_000)]
    cache.keep(*WHOSE, keys, rows(*range(2_000)))
    assert cache.known(*WHOSE, {keys[0], keys[-1], "x"}) == {keys[0], keys[-1]}
