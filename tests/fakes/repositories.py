"""Real git repositories, made with the `git` command: the same files and message give the same commit id anywhere.

Functions, not fixtures, so that a test says what it needs. git runs with a configuration of its own, so that what the
developer of this machine has configured changes nothing.
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

_PERSON = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Ada"), ("EMAIL", "ada@example.org"), ("DATE", "2024-01-01T12:00:00 +0000"))
}
_ALONE = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C"}


def git(folder: Path, *arguments: str, stdin: bytes = b"", ok: tuple[int, ...] = (0,)) -> str:
    """What git prints, without the last line end. It does run the configuration of the repository it runs in."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=inherited | _PERSON | _ALONE, input=stdin, capture_output=True, check=False
    )
    assert done.returncode in ok, done.stderr.decode(errors="replace")
    return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")


def write(folder: Path, files: Mapping[str, bytes | str]) -> None:
    """Write `files` (by path below `folder`; a lone surrogate stands for a byte) and the folders they need."""
    for path, data in files.items():
        place = os.path.join(os.fsencode(folder), path.encode("utf-8", "surrogateescape"))
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)


def commit(folder: Path, files: Mapping[str, bytes | str], message: str = "a commit") -> str:
    """Write `files` into the repository and commit everything that lies there; the commit's id."""
    write(folder, files)
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def make_repository(
    folder: Path, files: Mapping[str, bytes | str], message: str = "a commit", object_format: str = "sha1"
) -> str:
    """A repository in the new folder `folder`, on the branch main, with one commit of `files`; its id."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch=main", f"--object-format={object_format}")
    return commit(folder, files, message)
