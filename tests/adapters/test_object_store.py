"""The store in a bucket, over a real S3 service on loopback: what it promises, and what it says when it cannot."""

import json
import socket
import threading
from datetime import UTC, datetime

import httpx
import pytest

from adapters.object_store import ObjectStore, Patience
from adapters.settings import Settings
from adapters.store import store_at, store_of
from doctown.blob import Blob
from doctown.errors import BlobCorrupt, BlobMissing, InvalidSettings, StoreRefused, StoreUnavailable
from tests.fakes.s3_server import Fault, s3_server

SHORT = Patience(connect_s=1, silence_s=0.5, in_all_s=5, pauses_s=(0.01, 0.01), settles_s=(0.01, 0.01))
KEYS = {"AWS_ACCESS_KEY_ID": "a-key", "AWS_SECRET_ACCESS_KEY": "a-s3cret"}


@pytest.fixture(scope="module")
def running():
    with s3_server() as server:
        yield server


@pytest.fixture
def server(running):
    running.faults.clear()
    running.requests.clear()
    yield running
    running.faults.clear()


@pytest.fixture
def store(server):
    settings = server.settings()
    return ObjectStore(settings.store_url, settings, SHORT)


def test_what_was_put_is_read_back_whole_and_in_part(store):
    blob = store.put("a/b.jsonl", b"some data", "application/jsonl")
    assert store.read(blob) == store.get("a/b.jsonl") == b"some data" and blob.size == 9
    assert store.start_of("a/b.jsonl", 4) == b"some"
    assert store.start_of("a/b.jsonl", 400) == b"some data"
    store.put("a/b.jsonl", b"other", "")
    assert store.get("a/b.jsonl") == b"other"


def test_an_object_of_many_parts_is_read_back(store):
    data = bytes(range(256)) * 50_000
    assert store.read(store.put("docpacks/large", data, "application/zip")) == data


def test_what_lies_below_a_folder_is_listed_with_size_and_time_and_nothing_beside_it(store):
    for key in ("a/2", "a/1/x", "a-b/1", "b"):
        store.put(key, key.encode(), "")
    listed = list(store.listed("a"))
    assert [one.key for one in listed] == list(store.keys("a")) == ["a/1/x", "a/2"]
    assert [one.size for one in listed] == [5, 3]
    assert all(abs(one.written - datetime.now(UTC).timestamp()) < 60 for one in listed)
    assert list(store.keys("none")) == []


def test_more_objects_than_a_page_holds_are_listed(store):
    for number in range(1_001):
        store.put(f"n/{number:04}", b"", "")
    assert len(list(store.keys("n"))) == 1_001


def test_a_deleted_object_is_gone_and_may_be_deleted_again(store):
    store.put("a", b"data", "")
    store.delete("a")
    store.delete("a")
    assert store.get("a") is None and store.start_of("a", 3) is None


def test_two_stores_in_one_bucket_do_not_see_each_other(server):
    bucket = server.bucket()
    one, other = (store_of(server.settings(f"s3://{bucket}/{name}")) for name in ("one", "other/deep"))
    one.put("a", b"1", "")
    assert other.get("a") is None and other.put_if_absent("a", b"2") and one.get("a") == b"1"


def test_of_many_who_put_if_absent_or_replace_exactly_one_wins(store):
    def wins(act):
        found = []
        threads = [threading.Thread(target=lambda n=n: found.append(n) if act(n) else None) for n in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found

    (first,) = wins(lambda n: store.put_if_absent("x/one", b"%d" % n))
    assert store.get("x/one") == b"%d" % first
    (second,) = wins(lambda n: store.replace("x/one", b"%d" % first, b"new %d" % n))
    assert store.get("x/one") == b"new %d" % second
    assert not store.replace("x/one", b"%d" % first, b"") and not store.replace("x/none", b"", b"")


def test_whoever_has_the_link_can_fetch_the_docpack(store):
    store.put("docpacks/x.docpack", b"data", "application/zip")
    link = store.link("docpacks/x.docpack", 60)
    assert "X-Amz-Expires=60" in link and "a-s3cret" not in link
    answer = httpx.get(link, trust_env=False)
    assert answer.content == b"data" and answer.headers["content-type"] == "application/zip"


def test_a_check_leaves_one_small_object_and_asks_once_from_then_on(store, server):
    store.check()
    server.requests.clear()
    store.check()
    assert [method for method, _ in server.requests] == ["PUT"]


def test_a_service_that_ignores_conditions_is_refused_at_the_start(store, server):
    server.faults.append(Fault(status=200, methods=("PUT",)))
    with pytest.raises(InvalidSettings, match=r"created only if absent.*one with conditional writes"):
        store.check()


REFUSALS = [
    (401, "", "check AWS_ACCESS_KEY_ID"),
    (403, "InvalidAccessKeyId", "check AWS_ACCESS_KEY_ID"),
    (403, "SignatureDoesNotMatch", "check AWS_ACCESS_KEY_ID"),
    (400, "ExpiredToken", "AWS_SESSION_TOKEN"),
    (403, "RequestTimeTooSkewed", "the clock of this machine is wrong; set it right"),
    (403, "AccessDenied", "the key may not do that"),
    (404, "NoSuchBucket", "there is no such bucket; create it"),
    (507, "InsufficientStorage", "it is full; run doctown cache prune"),
    (400, "QuotaExceeded", "it is full"),
    (301, "PermanentRedirect", "set AWS_REGION"),
    (501, "NotImplemented", "does not know conditional writes"),
    (418, "Odd", "look at the service"),
]


@pytest.mark.parametrize(("status", "code", "said"), REFUSALS)
def test_what_the_service_refuses_is_one_sentence_that_says_what_to_do_and_is_not_tried_again(
    store, server, status, code, said
):
    server.faults.append(Fault(status=status, code=code))
    blob = Blob(key="a", media_type="", size=1, sha256="0" * 64)
    acts = [
        store.check,
        lambda: store.put("a", b"", ""),
        lambda: store.put_if_absent("a", b""),
        lambda: store.replace("a", b"", b"x"),
        lambda: store.read(blob),
        lambda: list(store.keys("a")),
        lambda: store.delete("a"),
    ]
    for act in acts:
        server.requests.clear()
        with pytest.raises(StoreRefused, match=said) as refused:
            act()
        assert len(server.requests) == 1 and not refused.value.retryable
        shown = str(refused.value)
        assert "\n" not in shown and "a-s3cret" not in shown and "a-key" not in shown and store.url in shown


def test_a_bucket_may_be_read_only(store, server):
    blob = store.put("a", b"data", "")
    server.faults.append(Fault(status=403, code="AccessDenied", methods=("PUT", "DELETE")))
    assert store.read(blob) == b"data" and list(store.keys("a")) == []
    with pytest.raises(StoreRefused, match="let it get, put, list and delete"):
        store.check()


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_service_that_is_busy_is_asked_again_and_given_up_after_few_times(store, server, status):
    server.faults.append(Fault(status=status, code="SlowDown", times=2))
    assert store.put_if_absent("a", b"data")
    server.faults.append(Fault(status=status, code="SlowDown"))
    server.requests.clear()
    with pytest.raises(StoreUnavailable, match=f"answered {status} SlowDown") as unavailable:
        store.get("a")
    assert len(server.requests) == 3 and unavailable.value.retryable


def test_a_write_whose_answer_was_lost_is_known_to_be_ours_when_it_is_tried_again(store, server):
    server.faults.append(Fault(status=503, code="SlowDown", methods=("PUT",), times=1, is_done=True))
    assert store.put_if_absent("a", b"ours")
    assert not store.put_if_absent("a", b"ours")
    server.faults.append(Fault(status=503, code="SlowDown", methods=("PUT",), times=1, is_done=True))
    assert store.replace("a", b"ours", b"new") and store.get("a") == b"new"


def test_two_who_write_in_one_moment_try_again(store, server):
    server.faults.append(Fault(status=409, code="ConditionalRequestConflict", methods=("PUT",), times=1))
    assert store.put_if_absent("a", b"data")
    server.faults.append(Fault(status=409, code="ConditionalRequestConflict", methods=("PUT",), times=1))
    assert store.replace("a", b"data", b"new")


def test_a_service_that_cannot_be_reached_or_does_not_answer_is_given_up(server):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        settings = server.settings("s3://bucket", AWS_ENDPOINT_URL=f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(StoreUnavailable, match="cannot be reached; check AWS_ENDPOINT_URL"):
            ObjectStore(settings.store_url, settings, SHORT).check()
        silent.listen()
        with pytest.raises(StoreUnavailable, match="did not answer in time"):
            ObjectStore(settings.store_url, settings, SHORT).get("a")


def test_a_slow_service_is_waited_for(store, server):
    server.faults.append(Fault(slow_s=0.3))
    assert store.read(store.put("a", b"data", "")) == b"data"


def test_an_object_that_is_not_seen_yet_is_looked_for_again(store, server):
    blob = store.put("a", b"data", "")
    server.faults.append(Fault(status=404, code="NoSuchKey", methods=("GET",), times=2))
    assert store.read(blob) == b"data"


def test_an_object_that_has_gone_is_said_to_be_missing(store):
    blob = store.put("a", b"data", "")
    store.delete("a")
    with pytest.raises(BlobMissing, match="does not hold a; run again"):
        store.read(blob)


def test_an_object_with_other_bytes_is_never_handed_over_and_is_removed(store, server):
    blob = store.put("a", b"data", "")
    server.faults.append(Fault(body=b"dat4", methods=("GET",), times=1))
    assert store.read(blob) == b"data"
    server.faults.append(Fault(body=b"dat4", methods=("GET",)))
    with pytest.raises(BlobCorrupt, match="was damaged and has been removed"):
        store.read(blob)
    server.faults.clear()
    assert store.get("a") is None


@pytest.mark.parametrize("key", ["../a", "a/../../b", "/etc/passwd", "a//b", ".hidden", "", "A", "a\n", "a?b", "a#b"])
def test_no_key_leads_out_of_the_store(store, key):
    for act in (store.get, store.delete, lambda k: store.put(k, b"", ""), lambda k: list(store.keys(k))):
        with pytest.raises(ValueError):
            act(key)


def test_objects_of_others_in_the_bucket_are_not_listed(store, server):
    bucket = store.url.split("/")[2]
    httpx.put(f"{server.url}/{bucket}/store/a/README.MD", content=b"x", trust_env=False).raise_for_status()
    store.put("a/b", b"", "")
    assert list(store.keys("a")) == ["a/b"]


@pytest.mark.parametrize(
    "url",
    [
        "s3://user:hunter2@bucket/x",
        "s3://bucket/x?secret=hunter2",
        "s3://bucket/../x",
        "s3://bucket/x#hunter2",
        "s3://",
        "s3://B",
    ],
)
def test_a_url_that_holds_more_than_a_bucket_and_a_prefix_is_refused_and_not_repeated(url):
    with pytest.raises(InvalidSettings, match=r"s3://bucket/prefix and no more.*AWS_ENDPOINT_URL") as refused:
        store_at(url, Settings.from_environment(KEYS))
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({}, "AWS_ACCESS_KEY_ID"),
        ({"AWS_ACCESS_KEY_ID": "k"}, "AWS_SECRET_ACCESS_KEY"),
        (KEYS | {"AWS_ENDPOINT_URL": "minio:9000"}, "AWS_ENDPOINT_URL"),
        (KEYS | {"AWS_ENDPOINT_URL": "https://user:hunter2@minio"}, "AWS_ENDPOINT_URL"),
    ],
)
def test_what_a_bucket_needs_is_asked_for_by_its_name_before_any_work(variables, named):
    with pytest.raises(InvalidSettings, match=named) as refused:
        store_of(Settings.from_environment(variables | {"DOCTOWN_STORE": "s3://bucket"}))
    assert "hunter2" not in str(refused.value)


def test_the_keys_are_in_no_text_of_a_store_or_its_settings(server):
    settings = server.settings("s3://bucket")
    assert "a-s3cret" not in repr(settings) + repr(store_of(settings)) + json.dumps(settings.model_dump(mode="json"))
