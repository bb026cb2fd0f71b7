"""git runs nothing that a repository or this machine's environment configures."""

import os
import signal
import subprocess
import sys
import time
import zlib

import pytest

from adapters.git import Git, blob_id
from adapters.git_remote import is_url, remote_at
from adapters.sources import opened
from doctown.errors import BadRequest, LimitExceeded, RepositoryNotFound
from doctown.steps import Limits
from tests.fakes.git_server import git_server, make_certificate
from tests.fakes.repositories import git, make_repository, write
from tests.safety.configurations import FILES, HOSTILE, Canary, hostile_repository


@pytest.fixture
def scratch(tmp_path):
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture
def canary(tmp_path):
    return Canary(tmp_path)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_configuration_runs_nothing(name, tmp_path, canary, scratch):
    configuration, attributes, _ = HOSTILE[name]
    repository, wanted = hostile_repository(tmp_path, canary, configuration, attributes)
    (repository / "sub" / "b.txt").write_text("changed\n")
    with opened(str(repository), None, None, Limits(), scratch) as source:
        assert {entry.path: data.decode() for entry, data in source.read(source.listed)} == FILES
        assert source.repository.commit == wanted
        assert "1 file of the working copy differs" in source.notes[0]
    assert not canary.ran()


@pytest.mark.parametrize("name", [name for name, (_, _, provoked) in HOSTILE.items() if provoked])
def test_the_same_configuration_runs_its_program_in_plain_git(name, tmp_path, canary):
    configuration, attributes, provoked = HOSTILE[name]
    repository, _ = hostile_repository(tmp_path, canary, configuration, attributes)
    asked = b"protocol=https\nhost=example.org\n\n"
    subprocess.run(["git", *provoked], cwd=repository, input=asked, capture_output=True, timeout=30, check=False)
    assert canary.ran()


def test_what_the_environment_says_to_git_is_not_heard(tmp_path, canary, scratch, monkeypatch):
    repository, other = tmp_path / "repository", tmp_path / "other"
    make_repository(repository, FILES)
    make_repository(other, {"other.py": "other = 1\n"})
    home = tmp_path / "home"
    write(home, {".gitconfig": f"[core]\nfsmonitor = {canary.program}\n[alias]\ncat-file = !{canary.program}\n"})
    for name, value in {
        "HOME": home,
        "GIT_DIR": other / ".git",
        "GIT_WORK_TREE": other,
        "GIT_OBJECT_DIRECTORY": other / ".git" / "objects",
        "GIT_CONFIG_COUNT": 1,
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": canary.program,
        "GIT_CONFIG_PARAMETERS": f"'core.fsmonitor={canary.program}'",
        "GIT_EXTERNAL_DIFF": canary.program,
        "GIT_SSH_COMMAND": canary.program,
        "GIT_ASKPASS": canary.program,
        "GIT_PAGER": canary.program,
        "GIT_TRACE": tmp_path / "trace",
    }.items():
        monkeypatch.setenv(name, str(value))
    with opened(str(repository), None, None, Limits(), scratch) as source:
        assert {entry.path for entry in source.listed} == set(FILES)
    assert not canary.ran()
    assert not (tmp_path / "trace").exists()


def loose(repository, oid):
    return repository / ".git" / "objects" / oid[:2] / oid[2:]


def test_objects_borrowed_from_elsewhere_are_not_read(tmp_path, scratch):
    make_repository(tmp_path / "victim", {"secret.txt": "secret\n"})
    commit_of_victim = git(tmp_path / "victim", "rev-parse", "HEAD")
    repository = tmp_path / "repository"
    make_repository(repository, FILES)
    (repository / ".git" / "objects" / "info").mkdir(exist_ok=True)
    (repository / ".git" / "objects" / "info" / "alternates").write_text(f"{tmp_path}/victim/.git/objects\n")
    (repository / ".git" / "refs" / "heads" / "main").write_text(commit_of_victim + "\n")
    with pytest.raises(RepositoryNotFound, match="full clone"), opened(str(repository), None, None, Limits(), scratch):
        pass


def test_a_folder_of_objects_that_is_a_link_is_not_followed(tmp_path, scratch):
    make_repository(tmp_path / "victim", {"secret.txt": "secret\n"})
    repository = tmp_path / "repository"
    make_repository(repository, FILES)
    objects = repository / ".git" / "objects"
    objects.rename(tmp_path / "kept")
    objects.symlink_to(tmp_path / "victim" / ".git" / "objects")
    with (
        pytest.raises(RepositoryNotFound, match="not followed"),
        opened(str(repository), None, None, Limits(), scratch),
    ):
        pass


def test_packs_that_are_links_are_not_followed(tmp_path, scratch):
    make_repository(tmp_path / "victim", {"secret.txt": "secret\n"})
    git(tmp_path / "victim", "gc", "--quiet")
    repository = tmp_path / "repository"
    make_repository(repository, FILES)
    packs = repository / ".git" / "objects" / "pack"
    for file in (tmp_path / "victim" / ".git" / "objects" / "pack").iterdir():
        (packs / file.name).symlink_to(file)
    (repository / ".git" / "refs" / "heads" / "main").write_text(git(tmp_path / "victim", "rev-parse", "HEAD"))
    with pytest.raises(RepositoryNotFound, match="full clone"), opened(str(repository), None, None, Limits(), scratch):
        pass


def test_a_blob_that_is_not_what_its_id_says_is_refused(tmp_path, scratch):
    repository = tmp_path / "repository"
    make_repository(repository, FILES)
    place = loose(repository, blob_id(b"a = 1\n", like="0" * 40))
    place.chmod(0o644)
    place.write_bytes(zlib.compress(b"blob 6\0a = 2\n"))
    with (
        opened(str(repository), None, None, Limits(), scratch) as source,
        pytest.raises(RepositoryNotFound, match="damaged"),
    ):
        list(source.read(source.listed))


def test_a_repository_that_lacks_a_blob_says_so(tmp_path, scratch):
    repository = tmp_path / "repository"
    make_repository(repository, FILES)
    loose(repository, blob_id(b"a = 1\n", like="0" * 40)).unlink()
    with (
        pytest.raises(RepositoryNotFound, match="partial clone"),
        opened(str(repository), None, None, Limits(), scratch),
    ):
        pass


def test_a_tree_that_names_ten_million_files_is_stopped_at_the_limit(tmp_path, scratch):
    repository = tmp_path / "repository"
    make_repository(repository, {"a": "a\n"})
    line = f"100644 blob {git(repository, 'rev-parse', 'HEAD:a')}"
    for _ in range(7):
        tree = git(repository, "mktree", stdin="".join(f"{line}\t{n}\n" for n in range(10)).encode())
        line = f"040000 tree {tree}"
    wanted = git(repository, "commit-tree", tree, "-m", "bomb")
    started = time.monotonic()
    with (
        pytest.raises(LimitExceeded, match="max_files"),
        opened(str(repository), wanted, None, Limits(max_files=1_000), scratch),
    ):
        pass
    assert time.monotonic() - started < 10


def test_a_tree_may_name_what_no_folder_can_hold(tmp_path, scratch):
    repository = tmp_path / "repository"
    make_repository(repository, {"a": "a\n"})
    blob = bytes.fromhex(git(repository, "rev-parse", "HEAD:a"))
    names = (b"..", b"/etc/passwd", b"good", b"good")
    inner = b"".join(b"100644 " + name + b"\0" + blob for name in names)
    tree = git(repository, "hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=inner)
    wanted = git(repository, "commit-tree", tree, "-m", "x")
    with opened(str(repository), wanted, None, Limits(), scratch) as source:
        assert [entry.path for entry in source.listed] == ["good"]
        assert {one.path for one in source.skipped} == {"..", "/etc/passwd"}


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/a",
        "git://example.org/a",
        "ssh://git@example.org/a",
        "git@example.org:a/b.git",
        "file:///etc",
        "file:/etc",
        "ftp://example.org/a",
        "ext::sh -c touch% x",
        "fd::17",
        "https::https://example.org/a",
        "https://user:secret@example.org/a",
        "https://secret@example.org/a",
        "https://exa\tmple.org/a",
        "https://example.org/a?b=c",
        "https://example.org/a#b",
        "https://example.org:port/a",
        "https:///a",
        "https://exämple.org/a",
    ],
)
def test_a_url_that_is_not_plain_https_is_refused(url):
    assert is_url(url)
    with pytest.raises(BadRequest) as refused:
        remote_at(url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "[::1]",
        "0.0.0.0",
        "2130706433",
        "[fe80::1]",
    ],
)
def test_a_host_of_this_machine_or_network_is_refused(host):
    with pytest.raises(BadRequest, match="not a public one"):
        remote_at(f"https://{host}/a/b")


def test_a_public_address_is_taken_and_pinned():
    remote = remote_at("https://93.184.216.34/owner/name.git")
    assert (remote.name, remote.pin) == ("name", "93.184.216.34:443:93.184.216.34")


def test_paths_are_no_urls():
    assert not any(is_url(path) for path in (".", "/a/b", "a:b", "C:\\a", "../https", "a@b"))


@pytest.fixture
def server(tmp_path, monkeypatch):
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("GIT_SSL_CAINFO", str(certificate))
    with git_server(tmp_path / "served", certificate) as started:
        yield started


def processes_with(word):
    """The ids of running processes whose command line holds `word`."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if word.encode() in file.read():
                    found.append(int(pid))
        except OSError:
            continue
    return found


def until(condition, timeout_s=10.0):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_server_that_does_not_answer_is_given_up_and_nothing_is_left_running(server, scratch):
    url = f"https://localhost:{server.server_port}/slow/x"
    git_of_ours = Git(scratch / "git", "sha1", url)
    with pytest.raises(RepositoryNotFound, match="in time"):
        git_of_ours.on_network("ls-remote", url, max_bytes=10**9, timeout_s=1.0)
    assert server.asked.is_set()
    until(lambda: not processes_with(url))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent is gone")
def test_git_on_the_network_dies_with_a_parent_that_is_killed(server, scratch):
    url = f"https://localhost:{server.server_port}/slow/x"
    program = (
        "import sys; from pathlib import Path; from adapters.git import Git; "
        "Git(Path(sys.argv[1]), 'sha1', 'x').on_network('ls-remote', sys.argv[2], max_bytes=10**9, timeout_s=60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program, str(scratch / "git"), url], cwd=os.getcwd())
    assert server.asked.wait(20)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    until(lambda: not processes_with(url))
