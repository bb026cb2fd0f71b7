"""A worker's image without an engine: its Dockerfile is read, and what it copies is laid out in a folder."""

import json
import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Image:
    """The image of the worker of that name."""

    worker: str

    @property
    def folder(self):
        return ROOT / "runpod_workers" / self.worker

    def instructions(self):
        """(word, arguments) of each, lines joined and comments left out."""
        lines = (self.folder / "Dockerfile").read_text().splitlines()
        joined = re.sub(r"\\\n", " ", "\n".join(line for line in lines if not line.lstrip().startswith("#")))
        return [tuple(line.split(None, 1)) for line in joined.splitlines() if line.strip()]

    def last_stage(self):
        found = self.instructions()
        return found[max(at for at, (word, _) in enumerate(found) if word == "FROM") :]

    def variables(self):
        """What the last stage sets, and the stages below it."""
        found = [rest for word, rest in self.instructions() if word == "ENV"]
        return dict(part.split("=", 1) for rest in found for part in shlex.split(rest) if not part.startswith("PATH="))

    def command(self):
        (found,) = [json.loads(rest) for word, rest in self.last_stage() if word == "CMD"]
        return found

    def lay_out(self, app):
        """Make the new folder `app` what /app is in the last stage."""
        app.mkdir()
        for sources, target in copies(self.last_stage()):
            for source in sources:
                if (ROOT / source).is_dir():
                    ignored = shutil.ignore_patterns("__pycache__")
                    shutil.copytree(ROOT / source, app / target, ignore=ignored, dirs_exist_ok=True)
                else:
                    place = app / target / Path(source).name if target.endswith("/") else app / target
                    place.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(ROOT / source, place)


def copies(found):
    """(sources, target) of every COPY out of the checkout."""
    words = [shlex.split(rest) for word, rest in found if word == "COPY"]
    return [(parts[:-1], parts[-1]) for parts in words if not parts[0].startswith("--from")]
