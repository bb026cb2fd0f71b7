"""What an attack is, the place where it is prepared, and how one is made and measured."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.safety.configurations import Canary

ROOT = Path(__file__).parents[2]


@dataclass
class Stage:
    """A folder for one attack; `url` is that of the hostile server, `certificate` its own."""

    folder: Path
    url: str = ""
    certificate: Path | None = None

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.canary = Canary(self.folder)
        self.scratch = self.folder / "scratch"
        self.scratch.mkdir()


Asked = Mapping[str, Any]
"""The arguments of `opened`, by name."""


@dataclass(frozen=True)
class Attack:
    """`make` prepares it and says what is asked for; `ends` is the error's class, or `read`; `says` a part of what is
    said. `files` are those that are read, None where that does not matter.
    """

    name: str
    make: Callable[[Stage], Asked]
    ends: str
    says: str = ""
    files: frozenset[str] | None = None
    seconds: float = 10
    memory_mb: float = 200
    disk_mb: float = 10
    is_long: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of an attack. `ran` says whether a command of the repository ran."""

    ends: str
    says: str
    files: frozenset[str]
    skipped: Mapping[str, str]
    seconds: float
    memory_mb: float
    disk_mb: float
    left: tuple[str, ...]
    ran: bool
    shown: str = field(default="", compare=False)
    """All that the process printed."""


def outcome_of(attack: Attack, stage: Stage) -> Outcome:
    """Make the attack, in a process of its own."""
    asked = {"scratch": str(stage.scratch)} | dict(attack.make(stage))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    if stage.certificate:
        environment["GIT_SSL_CAINFO"] = str(stage.certificate)
    command = [sys.executable, "-m", "tests.safety.attempt"]
    environment["PYTHONPATH"] = str(ROOT)
    done = subprocess.run(
        command, cwd=ROOT, env=environment, input=json.dumps(asked), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    outcome = Outcome(
        ends=found["ends"],
        says=found["says"].replace(str(stage.folder), "").replace(stage.url or "\0", "https://host"),
        files=frozenset(found.get("files", ())),
        skipped=found.get("skipped", {}),
        seconds=found["seconds"],
        memory_mb=found["memory_mb"],
        disk_mb=found["disk_mb"],
        left=tuple(found["left"]),
        ran=stage.canary.ran(),
        shown=done.stdout + done.stderr,
    )
    shutil.rmtree(stage.folder, ignore_errors=True)
    return outcome
