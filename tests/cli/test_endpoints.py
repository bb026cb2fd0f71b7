"""`doctown endpoints` from the command line, against a server that follows the published API."""

import json
import os
import pty
import subprocess
import sys

import pytest
from click.testing import CliRunner

from cli.main import main
from tests.fakes.endpoint_files import GOOD, good_but
from tests.fakes.management_server import Fault, ManagementServer

SECRET = "rpa_S3CRET_VALUE"


@pytest.fixture
def server():
    with ManagementServer() as server:
        yield server


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "endpoints.toml"
    file.write_text(GOOD)
    return file


@pytest.fixture
def endpoints(server, file, tmp_path):
    """The command, in this process; what it prints never has a secret in it."""

    def run(*arguments, **environment):
        variables = {
            "DOCTOWN_MANAGEMENT_URL": server.base,
            "RUNPOD_API_KEY": SECRET,
            "BUILD_KEY": SECRET,
            "DOCTOWN_CACHE": str(tmp_path),
        }
        if arguments[0] != "--help":
            arguments = (arguments[0], "--file", str(file), *arguments[1:])
        done = CliRunner(env=variables | environment).invoke(main, ["endpoints", *arguments])
        assert SECRET not in done.output and "Traceback" not in done.output
        return done

    return run


def refused(done, code, *words):
    assert done.exit_code == code, done.output
    (sentence,) = [line for line in done.stderr.splitlines() if line.startswith("doctown: ")]
    for word in words:
        assert word in sentence


def test_a_plan_says_what_would_be_made_and_writes_nothing(endpoints, server):
    done = endpoints("plan")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert "+ embed (to be made)" in lines and "    gpu.pools: ADA_24, AMPERE_24" in lines
    assert "    env.RUNPOD_API_KEY: (not shown)" in lines
    assert "    env.EMBEDDER_ENDPOINT_ID: (its id, once it is made)" in lines
    assert lines[-1] == "2 to make, 0 as they should be."
    assert server.writes == []


def test_apply_makes_everything_and_a_second_time_writes_nothing(endpoints, server):
    first = endpoints("apply", "--yes")
    assert first.exit_code == 0, first.output
    by_name = {endpoint["name"]: endpoint for endpoint in server.endpoints.values()}
    embed, build = by_name["doctown-embed"], by_name["doctown-build"]
    assert first.stdout.splitlines() == [
        f"embed {embed['id']} http://127.0.0.1:{server.port}/jobs/{embed['id']}",
        f"build {build['id']} http://127.0.0.1:{server.port}/jobs/{build['id']}",
    ]
    assert build["env"]["EMBEDDER_ENDPOINT_ID"] == embed["id"] and build["env"]["RUNPOD_API_KEY"] == SECRET
    assert embed["timeout"] == 600_000 and embed["flashboot"] == "FLASHBOOT" and build["flashboot"] == "OFF"
    writes = list(server.writes)
    assert len(writes) == 2
    second = endpoints("apply")  # nothing to do, so nobody is asked
    assert second.exit_code == 0 and second.stdout == first.stdout and server.writes == writes
    assert endpoints("plan").stdout.splitlines()[-1] == "Nothing to change."


def test_apply_changes_what_differs_and_nothing_else(endpoints, server, file):
    endpoints("apply", "--yes")
    file.write_text(good_but("execution_timeout_s = 600", "execution_timeout_s = 700"))
    assert "    execution_timeout_s: 600 -> 700" in endpoints("plan").stdout.splitlines()
    assert endpoints("apply", "--yes").exit_code == 0
    method, _, body = [row for row in server.requests if row[0] != "GET"][-1]
    assert method == "PATCH" and body == {"timeout": 700_000}


def test_what_was_set_by_hand_is_shown_and_put_back(endpoints, server):
    endpoints("apply", "--yes")
    embed = next(iter(server.endpoints.values()))
    embed["workers"]["max"] = 0
    embed["env"]["BY_HAND"] = "hf_S3CRET_TOO1"
    done = endpoints("plan")
    assert "    workers.max: 0 -> 2" in done.stdout and "env.BY_HAND: is to go" in done.stdout
    assert "S3CRET" not in done.output
    endpoints("apply", "--yes")
    embed = server.endpoints[embed["id"]]
    assert embed["workers"]["max"] == 2 and "BY_HAND" not in embed["env"]


def test_nobody_to_ask_is_a_refusal_that_names_the_way(endpoints, server):
    refused(endpoints("apply"), 3, "--yes")
    assert server.writes == []


@pytest.mark.parametrize(("answer", "code", "made"), [(b"y\n", 0, 2), (b"n\n", 16, 0)])
def test_at_a_terminal_the_difference_is_shown_and_the_answer_counts(server, file, answer, code, made):
    master, slave = pty.openpty()
    variables = os.environ | {"DOCTOWN_MANAGEMENT_URL": server.base, "RUNPOD_API_KEY": SECRET, "BUILD_KEY": SECRET}
    command = ["-c", "from cli.main import main; main()", "endpoints", "apply", "--file", str(file)]
    os.write(master, answer)
    done = subprocess.run(
        [sys.executable, *command], stdin=slave, capture_output=True, text=True, env=variables, timeout=60, check=False
    )
    os.close(master)
    os.close(slave)
    assert done.returncode == code, done.stderr
    assert "+ embed (to be made)" in done.stderr and "Do that? [y/N]" in done.stderr
    assert len(server.endpoints) == made and SECRET not in done.stderr + done.stdout


def test_json_is_one_document_and_has_no_secret(endpoints, server):
    plan = json.loads(endpoints("plan", "--json").stdout)
    assert plan["nothing_to_change"] is False and plan["endpoints"][0]["todo"] == "make"
    assert {"setting": "env.RUNPOD_API_KEY", "private": True} in plan["endpoints"][1]["changes"]
    made = json.loads(endpoints("apply", "--yes", "--json").stdout)["endpoints"]
    assert [one["done"] for one in made] == ["made", "made"] and made[0]["address"].endswith(made[0]["id"])
    statuses = json.loads(endpoints("status", "--json").stdout)["endpoints"]
    assert [one["name"] for one in statuses] == ["embed", "build"] and statuses[0]["workers"]["max"] == 2
    failed = json.loads(endpoints("status", "nowhere", "--json").stdout)
    assert failed["error_kind"] == "EndpointRefused"


def test_an_endpoint_that_somebody_else_made_is_not_touched(endpoints, server):
    server.add(name="doctown-embed")
    refused(endpoints("apply", "--yes"), 16, "was not made by doctown", "DOCTOWN_ENDPOINT=doctown/embed")
    refused(endpoints("retire", "doctown-embed", "--yes"), 16, "was not made by doctown")
    assert server.writes == []


def test_an_account_that_is_full_is_told_how_many_workers_are_free(endpoints, server):
    server.add(workers={"min": 0, "max": 4})
    refused(endpoints("apply", "--yes"), 16, "only 1 of the account's 5 are free")
    assert server.writes == []


def test_the_account_s_own_limit_is_told_in_its_words(endpoints, server):
    server.quota = 2
    refused(endpoints("apply", "--yes"), 16, "build: ", "must not exceed your workers quota (2)")
    assert len(server.endpoints) == 1
    server.quota = 5
    assert endpoints("apply", "--yes").exit_code == 0 and len(server.endpoints) == 2


def test_another_gpu_is_refused_while_jobs_are_under_way(endpoints, server, file):
    endpoints("apply", "--yes")
    embed = next(iter(server.endpoints))
    file.write_text(good_but('["ADA_24", "AMPERE_24"], excluded = ["NVIDIA L4"]', '["AMPERE_48"]'))
    server.jobs[embed] = (2, 1)
    refused(endpoints("apply", "--yes"), 16, "2 waiting and 1 running", "gpu.pools", "--force")
    assert "refused: embed has jobs" in endpoints("plan").stdout
    assert endpoints("apply", "--yes", "--force").exit_code == 0
    assert server.endpoints[embed]["gpu"]["pools"] == ["AMPERE_48"]
    assert server.endpoints[embed]["gpu"]["excludedTypes"] == []


def test_an_answer_that_was_lost_makes_no_second_endpoint(endpoints, server):
    server.faults.append(Fault("POST", reset=True, done=True))
    done = endpoints("apply", "--yes")
    assert done.exit_code == 0 and len(server.endpoints) == 2


def test_what_runpod_keeps_as_it_was_is_told(endpoints, server):
    endpoints("apply", "--yes")
    embed = next(iter(server.endpoints.values()))
    server.endpoints[embed["id"]]["disk"] = 99
    unchanged = json.dumps(server.endpoints[embed["id"]]).encode()
    path = f"/v2/serverless/{embed['id']}"
    server.faults += [Fault("PATCH", body=unchanged), Fault("GET", path=path, body=unchanged)]
    done = endpoints("apply", "--yes")
    refused(done, 16, "RunPod did not take all of it: embed disk_gb")
    assert embed["id"] in done.stdout
    server.endpoints[embed["id"]]["disk"] = 99
    server.faults += [Fault("PATCH", body=unchanged)]  # an answer that lags behind is asked again
    assert endpoints("apply", "--yes").exit_code == 0


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({}, "It is well, and has no worker until the next job comes."),
        ({"max": 0}, "its most workers are 0"),
        ({"workers": ["THROTTLED"]}, "RunPod has no machine for it now (ADA_24: high, AMPERE_24: medium)"),
        ({"workers": ["UNHEALTHY"], "log": "boom\x1b[31m " + SECRET}, "fail again and again"),
        ({"workers": ["INITIALIZING"], "log": "failed to pull image: manifest unknown"}, "cannot be pulled"),
        ({"workers": ["RUNNING"]}, "It is well."),
    ],
)
def test_a_status_says_what_is_wrong(endpoints, server, found, said):
    endpoints("apply", "--yes")
    embed = next(iter(server.endpoints))
    server.endpoints[embed]["workers"]["max"] = found.get("max", 2)
    server.workers[embed] = [{"id": f"w{n}", "status": state} for n, state in enumerate(found.get("workers", []))]
    server.logs["w0"] = [found["log"]] * 20 if "log" in found else []
    done = endpoints("status", "embed")
    assert done.exit_code == 0 and said in done.stdout, done.output
    assert "last release: 1 of 2026-11-24" in done.stdout and "\x1b" not in done.stdout
    assert ("its last lines" in done.stdout) == ("log" in found)


def test_a_status_names_what_is_not_there(endpoints):
    assert "embed: It is not there" in endpoints("status").stdout


def test_retire_ends_what_is_idle_and_only_that(endpoints, server):
    endpoints("apply", "--yes")
    embed, build = server.endpoints
    server.jobs[embed] = (1, 0)
    refused(endpoints("retire", "embed", "--yes"), 16, "1 waiting and 0 running", "--wait", "--force")
    assert server.endpoints[embed]["workers"]["max"] == 2
    done = endpoints("retire", "embed")
    refused(done, 3, "--yes")
    assert "The workers of build have its id" in done.stderr
    assert endpoints("retire", "build", "--yes").stdout == f"doctown-build ({build}) is gone.\n"
    assert endpoints("retire", embed, "--yes", "--force").exit_code == 0
    assert server.endpoints == {}
    patched = [body for method, _, body in server.requests if method == "PATCH"]
    assert patched == [{"workers": {"min": 0, "max": 0}}] * 2
    refused(endpoints("retire", "embed", "--yes"), 16, "There is no endpoint 'embed'")


def test_a_file_that_is_wrong_or_missing_is_one_sentence_with_its_place(endpoints, server, file):
    file.write_text(good_but("disk_gb = 15", "disk = 15"))
    refused(endpoints("plan"), 10, str(file), "[endpoints.embed] has 'disk'")
    file.write_text(good_but('"ADA_24"', '"ADA_42"'))
    refused(endpoints("plan"), 10, "'ADA_42'", "ADA_24, AMPERE_24, AMPERE_48")
    file.unlink()
    refused(endpoints("plan"), 10, "cannot be read", "--file")
    assert server.writes == []


def test_a_key_that_is_missing_or_not_accepted_is_one_sentence(endpoints, server, file):
    refused(
        endpoints("plan", DOCTOWN_MANAGEMENT_URL="https://api.runpod.io/v2", RUNPOD_API_KEY=""), 10, "RUNPOD_API_KEY"
    )
    refused(endpoints("plan", DOCTOWN_MANAGEMENT_URL="https://example.org/v2"), 10, "DOCTOWN_KEY_HOSTS")
    server.key = "another"
    refused(endpoints("plan"), 15, "RUNPOD_API_KEY")


def test_a_secret_that_is_not_set_is_named(endpoints, server):
    refused(endpoints("apply", "--yes", BUILD_KEY=""), 16, "BUILD_KEY is not set here")
    assert server.writes == []
