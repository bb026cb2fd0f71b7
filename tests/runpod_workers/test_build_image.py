"""The image of the build worker: its Dockerfile is read, and done in folders, and in an environment of its own."""

import ast
import json
import os
import re
import shlex
import subprocess
import sys
import time
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from adapters.settings import Settings
from doctown.build import build_request_of
from doctown.steps import EMBED
from runpod_workers.embed.bake import bake as bake_model
from tests.fakes.image import ROOT, Image, copies

IMAGE = Image("build")
OURS = {"doctown", "adapters", "tasks", "places", "runpod_workers"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
GRAMMARS = set(re.findall(r"tree-sitter-[a-z]+", " ".join(PROJECT["dependencies"])))  # loaded by their names
STEPS = "import tasks.ingest, tasks.assemble, doctown.assemble.kernels, places.child, runpod_workers.build.handler"
LOADED = "import json, sys; print(json.dumps({n: getattr(m, '__file__', None) for n, m in sys.modules.items()}))"


def rows_of(path):
    """The requirements of a file that `uv` wrote, each with its hashes."""
    return set(re.split(r"\n(?=\S)", path.read_text().strip()))


def started(python, app, arguments, **environment):
    inherited = {"PATH": os.environ["PATH"], "HOME": str(app.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [str(python), *arguments]
    return subprocess.run(
        command, check=False, cwd=app, env=inherited | environment, capture_output=True, text=True, timeout=280
    )


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The folder /app as the last stage makes it."""
    app = tmp_path_factory.mktemp("image") / "app"
    IMAGE.lay_out(app)
    return app


def test_everything_that_is_copied_is_in_the_checkout_and_nothing_else_is_let_in():
    rules = (ROOT / ".dockerignore").read_text().splitlines()
    let_in = {rule[1:] for rule in rules if rule.startswith("!")}
    found = [copies(Image(worker).instructions()) for worker in ("build", "embed")]
    sources = [source for image in found for of_one, _ in image for source in of_one]
    assert all((ROOT / source).exists() for source in sources)
    assert {source.split("/")[0] for source in sources} == let_in


def test_all_of_ours_that_its_steps_load_is_in_the_image_and_nothing_of_prefect(app):
    done = started(sys.executable, app, ["-c", f"{STEPS}\n{LOADED}"], PYTHONPATH=str(app))
    assert done.returncode == 0, done.stderr
    loaded = json.loads(done.stdout)
    ours = {name: file for name, file in loaded.items() if name.split(".")[0] in OURS and file}
    assert [name for name, file in ours.items() if not Path(file).is_relative_to(app)] == []
    roots = {name.split(".")[0] for name in loaded}
    assert not roots & {"prefect", "flows", "cli", "umap", "hdbscan", "openvino", "onnxruntime", "onnx"}


def test_all_that_its_steps_import_of_others_is_required(app):
    imported = {"runpod", "pip"}
    for path in app.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add(str(node.module).split(".")[0])
    engines = {"onnx", "onnxruntime", "openvino", "sentence_transformers"}  # of the encoder, which is elsewhere
    providers = packages_distributions()
    theirs = imported - OURS - sys.stdlib_module_names - engines
    needed = {providers[name][0].lower().replace("_", "-") for name in theirs} | GRAMMARS
    lines = (IMAGE.folder / "requirements.in").read_text().splitlines()
    assert needed == {line for line in lines if line and not line.startswith("#")}


def test_its_requirements_are_a_part_of_the_lock_with_its_hashes():
    rows = rows_of(IMAGE.folder / "requirements.txt")
    assert rows <= rows_of(ROOT / "requirements.lock")
    names = {re.match(r"[a-z0-9.-]+", row)[0] for row in rows}
    assert {"runpod", "numba", "llvmlite", "tokenizers"} <= names
    assert not names & {"prefect", "onnxruntime", "openvino", "onnx", "umap-learn", "scikit-learn"}
    assert any("--require-hashes" in rest for word, rest in IMAGE.instructions() if word == "RUN")


@pytest.mark.parametrize("worker", ["build", "embed"])
def test_the_hubs_files_are_what_the_worker_takes(worker):
    folder = Image(worker).folder / ".runpod"
    hub, tests = (json.loads((folder / name).read_text()) for name in ("hub.json", "tests.json"))
    known = {str(field.alias) for field in Settings.model_fields.values()}
    assert {variable["key"] for variable in hub["config"]["env"]} <= known
    assert hub["config"]["runsOn"] == {"build": "CPU", "embed": "GPU"}[worker] and hub["type"] == "serverless"
    read = {"build": build_request_of, "embed": EMBED.request.from_json}[worker]
    sample = json.loads((Image(worker).folder / "test_input.json").read_text())
    for job_input in [sample["input"], *(case["input"] for case in tests["tests"])]:
        assert read(job_input)


def test_its_command_is_tried_by_the_sdk_and_says_what_it_lacks(app, tmp_path):
    done = started(sys.executable, app, IMAGE.command()[1:], DOCTOWN_CACHE=str(tmp_path))
    assert done.returncode == 1 and done.stderr.startswith("The build worker does not start: It has no engine")


@pytest.mark.parametrize(
    "arguments", [["image"], ["image", "WORKER=none", "TAG=x"], ["image", "WORKER=build"], ["push-image"]]
)
def test_make_says_what_an_image_needs(arguments):
    done = subprocess.run(
        ["make", "--no-print-directory", *arguments], check=False, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 2 and f"make {arguments[0]} needs" in done.stderr and "TAG=<registry>" in done.stderr


@pytest.mark.long
def test_its_steps_done_in_a_clean_environment_give_a_worker_that_compiles_nothing(app, model_cache, tmp_path):
    """What the image's build and a cold start take is printed."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    python = tmp_path / "venv/bin/python"
    (install,) = [rest for word, rest in IMAGE.instructions() if word == "RUN" and rest.startswith("pip install")]
    subprocess.run([python, "-m", *shlex.split(install)], cwd=IMAGE.folder, check=True, stderr=subprocess.DEVNULL)
    bake_model(tmp_path / "model", Settings(cache=str(model_cache)))
    variables = IMAGE.variables() | {"DOCTOWN_CACHE": str(tmp_path / "cache"), "MODEL_PATH": str(tmp_path / "model")}
    timed(python, app, ["-m", "runpod_workers.build.bake"], variables, "kernels compiled")
    kept = sorted((tmp_path / "cache/kernels").rglob("*.nbc"))
    timed(python, app, ["-m", "runpod_workers.build.bake"], variables, "kernels found")
    timed(python, app, ["-c", "import runpod_workers.build.handler"], variables, "handler imported")
    timed(python, app, ["-c", "import runpod_workers.build.handler, runpod"], variables, "and the SDK")
    timed(python, app, ["-c", "import tasks.ingest, tasks.assemble"], variables, "steps imported")
    assert kept and sorted((tmp_path / "cache/kernels").rglob("*.nbc")) == kept
    away = variables | {"EMBEDDER_ENDPOINT_ID": "abc", "RUNPOD_API_KEY": "a-secret-key"}
    job = json.dumps({"input": {"repo_url": "https://127.0.0.1/r"}})
    done = timed(python, app, [*IMAGE.command()[1:], "--test_input", job], away, "started, and a job refused", code=1)
    assert "not a public one" in done.stdout + done.stderr
    for part in ("venv", "model", "cache"):
        print(part, sum(file.stat().st_size for file in (tmp_path / part).rglob("*") if file.is_file()) >> 20, "MiB")


def timed(python, app, arguments, variables, what, code=0):
    began = time.perf_counter()
    done = started(python, app, arguments, **variables)
    print(f"{what}: {time.perf_counter() - began:.1f} s")
    assert done.returncode == code, done.stderr
    return done
