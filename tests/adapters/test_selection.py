"""The files that are taken of a git repository and of a plain folder: the same, by the same rules."""

import pytest

from adapters.sources import opened
from doctown.errors import BadRequest, LimitExceeded
from doctown.steps import Limits
from tests.fakes.repositories import commit, git, make_repository, write

FILES = {
    "src/a.py": "a\n",
    "src/gen/b.py": "b\n",
    "src/api_pb2.py": "c\n",
    "docs/a.md": "d\n",
    "vendor/mine/a.py": "e\n",
    "vendor/mine/node_modules/x.js": "f\n",
    "vendor/other/a.py": "g\n",
    "web/app.min.js": "h\n",
}


@pytest.fixture
def chosen(tmp_path):
    """What is listed of git, which must be what is listed of the plain folder, and the reasons of the files in git."""

    def choose(files, include=(), exclude=(), path=None):
        here = tmp_path / f"n{len(list(tmp_path.iterdir()))}"
        make_repository(here / "git", FILES | files)
        write(here / "plain", FILES | files)
        found = []
        for place in (here / "git", here / "plain"):
            (here / "scratch").mkdir(exist_ok=True)
            asked = opened(str(place), None, path, Limits(), here / "scratch", patterns=(include, exclude))
            with asked as source:
                found.append(({one.path for one in source.listed}, {one.path: one.reason for one in source.skipped}))
        (listed, reasons), (of_folder, by_folder) = found
        assert listed == of_folder
        for name, reason in reasons.items():
            (at,) = [at for at in by_folder if at == name or (at.endswith("/") and name.startswith(at))]
            assert at != name or by_folder[at] == reason
        return listed - set(files), reasons

    return choose


def test_looks_decide_where_nobody_says_anything(chosen):
    listed, reasons = chosen({})
    assert listed == {"src/a.py", "src/gen/b.py", "docs/a.md"}
    assert reasons["vendor/mine/node_modules/x.js"] == "vendored: below vendor"


def test_gitattributes_count_in_every_folder(chosen):
    listed, reasons = chosen(
        {
            ".gitattributes": "/src/gen/** linguist-generated\n*_pb2.py -linguist-generated\n",
            "vendor/.gitattributes": "mine/*.py -linguist-vendored\n",
            "docs/.gitattributes": "*.md linguist-vendored=true\n",
        }
    )
    assert listed == {"src/a.py", "src/api_pb2.py", "vendor/mine/a.py"}
    assert reasons["src/gen/b.py"] == "generated: by .gitattributes line 1 (/src/gen/**)"
    assert reasons["docs/a.md"] == "vendored: by docs/.gitattributes line 1 (*.md)"


def test_attributes_of_the_root_take_back_what_looks_vendored(chosen):
    listed, _ = chosen({".gitattributes": "/vendor/mine/** -linguist-vendored\n"})
    assert "vendor/mine/a.py" in listed and "vendor/other/a.py" not in listed


def test_doctown_toml_chooses_and_what_is_asked_for_overrules_it(chosen):
    toml = {"doctown.toml": 'exclude = ["docs/", "src/gen/", "!vendor/mine/*.py"]\n'}
    listed, reasons = chosen(toml)
    assert listed == {"src/a.py", "vendor/mine/a.py"}
    assert reasons["docs/a.md"] == "excluded: by doctown.toml docs/"
    listed, _ = chosen(toml, exclude=["!docs/"])
    assert "docs/a.md" in listed


def test_patterns_that_are_asked_for(chosen):
    assert chosen({}, include=["src/"])[0] == {"src/a.py", "src/gen/b.py"}
    assert chosen({}, include=["vendor/mine/"])[0] == {"vendor/mine/a.py"}
    assert chosen({}, include=["web/app.min.js"])[0] == {"web/app.min.js"}
    assert chosen({}, exclude=["*", "!*.js"])[0] == {"web/app.min.js", "vendor/mine/node_modules/x.js"}
    assert chosen({}, exclude=["gen/"], path="src")[0] == {"src/a.py"}


@pytest.fixture
def scratch(tmp_path):
    (tmp_path / "scratch").mkdir()
    return tmp_path / "scratch"


def test_a_doctown_toml_may_lower_limits_and_not_raise_them(tmp_path, scratch):
    make_repository(tmp_path / "r", FILES | {"doctown.toml": "[limits]\nmax_files = 2\n"})
    with (
        pytest.raises(LimitExceeded, match="more than 2 files"),
        opened(str(tmp_path / "r"), None, None, Limits(), scratch),
    ):
        pass
    commit(tmp_path / "r", {"doctown.toml": "[limits]\nmax_files = 9\n"})
    asked = opened(str(tmp_path / "r"), None, None, Limits(max_files=3), scratch)
    with pytest.raises(LimitExceeded, match="more than 3 files"), asked:
        pass


def test_of_two_files_of_one_path_the_first_counts(tmp_path, scratch):
    make_repository(tmp_path / "r", {"a.py": "a\n", "docs/b.md": "b\n"})
    blobs = [
        git(tmp_path / "r", "hash-object", "-w", "--stdin", stdin=data)
        for data in (b'exclude = ["*.md"]\n', b"#" * 100_000, b"a\n", b"b\n")
    ]
    names = (b"doctown.toml", b"doctown.toml", b"a.py", b"b.md")
    tree = b"".join(b"100644 %s\0%s" % (name, bytes.fromhex(oid)) for name, oid in zip(names, blobs, strict=True))
    oid = git(tmp_path / "r", "hash-object", "-t", "tree", "--literally", "-w", "--stdin", stdin=tree)
    wanted = git(tmp_path / "r", "commit-tree", "-m", "twice", oid)
    with opened(str(tmp_path / "r"), wanted, None, Limits(), scratch) as source:
        assert [one.path for one in source.listed] == ["a.py", "doctown.toml"]
        assert [one.path for one in source.skipped] == ["b.md"]


@pytest.mark.parametrize("text", ["inculde = []\n", b"\xff", "#" * 70_000])
def test_a_mistake_in_doctown_toml_ends_the_run(tmp_path, scratch, text):
    make_repository(tmp_path / "git", FILES | {"doctown.toml": text})
    write(tmp_path / "plain", FILES | {"doctown.toml": text})
    for place in ("git", "plain"):
        asked = opened(str(tmp_path / place), None, None, Limits(), scratch)
        with pytest.raises(BadRequest, match=r"doctown\.toml"), asked:
            pass


def test_a_link_is_no_doctown_toml_and_no_gitattributes(tmp_path, scratch):
    write(tmp_path, {"outside.toml": "inculde = []\n", "outside": "*.py linguist-generated\n"})
    for place in ("git", "plain"):
        write(tmp_path / place, {"a.py": "a\n"})
        (tmp_path / place / "doctown.toml").symlink_to(tmp_path / "outside.toml")
        (tmp_path / place / ".gitattributes").symlink_to(tmp_path / "outside")
    git(tmp_path / "git", "init", "--quiet")
    commit(tmp_path / "git", {})
    for place in ("git", "plain"):
        with opened(str(tmp_path / place), None, None, Limits(), scratch) as source:
            assert [one.path for one in source.listed] == ["a.py"]


def test_what_git_ignores_in_a_plain_folder_is_named_with_its_rule_and_does_not_name_the_tree(tmp_path, scratch):
    write(tmp_path / "plain", {"a.py": "a\n", ".gitignore": "# build\n*.log\n/build/\n!kept.log\n", "kept.log": "k\n"})
    with opened(str(tmp_path / "plain"), None, None, Limits(), scratch) as source:
        before = source.repository.tree
    write(tmp_path / "plain", {"x.log": "x\n", "build/b.py": "b\n", "build/.gitignore": "!b.py\n"})
    with opened(str(tmp_path / "plain"), None, None, Limits(), scratch) as source:
        assert [one.path for one in source.listed] == ["a.py", "kept.log"]
        assert {one.path: one.reason for one in source.skipped} == {
            ".gitignore": "git's own",
            "build/": "ignored: by .gitignore line 3 (/build/)",
            "x.log": "ignored: by .gitignore line 2 (*.log)",
        }
        assert source.repository.tree == before
    for more in ({"path": "build"}, {"patterns": (["build/"], [])}, {"patterns": ([], ["!build/b.py"])}):
        asked = {"path": None, "patterns": ((), ())} | more
        with opened(
            str(tmp_path / "plain"), None, asked["path"], Limits(), scratch, patterns=asked["patterns"]
        ) as source:
            assert "build/b.py" in [one.path for one in source.listed], more


def test_a_part_of_a_repository_has_the_rules_of_what_is_around_it(tmp_path, scratch):
    make_repository(
        tmp_path / "r",
        {"sub/a.py": "a\n", ".gitignore": "*.log\n", ".gitattributes": "/sub/gen.py linguist-generated\n"},
    )
    (tmp_path / "r" / ".git" / "info").mkdir(exist_ok=True)
    (tmp_path / "r" / ".git" / "info" / "exclude").write_text("/sub/private/\n")
    write(tmp_path / "r" / "sub", {"x.log": "x\n", "gen.py": "g\n", "private/p.py": "p\n"})
    with opened(str(tmp_path / "r" / "sub"), None, None, Limits(), scratch) as source:
        assert [one.path for one in source.listed] == ["a.py"]
        assert {one.path: one.reason for one in source.skipped} == {
            "gen.py": "generated: by .gitattributes line 1 (/sub/gen.py)",
            "private/": "ignored: by .git/info/exclude line 1 (/sub/private/)",
            "x.log": "ignored: by .gitignore line 1 (*.log)",
        }


def test_a_pattern_that_matches_nothing_is_told(tmp_path, scratch):
    make_repository(tmp_path / "r", FILES)
    with opened(str(tmp_path / "r"), None, None, Limits(), scratch, patterns=((), ["dosc/"])) as source:
        assert source.notes == ("--exclude dosc/ matched no file that was looked at.",)
