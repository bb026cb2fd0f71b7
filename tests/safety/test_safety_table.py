"""Every attack of the table ends as it says, within its bounds of time, memory and disk; nothing runs or is left."""

import pytest

from tests.safety.attacks import Stage, outcome_of
from tests.safety.on_disk import ON_DISK


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
