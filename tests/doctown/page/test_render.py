"""The page is one file, equal for equal docpacks; it asks for nothing and keeps a repository's text out of its code."""

import base64
import hashlib
import json
import re
import zlib
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doctown.page import page_of
from doctown.page.render import json_block, policy_of
from tests.fakes.docpacks import HOSTILE, docpack_of

TEXTS = st.text(st.characters(exclude_categories=())) | st.sampled_from(HOSTILE)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=10,
)


class Reader(HTMLParser):
    """The elements of a page as a browser would find them: [tag, attributes, text]."""

    def __init__(self, html):
        super().__init__()
        self.elements = []
        self.inside = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append([tag, dict(attrs), ""])
        self.inside = True

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.elements[-1][2] += data

    def all(self, tag):
        return [(attributes, text) for name, attributes, text in self.elements if name == tag]

    def block(self, name):
        (text,) = [text for attributes, text in self.all("script") if attributes.get("id") == name]
        return json.loads(text)


def unpacked(packed):
    return json.loads(zlib.decompress(base64.b64decode(packed)))


@pytest.fixture(scope="module")
def pages():
    kinds = {"fair": {}, "hostile": {"hostile": True}, "plain": {"embedded": False}}
    return {name: page_of(docpack_of(60, **kind)) for name, kind in kinds.items()}


@pytest.fixture(params=["fair", "hostile", "plain"])
def page(request, pages):
    return pages[request.param]


def test_equal_docpacks_give_equal_pages(pages):
    assert page_of(docpack_of(60)) == pages["fair"]
    assert page_of(docpack_of(61)) != pages["fair"]


def test_a_page_fits_in_utf8_and_has_no_place_left_to_fill(page):
    assert page.encode()
    markup = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert "{{" not in markup


@pytest.mark.parametrize("points", [0, 1, 2])
def test_a_page_can_hold_next_to_nothing(points):
    page = Reader(page_of(docpack_of(points, embedded=False)))
    assert len(unpacked(page.block("tables"))["chunks"]["x"]) == points


def test_the_policy_names_the_one_script_and_the_one_style_by_their_hashes(page):
    def source(text):
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    reader = Reader(page)
    (policy,) = [
        attributes["content"]
        for attributes, _ in reader.all("meta")
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    (style,) = reader.all("style")
    (script,) = [text for attributes, text in reader.all("script") if "type" not in attributes]
    assert rules == {
        "default-src": "'none'",
        "script-src": source(script),
        "style-src": source(style[1]),
        "img-src": "data:",
        "connect-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }


def test_the_policy_stands_before_everything_it_is_about(page):
    tags = [tag for tag, _, _ in Reader(page).elements]
    assert tags.index("meta") < tags.index("link") < tags.index("style") < tags.index("script")
    assert page.index("Content-Security-Policy") < page.index("<title>")


def test_the_page_asks_for_nothing(page):
    for tag, attributes, _ in Reader(page).elements:
        assert tag not in {"img", "iframe", "object", "embed", "base", "form", "svg"}
        assert "src" not in attributes
        assert attributes.get("href", "data:").startswith("data:")
        assert not [name for name in attributes if name.startswith("on")]


def test_a_hostile_repository_adds_no_element_to_the_page(pages):
    def shape(page):
        found = [(tag, sorted(attributes)) for tag, attributes, _ in Reader(page).elements]
        return [each for each in found if "id" not in each[1] or each[0] != "script"]

    assert shape(pages["hostile"]) == shape(pages["fair"])


def test_no_text_of_a_hostile_repository_stands_in_the_page_as_it_is(pages):
    fair_code = [text for attributes, text in Reader(pages["fair"]).all("script") if "type" not in attributes]
    assert [text for at, text in Reader(pages["hostile"]).all("script") if "type" not in at] == fair_code
    for attack in (text for text in HOSTILE if "<" in text and "canary" in text):
        assert attack not in pages["hostile"]


def test_the_title_is_escaped_and_in_one_line(pages):
    found = re.search(r"<title>(.*)</title>", pages["hostile"])
    assert found[1].startswith("&lt;/script&gt;")


@given(VALUES)
def test_a_block_says_what_it_was_given_and_cannot_end_early(value):
    block = json_block(value)
    assert json.loads(block) == value
    assert block.isascii() and not set("<>&") & set(block)


@given(TEXTS, TEXTS)
def test_a_policy_cannot_be_left_early(script, style):
    script, style = (text.encode("utf-8", "replace").decode() for text in (script, style))
    policy = policy_of(script, style)
    assert re.fullmatch(r"[a-zA-Z0-9+/=:;' -]+", policy)
    assert "unsafe" not in policy and "http" not in policy
