"""Which files are indexed: patterns, attributes and looks, and who overrules whom."""

import pytest

from doctown.errors import BadRequest
from doctown.ingest.attributes import Attributes
from doctown.ingest.choice import Choice
from doctown.ingest.configuration import Configuration
from doctown.ingest.patterns import pattern_of
from doctown.steps import Limits


def choice(include=(), exclude=(), said="", attributes=b"", inside=""):
    given = Attributes()
    given.add("", attributes)
    configuration = said if isinstance(said, Configuration) else Configuration()
    return Choice(include, exclude, inside, configuration, Limits(), given)


def reason(path, size=10, **given):
    return choice(**given).of(path, size).reason


IGNORED = pattern_of(b"*.log", ".gitignore", 3)


def test_without_patterns_looks_decide():
    assert reason("src/a.py") is None
    assert reason("vendor/a.py") == "vendored: below vendor"
    assert reason("a.min.js") == "minified: by its name"
    assert choice().of("a.log", 10, IGNORED).reason == "ignored: by .gitignore line 3 (*.log)"


def test_what_is_excluded_names_its_pattern_and_the_last_one_decides():
    assert reason("docs/deep/a.md", exclude=["docs/"]) == "excluded: by --exclude docs/"
    assert reason("docs/a.md", exclude=["docs/", "!*.md"]) is None
    assert reason("docs/a.md", exclude=["!*.md", "*.md"]) == "excluded: by --exclude *.md"
    assert reason("src/deep/a.py", exclude=["*", "!*.py"]) is None
    assert reason("src/deep/a.js", exclude=["*", "!*.py"]) == "excluded: by --exclude *"


@pytest.mark.parametrize("path", ["vendor/mine/a.py", "vendor/mine/x.min.js", "vendor/mine/package-lock.json"])
def test_a_pattern_with_an_exclamation_mark_takes_back_whatever_it_looks_like(path):
    found = choice(exclude=["!vendor/mine/"]).of(path, 10, IGNORED)
    assert (found.reason, found.by_looks) == (None, False)
    assert reason("vendor/other.py", exclude=["!vendor/mine/"]) == "vendored: below vendor"


def test_nothing_takes_back_a_key_or_what_is_too_large_or_empty():
    assert reason("id_rsa", exclude=["!id_rsa"]).startswith("secret")
    assert reason("a.py", size=2_000_000, exclude=["!a.py"]).startswith("too large")
    assert reason("a.py", size=0, include=["a.py"]) == "empty"


def test_only_what_is_included_is_taken():
    assert reason("src/a.py", include=["src/"]) is None
    assert reason("docs/a.md", include=["src/"]) == "not included: by no pattern of --include"
    assert reason("src/gen/a.py", include=["src/", "!src/gen/"]) == "not included: by no pattern of --include"
    assert reason("deep/a.py", include=["*.py"]) is None


def test_what_an_included_pattern_spells_out_counts_for_nothing():
    assert reason("vendor/mine/a.py", include=["vendor/mine/"]) is None
    assert reason("vendor/mine/a.py", include=["vendor/**/*.py"]) is None
    assert reason("vendor/mine/node_modules/a.js", include=["vendor/"]) == "vendored: below node_modules"
    assert reason("src/vendor/a.py", include=["src/"]) == "vendored: below vendor"
    assert reason("src/vendor/a.py", include=["*.py"]) == "vendored: below vendor"
    assert reason("x.min.js", include=["*.js"]) == "minified: by its name"
    assert choice(include=["x.min.js"]).of("x.min.js", 10).by_looks is False
    assert choice(include=["build/"]).of("build/a.py", 10, IGNORED).reason is None


def test_attributes_say_what_is_generated_and_what_is_not():
    lines = b"*.sql linguist-generated\n/lib/* linguist-vendored=true\n"
    lines += b"vendor/mine/** -linguist-vendored\n*_pb2.py -linguist-generated\n"
    assert reason("a.sql", attributes=lines) == "generated: by .gitattributes line 1 (*.sql)"
    assert reason("lib/a.py", attributes=lines) == "vendored: by .gitattributes line 2 (/lib/*)"
    assert reason("vendor/mine/a.py", attributes=lines) is None
    assert choice(attributes=lines).of("a_pb2.py", 10).by_looks is False
    assert reason("a.sql", attributes=lines, exclude=["!*.sql"]) is None


def test_the_repository_chooses_first_and_who_asks_last():
    said = Configuration(include=["src/"], exclude=["src/gen/"])
    assert reason("docs/a.md", said=said) == "not included: by no pattern of doctown.toml"
    assert reason("src/gen/a.py", said=said) == "excluded: by doctown.toml src/gen/"
    assert reason("src/gen/a.py", said=said, exclude=["!src/gen/a.py"]) is None
    assert reason("docs/a.md", said=said, include=["docs/"]) is None
    assert reason("src/a.py", said=said, include=["docs/"]) == "not included: by no pattern of --include"


def test_a_folder_is_entered_where_something_in_it_may_be_wanted():
    assert choice().of_folder("vendor") == "vendored: below vendor"
    assert choice().of_folder("build", IGNORED) == "ignored: by .gitignore line 3 (*.log)"
    assert choice(exclude=["docs/"]).of_folder("docs") == "excluded: by --exclude docs/"
    assert choice(exclude=["docs/", "!docs/a.md"]).of_folder("docs") is None
    assert choice(exclude=["!vendor/mine/"]).of_folder("vendor") is None
    assert choice(exclude=["!vendor/mine/"]).of_folder("vendor/mine/node_modules") is None
    assert choice(exclude=["!vendor/mine/"]).of_folder("vendor/other") == "vendored: below vendor"
    assert choice(exclude=["!mine/"]).of_folder("node_modules") is None
    assert choice(include=["vendor/mine/"]).of_folder("vendor") is None
    assert choice(include=["vendor/mine/"]).of_folder("node_modules") == "vendored: below node_modules"
    assert choice(attributes=b"/vendor/mine/** -linguist-vendored\n").of_folder("vendor") is None
    assert choice(inside="vendor/").of_folder("vendor/mine") is None


def test_a_pattern_that_matches_nothing_is_named():
    chosen = choice(include=["src/"], exclude=["docs/", "dosc/"])
    chosen.of("src/a.py", 10)
    chosen.of("docs/a.md", 10)
    assert list(chosen.notes()) == ["--exclude dosc/ matched no file that was looked at."]


def test_a_pattern_that_is_none_is_refused():
    with pytest.raises(BadRequest, match="--include"):
        choice(include=["[a"])


def test_a_path_of_absurd_depth_is_judged():
    deep = "a/" * 2_000 + "b.py"
    assert reason(deep, exclude=["x"], attributes=b"*.go linguist-generated\n") is None
    assert reason("a/" + deep * 2) == "path: not one that a folder can hold"
