"""Every attack of the table ends as it says, within its bounds of time, memory and disk; nothing runs or is left."""

import pytest

from adapters.git_remote import Remote, fetched
from doctown.errors import RepositoryNotFound
from doctown.steps import Limits
from tests.fakes.git_server import git_server, make_certificate
from tests.fakes.repositories import git, make_repository
from tests.safety.attacks import Stage, outcome_of
from tests.safety.hostile_server import hostile_server
from tests.safety.on_disk import ON_DISK
from tests.safety.remotes import REMOTES


def check(attack, outcome):
    assert not outcome.ran
    assert outcome.left == ()
    assert (outcome.ends, outcome.says) == (attack.ends, outcome.says)
    assert attack.says in outcome.says
    if attack.files is not None:
        assert outcome.files == attack.files
    if attack.ends != "read":
        assert outcome.says.endswith(".") and "\n" not in outcome.says and len(outcome.says) < 600
    assert outcome.seconds < attack.seconds
    assert outcome.memory_mb < attack.memory_mb
    assert outcome.disk_mb < attack.disk_mb


@pytest.mark.parametrize("attack", ON_DISK, ids=lambda attack: attack.name)
def test_a_repository_on_disk(attack, tmp_path):
    check(attack, outcome_of(attack, Stage(tmp_path / "stage")))


def rows(attacks):
    marks = {True: [pytest.mark.long], False: []}
    return [pytest.param(one, id=one.name.replace("::", ":"), marks=marks[one.is_long]) for one in attacks]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    certificate = make_certificate(tmp_path_factory.mktemp("certificate"))
    with hostile_server(certificate) as started:
        started.certificate = certificate
        yield started


@pytest.mark.parametrize("attack", rows(REMOTES))
def test_a_server_or_an_address(attack, tmp_path, server):
    server.seen.clear()
    url = f"https://localhost:{server.server_port}"
    check(attack, outcome_of(attack, Stage(tmp_path / "stage", url, server.certificate)))
    assert not [path for path in server.seen if path.startswith(("/stolen", "/alternate"))]


def test_the_address_that_was_checked_is_the_one_that_is_connected_to(tmp_path, monkeypatch):
    """A name that leads nowhere, or elsewhere by now, is fetched from the address it had when it was checked."""
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("GIT_SSL_CAINFO", str(certificate))
    make_repository(tmp_path / "work", {"a.py": "a = 1\n"})
    git(tmp_path, "clone", "--quiet", "--bare", str(tmp_path / "work"), str(tmp_path / "served" / "name.git"))
    with git_server(tmp_path / "served", certificate) as at:
        url, port = f"https://localhost:{at.server_port}/name.git", at.server_port
        elsewhere = Remote(url, "localhost", f"localhost:{port}:127.0.0.9")
        with pytest.raises(RepositoryNotFound):
            fetched(elsewhere, None, Limits(), tmp_path / "one", allow_private=True)
        checked = Remote(url, "localhost", f"localhost:{port}:127.0.0.1")
        assert fetched(checked, None, Limits(), tmp_path / "two", allow_private=True)[1]
