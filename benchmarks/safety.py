"""The safety table: every attack of tests/safety made once, what came of it, and what it took.

`python -m benchmarks.safety` prints docs/safety.md. `--all` makes the long ones too (some minutes).
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.fakes.git_server import make_certificate
from tests.safety.attacks import Attack, Outcome, Stage, outcome_of
from tests.safety.hostile_server import hostile_server
from tests.safety.on_disk import ON_DISK
from tests.safety.remotes import REMOTES

HEAD = """\
# What an attack can cost

Printed by `python -m benchmarks.safety --all`; `tests/safety` makes the same attacks and refuses anything beyond the
bounds. Each is made on a real repository, or by a real server on loopback, and read as `doctown index` reads. A program
lies ready that leaves a trace when any command of the repository runs: none ever did, and no scratch was left.

Bounds that hold for all: a fetch takes at most 30 minutes (60 s without a byte), 10 minutes of processor, 2 GB of
memory for each process and `max_total_bytes` of disk (64 MB more for an instant); listing a tree 120 s; unpacking all
files 15 minutes; a URL 2,000 characters. In the table, `bound` is what the test refuses to exceed, on a busy machine.
"""


def main() -> None:
    print(HEAD)
    print("| attack | ends in | what is said | s (bound) | MB of memory (bound) | MB of disk (bound) |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        certificate = make_certificate(Path(folder))
        with hostile_server(certificate) as server:
            url = f"https://localhost:{server.server_port}"
            for attack, outcome in outcomes(Path(folder), url, certificate):
                print(row(attack, outcome), flush=True)


def outcomes(folder: Path, url: str, certificate: Path) -> Iterator[tuple[Attack, Outcome]]:
    for number, attack in enumerate([*ON_DISK, *REMOTES]):
        if "--all" in sys.argv or not attack.is_long:
            yield attack, outcome_of(attack, Stage(folder / str(number), url, certificate))


def row(attack: Attack, outcome: Outcome) -> str:
    how = "**RAN**" if outcome.ran else outcome.ends
    says = outcome.says if len(outcome.says) < 200 else outcome.says[:200] + "..."
    says = says.replace("|", "\\|").encode("ascii", "backslashreplace").decode()
    if outcome.ends == "read":
        says = f"{len(outcome.files)} files read" + (f"; {says}" if says else "")
    took = (
        f"{outcome.seconds:.1f} ({attack.seconds:.0f})",
        f"{outcome.memory_mb:.0f} ({attack.memory_mb:.0f})",
        f"{outcome.disk_mb:.1f} ({attack.disk_mb:.0f})",
    )
    return "| " + " | ".join((attack.name, how, says, *took)) + " |"


if __name__ == "__main__":
    main()
