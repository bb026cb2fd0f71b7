"""Every step at endpoints, over an S3 service on loopback: what is made equals what one machine makes by itself."""

import asyncio
import json
import re
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest

from adapters.settings import Settings
from adapters.store import store_of
from adapters.vectors import VectorCache
from doctown.docpack import Docpack
from doctown.embed.batches import BatchLimits
from doctown.recipe import index
from doctown.steps import IngestRequest
from places.placement import Placement
from places.places import Places
from tests.end_to_end.runs import Workplace, commit_all, commit_folder, git
from tests.fakes.git_server import git_server, make_certificate
from tests.fakes.s3_server import s3_server

FILES = {"__init__.py", "globals.py", "utils.py", "formatting.py"}


@pytest.fixture(scope="module")
def s3():
    with s3_server() as server:
        yield server


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The URL of a repository with two commits, `main` and the one before, and the variables to fetch it with."""
    root = tmp_path_factory.mktemp("served")
    package = Path(find_spec("click").origin).parent
    work = commit_folder(package, root / "work", keep=lambda path: path.name in FILES)
    git(work, "branch", "before")
    module = work / "click" / "globals.py"
    module.write_text(module.read_text() + "\n\ndef forget_context(ctx):\n    return ctx.close()\n")
    commit_all(work)
    git(root, "clone", "-q", "--bare", "work", "click.git")
    certificate = make_certificate(root)
    with git_server(root, certificate) as server:
        variables = {"DOCTOWN_PRIVATE_REPOSITORIES": "true", "GIT_SSL_CAINFO": str(certificate)}
        yield f"https://localhost:{server.server_port}/click.git", variables


@pytest.fixture(scope="module")
def kernels(tmp_path_factory):
    """What is compiled depends on the machine alone, and is compiled once for all of this file."""
    return tmp_path_factory.mktemp("kernels")


@pytest.fixture
def workplace(model_cache, kernels, tmp_path):
    """A cache with the model and what is compiled, and nothing else, by its name and what it is to know."""

    def made(name, variables):
        place = Workplace(tmp_path / name, model_cache, variables)
        (place.cache / "kernels").symlink_to(kernels)
        return place

    return made


@contextmanager
def emulated(workplace):
    """The addresses of the endpoints by name."""
    emulator = workplace.start("emulate", "--env", "GIT_SSL_CAINFO", "--json")
    try:
        yield json.loads(emulator.stdout.readline())
    finally:
        emulator.terminate()
        print(*emulator.communicate(timeout=30))
        workplace.wait_until_alone()


def texts_embedded_at(address):
    return httpx.get(re.sub("/v2/.*", "/emulator/accounting", address), trust_env=False).json()["texts"]


def test_all_local_hybrid_and_everything_at_endpoints_give_the_same_docpack(served, s3, workplace, prefect_api_url):
    url, variables = served[0], served[1] | {"PREFECT_API_URL": prefect_api_url}
    local = workplace("local", variables)
    texts = local.index(url, "--ref", "main")["texts"]
    store = s3.variables(f"s3://{s3.bucket()}/doctown")
    hybrid = workplace("hybrid", variables)
    remote = workplace("remote", variables | store)
    with emulated(workplace("workers", variables | store)) as at:
        assert hybrid.index(url, "--ref", "main", "--embed-at", at["embed"])["embedded"] == texts
        everywhere = [f"--{step}-at={at[step]}" for step in ("ingest", "embed", "assemble")]
        assert remote.index(url, "--ref", "main", *everywhere)["embedded"] == texts
        assert texts_embedded_at(at["embed"]) == 2 * texts
    assert local.pack() == hybrid.pack() == remote.pack()
    assert not (remote.cache / "store").exists()
    left = store_of(Settings.from_environment(remote.environment))
    assert [list(left.keys(folder)) for folder in ("remote-jobs", "under-way")] == [[], []]


def test_a_build_over_a_bucket_gives_a_link_to_the_docpack(served, s3, workplace, tmp_path):
    url, variables = served
    store = s3.variables(f"s3://{s3.bucket()}/doctown") | {"DOCTOWN_LINK_S": "600"}
    with emulated(workplace("workers", variables | store)) as at:
        job = {"input": {"repo_url": url, "job_id": "mine"}}
        where, headers = f"{at['build']}/runsync?wait=180000", {"Authorization": "x"}
        record = httpx.post(where, json=job, headers=headers, trust_env=False, timeout=200).json()
    assert record["status"] == "COMPLETED", record
    output = record["output"]
    assert output["status"] == "success" and output["clusters"] and "omitted" not in output
    link = output["docpack"]
    answer = httpx.get(link["url"], trust_env=False).content
    assert len(answer) == link["size"] and re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", link["expires_at"])
    (kept,) = store_of(Settings.from_environment(store)).listed("docpacks")
    assert kept.size == len(answer) and link["sha256"][:16] in kept.key
    (tmp_path / "fetched").write_bytes(answer)
    with (tmp_path / "fetched").open("rb") as stream:
        assert Docpack.open(stream).json("graph.json") == output["graph"]


@pytest.fixture
def run(served, s3, workplace, monkeypatch):
    """Run the recipe here, of `ref`, with the texts at `address`, on a cache of its own; all over one new bucket."""
    url, variables = served
    store = s3.variables(f"s3://{s3.bucket()}/doctown")
    monkeypatch.setenv("GIT_SSL_CAINFO", variables["GIT_SSL_CAINFO"])

    async def indexed(name, ref, address):
        place = workplace(name, variables | store | {"DOCTOWN_BATCH_TOKENS": "2000"})
        settings = Settings.from_environment(place.environment)
        async with Places(Placement(embed=address), settings, run=name) as places:
            request = IngestRequest(repository=url, ref=ref, model=settings.model)
            return await index(request, places, BatchLimits(tokens=settings.batch_tokens))

    indexed.store = store_of(Settings.from_environment(store))
    return indexed


def texts_kept_in(store):
    """The key of each vector in the store, as often as it is kept."""
    return [name for segment in store.listed("vectors") for name in VectorCache(store)._names_in(segment)]


async def test_two_runs_at_once_of_two_commits_lose_no_vector_and_embed_no_text_twice(served, run, workplace):
    with emulated(workplace("workers", served[1])) as at:
        one, other = await asyncio.gather(run("one", "main", at["embed"]), run("two", "before", at["embed"]))
        embedded = await asyncio.to_thread(texts_embedded_at, at["embed"])
        again, before = await asyncio.gather(run("3", "main", at["embed"]), run("4", "before", at["embed"]))
        assert await asyncio.to_thread(texts_embedded_at, at["embed"]) == embedded
    assert one.embedded + other.embedded == embedded
    assert max(one.texts, other.texts) < embedded < one.texts + other.texts
    assert (again.embedded, before.embedded) == (0, 0)
    assert again.assembled.docpack_id == one.assembled.docpack_id
    assert before.assembled.docpack_id == other.assembled.docpack_id
    kept = texts_kept_in(run.store)
    assert len(kept) == len(set(kept)) == embedded
    assert [list(run.store.keys(folder)) for folder in ("remote-jobs", "under-way")] == [[], []]


@pytest.mark.long
@pytest.mark.parametrize("patience_s", [0.0, 1.0, 4.0, 8.0])
async def test_what_a_cancelled_run_did_not_embed_the_other_does(served, run, workplace, patience_s):
    with emulated(workplace("workers", served[1])) as at:
        first = asyncio.create_task(run("one", "main", at["embed"]))
        second = asyncio.create_task(run("two", "before", at["embed"]))
        while not list(run.store.keys("under-way")) and not first.done():
            await asyncio.sleep(0.05)
        await asyncio.sleep(patience_s)
        first.cancel()
        await asyncio.wait({first})
        done = await second
        embedded = await asyncio.to_thread(texts_embedded_at, at["embed"])
    kept = texts_kept_in(run.store)
    assert len(kept) == len(set(kept)) and done.texts <= len(kept) <= embedded
    assert [list(run.store.keys(folder)) for folder in ("remote-jobs", "under-way")] == [[], []]
