"""No secret of a repository, and no token for it, is in anything that a run leaves behind."""

import io

from doctown.docpack import Docpack
from tests.end_to_end.runs import Workplace
from tests.fakes.canaries import canaries, repository_with_canaries


def held_by(place, secrets):
    """Which files below the workplace's cache and output hold which of `secrets`; the model's apart."""
    found = []
    for folder in (place.cache, place.out):
        for path in folder.rglob("*"):
            if path.is_file():
                data = path.read_bytes()
                found += [(path.name, secret) for secret in secrets if secret.encode() in data]
    return found


def test_nothing_that_a_run_leaves_holds_a_secret_unless_they_are_kept(tmp_path, model_cache):
    token = canaries(9)["github-pat"]
    place = Workplace(tmp_path / "place", model_cache, {"DOCTOWN_GIT_TOKENS": f"git.example.org={token}"})
    secrets = [*repository_with_canaries(tmp_path / "shop"), token]
    done = place.run("index", str(tmp_path / "shop"), "--out", str(place.out))
    assert done.returncode == 0, done.stderr
    place.wait_until_alone()
    assert "secrets were masked" in done.stderr
    assert [secret for secret in secrets if secret in done.stdout + done.stderr] == []
    assert len([path for path in place.cache.rglob("*") if path.is_file()]) > 10
    assert held_by(place, secrets) == []
    assert Docpack.open(io.BytesIO(place.pack())).manifest["parameters"]["mask_secrets"] is True

    summary = place.index(tmp_path / "shop", "--keep-secrets")
    place.wait_until_alone()
    assert summary["secrets"]["private-key"] == 2
    assert Docpack.open(io.BytesIO(place.pack())).manifest["parameters"]["mask_secrets"] is False
    assert {secret for _, secret in held_by(place, [canaries()["github-pat"], token])} == {canaries()["github-pat"]}
