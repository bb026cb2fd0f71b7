"""What is wrong with an endpoint, as a sentence."""

import pytest

from doctown.endpoints.answers import EndpointAnswer, LogLine, WorkerAnswer
from doctown.endpoints.diagnosis import Look, diagnosis, needs_logs
from doctown.endpoints.file import endpoints_file
from tests.fakes.endpoint_files import GOOD

EMBED = endpoints_file(GOOD.encode(), "x").endpoints[0]


def look(*states, most=2, lines=(), **more):
    there = EndpointAnswer.model_validate({"id": "ep1", "name": "x", "image": "x/y:1", "workers": {"max": most}})
    workers = [WorkerAnswer(id=f"w{n}", status=state) for n, state in enumerate(states)]
    return Look(there=there, workers=workers, logs={"w0": [LogLine(line=line) for line in lines]}, **more)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (look(most=0, queued=3, running=0), "its most workers are 0, as RunPod sets them after seven days"),
        (look(most=1), "no worker until the next job"),
        (look("INITIALIZING", lines=["error pulling image: manifest unknown"]), "x/y:1 cannot be pulled"),
        (look("UNHEALTHY", lines=["pull access denied for x/y"]), "cannot be pulled"),
        (look("UNHEALTHY", lines=["Traceback: no module"]), "fail again and again when they start"),
        (look("UNHEALTHY", lines=["container exited with code 137"]), "out of memory"),
        (look("UNHEALTHY", "RUNNING"), "1 of its 2 workers fail"),
        (look("THROTTLED", "THROTTLED", stock={"ADA_24": "NONE", "AMPERE_24": "LOW"}), "ADA_24: none, AMPERE_24: low"),
        (look(queued=2, running=0), "Jobs wait and it has no worker yet"),
        (look("INITIALIZING"), "Its workers are starting."),
        (look("RUNNING", "THROTTLED"), "It is well."),
    ],
)
def test_what_is_seen_is_said(found, said):
    assert said in diagnosis(found, EMBED)


def test_the_automatic_scale_down_after_three_days_is_named():
    more = endpoints_file(GOOD.replace("max = 2", "max = 4").encode(), "x").endpoints[0]
    assert "after three days" in diagnosis(look(), more)


def test_a_rolling_release_is_told():
    there = look("RUNNING", "RUNNING")
    stale = [there.workers[0].model_copy(update={"is_stale": True}), there.workers[1]]
    assert "1 of its 2 workers still run the one before" in diagnosis(Look(there=there.there, workers=stale), EMBED)


def test_logs_are_read_of_workers_that_fail_or_never_started():
    assert needs_logs(WorkerAnswer(id="w", status="UNHEALTHY"))
    assert needs_logs(WorkerAnswer(id="w", status="INITIALIZING"))
    assert not needs_logs(WorkerAnswer(id="w", status="INITIALIZING", uptime_seconds=4))
    assert not needs_logs(WorkerAnswer(id="w", status="IDLE"))
