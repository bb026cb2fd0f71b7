"""One attempt to read a hostile repository, in a process of its own: `python -m tests.safety.attempt`.

Standard input is JSON: the arguments of `opened`. Prints what came of it, the seconds, and the most memory (of this
process and of each git below it) and disk it took, as one line of JSON.
"""

import json
import re
import resource
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from adapters.git import Git
from adapters.git_tokens import git_tokens
from adapters.sources import opened
from doctown.errors import DoctownError
from doctown.steps import Limits


def main(asked: dict) -> dict:
    scratch = Path(asked["scratch"])
    most, done = [0], threading.Event()
    watching = threading.Thread(target=watch, args=(scratch, most, done))
    watching.start()
    began = time.monotonic()
    found = attempt(asked, scratch)
    seconds = time.monotonic() - began
    done.set()
    watching.join()
    # Of this process the kernel also counts what the one had that started it.
    own = int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])
    memory = max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    left = [str(one) for one in scratch.rglob("*")]
    return found | {"seconds": seconds, "memory_mb": memory / 1000, "disk_mb": most[0] / 1e6, "left": left}


def attempt(asked: dict, scratch: Path) -> dict:
    tokens = git_tokens(asked.get("tokens", ""))
    given = (asked["source"], asked.get("ref"), asked.get("path"), Limits(**asked.get("limits", {})), scratch)
    try:
        if "walk_s" in asked:
            with tempfile.TemporaryDirectory(dir=scratch) as own:
                git = Git(Path(own) / "git", "sha1", asked["source"], quick_s=asked["walk_s"])
                git.borrow(Path(asked["source"]) / ".git" / "objects")
                list(git.tree(asked["ref"]))
            return {"ends": "read", "says": ""}
        with opened(*given, allow_private=asked.get("allow_private", False), tokens=tokens) as source:
            read = {entry.path: data.decode(errors="replace") for entry, data in source.read(source.listed)}
    except DoctownError as error:
        return {"ends": error.kind, "says": str(error)}
    reasons = Counter(one.reason for one in source.skipped)
    said = "; ".join(f"{number} left out as {reason}" for reason, number in sorted(reasons.items()))
    return {"ends": "read", "says": said, "files": read, "skipped": {one.path: one.reason for one in source.skipped}}


def watch(folder: Path, most: list, done: threading.Event) -> None:
    while not done.wait(0.01):
        size = 0
        for place in folder.rglob("*"):
            try:
                size += place.lstat().st_size if place.is_file() and not place.is_symlink() else 0
            except OSError:
                continue
        most[0] = max(most[0], size)


if __name__ == "__main__":
    print(json.dumps(main(json.load(sys.stdin))))
