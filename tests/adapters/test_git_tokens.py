"""A token opens a private repository at its own host, over https, and is seen nowhere else."""

import pytest

from adapters.git_tokens import git_tokens
from adapters.settings import Settings
from adapters.sources import opened
from doctown.errors import InvalidSettings, RepositoryNotFound
from doctown.steps import Limits
from tests.fakes.canaries import canaries
from tests.fakes.git_server import git_server, make_certificate
from tests.fakes.repositories import git, make_repository

TOKEN = canaries()["github-pat"]


def test_a_token_is_given_to_a_host_by_name_and_port():
    found = git_tokens(f"github.com={TOKEN}, Git.Example.org:8443=ci:{TOKEN}=,[::1]:8443=x , h:443=y")
    assert set(found) == {"github.com", "git.example.org:8443", "[::1]:8443", "h"}
    assert (found["github.com"].user, found["github.com"].token) == ("x-access-token", TOKEN)
    assert (found["git.example.org:8443"].user, found["git.example.org:8443"].token) == ("ci", TOKEN + "=")
    assert TOKEN not in repr(found)
    assert git_tokens("") == git_tokens(" , ") == {}


@pytest.mark.parametrize("text", [TOKEN, f"https://github.com={TOKEN}", "github.com=", f"a b={TOKEN}", f"h={TOKEN} x"])
def test_what_is_no_map_of_hosts_is_refused_without_repeating_it(text):
    with pytest.raises(InvalidSettings) as refused:
        Settings.from_environment({"DOCTOWN_GIT_TOKENS": text})
    assert "DOCTOWN_GIT_TOKENS" in str(refused.value) and TOKEN not in str(refused.value)


@pytest.fixture
def server(tmp_path, monkeypatch):
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("GIT_SSL_CAINFO", str(certificate))
    make_repository(tmp_path / "work", {"a.py": "a = 1\n"})
    git(tmp_path, "clone", "--quiet", "--bare", str(tmp_path / "work"), str(tmp_path / "served" / "name.git"))
    with git_server(tmp_path / "served", certificate, TOKEN) as started:
        yield started


def attempt(url, tmp_path, tokens, ref=None):
    """The files read, and everything that git left on disk meanwhile."""
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    with opened(url, ref, None, Limits(), scratch, allow_private=True, tokens=git_tokens(tokens)) as source:
        files = {entry.path: data for entry, data in source.read(source.listed)}
        left = b"".join(path.read_bytes() for path in scratch.rglob("*") if path.is_file())
        return files, left + repr(source).encode()


def test_a_private_repository_is_read_and_the_token_is_written_nowhere(server, tmp_path):
    host = f"localhost:{server.server_port}"
    files, left = attempt(f"https://{host}/private/name.git", tmp_path, f"{host}={TOKEN}")
    assert files == {"a.py": b"a = 1\n"}
    assert any(given for _, given in server.authorizations)
    assert TOKEN.encode() not in left
    assert not any(given.partition(" ")[2].encode() in left for _, given in server.authorizations if given)


def test_a_host_that_is_not_named_is_told_nothing(server, tmp_path):
    host, other = f"localhost:{server.server_port}", f"127.0.0.1:{server.server_port}"
    for tokens in ("", f"{other}={TOKEN}", f"localhost={TOKEN}"):
        with pytest.raises(RepositoryNotFound, match="DOCTOWN_GIT_TOKENS"):
            attempt(f"https://{host}/private/name.git", tmp_path, tokens)
    with pytest.raises(RepositoryNotFound):
        attempt(f"https://{host}/within/private/name.git", tmp_path, f"{host}={TOKEN}")
    assert {given for _, given in server.authorizations} == {""}
    assert other in {asked for asked, _ in server.authorizations}


def test_a_redirection_to_a_host_with_a_token_uses_that_hosts(server, tmp_path):
    host, other = f"localhost:{server.server_port}", f"127.0.0.1:{server.server_port}"
    files, _ = attempt(f"https://{host}/within/private/name.git", tmp_path, f"{other}={TOKEN}")
    assert set(files) == {"a.py"}
    assert {asked for asked, given in server.authorizations if given} == {other}


def test_a_token_that_is_refused_or_told_back_is_not_repeated(server, tmp_path):
    host = f"localhost:{server.server_port}"
    wrong = canaries(2)["github-pat"]
    for path in ("private/name.git", "telling/name.git"):
        with pytest.raises(RepositoryNotFound) as refused:
            attempt(f"https://{host}/{path}", tmp_path, f"{host}={wrong}")
        assert wrong not in str(refused.value)
    assert "you said ***" in str(refused.value)


def test_an_unknown_ref_of_a_private_repository_names_its_branches(server, tmp_path):
    host = f"localhost:{server.server_port}"
    with pytest.raises(Exception, match="main"):
        attempt(f"https://{host}/private/name.git", tmp_path, f"{host}={TOKEN}", ref="mian")
