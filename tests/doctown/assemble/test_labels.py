"""Labels: the words that set a topic apart, and no label twice."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from doctown.assemble.labels import KEYWORDS, common_names, keywords_of, labels_of, weights_of
from doctown.assemble.words import STOP_WORDS, alike, identifier_parts, stem, words_of


def test_identifiers_are_split_where_a_reader_would():
    assert identifier_parts("parseHTTPHeader_list2") == ["parse", "http", "header", "list"]
    assert identifier_parts("__init__") == ["init"]
    assert identifier_parts("größe_ändern") == ["größe", "ändern"]
    assert identifier_parts("HTTPServer X1") == ["http", "server", "x"]


@given(st.text(max_size=80))
def test_any_text_gives_words_that_are_no_stop_words(text):
    assert all(word not in STOP_WORDS and len(word) > 2 for word in words_of(text))


def test_singular_and_plural_are_one_word():
    assert stem("headers") == stem("header")
    assert stem("queries") == stem("query")
    assert stem("cookies") == stem("cookie")
    assert stem("classes") == "class"
    assert stem("status") == "status" and stem("analysis") == "analysis" and stem("pass") == "pass"


def test_a_name_says_more_than_a_mention():
    weights = weights_of("cookie jar cookie", ["CookieJar", "path/routing.py"])
    assert weights["cookie"] == weights["jar"] > weights["routing"] == 4


def test_the_words_that_set_a_topic_apart_come_first():
    tables = [weights_of("shared draw table column row", []) for _ in range(4)]
    cookies = [weights_of("shared cookie jar expire", []) for _ in range(4)]
    drawn, stored = keywords_of([0] * 4 + [1] * 4, tables + cookies)
    assert set(drawn[:4]) == {"draw", "table", "column", "row"}
    assert set(stored[:3]) == {"cookie", "jar", "expire"}
    assert drawn[-1] == stored[-1] == "shared"


def test_a_word_of_one_chunk_names_no_topic():
    chunks = [weights_of("table column", []) for _ in range(9)] + [weights_of("zebra " * 50, ["zebra"])]
    (words,) = keywords_of([0] * 10, chunks)
    assert "zebra" not in words


def test_the_spelling_shown_is_the_commonest():
    chunks = [weights_of(text, []) for text in ("headers", "headers", "header")]
    assert keywords_of([0, 0, 0], chunks) == [("headers",)]


keywords = st.lists(st.lists(st.sampled_from("abc"), max_size=5, unique=True), max_size=12)


@given(keywords)
def test_no_two_topics_share_a_label_and_none_is_empty(found):
    labels = labels_of(found, ["file"] * len(found))
    assert len(set(labels)) == len(labels) == len(found)
    assert all(labels)


@given(st.lists(st.tuples(st.integers(0, 3), st.text("ab cde", max_size=20)), max_size=20))
def test_the_order_of_equals_is_by_the_alphabet_and_not_by_chance(chunks):
    weights = [weights_of(text, []) for _, text in chunks]
    topics = [topic for topic, _ in chunks]
    turned = [Counter(dict(reversed(words.items()))) for words in weights]
    found = keywords_of(topics, weights)
    assert found == keywords_of(topics, turned)
    assert all(len(words) <= KEYWORDS for words in found)


def test_the_two_words_of_a_name_are_said_together():
    drawn = [weights_of("spider middleware manager", ["SpiderMiddleware"]) for _ in range(4)]
    other = [weights_of("socket", ["Socket"]) for _ in range(4)]
    words, _ = keywords_of([0] * 4 + [1] * 4, drawn + other)
    assert words[0] == "spider middleware" and "spider" not in words


def test_a_label_says_nothing_twice():
    found = [["request", "requests", "request body", "header", "headers", "cookie"], ["referer", "referrer", "policy"]]
    assert labels_of(found, ["", ""]) == ["request, header, cookie", "referer, policy"]
    assert alike("structures", "datastructures") and alike("download", "downloader")
    assert not alike("schema", "scheduler") and not alike("interface", "internal") and not alike("log", "login")


def test_what_holds_most_of_the_repository_names_no_part_of_it():
    shared = common_names(["src/webshop/cart.py", "src/webshop/pay.py", "src/webshop/tax/vat.py", "setup.py"])
    assert shared == {"src", "webshop"}
    chunks = [weights_of("webshop cart", ["Webshop"]) for _ in range(4)] + [
        weights_of("webshop tax", []) for _ in "abcd"
    ]
    cart, tax = keywords_of([0] * 4 + [1] * 4, chunks, shared)
    assert cart == ("cart",) and tax == ("tax",)


def test_chunks_of_no_topic_say_nothing():
    chunks = [weights_of(text, []) for text in ("apple pear", "apple pear", "licence")]
    assert keywords_of([0, 0, -1], chunks) == [("apple", "pear")]


def test_a_topic_of_several_parts_is_called_by_what_they_share_rather_than_by_the_loudest_of_one():
    loud = [Counter(lint=4, middleware=2), Counter(lint=4, middleware=2), Counter(lint=4, middleware=2)]
    other = [Counter(profiler=4, middleware=2)] * 3 + [Counter(proxy=4, middleware=2)] * 3
    elsewhere = [Counter(routing=4)] * 3
    weights, topic_of = [*loud, *other, *elsewhere], [0] * 9 + [1] * 3
    assert keywords_of(topic_of, weights, part_of=[0] * 3 + [1] * 3 + [2] * 3 + [3] * 3)[0][0] == "middleware"


def test_one_part_of_a_topic_does_not_name_the_whole():
    style = [Counter({f"style{letter}": 4 for letter in "abcdefghijklm"})] * 3
    weights = [*style, *[Counter(stack=1)] * 3, *[Counter(routing=4)] * 3]
    first, second, *_ = keywords_of([0] * 6 + [1] * 3, weights, part_of=[0] * 3 + [1] * 3 + [2] * 3)[0]
    assert first.startswith("style") and second == "stack"
