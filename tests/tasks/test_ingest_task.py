"""The ingest step on a plain folder, with the real tokenizer: what it writes, and what it leaves behind."""

import json
import os

import pytest

from adapters.scratch import scratch_in
from adapters.settings import Settings
from adapters.store import store_at
from doctown.errors import RepositoryNotFound, StoreUnavailable
from doctown.model import Chunk, Edge, EmbeddingInput, Skipped, Symbol
from doctown.rows import rows_of
from doctown.steps import IngestRequest, IngestResult
from tasks.ingest import ingest
from tests.fakes.caches import link_cache
from tests.fakes.canaries import canaries, line_with, repository_with_canaries
from tests.fakes.repositories import write

STRANGE = b"new\nline\xff.py"
FILES = {
    b"pkg/__init__.py": b"",
    b"pkg/app.py": "from pkg.tools import help_é\n\n\ndef main():\n    '''Très.'''\n    return help_é()\n".encode(),
    b"pkg/tools.py": "def help_é():\n    return '漢字 🙂'\n".encode(),
    b"pkg/broken.py": b"def f(:\n    pass\n\n\ndef words_of_it(\n",
    b"README.md": b"# Title\n\nWords.\n\n## Part\n\nMore words.\n",
    b"latin.py": b"x = '\xe9'\n",
    b"cyrillic.py": "привет\n".encode("cp1251"),
    b"notes.ipynb": b"""{
 "cells": [
  {"cell_type": "markdown", "source": ["# Caf\\u00e9\\n", "\\n", "Words."]},
  {"cell_type": "code", "outputs": [{"text": ["secret output"]}], "source": ["x = 1\\n", "print(x)"]}
 ],
 "nbformat": 4
}
""",
    b"logo.png": b"\x89PNG\r\n",
    b"empty.py": b"\n",
    STRANGE: b"def strange():\n    return strange()\n",
}


@pytest.fixture
def settings(model_cache, tmp_path):
    cache = tmp_path / "cache"
    cache.mkdir()
    link_cache(model_cache, cache)
    return Settings(cache=str(cache), use_gpu=False)


@pytest.fixture
def folder(tmp_path):
    root = os.fsencode(tmp_path / "repository")
    for path, data in FILES.items():
        place = os.path.join(root, path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as file:
            file.write(data)
    return tmp_path / "repository"


def silent(*_):
    pass


def request(folder):
    return IngestRequest(repository=str(folder), model="all-MiniLM-L6-v2")


def rows(settings, result, name, kind):
    return list(rows_of(store_at(settings.store_url).read(getattr(result, name)), kind))


def test_what_is_written_can_be_read_and_belongs_together(folder, settings):
    result = ingest(request(folder), settings, silent)
    symbols = rows(settings, result, "symbols", Symbol)
    edges = rows(settings, result, "edges", Edge)
    chunks = rows(settings, result, "chunks", Chunk)
    inputs = rows(settings, result, "inputs", EmbeddingInput)
    skipped = rows(settings, result, "skipped", Skipped)
    ids = {one.id for one in symbols}
    assert len(ids) == len(symbols)
    assert all(one.source in ids and (one.target is None or one.target in ids) for one in edges)
    assert [one.chunk_id for one in inputs] == [one.id for one in chunks]
    assert len({one.id for one in chunks}) == len(chunks)
    assert all(set(one.symbol_ids) <= ids and one.tokens <= result.max_tokens for one in chunks)
    wanted = {"symbols": len(symbols), "edges": len(edges), "chunks": len(chunks), "skipped": len(skipped)}
    assert result.counts == wanted | {"files": 8}


def test_each_file_becomes_what_it_is(folder, settings):
    result = ingest(request(folder), settings, silent)
    symbols = {one.qualified_name: one for one in rows(settings, result, "symbols", Symbol)}
    assert set(symbols) == {"pkg", "pkg.app", "pkg.app.main", "pkg.tools", "pkg.tools.help_é"} | {
        "new\nline\udcff",
        "new\nline\udcff.strange",
    }
    assert symbols["pkg.app.main"].doc == "Très."
    calls = [one for one in rows(settings, result, "edges", Edge) if one.kind == "calls"]
    assert (symbols["pkg.app.main"].id, symbols["pkg.tools.help_é"].id) in {(one.source, one.target) for one in calls}
    chunks = rows(settings, result, "chunks", Chunk)
    assert {one.path for one in chunks} == {"pkg/app.py", "pkg/tools.py", "pkg/broken.py", "README.md"} | {
        "new\nline\udcff.py",
        "latin.py",
        "notes.ipynb",
    }
    assert [one.symbol_ids for one in chunks if one.path in ("pkg/broken.py", "README.md")] == [(), ()]
    assert {one.path: one.reason for one in rows(settings, result, "skipped", Skipped)} == {
        "cyrillic.py": "not UTF-8: byte 0, and its encoding is declared nowhere",
        "logo.png": "binary: image by its ending",
        "empty.py": "empty",
    }


def test_a_notebook_and_a_text_in_another_encoding_become_chunks_that_lie_where_they_lie(folder, settings):
    result = ingest(request(folder), settings, silent)
    chunks = {one.path: one for one in rows(settings, result, "chunks", Chunk)}
    latin = chunks["latin.py"]
    assert (latin.text, latin.start_byte, latin.end_byte, latin.language) == ("x = 'é'", 0, 7, "python")
    notes = chunks["notes.ipynb"]
    assert notes.text == "# Café\n\nWords.\n\nx = 1\nprint(x)"
    data = FILES[b"notes.ipynb"]
    assert data[notes.start_byte :].startswith(b"# Caf\\u00e9\\n")
    assert data[: notes.end_byte].endswith(b"print(x)")
    assert (notes.start_line, notes.end_line, notes.language) == (3, 4, "jupyter")
    assert json.loads(store_at(settings.store_url).read(result.stats))["languages"]["jupyter"]["files"] == 1


def test_patterns_choose_the_files(folder, settings):
    asked = request(folder).model_copy(update={"include": ("pkg/",), "exclude": ("broken.py",)})
    result = ingest(asked, settings, silent)
    reasons = {one.path: one.reason for one in rows(settings, result, "skipped", Skipped)}
    assert reasons["pkg/broken.py"] == "excluded: by --exclude broken.py"
    assert reasons["README.md"] == "not included: by no pattern of --include"
    assert result.counts["files"] == 3


def test_a_file_that_does_not_parse_is_named_and_counted(folder, settings):
    result = ingest(request(folder), settings, silent)
    assert result.notes == ("1 file does not parse and became text without symbols: pkg/broken.py:1.",)
    stats = json.loads(store_at(settings.store_url).read(result.stats))
    assert stats["unparsed"] == ["pkg/broken.py:1"]
    assert stats["languages"]["markdown"] == {"files": 1, "lines": 7, "bytes": 38, "chunks": 1}
    assert stats["languages"]["python"]["files"] == 6
    assert stats["languages"]["python"]["lines"] == 6 + 2 + 5 + 2 + 1
    assert stats["lines"] == sum(one["lines"] for one in stats["languages"].values())
    assert stats["tokens"] == sum(one.tokens for one in rows(settings, result, "chunks", Chunk))


def test_the_same_folder_gives_the_same_bytes_again_and_elsewhere(folder, settings, tmp_path, model_cache):
    first = ingest(request(folder), settings, silent)
    assert ingest(request(folder), settings, silent) == first
    other = tmp_path / "other"
    (other / "cache").mkdir(parents=True)
    link_cache(model_cache, other / "cache")
    folder.rename(other / "repository")
    again = ingest(request(other / "repository"), Settings(cache=str(other / "cache"), use_gpu=False), silent)
    assert again == first


def test_the_result_crosses_as_json(folder, settings):
    result = ingest(request(folder), settings, silent)
    assert IngestResult.from_json(json.loads(json.dumps(result.to_json()))) == result


def test_a_note_about_a_strange_path_crosses_as_json_too(settings, tmp_path):
    place = os.path.join(os.fsencode(tmp_path), STRANGE)
    with open(place, "wb") as file:
        file.write(b"def f(:\n")
    (tmp_path / "cache" / ".gitignore").write_text("*\n")
    result = ingest(request(tmp_path), settings, silent)
    assert "new" in result.notes[0]
    assert IngestResult.from_json(json.loads(json.dumps(result.to_json()))) == result


def test_progress_counts_the_files(folder, settings):
    seen = []
    ingest(request(folder), settings, lambda *report: seen.append(report))
    counted = [report for report in seen if report[0] == "ingesting"]
    assert counted == [("ingesting", at, 10) for at in range(11)]


def test_nothing_is_left_in_the_scratch_folder_whatever_happens(folder, settings, tmp_path):
    def stopping(doing, done, _all):
        if doing == "ingesting" and done == 2:
            raise KeyboardInterrupt

    scratch = tmp_path / "cache" / "scratch"
    ingest(request(folder), settings, silent)
    assert list(scratch.iterdir()) == []
    with pytest.raises(KeyboardInterrupt):
        ingest(request(folder), settings, stopping)
    with pytest.raises(RepositoryNotFound):
        ingest(request(tmp_path / "nowhere"), settings, silent)
    assert list(scratch.iterdir()) == []


def test_what_dead_processes_left_is_removed_and_what_others_use_is_not(folder, settings, tmp_path):
    scratch = tmp_path / "cache" / "scratch"
    used_again = f"{os.getppid()}-abc"  # by a process that has nothing to do with it
    for name in ("123456", f"{2**22 + 1}-1-abc", "9" * 40, used_again, "²", "notes"):
        (scratch / name / "source").mkdir(parents=True)
    with scratch_in(tmp_path / "cache") as mine:
        ingest(request(folder), settings, silent)
        assert {one.name for one in scratch.iterdir()} == {mine.name, "²", "notes"}


def test_two_calls_in_one_process_do_not_take_each_others_folder(folder, settings):
    inner = []

    def nested(doing, done, _all):
        if doing == "ingesting" and done == 1:
            inner.append(ingest(request(folder), settings, silent))

    assert ingest(request(folder), settings, nested) == inner[0]


def test_a_scratch_folder_that_cannot_be_made_says_so(folder, settings, tmp_path):
    (tmp_path / "cache" / "scratch").write_text("a file")
    with pytest.raises(StoreUnavailable, match="DOCTOWN_CACHE"):
        ingest(request(folder), settings, silent)


def everything_in(folder):
    return b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_no_object_of_the_store_holds_a_secret(settings, tmp_path):
    secrets = repository_with_canaries(tmp_path / "shop")
    result = ingest(request(tmp_path / "shop"), settings, silent)
    written = everything_in(tmp_path / "cache" / "store") + result.model_dump_json().encode()
    assert [secret for secret in secrets if secret.encode() in written] == []
    assert {one.reason for one in rows(settings, result, "skipped", Skipped) if one.path.startswith("names/")} == {
        "secret: in its name",
        "binary: image by its ending",
    }
    assert result.secrets["private-key"] == 2
    assert sum(result.secrets.values()) == len(canaries()) + 7
    (note,) = [note for note in result.notes if "secret" in note]
    assert note.startswith(f"{sum(result.secrets.values())} secrets were masked") and "README.md:3 (github-pat)" in note
    stats = json.loads(store_at(settings.store_url).read(result.stats))["secrets"]
    assert stats["masked"] is True and stats["kinds"] == result.secrets
    assert {"path": "config/app.yaml", "line": 1, "kind": "gitlab-pat"} in stats["places"]


def test_masking_changes_neither_lines_nor_symbols(settings, tmp_path):
    repository_with_canaries(tmp_path / "shop")
    masked = ingest(request(tmp_path / "shop"), settings, silent)
    kept = ingest(request(tmp_path / "shop").model_copy(update={"mask_secrets": False}), settings, silent)
    for name, kind in (("symbols", Symbol), ("edges", Edge)):
        assert [(one.start_byte, one.kind) for one in rows(settings, masked, name, kind)] == [
            (one.start_byte, one.kind) for one in rows(settings, kept, name, kind)
        ]


def test_secrets_are_kept_and_told_where_that_is_asked_for(settings, tmp_path):
    secrets = canaries()
    write(tmp_path / "shop", {"a.py": line_with("github-pat", secrets["github-pat"]) + "\n"})
    asked = request(tmp_path / "shop").model_copy(update={"mask_secrets": False})
    result = ingest(asked, settings, silent)
    assert secrets["github-pat"].encode() in everything_in(tmp_path / "cache" / "store" / "ingested")
    assert result.secrets == {"github-pat": 1}
    assert any("found and kept" in note for note in result.notes)


def test_a_secret_in_a_pattern_or_in_the_name_of_an_ignored_folder_is_told_by_no_reason(settings, tmp_path):
    token = canaries()["dockerhub-personal-access-token"]
    place = tmp_path / "plain"
    (place / token).mkdir(parents=True)
    for name, text in {".gitignore": f"{token}/\n", f"{token}/a.py": "a = 1\n", "b.py": "b = 1\n"}.items():
        (place / name).write_text(text)
    result = ingest(request(place), settings, silent)
    skipped = store_at(settings.store_url).read(result.skipped)
    assert b"ignored: by .gitignore line 1 (****" in skipped and token.encode() not in skipped
