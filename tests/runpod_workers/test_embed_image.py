"""The image of the embed worker: its Dockerfile is read, and done in a folder, for which no engine is needed."""

import ast
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from adapters.model_files import model_files
from adapters.settings import Settings
from runpod_workers.embed.bake import bake

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "runpod_workers/embed"
OURS = {"doctown", "adapters", "tasks", "places", "flows", "runpod_workers", "cli"}
OTHERS = {"prefect", "umap", "hdbscan", "networkx", "tree_sitter", "sklearn", "scipy", "numba"}


def instructions():
    """The Dockerfile's instructions as (word, arguments), lines joined and comments left out."""
    lines = [line for line in (FOLDER / "Dockerfile").read_text().splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    return [tuple(line.split(None, 1)) for line in joined.splitlines() if line.strip()]


def copies(found):
    """(sources, target) of every COPY out of the checkout."""
    words = [shlex.split(rest) for word, rest in found if word == "COPY"]
    return [(parts[:-1], parts[-1]) for parts in words if not parts[0].startswith("--from")]


def last_stage():
    found = instructions()
    return found[max(at for at, (word, _) in enumerate(found) if word == "FROM") :]


def variables():
    return dict(part.split("=", 1) for word, rest in last_stage() if word == "ENV" for part in shlex.split(rest))


def command():
    (found,) = [json.loads(rest) for word, rest in last_stage() if word == "CMD"]
    return found


def requirements():
    lines = (FOLDER / "requirements.txt").read_text().splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The folder /app as the last stage makes it."""
    app = tmp_path_factory.mktemp("image") / "app"
    app.mkdir()
    for sources, target in copies(last_stage()):
        for source in sources:
            if (ROOT / source).is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / source, app / target, ignore=ignored, dirs_exist_ok=True)
            else:
                place = app / target / Path(source).name if target.endswith("/") else app / target
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / source, place)
    return app


@pytest.fixture(scope="module")
def model(tmp_path_factory, model_cache):
    """The folder /model as its stage makes it."""
    folder = tmp_path_factory.mktemp("image") / "model"
    bake(folder, Settings(cache=str(model_cache)))
    return folder


def started(app, arguments, **environment):
    environment = {"PATH": os.environ["PATH"], "HOME": str(app.parent), "PYTHONDONTWRITEBYTECODE": "1"} | environment
    command = [sys.executable, *arguments]
    return subprocess.run(command, check=False, cwd=app, env=environment, capture_output=True, text=True, timeout=120)


RUN = """
import json, os, sys
import runpod_workers.embed.handler as worker
worker.checked_embed(worker.FIRST, worker.Settings.from_environment(os.environ), print)
print(json.dumps({name: getattr(module, "__file__", None) for name, module in sys.modules.items()}))
"""


@pytest.fixture(scope="module")
def loaded(app, model):
    """Every module, with its file, of a worker that has embedded something."""
    done = started(app, ["-c", RUN], MODEL_PATH=str(model), PYTHONPATH=str(app))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_everything_that_is_copied_is_in_the_checkout_and_not_ignored():
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    let_in = {rule[1:] for rule in rules if rule.startswith("!")}
    sources = [source for sources, _ in copies(instructions()) for source in sources]
    assert sources and all((ROOT / source).exists() for source in sources)
    assert {source.split("/")[0] for source in sources} == let_in


def test_all_that_a_worker_loads_of_ours_is_in_the_image(app, loaded):
    ours = {name: file for name, file in loaded.items() if name.split(".")[0] in OURS}
    assert {"tasks.embed", "adapters.encoder", "doctown.embed.bert_graph"} <= set(ours)
    assert [name for name, file in ours.items() if file and not Path(file).is_relative_to(app)] == []


def test_all_that_it_imports_of_others_is_required(loaded):
    imported = {"runpod", "pip"}  # one is imported when the worker starts, the other run where the hub does not answer
    for name, file in loaded.items():
        if file and name.split(".")[0] in OURS:
            for node in ast.walk(ast.parse(Path(file).read_text())):
                if isinstance(node, ast.Import):
                    imported |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    imported.add(str(node.module).split(".")[0])
    # OpenVINO runs on processors; this image takes CUDA or does not start.
    theirs = imported - OURS - sys.stdlib_module_names - {"openvino"}
    providers = packages_distributions()
    needed = {"onnxruntime-gpu" if name == "onnxruntime" else providers[name][0].lower() for name in theirs}
    assert needed == set(requirements())


def test_it_loads_no_flow_and_no_other_steps_libraries(loaded):
    assert {name.split(".")[0] for name in loaded} & (OTHERS | {"flows", "cli", "places"}) == set()


def test_its_pins_are_those_of_the_lock():
    lock = dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    pinned = requirements()
    engine = tuple(int(part) for part in pinned.pop("onnxruntime-gpu").split("."))
    assert pinned == {name: lock[name] for name in pinned}
    (extra,) = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["gpu"]
    least = re.fullmatch(r"onnxruntime-gpu>=(\d+)\.(\d+)", extra)
    assert engine >= (int(least[1]), int(least[2]))


def test_the_lock_is_taken_as_constraints_without_its_hashes(tmp_path):
    (line,) = [rest for word, rest in instructions() if word == "RUN" and "constraints.txt" in rest]
    shutil.copyfile(ROOT / "requirements.lock", tmp_path / "requirements.lock")
    subprocess.run(["sh", "-ec", line.split("&&")[0]], check=True, cwd=tmp_path)
    constraints = (tmp_path / "constraints.txt").read_text().splitlines()
    lock = (ROOT / "requirements.lock").read_text()
    assert len(constraints) == len(re.findall(r"^[a-z0-9]", lock, re.MULTILINE))
    assert all(re.fullmatch(r"[a-z0-9._-]+==\S+( ; .+)?", found) and not found.endswith("\\") for found in constraints)


def test_its_command_does_the_job_of_the_sample_as_the_sdk_tries_it(app, model):
    done = started(app, command()[1:], MODEL_PATH=str(model))
    assert done.returncode == 0 and "completed successfully" in done.stdout, done.stderr
    assert "'dimensions': 384" in done.stdout


def test_its_command_takes_a_job_from_the_command_line(app, model):
    job = json.dumps({"input": {"batch_id": "b", "chunks": []}})
    done = started(app, [*command()[1:], "--test_input", job], MODEL_PATH=str(model))
    assert done.returncode == 1 and "EmbedRequest" in done.stdout


def test_as_it_stands_it_refuses_to_start_without_a_gpu(app, model):
    done = started(app, command()[1:], **variables() | {"MODEL_PATH": str(model)})
    assert done.returncode == 1 and done.stderr.startswith("The embed worker does not start: ONNX_USE_GPU is true")


def test_the_model_that_is_put_into_it_is_the_one_that_is_known_by_name(model):
    files = model_files(Settings(model_path=str(model)), "any", print)
    assert (files.model, files.dimensions) == ("all-MiniLM-L6-v2", 384)
    assert sorted(place.name for place in model.iterdir()) == ["config.json", "model.safetensors", "tokenizer.json"]
