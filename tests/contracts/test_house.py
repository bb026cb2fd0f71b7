"""The house rules that no linter knows: every folder has a floor, doctown touches nothing, the lock is portable."""

import ast
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
NOT_A_FLOOR = {"tests", "benchmarks"}


def folders_with_python() -> set[str]:
    return {path.parent.name for path in ROOT.glob("*/__init__.py")} | {
        path.parts[len(ROOT.parts)]
        for path in ROOT.glob("*/**/*.py")
        if not path.parts[len(ROOT.parts)].startswith(".") and "build" not in path.parts
    }


def test_every_folder_that_holds_python_has_a_floor():
    (layers,) = (c for c in PROJECT["tool"]["importlinter"]["contracts"] if c["type"] == "layers")
    floors = {name.strip() for layer in layers["layers"] for name in layer.split("|")}
    assert folders_with_python() - NOT_A_FLOOR == floors
    assert set(PROJECT["tool"]["importlinter"]["root_packages"]) == floors
    assert set(PROJECT["tool"]["mypy"]["files"]) == floors | {"benchmarks"}


def test_doctown_opens_nothing():
    for path in (ROOT / "doctown").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"open", "exec", "eval", "print", "input"}, f"{path}:{node.lineno}"


def test_every_module_opens_with_a_paragraph():
    for folder in PROJECT["tool"]["mypy"]["files"]:
        for path in (ROOT / folder).rglob("*.py"):
            assert ast.get_docstring(ast.parse(path.read_text())), path


def test_the_lock_names_packages_and_hashes_and_no_place():
    lock = (ROOT / "requirements.lock").read_text()
    assert not re.search(r"https?://|file:|^-|\s@\s", lock, re.MULTILINE)
    blocks = re.split(r"\n(?=\S)", lock.strip())
    for block in blocks:
        assert re.match(r"[a-z0-9][a-z0-9._-]*==\S+", block), block[:80]
        assert "--hash=sha256:" in block, block[:80]


def test_the_lock_holds_no_torch_and_everything_the_project_names():
    lock = (ROOT / "requirements.lock").read_text()
    locked = set(re.findall(r"^([a-z0-9._-]+)==", lock, re.MULTILINE))
    assert not {"torch", "onnxruntime-gpu", "sentence-transformers"} & locked
    project = PROJECT["project"]
    for requirement in project["dependencies"] + project["optional-dependencies"]["dev"]:
        assert re.match(r"[A-Za-z0-9_.-]+", requirement)[0].lower() in locked, requirement


def test_no_code_is_copied_into_a_utils_drawer():
    drawers = {"utils", "helpers", "common", "base", "manager"}
    assert not [
        path for folder in folders_with_python() for path in (ROOT / folder).rglob("*.py") if path.stem in drawers
    ]
