"""Runs of the real command in processes of their own, on a cache of their own."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.fakes.caches import link_cache

ROOT = Path(__file__).parents[2]
DOCTOWN = [sys.executable, "-c", "import sys; sys.argv[0] = 'doctown'; from cli.main import main; main()"]


@dataclass
class Workplace:
    """A cache that holds the model and nothing else, and an output folder."""

    root: Path
    model_cache: Path
    extra: dict[str, str] = field(default_factory=dict)

    def __post_init__(self):
        self.cache, self.out = self.root / "cache", self.root / "out"
        self.cache.mkdir(parents=True)
        link_cache(self.model_cache, self.cache)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DOCTOWN_", "PREFECT_"))}
        return kept | {"DOCTOWN_CACHE": str(self.cache), "PYTHONPATH": str(ROOT)} | self.extra

    def start(self, *arguments: str, **more) -> subprocess.Popen:
        """The command, started in a session of its own."""
        return subprocess.Popen(
            [*DOCTOWN, *arguments],
            env=self.environment,
            cwd=self.root,
            start_new_session=True,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **more,
        )

    def run(self, *arguments: str) -> subprocess.CompletedProcess:
        """The command, run to its end."""
        return subprocess.run(
            [*DOCTOWN, *arguments],
            env=self.environment,
            cwd=self.root,
            check=False,
            capture_output=True,
            text=True,
            timeout=250,
        )

    def index(self, repository: Path, *options: str) -> dict:
        """The summary of an index run that must go well."""
        done = self.run("index", str(repository), "--out", str(self.out), "--json", *options)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def pack(self) -> bytes:
        """The bytes of the one docpack in the output folder."""
        (path,) = self.out.glob("*.docpack")
        return path.read_bytes()

    def processes(self) -> list[str]:
        """Every living process that was started with this cache, by its command line."""
        found = []
        for place in Path("/proc").iterdir():
            if place.name.isdigit() and int(place.name) != os.getpid():
                try:
                    if f"DOCTOWN_CACHE={self.cache}".encode() in (place / "environ").read_bytes():
                        found.append((place / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
                except OSError:
                    continue
        return [line for line in found if line.strip()]

    def wait_until_alone(self, deadline_s: float = 20) -> None:
        """Wait until no process of this cache is left; fail if one stays."""
        end = time.monotonic() + deadline_s
        while left := self.processes():
            assert time.monotonic() < end, left
            time.sleep(0.2)


def kill(process: subprocess.Popen) -> None:
    """SIGKILL to that one process, as the kernel or an operator would."""
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def commit_folder(source: Path, target: Path, *, keep=lambda path: True) -> Path:
    """A git repository whose one commit is a copy of the text files of `source`."""
    for path in sorted(source.rglob("*")):
        if (
            path.is_file()
            and "__pycache__" not in path.parts
            and path.suffix in {".py", ".md", ".txt", ".toml"}
            and keep(path)
        ):
            place = target / path.relative_to(source.parent)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
    git(target, "init", "-q", "-b", "main")
    commit_all(target)
    return target


def commit_all(repository: Path) -> None:
    """Commit whatever lies in the work tree, with a fixed author and date."""
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "a commit")


def git(repository: Path, *arguments: str) -> None:
    """The real git, with nobody's configuration."""
    who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in PERSON.items()}
    nobody = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *arguments], cwd=repository, check=True, env=os.environ | who | nobody)


PERSON = {"NAME": "A", "EMAIL": "a@example.org", "DATE": "2026-01-01T00:00:00Z"}
