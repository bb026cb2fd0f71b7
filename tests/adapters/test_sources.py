"""A repository opened for reading: worktree, bare, plain folder, https URL; what is listed, skipped and read."""

import contextlib
import os
import shutil
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.plain_folder import FILE, FOLDER, PlainFolder
from adapters.sources import opened
from doctown.errors import BadRequest, LimitExceeded, NothingToIndex, RefNotFound, RepositoryNotFound
from doctown.steps import Limits
from tests.fakes.git_server import git_server, make_certificate
from tests.fakes.repositories import commit, git, make_repository, write

FILES = {"a.py": "a = 1\n", "sub/b.txt": "text\n", "sub/deep/c.md": "# c\n"}


@pytest.fixture
def scratch(tmp_path):
    folder = tmp_path / "scratch"
    folder.mkdir()
    yield folder
    assert list(folder.iterdir()) == []


@pytest.fixture
def repository(tmp_path):
    make_repository(tmp_path / "repository", FILES)
    return tmp_path / "repository"


def texts(source):
    return {entry.path: data.decode() for entry, data in source.read(source.listed)}


def reasons(source):
    return {one.path: one.reason for one in source.skipped}


def open_(place, scratch, ref=None, path=None, limits=None, **more):
    return opened(str(place), ref, path, limits or Limits(), scratch, **more)


def raises(error, place, scratch, *words, **asked):
    with pytest.raises(error) as found, open_(place, scratch, **asked):
        pass
    assert type(found.value) is error
    assert all(word in str(found.value) for word in words), str(found.value)
    assert str(found.value).endswith(".")


# Git repositories


def test_a_worktree_is_read_at_its_head(repository, scratch):
    with open_(repository, scratch) as source:
        assert texts(source) == FILES
        assert source.repository.model_dump() == {
            "name": "repository",
            "url": None,
            "ref": "main",
            "commit": git(repository, "rev-parse", "HEAD"),
            "tree": None,
        }
        assert source.notes == ()
        assert source.skipped == ()
        assert [entry.oid for entry in source.listed] == [git(repository, "rev-parse", f"HEAD:{p}") for p in FILES]
        assert [entry.size for entry in source.listed] == [6, 5, 4]


def test_the_files_are_those_of_the_commit_and_a_note_counts_the_others(repository, scratch):
    (repository / "a.py").write_text("a = 2\n")
    (repository / "sub" / "b.txt").unlink()
    write(repository, {"new.py": "new\n", ".gitignore": "*.log\n", "x.log": "log\n"})
    with open_(repository, scratch) as source:
        assert texts(source) == FILES
        assert "4 files of the working copy differ" in source.notes[0]


def test_a_bare_repository_and_a_packed_one_are_read_alike(repository, tmp_path, scratch):
    bare = tmp_path / "name.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(repository), str(bare))
    git(bare, "gc", "--quiet")
    git(bare, "pack-refs", "--all")
    with open_(bare, scratch) as source:
        assert texts(source) == FILES
        assert (source.repository.name, source.repository.ref, source.notes) == ("name", "main", ())
    with open_(repository / ".git", scratch) as source:
        assert (texts(source), source.repository.name) == (FILES, "repository")


def test_a_repository_of_sha256_is_read(tmp_path, scratch):
    wanted = make_repository(tmp_path / "repository", FILES, object_format="sha256")
    with open_(tmp_path / "repository", scratch) as source:
        assert texts(source) == FILES
        assert source.repository.commit == wanted and len(wanted) == 64
        assert source.notes == ()


def test_branches_tags_and_commits_are_found_by_name(repository, scratch):
    first = git(repository, "rev-parse", "HEAD")
    git(repository, "tag", "light")
    git(repository, "tag", "-a", "v1.0", "-m", "annotated")
    git(repository, "switch", "--quiet", "--create", "feature/x")
    second = commit(repository, {"a.py": "a = 2\n"})
    git(repository, "pack-refs", "--all")
    wanted = {
        None: ("feature/x", second),
        "HEAD": ("feature/x", second),
        "main": ("main", first),
        "refs/heads/main": ("refs/heads/main", first),
        "light": ("light", first),
        "v1.0": ("v1.0", first),
        "feature/x": ("feature/x", second),
        first: (None, first),
        first[:8]: (None, first),
        first[:8].upper(): (None, first),
    }
    for ref, (name, found) in wanted.items():
        with open_(repository, scratch, ref=ref) as source:
            assert (source.repository.ref, source.repository.commit) == (name, found)


def test_a_detached_head_has_no_name(repository, scratch):
    wanted = git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "--quiet", "--detach")
    with open_(repository, scratch) as source:
        assert (source.repository.ref, source.repository.commit) == (None, wanted)


def test_a_branch_of_the_clones_origin_is_found(repository, tmp_path, scratch):
    git(repository, "branch", "feature")
    git(tmp_path, "clone", "--quiet", str(repository), "clone")
    with open_(tmp_path / "clone", scratch, ref="feature") as source:
        assert texts(source) == FILES


@pytest.mark.parametrize(
    "ref",
    ["nowhere", "mian", "0" * 40, "0" * 64, "abcdef", "--upload-pack=x", "../../etc/passwd", "a b", "", "HEAD~1", "\n"],
)
def test_a_ref_that_is_not_there_names_what_is(repository, scratch, ref):
    raises(RefNotFound, repository, scratch, "main", ref=ref)


def test_a_ref_close_to_one_that_is_there_is_suggested(repository, scratch):
    for name in ("alpha", "release-1.0", "release-2.0"):
        git(repository, "branch", name)
    with pytest.raises(RefNotFound) as found, open_(repository, scratch, ref="relase-1.0"):
        pass
    assert "release-1.0" in str(found.value) and "alpha" not in str(found.value)


def test_a_tag_of_a_tree_is_no_commit(repository, scratch):
    git(repository, "tag", "tree", "HEAD^{tree}")
    raises(RepositoryNotFound, repository, scratch, "commit", ref="tree")


def test_a_repository_without_commits(tmp_path, scratch):
    (tmp_path / "empty").mkdir()
    git(tmp_path / "empty", "init", "--quiet")
    raises(NothingToIndex, tmp_path / "empty", scratch, "no commit")
    raises(RefNotFound, tmp_path / "empty", scratch, "no branches", ref="main")


def test_a_head_without_commits_beside_other_branches(repository, scratch):
    git(repository, "symbolic-ref", "HEAD", "refs/heads/unborn")
    raises(RefNotFound, repository, scratch, "--ref", "main")


def test_a_head_that_loops_or_is_a_pipe_is_no_commit(repository, scratch):
    (repository / ".git" / "HEAD").write_text("ref: refs/heads/loop\n")
    (repository / ".git" / "refs" / "heads" / "loop").write_text("ref: refs/heads/loop\n")
    raises(RefNotFound, repository, scratch, "--ref")
    (repository / ".git" / "HEAD").unlink()
    os.mkfifo(repository / ".git" / "HEAD")
    raises(RefNotFound, repository, scratch, "--ref")


def test_a_reftable_says_that_it_is_not_supported(repository, scratch):
    wanted = git(repository, "rev-parse", "HEAD")
    (repository / ".git" / "reftable").mkdir()
    (repository / ".git" / "HEAD").write_text("ref: refs/heads/.invalid\n")
    (repository / ".git" / "refs" / "heads" / "main").unlink()
    raises(RefNotFound, repository, scratch, "reftable")
    with open_(repository, scratch, ref=wanted) as source:
        assert texts(source) == FILES


def test_a_linked_worktree_is_read_at_its_own_head(repository, tmp_path, scratch):
    git(repository, "worktree", "add", "--quiet", "-b", "other", str(tmp_path / "linked"))
    wanted = commit(tmp_path / "linked", {"a.py": "a = 3\n"})
    with open_(tmp_path / "linked", scratch) as source:
        assert (source.repository.name, source.repository.ref) == ("linked", "other")
        assert source.repository.commit == wanted
        assert texts(source)["a.py"] == "a = 3\n"
        assert len(source.notes) == 1 and "lies elsewhere" in source.notes[0]


def test_submodules_are_skipped_above_and_read_by_themselves(repository, tmp_path, scratch):
    make_repository(tmp_path / "inner", {"inner.py": "inner = 1\n"})
    git(
        repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tmp_path / "inner"), "inside"
    )
    commit(repository, {})
    with open_(repository, scratch) as source:
        assert reasons(source) == {".gitmodules": "git's own", "inside": "submodule: another repository"}
        assert source.notes == ()
    with open_(repository / "inside", scratch) as source:
        assert texts(source) == {"inner.py": "inner = 1\n"}


def test_a_git_file_that_leads_nowhere(tmp_path, scratch):
    for text in ("gitdir: /nowhere\n", "nonsense", "gitdir: \0\n", ""):
        write(tmp_path / "folder", {".git": text})
        raises(RepositoryNotFound, tmp_path / "folder", scratch, ".git")


def test_strange_names_and_files_are_taken_or_skipped_with_a_reason(tmp_path, scratch):
    repository = tmp_path / "repository"
    files = {"new\nline.py": "x\n", "lone\udcff.py": "y\n", 'quo"te\t\\.py': "z\n", "  ": "w\n", "ünï.py": "v\n"}
    make_repository(repository, files)
    for name, target in {"link.py": "ünï.py", "escape": "/etc/passwd", "circle": "circle", "up": ".."}.items():
        (repository / name).symlink_to(target)
    commit(repository, {"large.txt": b"x" * 1_000_001, "secret.pem": "key\n", "empty.py": ""})
    with open_(repository, scratch) as source:
        assert texts(source) == files
        assert {path: reason.split(":")[0] for path, reason in reasons(source).items()} == {
            "link.py": "symbolic link",
            "escape": "symbolic link",
            "circle": "symbolic link",
            "up": "symbolic link",
            "large.txt": "too large",
            "secret.pem": "secret",
            "empty.py": "empty",
        }
        assert source.notes == ()


def test_a_part_of_a_repository_keeps_its_paths(repository, scratch):
    for path in ("sub", "sub/", "./sub"):
        with open_(repository, scratch, path=path) as source:
            assert set(texts(source)) == {"sub/b.txt", "sub/deep/c.md"}
    raises(RepositoryNotFound, repository, scratch, "nowhere", "--path", path="nowhere")
    raises(RepositoryNotFound, repository, scratch, "a.py", path="a.py")
    for path in ("/sub", "../repository", "sub/../.."):
        raises(BadRequest, repository, scratch, "--path", path=path)


def test_a_vendored_folder_is_skipped_unless_it_is_asked_for(tmp_path, scratch):
    files = {"a.py": "a\n", "vendor/b.py": "b\n", "vendor/node_modules/c.js": "c\n"}
    make_repository(tmp_path / "git", files)
    write(tmp_path / "plain", files)
    for place in (tmp_path / "git", tmp_path / "plain"):
        with open_(place, scratch) as source:
            assert set(texts(source)) == {"a.py"}
        with open_(place, scratch, path="vendor") as source:
            assert set(texts(source)) == {"vendor/b.py"}


def test_what_is_over_the_limits_names_the_limit(repository, tmp_path, scratch):
    write(tmp_path / "plain", FILES)
    for place in (repository, tmp_path / "plain"):
        raises(LimitExceeded, place, scratch, "max_files", limits=Limits(max_files=2))
        raises(LimitExceeded, place, scratch, "max_total_bytes", limits=Limits(max_total_bytes=14))
        with open_(place, scratch, limits=Limits(max_files=3, max_total_bytes=15)) as source:
            assert len(source.listed) == 3


def test_what_is_read_may_be_a_part_of_it_and_read_again(repository, scratch):
    with open_(repository, scratch) as source:
        one = source.listed[1]
        assert list(source.read([one])) == [(one, b"text\n")]
        assert list(source.read([one])) == [(one, b"text\n")]
        assert next(iter(source.read(source.listed)))[1] == b"a = 1\n"


def test_what_is_no_folder_is_refused(tmp_path, scratch):
    (tmp_path / "file").write_text("x")
    raises(RepositoryNotFound, tmp_path / "nowhere", scratch, "nowhere", "does not exist")
    raises(RepositoryNotFound, tmp_path / "file", scratch, "is a file")
    for place in ("x" * 5_000, "a\0b", ""):
        raises(RepositoryNotFound, place, scratch)


# Plain folders


def test_a_plain_folder_is_read_and_named_by_its_content(tmp_path, scratch):
    trees = set()
    for name in ("one", "two"):
        write(tmp_path / name, FILES)
        with open_(tmp_path / name, scratch) as source:
            assert texts(source) == FILES
            assert (source.repository.name, source.repository.commit, source.notes) == (name, None, ())
            trees.add(source.repository.tree)
    assert len(trees) == 1
    (tmp_path / "two" / "a.py").write_text("a = 2\n")
    with open_(tmp_path / "two", scratch) as source:
        assert source.repository.tree not in trees
    raises(RefNotFound, tmp_path / "one", scratch, "plain folder", ref="main")
    raises(RepositoryNotFound, tmp_path / "one", scratch, "nowhere", path="nowhere")


def test_nothing_leads_out_of_a_plain_folder(tmp_path, scratch):
    write(tmp_path, {"outside/secret.txt": "secret\n", "plain/a.py": "a\n", "plain/new\nline.py": "n\n"})
    plain = tmp_path / "plain"
    write(plain, {"lone\udcff.py": "y\n"})
    (plain / "folder").symlink_to(tmp_path / "outside")
    (plain / "file").symlink_to(tmp_path / "outside" / "secret.txt")
    (plain / "circle").symlink_to("circle")
    os.mkfifo(plain / "pipe")
    with open_(plain, scratch) as source:
        assert texts(source) == {"a.py": "a\n", "new\nline.py": "n\n", "lone\udcff.py": "y\n"}
        assert {path: reason.split(":")[0] for path, reason in reasons(source).items()} == {
            "folder": "symbolic link",
            "file": "symbolic link",
            "circle": "symbolic link",
            "pipe": "not a regular file",
        }


def test_a_file_that_becomes_a_link_is_not_followed(tmp_path, scratch):
    write(tmp_path, {"outside/a.py": "a\n", "plain/sub/a.py": "a\n"})
    with open_(tmp_path / "plain", scratch) as source:
        shutil.rmtree(tmp_path / "plain" / "sub")
        (tmp_path / "plain" / "sub").symlink_to(tmp_path / "outside")
        with pytest.raises(RepositoryNotFound, match="changed while"):
            list(source.read(source.listed))


def test_a_folder_within_a_repository_is_a_plain_folder_and_says_so(repository, scratch):
    write(repository, {".gitignore": "*.log\n", "sub/x.log": "log\n", "sub/new.py": "new\n"})
    with open_(repository / "sub", scratch) as source:
        assert set(texts(source)) == {"b.txt", "deep/c.md", "new.py"}
        assert source.repository.commit is None
        assert str(repository) in source.notes[0]


def test_an_ignored_folder_is_read_when_it_is_asked_for(repository, scratch):
    write(repository, {".gitignore": "out/\n", "out/a.py": "a\n"})
    with open_(repository / "out", scratch) as source:
        assert set(texts(source)) == {"a.py"}


def test_vendored_folders_of_a_plain_folder_are_skipped_as_one(tmp_path, scratch):
    write(tmp_path / "plain", {"a.py": "a\n", "node_modules/x/y.js": "y\n", ".venv/lib/z.py": "z\n"})
    with open_(tmp_path / "plain", scratch) as source:
        assert set(texts(source)) == {"a.py"}
        assert set(reasons(source)) == {"node_modules/", ".venv/"}


def test_a_folder_nested_too_deep_is_skipped(tmp_path, scratch):
    write(tmp_path / "plain", {"d/" * 150 + "a.py": "a\n", "b.py": "b\n"})
    with open_(tmp_path / "plain", scratch) as source:
        assert set(texts(source)) == {"b.py"}
        assert [reason.split(":")[0] for reason in reasons(source).values()] == ["too deep"]


names = st.sampled_from(["a", "b", "c.log", "d.py"])
paths = st.lists(names, min_size=1, max_size=3).map("/".join)
rules = st.lists(
    st.sampled_from(
        [
            "*.log",
            "!*.log",
            "a",
            "!a",
            "a/",
            "/a",
            "b/*",
            "!b/a",
            "**/a",
            "a/**",
            "a/b",
            "?",
            "[ab]",
            "!/b",
            "*",
            "!*/",
            "#a",
        ]
    ),
    max_size=4,
).map("\n".join)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(paths, min_size=1, max_size=8), rules, st.dictionaries(paths, rules, max_size=2))
def test_a_plain_folder_holds_what_git_would_track(tmp_path, files, root_rules, nested):
    folder = tmp_path / "folder"
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)
    folder.mkdir()
    for path, text in (dict.fromkeys(sorted(files), "x\n") | {"": root_rules} | nested).items():
        name = path if text == "x\n" else f"{path}/.gitignore".lstrip("/")
        with contextlib.suppress(FileExistsError, NotADirectoryError, IsADirectoryError):
            write(folder, {name: text})
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    listed = git(folder, "ls-files", "-z", "--others", "--exclude-standard").split("\0")
    plain = PlainFolder(folder)
    walked = set()
    for found in plain.walk():
        if found.kind == FOLDER:
            plain.enter(found)
        elif found.kind == FILE and found.ignored is None:
            walked.add(found.path)
    assert walked == set(filter(None, listed))


# https


@pytest.fixture
def served(tmp_path, monkeypatch):
    root = tmp_path / "served"
    make_repository(root / "work", FILES)
    git(root / "work", "tag", "-a", "v1.0", "-m", "annotated")
    git(root, "clone", "--quiet", "--bare", "work", "name.git")
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("GIT_SSL_CAINFO", str(certificate))
    with git_server(root, certificate) as server:
        yield f"https://localhost:{server.server_port}", git(root / "work", "rev-parse", "HEAD")


def test_a_repository_is_fetched_over_https(served, scratch):
    url, wanted = served
    for ref, name in {None: None, "main": "main", "v1.0": "v1.0", wanted: None}.items():
        with open_(f"{url}/name.git", scratch, ref=ref, allow_private=True) as source:
            assert texts(source) == FILES
            assert source.repository.model_dump(exclude_none=True) == {
                "name": "name",
                "url": f"{url}/name.git",
                "commit": wanted,
            } | ({"ref": name} if name else {})


def test_a_redirection_is_followed_to_where_a_url_may_lead(served, scratch):
    url, wanted = served
    for way in ("moved", "within"):
        with open_(f"{url}/{way}/name.git", scratch, allow_private=True) as source:
            assert source.repository.commit == wanted
    raises(BadRequest, f"{url}/unsafe/name.git", scratch, "redirects", "https", allow_private=True)
    raises(RepositoryNotFound, f"{url}/around/name.git", scratch, "redirects", allow_private=True)


def test_what_a_server_does_not_give_is_one_sentence(served, scratch):
    url, wanted = served
    raises(RepositoryNotFound, f"{url}/nowhere.git", scratch, "nowhere.git", allow_private=True)
    raises(RepositoryNotFound, f"{url}/private/name.git", scratch, "signing in", allow_private=True)
    raises(RefNotFound, f"{url}/name.git", scratch, "main", ref="mian", allow_private=True)
    raises(RefNotFound, f"{url}/name.git", scratch, "0" * 40, ref="0" * 40, allow_private=True)
    raises(RefNotFound, f"{url}/name.git", scratch, "full commit id", ref=wanted[:8], allow_private=True)
    raises(RefNotFound, f"{url}/name.git", scratch, ref="--upload-pack=x", allow_private=True)
    raises(
        LimitExceeded,
        f"{url}/name.git",
        scratch,
        "max_total_bytes",
        limits=Limits(max_total_bytes=10),
        allow_private=True,
    )
    raises(BadRequest, f"{url}/name.git", scratch, "not a public one")
