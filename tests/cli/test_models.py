"""`doctown model list` and `export`, as a person at a terminal sees them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.models import model_folder

ROOT = Path(__file__).parents[2]
WITH_TOKENIZER = {
    "tokenizer_class": "PreTrainedTokenizerFast",
    **{f"{name}_token": f"[{name.upper()}]" for name in ("cls", "sep", "pad", "unk", "mask")},
}


def doctown(*arguments, cache, **environment):
    command = [sys.executable, "-c", "from cli.main import main; main()", "model", *map(str, arguments)]
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(cache),
        "PYTHONPATH": str(ROOT),
        "DOCTOWN_CACHE": str(cache),
    } | environment
    return subprocess.run(
        command,
        check=False,
        cwd=cache,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_list_says_what_is_known_and_what_is_in_the_cache(model_cache, tmp_path):
    (kept,) = json.loads(doctown("list", "--json", cache=model_cache).stdout)["models"]
    assert kept["model"] == "all-MiniLM-L6-v2" and Path(kept["folder"]).is_dir()
    assert (kept["dimensions"], kept["max_tokens"], kept["pooling"]) == (384, 256, "mean")
    done = doctown("list", cache=tmp_path)
    assert done.returncode == 0 and "not fetched" in done.stdout and "MODEL_PATH" in done.stdout


def without_the_extra():
    try:
        import sentence_transformers  # noqa: F401
    except ImportError:
        return True
    return False


def test_without_the_extra_an_export_says_what_to_install(tmp_path):
    if not without_the_extra():
        pytest.skip("the extra `reference` is installed")
    done = doctown("export", "BAAI/bge-small-en-v1.5", "--out", tmp_path / "out", cache=tmp_path)
    assert done.returncode != 0 and "pip install -e '.[reference]'" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1 and not (tmp_path / "out").exists()


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_an_export_is_a_folder_that_model_path_takes(tmp_path, pooling):
    pytest.importorskip("sentence_transformers", reason="the extra `reference` is not installed")
    own = model_folder(tmp_path / "own", pooling=pooling)
    (own / "tokenizer_config.json").write_text(json.dumps(WITH_TOKENIZER))
    done = doctown("export", own, "--out", tmp_path / "out", "--json", cache=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["pooling"] == pooling and json.loads(done.stdout)["max_tokens"] == 24
    again = doctown("export", own, "--out", tmp_path / "out", cache=tmp_path)
    assert again.returncode != 0 and "is there already" in again.stderr


def test_an_export_of_what_cannot_be_run_leaves_nothing(tmp_path):
    pytest.importorskip("sentence_transformers", reason="the extra `reference` is not installed")
    own = model_folder(tmp_path / "own", pooling="max")
    (own / "tokenizer_config.json").write_text(json.dumps(WITH_TOKENIZER))
    done = doctown("export", own, "--out", tmp_path / "out", cache=tmp_path)
    assert done.returncode != 0 and "by max" in done.stderr
    assert [place.name for place in tmp_path.iterdir() if "out" in place.name or "exporting" in place.name] == []
    nothing = doctown("export", tmp_path / "none", "--out", tmp_path / "out", cache=tmp_path, HF_HUB_OFFLINE="1")
    assert nothing.returncode != 0 and "cannot load" in nothing.stderr
