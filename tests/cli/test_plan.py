"""`doctown plan` on real repositories with the real model: what it says, and that it leaves no work behind."""

import json

import pytest
from click.testing import CliRunner

from adapters.engine_choice import engine_of
from adapters.settings import Settings
from adapters.store import store_at
from adapters.vectors import VectorCache
from cli.main import main
from doctown.embed.models import MINILM
from doctown.model import EmbeddingInput
from doctown.rows import rows_of
from doctown.steps import IngestRequest
from places.placement import Placement
from tasks.embed import embed
from tasks.ingest import ingest
from tests.fakes.caches import link_cache
from tests.fakes.repositories import commit, make_repository, write

FILES = {
    "README.md": "# Title\n\nWords.\n",
    "pkg/__init__.py": "",
    "pkg/app.py": "def main():\n    return helped()\n\n\ndef helped():\n    return 1\n",
    "pkg/long.py": "def long(x):\n" + "".join(f"    x = x + {n} * x - {n}\n" for n in range(200)) + "    return x\n",
    "docs/logo.png": b"\x89PNG\r\n",
    "docs/old/logo.png": b"\x89PNG\r\n",
    "bytes.py": b"# \xff\xfe\xfd\xfc\n",
    "uv.lock": "lock\n",
}


@pytest.fixture
def cache(tmp_path, model_cache):
    cache = tmp_path / "cache"
    cache.mkdir()
    link_cache(model_cache, cache)
    return cache


@pytest.fixture
def doctown(cache):
    def run(*arguments, **environment):
        variables = {"DOCTOWN_CACHE": str(cache), "ONNX_USE_GPU": "false"} | environment
        return CliRunner(env=variables).invoke(main, [str(argument) for argument in arguments])

    return run


@pytest.fixture
def repository(tmp_path):
    folder = tmp_path / "repository"
    make_repository(folder, FILES)
    return folder


def plan(doctown, *arguments, **environment):
    done = doctown("plan", *arguments, "--json", **environment)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def vectors(cache):
    return list((cache / "store").glob("vectors/**/*.seg"))


def test_a_plan_says_what_the_ingest_says_and_keeps_no_vector(doctown, cache, repository):
    found = plan(doctown, repository)
    settings = Settings(cache=str(cache), use_gpu=False)
    right = ingest(IngestRequest(repository=str(repository), model=settings.model), settings, lambda *_: None)
    assert found["repository"] == right.repository.model_dump(mode="json")
    assert found["files"] == {"kept": 4, "skipped": 4}
    assert found["chunks"] == right.counts["chunks"] == sum(of["chunks"] for of in found["languages"].values())
    assert found["tokens"] == sum(of["tokens"] for of in found["languages"].values())
    root, docs, old, pkg = found["folders"]
    assert (root["kept"], root["skipped"], root["tokens"]) == (4, 4, found["tokens"])
    assert [folder["path"] for folder in (docs, old, pkg)] == ["docs", "docs/old", "pkg"]
    assert (docs["skipped"], old["skipped"], pkg["kept"]) == (2, 1, 3)
    assert (found["functions"], found["cut_functions"]) == (3, 1)
    assert [group["reason"] for group in found["skipped"]] == ["binary", "lock file", "not UTF-8"]
    assert found["engine"] == engine_of(settings, MINILM.name, MINILM.revision)
    (estimate,) = found["estimates"]
    assert estimate["placement"] == Placement().model_dump(mode="json")
    assert estimate["from"]["embed"] == "a sample" and estimate["seconds"]["embed"] > 0
    parts = [estimate["seconds"][step] for step in ("ingest", "embed", "assemble", "around")]
    assert estimate["seconds"]["in_all"] == pytest.approx(sum(parts), abs=0.3)
    assert vectors(cache) == []


def test_what_is_embedded_already_is_not_to_be_done(doctown, cache, repository):
    settings = Settings(cache=str(cache), use_gpu=False)
    result = ingest(IngestRequest(repository=str(repository), model=settings.model), settings, lambda *_: None)
    store = store_at(settings.store_url)
    rows = list(rows_of(store.read(result.inputs), EmbeddingInput))
    keep(settings, rows[:2], VectorCache(store))
    texts = plan(doctown, repository)["texts"]
    assert texts == {
        "distinct": len(rows),
        "embedded": 2,
        "to_embed": len(rows) - 2,
        "tokens_to_embed": sum(row.tokens for row in rows[2:]),
    }
    assert plan(doctown, repository, "--full")["texts"]["embedded"] == 0
    keep(settings, rows, VectorCache(store))
    done = plan(doctown, repository)
    assert done["texts"]["to_embed"] == 0
    assert done["estimates"][0]["seconds"]["embed"] == 0 and done["estimates"][0]["from"]["embed"] == "nothing to do"


def keep(settings, rows, cache):
    from doctown.embed.vectors import rows_of_result
    from doctown.steps import EmbedRequest, EmbedText

    chunks = tuple(EmbedText(chunk_id=row.key, content=row.content) for row in rows)
    request = EmbedRequest(batch_id="b", chunks=chunks)
    found = embed(request, settings, lambda *_: None)
    keys = [row.key for row in rows]
    cache.keep(found.model, found.revision, found.engine, keys, rows_of_result(request, found))


def test_a_person_sees_files_reasons_and_time(doctown, repository):
    write(repository, {"new.py": "x = 1\n"})
    done = doctown("plan", repository)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("repository at ") and "(main)" in done.stdout.splitlines()[0]
    assert "1 file of the working copy differs" in done.stdout
    assert "left out: 4 of 8 files" in done.stdout and "docs/logo.png" in done.stdout
    assert "time: about " in done.stdout and "embedding: " not in done.stderr
    assert "cost, by the prices of " in done.stdout and "all on this machine" in done.stdout
    assert "bytes.py  not UTF-8" not in done.stdout


def test_a_plan_has_seconds_and_dollars_for_each_placement(doctown, repository):
    costs = plan(doctown, repository, DOCTOWN_EMBED_WORKERS="1")["costs"]
    here, hybrid, serverless = costs["placements"]
    assert [row["placement"] for row in (here, hybrid, serverless)] == ["local", "hybrid", "serverless"]
    assert here["usd"] == 0 and here["seconds"] > 0
    assert hybrid["workers"] == 1 and hybrid["usd"] > 0 and hybrid["seconds"] > 15


def test_every_file_that_is_left_out_can_be_asked_for(doctown, repository):
    done = doctown("plan", repository, "--skipped")
    for line in (
        "bytes.py  not UTF-8: byte 2, and its encoding is declared nowhere",
        "uv.lock  lock file",
        "docs/old/logo.png  binary: image by its ending",
    ):
        assert line in done.stdout.splitlines()


def test_a_part_of_a_repository_is_planned_as_it_is_indexed(doctown, repository):
    found = plan(doctown, repository, "--path", "pkg", "--ref", "main")
    assert found["path"] == "pkg" and found["files"] == {"kept": 3, "skipped": 0}


def test_patterns_are_planned_as_they_are_indexed_and_shown_by_reason(doctown, repository):
    found = plan(doctown, repository, "--exclude", "docs/", "--exclude", "*.py", "--exclude", "!app.py")
    assert found["exclude"] == ["docs/", "*.py", "!app.py"] and found["files"] == {"kept": 2, "skipped": 6}
    excluded = next(group for group in found["skipped"] if group["reason"] == "excluded")
    assert excluded["details"] == {"by --exclude *.py": 3, "by --exclude docs/": 2}
    assert excluded["folders"] == {"pkg": 2, "": 1, "docs": 1, "docs/old": 1}
    done = doctown("plan", repository, DOCTOWN_INCLUDE="README.md")
    assert "not included: by no pattern of --include" in done.stdout


def test_a_pattern_that_is_none_and_a_mistake_in_doctown_toml_are_one_sentence(doctown, repository):
    done = doctown("plan", repository, "--exclude", "a[b")
    assert done.exit_code != 0 and "'a[b' is no pattern for --exclude" in done.stderr
    commit(repository, {"doctown.toml": "inculde = []\n"})
    done = doctown("plan", repository)
    (sentence,) = [line for line in done.stderr.splitlines() if line.startswith("doctown: ")]
    assert sentence.endswith("unknown field 'inculde'; it may have include, exclude, limits.")


def test_an_endpoint_is_not_asked_and_its_time_is_not_made_up(doctown, repository):
    found = plan(doctown, repository, "--embed-at", "http://127.0.0.1:9/v2/embed")
    (estimate,) = found["estimates"]
    assert estimate["seconds"]["embed"] is None and estimate["seconds"]["in_all"] is None
    assert found["engine"] is None and found["texts"]["embedded"] == 0


def test_a_repository_in_which_everything_is_left_out_shows_why_and_fails_like_index(doctown, tmp_path):
    make_repository(tmp_path / "r", {"a.png": b"\x89PNG", "uv.lock": "x\n"})
    done = doctown("plan", tmp_path / "r")
    assert done.exit_code == 6
    assert "a.png" in done.stdout
    (sentence,) = [line for line in done.stderr.splitlines() if line.startswith("doctown: ")]
    assert "all its 2 files were skipped (1 as binary, 1 as lock file)" in sentence
    done = doctown("plan", tmp_path / "r", "--json")
    assert done.exit_code == 6 and json.loads(done.stdout)["error_kind"] == "NothingToIndex"


def test_names_of_files_cannot_steer_the_terminal(doctown, tmp_path):
    make_repository(tmp_path / "r", {"a\x1b[2J.png": b"\x89PNG", "b\x1b[2J/c.txt": "words\n"})
    done = doctown("plan", tmp_path / "r", "--skipped")
    assert done.exit_code == 0 and "\x1b" not in done.output and "a\\u001b[2J.png" in done.stdout


def test_it_takes_every_option_that_changes_what_index_does():
    of_index, of_plan = (
        {option.name for option in command.params} for command in map(main.commands.get, ("index", "plan"))
    )
    assert of_index - of_plan == {"out", "skip_embedding", "max_cost"}
