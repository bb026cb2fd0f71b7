"""The smallest repositories and model folders that are none, through the real command to the end."""

import json
import zipfile

import pytest

from tests.end_to_end.runs import Workplace
from tests.fakes.repositories import make_repository

EQUAL = "The same words in every file.\n"
SMALL = {
    "one chunk": ({"a.py": "def f():\n    return 1\n"}, 1),
    "five chunks": ({f"m{n}.py": f"def f{n}(x):\n    return x + {n}\n" for n in range(5)}, 5),
    "all chunks equal": ({f"{n}.txt": EQUAL for n in range(8)}, 8),
}


@pytest.fixture(scope="module")
def workplace(tmp_path_factory, model_cache):
    place = Workplace(tmp_path_factory.mktemp("small"), model_cache)
    yield place
    place.wait_until_alone()


@pytest.mark.parametrize(
    "what", [next(iter(SMALL)), *(pytest.param(one, marks=pytest.mark.long) for one in [*SMALL][1:])]
)
def test_a_small_repository_is_planned_and_indexed_like_any_other(workplace, tmp_path, what):
    files, chunks = SMALL[what]
    make_repository(tmp_path / "r", files)
    planned = workplace.run("plan", str(tmp_path / "r"), "--json")
    assert planned.returncode == 0, planned.stderr
    plan = json.loads(planned.stdout)
    summary = workplace.index(tmp_path / "r")
    assert plan["chunks"] == summary["counts"]["chunks"] == chunks
    assert plan["texts"]["to_embed"] == summary["embedded"] == chunks
    assert summary["topics"] and summary["counts"]["topics"] == len(summary["topics"])
    assert workplace.run("verify", str(workplace.out / "r.docpack")).returncode == 0
    again = json.loads(workplace.run("plan", str(tmp_path / "r"), "--json").stdout)
    assert again["texts"]["to_embed"] == 0 and again["estimates"][0]["from"]["assemble"] == "the last run here"


def test_the_patterns_by_which_files_were_chosen_stand_in_the_docpack(workplace, tmp_path):
    make_repository(tmp_path / "chosen", {"a.py": "def f():\n    return 1\n", "b.py": "x\n", "docs/c.md": "Words.\n"})
    options = ("--include", "*.py", "--exclude", "b.py")
    summary = workplace.index(tmp_path / "chosen", *options)
    with zipfile.ZipFile(summary["docpack_path"]) as pack:
        asked = json.loads(pack.read("manifest.json"))["parameters"]
        skipped = [json.loads(line) for line in pack.read("skipped.jsonl").splitlines()]
    assert (asked["include"], asked["exclude"]) == (["*.py"], ["b.py"]) and "path" not in asked
    assert skipped == [
        {"path": "b.py", "reason": "excluded: by --exclude b.py"},
        {"path": "docs/c.md", "reason": "not included: by no pattern of --include"},
    ]
    assert workplace.index(tmp_path / "chosen", *options)["docpack"] == summary["docpack"]


def refused(done, exit_code, *words):
    """One sentence on standard error, said once, with these words; the exit code; nothing on standard output."""
    assert done.returncode == exit_code, done.stderr
    assert done.stdout == "" and "Traceback" not in done.stderr
    (sentence,) = [line for line in done.stderr.splitlines() if line.startswith("doctown: ")]
    assert all(word in sentence for word in words), sentence
    assert sentence.endswith(".")


@pytest.fixture
def repository(tmp_path):
    make_repository(tmp_path / "r", {"a.py": "x = 1\n"})
    return tmp_path / "r"


@pytest.mark.parametrize("command", ["plan", "index"])
def test_a_model_that_is_not_known(workplace, repository, command):
    refused(workplace.run(command, str(repository), "--model", "nope"), 3, "nope", "all-MiniLM-L6-v2", "MODEL_PATH")


@pytest.fixture
def model_folder(tmp_path, model_cache):
    """A folder of the files of the model, to take from and to write over."""
    (config,) = (model_cache / "models").glob("*/*/config.json")
    folder = tmp_path / "model"
    folder.mkdir()
    for file in config.parent.iterdir():
        if not file.name.startswith("."):
            (folder / file.name).symlink_to(file)
    return folder


@pytest.mark.parametrize("lacking", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_model_folder_that_lacks_a_file(model_cache, tmp_path, model_folder, repository, lacking):
    (model_folder / lacking).unlink()
    place = Workplace(tmp_path / "place", model_cache, {"MODEL_PATH": str(model_folder)})
    refused(place.run("plan", str(repository)), 11, str(model_folder), lacking)


def test_a_model_folder_of_another_architecture(model_cache, tmp_path, model_folder, repository):
    config = json.loads((model_folder / "config.json").read_text()) | {"model_type": "roberta"}
    (model_folder / "config.json").unlink()
    (model_folder / "config.json").write_text(json.dumps(config))
    place = Workplace(tmp_path / "place", model_cache, {"MODEL_PATH": str(model_folder)})
    refused(place.run("plan", str(repository)), 11, "roberta", "bert")


def test_without_embedding_there_is_a_graph_to_look_at_and_to_search_by_words(workplace, tmp_path):
    make_repository(tmp_path / "plain", {"a.py": "def parse_header(line):\n    return line\n", "b.md": "# Cookies\n"})
    summary = workplace.index(tmp_path / "plain", "--no-embed")
    assert (summary["engine"], summary["embedded"], summary["topics"]) == (None, 0, [])
    pack = str(workplace.out / "plain.docpack")
    assert workplace.run("verify", pack).returncode == 0
    shown = workplace.run("show", pack)
    assert shown.returncode == 0 and "the graph only" in shown.stdout and "a.parse_header" in shown.stdout
    found = json.loads(workplace.run("search", pack, "parseHeader", "--json").stdout)
    assert found["hits"][0]["symbol"] == "a.parse_header"
