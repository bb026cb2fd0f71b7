"""The vector cache: what was kept comes back to the bit; what is damaged counts as absent."""

import numpy as np
import pytest

from adapters.store import FolderStore
from adapters.vectors import VectorCache
from doctown.errors import BlobMissing

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
