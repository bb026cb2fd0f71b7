"""The faults in which a process is involved, with real SDK workers; and runs that are killed inside the fan-out."""

import json
import random
import time
from collections import Counter
from dataclasses import replace

import pytest

from adapters.store import store_at
from tests.faults.case import CASES
from tests.faults.processes import Endpoint, begun, open_jobs, settings_in, started, tried

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]
QUIET = next(case for case in CASES if case.name == "quiet")


@pytest.mark.parametrize("case", [case for case in CASES if case.processes], ids=lambda case: case.name)
async def test_a_fault_of_a_process_leaves_no_hole_no_hang_and_no_payment_without_a_reason(case, tmp_path):
    found = await tried(replace(case, lost_s=180), tmp_path)
    assert found.faults() == []


@pytest.mark.parametrize("seed", range(4))
def test_a_run_killed_at_random_moments_inside_the_fan_out_pays_for_no_batch_twice_without_saying_so(seed, tmp_path):
    chance = random.Random(seed)
    with Endpoint(QUIET, tmp_path) as endpoint:
        kills = 0
        for _ in range(3):
            before = len(begun(tmp_path))
            killed = started(endpoint.address, tmp_path, seed)
            while len(begun(tmp_path)) == before and killed.poll() is None:
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 1.5))
            kills += killed.poll() is None
            killed.kill()
            killed.communicate()
        last = started(endpoint.address, tmp_path, seed)
        told, errors = last.communicate(timeout=120)
        assert last.returncode == 0, errors
        assert open_jobs(endpoint.address) == 0
    assert kills and json.loads(told)["whole"]
    assert list(store_at(settings_in(tmp_path).store_url).keys("remote-jobs")) == []
    times = Counter(batch_id for batch_id, _ in begun(tmp_path))
    assert sum(n - 1 for n in times.values()) <= json.loads(told)["perhaps_paid_twice"]
