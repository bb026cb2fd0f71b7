"""Bad input gets one clear sentence and a fixed exit code, and nothing is left half-written."""

import json
import os
import subprocess

import pytest
from click.testing import CliRunner

from cli.main import main
from tests.end_to_end.runs import Workplace
from tests.fakes.caches import link_cache
from tests.fakes.s3_server import Fault, s3_server

PERSON = {f"GIT_{role}_{what}": "x@y" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def git(folder, *arguments):
    subprocess.run(["git", *arguments], cwd=folder, check=True, env=os.environ | PERSON, capture_output=True)


@pytest.fixture
def repository(tmp_path):
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    return folder


@pytest.fixture
def doctown(tmp_path, model_cache):
    """The command, in this process, on a cache that holds the model."""
    cache = tmp_path / "cache"
    cache.mkdir()
    link_cache(model_cache, cache)

    def run(*arguments, **environment):
        variables = {"DOCTOWN_CACHE": str(cache)} | environment
        return CliRunner(env=variables).invoke(main, [str(argument) for argument in arguments])

    return run


def commit(repository, **files):
    for name, data in files.items():
        (repository / name).write_bytes(data)
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "--allow-empty", "-m", "x")


def refused(done, code, *words):
    """One sentence on standard error, nothing on standard output, that code."""
    assert done.exit_code == code, done.output
    assert done.stdout == ""
    (sentence,) = [line for line in done.stderr.splitlines() if line.startswith("doctown: ")]
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in sentence


@pytest.mark.parametrize(
    ("options", "environment", "words"),
    [
        (("--max-cost", "-1"), {}, ("DOCTOWN_MAX_COST",)),
        (("--max-cost", "much"), {}, ("DOCTOWN_MAX_COST",)),
        ((), {"DOCTOWN_PRICES": "/nowhere.toml"}, ("DOCTOWN_PRICES", "/nowhere.toml", "name another")),
        ((), {"DOCTOWN_EMBED_POOL": "NONE"}, ("DOCTOWN_EMBED_POOL", "AMPERE_16")),
    ],
)
def test_money_that_cannot_be_counted_is_refused_before_any_work(doctown, tmp_path, options, environment, words):
    away = ("--embed-at", "http://127.0.0.1:9/v2/embed")
    refused(doctown("index", tmp_path, "--out", tmp_path / "out", *away, *options, **environment), 10, *words)
    assert not (tmp_path / "out").exists()


def test_a_path_that_is_not_there(doctown, tmp_path):
    refused(doctown("ingest", tmp_path / "nowhere", "--out", tmp_path / "out"), 4, "nowhere")


def test_a_file_in_place_of_a_repository(doctown, tmp_path):
    (tmp_path / "file").write_text("x")
    refused(doctown("ingest", tmp_path / "file", "--out", tmp_path / "out"), 4, "file")


@pytest.mark.parametrize("url", ["https://doctown.invalid/a/b", "https://doctown.invalid"])
def test_a_host_that_does_not_exist(doctown, tmp_path, url):
    refused(doctown("ingest", url, "--out", tmp_path / "out"), 4, "doctown.invalid")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/a",
        "ssh://git@example.org/a",
        "ext::sh -c touch% /tmp/canary",
        "https://user:secret@example.org/a",
        "https://127.0.0.1/a",
        "https://localhost/a",
    ],
)
def test_a_url_that_is_not_plain_https_to_a_public_host_is_refused(doctown, tmp_path, url):
    done = doctown("ingest", url, "--out", tmp_path / "out")
    refused(done, done.exit_code)
    assert done.exit_code in {3, 4}
    assert "secret" not in done.output


def test_a_ref_that_is_not_there(doctown, repository, tmp_path):
    commit(repository, a=b"text\n")
    refused(doctown("ingest", repository, "--ref", "nowhere", "--out", tmp_path / "out"), 5, "nowhere")
    refused(doctown("ingest", repository, "--ref=--upload-pack=x", "--out", tmp_path / "out"), 5)


def test_an_empty_repository(doctown, repository, tmp_path):
    done = doctown("ingest", repository, "--out", tmp_path / "out")
    refused(done, 6, "commit")


def test_a_folder_that_cannot_be_written(doctown, repository, tmp_path):
    commit(repository, a=b"text\n")
    (tmp_path / "out").write_text("")
    refused(doctown("ingest", repository, "--out", tmp_path / "out"), 9, "--out")


def test_a_remote_step_over_a_local_store(doctown, repository):
    refused(doctown("index", repository, "--ingest-at", "https://api.runpod.ai/v2/x"), 10, "DOCTOWN_STORE")


def test_a_variable_that_cannot_be_read(doctown, repository):
    refused(doctown("index", repository, DOCTOWN_THREADS="many"), 10, "DOCTOWN_THREADS")


def test_what_is_no_docpack(doctown, tmp_path):
    (tmp_path / "x").write_bytes(b"PK\x03\x04" + bytes(100))
    for command in (["show"], ["verify"]):
        refused(doctown(*command, tmp_path / "x"), 8, "docpack")
        refused(doctown(*command, tmp_path / "nowhere"), 8, "nowhere")
    refused(doctown("search", tmp_path / "x", "words"), 8, "docpack")


def test_a_failure_is_one_json_document_with_json(doctown, tmp_path):
    done = doctown("verify", tmp_path / "nowhere", "--json")
    assert json.loads(done.stdout)["error_kind"] == "DocpackInvalid"


@pytest.mark.parametrize(
    "arguments",
    [("bogus",), ("ingest", "--nope"), ("search", "x", "words", "-k", "0"), ("emulate", "--port", "abc"), ("ingest",)],
)
def test_a_misspelt_command_is_one_sentence_and_one_json_document(doctown, arguments):
    refused(doctown(*arguments), 2, "--help")
    done = doctown(*arguments, "--json")
    assert done.exit_code == 2 and json.loads(done.stdout)["error_kind"] == "UsageError"


def test_a_query_that_is_no_text_is_refused(doctown, tmp_path):
    refused(doctown("search", tmp_path / "x", "caf\udce9"), 3, "UTF-8")
    refused(doctown("search", tmp_path / "x", " "), 3, "empty")


def test_no_queries_to_a_docpack_that_is_not_there_is_a_failure(doctown, tmp_path):
    refused(doctown("search", tmp_path / "nowhere", "-"), 8, "nowhere")


def test_a_store_that_cannot_be_made_is_one_sentence(doctown, repository, tmp_path):
    commit(repository, **{"a.py": b"x = 1\n"})
    (tmp_path / "file").write_text("")
    done = doctown("ingest", repository, "--out", tmp_path / "out", DOCTOWN_STORE=(tmp_path / "file" / "x").as_uri())
    refused(done, 13, "store")


def test_an_address_that_is_none_is_refused_before_a_server_is_started(doctown, repository, tmp_path):
    commit(repository, **{"a.py": b"x = 1\n"})
    done = doctown("index", repository, "--out", tmp_path / "out", "--embed-at", "foo")
    refused(done, 10, "no address")
    assert "server" not in done.stderr


def test_a_folder_without_files_is_nothing_to_ingest(doctown, tmp_path):
    (tmp_path / "empty").mkdir()
    refused(doctown("ingest", tmp_path / "empty", "--out", tmp_path / "out"), 6, "holds no files")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_file_url_is_a_path_at_a_terminal(doctown, repository, tmp_path):
    commit(repository, **{"a.py": b"x = 1\n"})
    done = doctown("ingest", repository.as_uri(), "--out", tmp_path / "out", "--json")
    assert json.loads(done.stdout)["counts"]["files"] == 1


def test_a_file_name_cannot_speak_for_doctown(doctown, repository, tmp_path):
    commit(repository, **{"a.py:1.\ndoctown: all is well; b.py": b"def f(:\n"})
    done = doctown("ingest", repository, "--out", tmp_path / "out")
    assert done.exit_code == 0 and "does not parse" in done.stderr
    assert not [line for line in done.stderr.splitlines() if line.startswith("doctown: ")]


def test_strange_files_are_taken_or_skipped_with_a_reason(doctown, repository, tmp_path):
    commit(
        repository,
        **{
            "good.py": b"def f():\n    return 1\n",
            "latin.py": b"# caf\xe9\n",
            "cyrillic.py": "# привет\n".encode("cp1251"),
            "broken.py": b"def f(:\n  ((((\n",
            "large.txt": b"word " * 10_000_000,
            "new\nline.py": b"x = 1\n",
            "binary.py": bytes(range(256)),
        },
    )
    os.symlink("good.py", repository / "link.py")
    os.symlink("/etc/passwd", repository / "escape.txt")
    os.symlink("circle", repository / "circle")
    raw = os.fsencode(repository) + b"/raw\xff.py"
    with open(raw, "wb") as file:
        file.write(b"y = 2\n")
    commit(repository)
    done = doctown("ingest", repository, "--out", tmp_path / "out", "--json")
    assert done.exit_code == 0, done.output
    chunks = [json.loads(line) for line in (tmp_path / "out" / "chunks.jsonl").read_text().splitlines()]
    skipped = {
        row["path"]: row["reason"]
        for row in map(json.loads, (tmp_path / "out" / "skipped.jsonl").read_text().splitlines())
    }
    assert {"good.py", "broken.py", "new\nline.py", "raw\udcff.py", "latin.py"} == {chunk["path"] for chunk in chunks}
    assert set(skipped) == {"cyrillic.py", "large.txt", "binary.py", "link.py", "escape.txt", "circle"}
    assert "UTF-8" in skipped["cyrillic.py"] and "too large" in skipped["large.txt"] and "link" in skipped["escape.txt"]
    assert "root:" not in (tmp_path / "out" / "chunks.jsonl").read_text()


def test_a_repository_in_which_everything_is_skipped(repository, tmp_path, model_cache):
    commit(repository, **{"package-lock.json": b"{}\n", "picture.png": bytes(range(256))})
    workplace = Workplace(tmp_path / "workplace", model_cache)
    done = workplace.run("index", str(repository), "--out", str(workplace.out))
    assert done.returncode == 6 and done.stdout == "" and "Traceback" not in done.stderr
    (sentence,) = [line for line in done.stderr.splitlines() if line.startswith("doctown: ")]
    assert "Nothing to index" in sentence and "all its 2 files were skipped" in sentence
    assert list(workplace.out.iterdir()) == []
    workplace.wait_until_alone()


@pytest.fixture(scope="module")
def s3():
    with s3_server() as server:
        yield server


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (403, "SignatureDoesNotMatch", "check AWS_ACCESS_KEY_ID"),
        (403, "RequestTimeTooSkewed", "the clock of this machine is wrong"),
        (403, "AccessDenied", "the key may not do that"),
        (404, "NoSuchBucket", "there is no such bucket"),
        (507, "InsufficientStorage", "it is full"),
        (503, "SlowDown", "answered 503"),
    ],
)
def test_a_store_that_cannot_be_used_is_one_sentence_before_any_work(
    doctown, repository, tmp_path, s3, status, code, said
):
    s3.faults[:] = [Fault(status=status, code=code)]
    out = tmp_path / "out"
    done = doctown("index", repository, "--out", out, "--store", "s3://bucket/x", **s3.variables(""))
    assert done.exit_code == 13 and said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1 and "a-s3cret" not in done.output
    assert not list(out.glob("*"))


def test_a_path_and_an_ingest_elsewhere_do_not_go_together(doctown, repository):
    done = doctown("index", repository, "--ingest-at", "http://127.0.0.1:1/v2/ingest")
    assert done.exit_code == 10 and "give the https address" in done.stderr


def test_ingest_says_of_a_store_that_cannot_be_used_before_it_reads_or_makes_anything(doctown, repository, tmp_path):
    commit(repository, **{"a.py": b"a = 1\n"})
    out, store = tmp_path / "out", "http://127.0.0.1:9/x"
    refused(doctown("ingest", repository, "--out", out, DOCTOWN_STORE=store), 10, "DOCTOWN_STORE")
    assert not out.exists()


def test_a_pattern_that_is_none_is_told_once(doctown, repository):
    commit(repository, **{"a.py": b"a = 1\n"})
    done = doctown("plan", repository, "--include", "[")
    refused(done, 3, "'[' is no pattern for --include; write")
