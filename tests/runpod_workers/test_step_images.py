"""The images of the ingest and the assemble worker: their Dockerfiles are read, and done in folders."""

import ast
import json
import os
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from adapters.settings import Settings
from doctown.steps import STEPS
from tests.fakes.image import ROOT, Image, copies
from tests.runpod_workers.test_build_image import GRAMMARS, OURS, rows_of

WORKERS = ("ingest", "assemble")
LOADS = {
    "ingest": "import tasks.ingest, adapters.object_store, adapters.store",
    "assemble": "import tasks.assemble, doctown.assemble.kernels, adapters.object_store, adapters.store",
}
LOADED = "import json, sys; print(json.dumps({n: getattr(m, '__file__', None) for n, m in sys.modules.items()}))"


@pytest.fixture(scope="module", params=WORKERS)
def image(request):
    return Image(request.param)


@pytest.fixture(scope="module")
def app(image, tmp_path_factory):
    """The folder /app as the last stage makes it."""
    app = tmp_path_factory.mktemp("image") / "app"
    image.lay_out(app)
    return app


@pytest.fixture(scope="module")
def loaded(image, app):
    """Every module, with its file, that the worker needs."""
    code = f"import runpod_workers.{image.worker}.handler\n{LOADS[image.worker]}\n{LOADED}"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(app), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=app, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_everything_that_is_copied_is_in_the_checkout_and_let_in(image):
    rules = (ROOT / ".dockerignore").read_text().splitlines()
    let_in = {rule[1:] for rule in rules if rule.startswith("!")}
    sources = [source for of_one, _ in copies(image.instructions()) for source in of_one]
    assert all((ROOT / source).exists() for source in sources)
    assert {source.split("/")[0] for source in sources} <= let_in


def test_all_of_ours_that_it_loads_is_in_the_image_and_nothing_of_prefect_or_an_engine(app, loaded):
    ours = {name: file for name, file in loaded.items() if name.split(".")[0] in OURS and file}
    assert [name for name, file in ours.items() if not Path(file).is_relative_to(app)] == []
    roots = {name.split(".")[0] for name in loaded}
    assert not roots & {"prefect", "flows", "cli", "places", "umap", "hdbscan", "openvino", "onnxruntime", "onnx"}


def test_all_that_it_imports_of_others_is_required(image, loaded):
    imported = {"runpod"} | ({"pip"} if image.worker == "ingest" else set())  # where the hub does not answer
    for name, file in loaded.items():
        if file and name.split(".")[0] in OURS:
            for node in ast.walk(ast.parse(Path(file).read_text())):
                if isinstance(node, ast.Import):
                    imported |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    imported.add(str(node.module).split(".")[0])
    engines = {"onnx", "onnxruntime", "openvino", "sentence_transformers"}
    providers = packages_distributions()
    theirs = imported - OURS - sys.stdlib_module_names - engines
    needed = {providers[name][0].lower().replace("_", "-") for name in theirs}
    lines = (image.folder / "requirements.in").read_text().splitlines()
    assert needed | (GRAMMARS if image.worker == "ingest" else set()) == {
        line for line in lines if line and not line.startswith("#")
    }


def test_its_requirements_are_a_part_of_the_lock_with_its_hashes(image):
    rows = rows_of(image.folder / "requirements.txt")
    assert rows <= rows_of(ROOT / "requirements.lock")
    names = {re.match(r"[a-z0-9.-]+", row)[0] for row in rows}
    assert {"runpod", "obstore"} <= names and not names & {"prefect", "onnxruntime", "openvino", "moto"}
    assert any("--require-hashes" in rest for word, rest in image.instructions() if word == "RUN")


def test_the_hubs_files_are_what_the_worker_takes(image):
    hub, tests = (json.loads((image.folder / ".runpod" / name).read_text()) for name in ("hub.json", "tests.json"))
    known = {str(field.alias) for field in Settings.model_fields.values()}
    assert {variable["key"] for variable in hub["config"]["env"]} <= known and hub["config"]["runsOn"] == "CPU"
    sample = json.loads((image.folder / "test_input.json").read_text())
    for job_input in [sample["input"], *(case["input"] for case in tests["tests"])]:
        assert STEPS[image.worker].request.from_json(job_input)


def test_its_command_is_tried_by_the_sdk_and_says_what_it_lacks(image, app, tmp_path):
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "DOCTOWN_CACHE": str(tmp_path)}
    command = [sys.executable, *image.command()[1:]]
    done = subprocess.run(
        command,
        check=False,
        cwd=app,
        env=environment | {"PRODUCTION": "true"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"The {image.worker} worker does not start: PRODUCTION: it has no store")
