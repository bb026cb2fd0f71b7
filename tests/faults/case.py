"""One fault: a file of faults as the emulator reads it, and what must come of it, in lines that begin with `#: `.

Those lines are TOML as well, and comments to the emulator: `doctown emulate --faults` takes each file as it is.
"""

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path

from runpod_workers.emulator.faults import read_faults
from runpod_workers.emulator.terms import Terms, terms_with

TABLE = Path(__file__).parent / "table"
WORKERS = 3


@dataclass(frozen=True)
class Case:
    """What one file says. `error` empty: the run ends with every vector."""

    name: str
    toml: str
    title: str
    """The fault, in the words of the table."""
    error: str = ""
    says: str = ""
    """A part of the error's text: what to do."""
    again: tuple[str, ...] = ()
    """Why a batch may be embedded more than once; any other reason, or none, is a payment without explanation."""
    lost_s: float = 120
    """How much longer than a quiet run it may take, by the clock that jumps."""
    may_leave: bool = False
    """Whether a job may run on for a while that nobody knows or nobody could cancel; it ends by itself."""
    settings: dict = field(default_factory=dict)
    """Of the client."""
    terms: dict = field(default_factory=dict)
    """Settings of the endpoint that hold beside those of the file with real processes: shorter times."""
    waits: dict = field(default_factory=dict)
    """Of the client, with real processes: shorter times."""
    processes: bool = False
    """Whether it is tried with real SDK workers, too."""
    flag: str = ""
    """What real workers are told: `bug`, `oversized`, `nan`."""
    cancelled_s: tuple[float, ...] = ()
    """When the run is cancelled, a time a seed; then it is run again."""
    restarted_s: tuple[float, ...] = ()
    """When the emulator is ended and started anew, a time a seed."""

    @property
    def rules_and_terms(self):
        """As the emulator has them in memory."""
        return read_faults(self.toml, Terms(workers=WORKERS))

    @property
    def terms_of_processes(self):
        """As the emulator has them with processes."""
        return terms_with(self.terms, self.rules_and_terms[1])


def read_case(path):
    """The case in a file."""
    text = path.read_text()
    lines = (line.removeprefix("#: ") for line in text.splitlines() if line.startswith("#: "))
    told = tomllib.loads("\n".join(lines))
    unknown = told.keys() - {one.name for one in fields(Case)}
    assert not unknown, f"{path}: {unknown}"
    return Case(path.stem, text, **{key: tuple(v) if isinstance(v, list) else v for key, v in told.items()})


CASES = [read_case(path) for path in sorted(TABLE.glob("*.toml"))]
