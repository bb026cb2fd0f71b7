"""The order of work, over callables that keep their vectors in a dictionary."""

import pytest

from doctown import recipe
from doctown.blob import Blob
from doctown.embed.batches import BatchLimits
from doctown.errors import EngineMismatch, NothingToIndex, WorkerLost
from doctown.model import EmbeddingInput, Repository, embedding_key
from doctown.recipe import Known
from doctown.rows import jsonl_of
from doctown.steps import AssembleResult, EmbedResult, IngestRequest, IngestResult

BLOB = Blob(key="x", media_type="text/plain", size=0, sha256="0" * 64)
REQUEST = IngestRequest(repository="somewhere", model="m")


class InMemory:
    """Callables of the recipe without any machinery. `engines` answers, per batch, which engine embeds it."""

    def __init__(self, texts, engines=lambda batch: "e1", remembered=None):
        self.texts, self.engines, self.remembered = texts, engines, remembered
        self.kept: dict[str, set[str]] = {}
        self.sent: list[str] = []
        self.assembled = []

    async def ingest(self, request):
        rows = [EmbeddingInput(f"c{n}", embedding_key(text), len(text), text) for n, text in enumerate(self.texts)]
        self.inputs = jsonl_of(rows)
        blobs = dict.fromkeys(("symbols", "edges", "chunks", "inputs", "skipped", "stats"), BLOB)
        return IngestResult(
            repository=Repository(name="r"),
            counts={"skipped": 3},
            model="m",
            revision="1",
            dimensions=2,
            max_tokens=9,
            **blobs,
        )

    async def read(self, blob):
        return self.inputs

    async def known(self, keys, model, revision):
        return Known(self.remembered, self.kept.get(self.remembered, set()) & keys)

    async def embed_all(self, batches, model, revision, on_done):
        for batch in batches:
            self.sent.extend(batch.contents)
            engine = self.engines(batch)
            await on_done(
                batch,
                EmbedResult(batch_id=batch.id, model=model, revision=revision, engine=engine, dimensions=2, vectors=()),
            )

    async def keep(self, batch, result):
        self.kept.setdefault(result.engine, set()).update(batch.keys)
        self.remembered = result.engine

    async def assemble(self, request):
        self.assembled.append(request)
        return AssembleResult(docpack=BLOB, docpack_id="0", counts={}, topics=())


async def test_equal_texts_are_embedded_once():
    do = InMemory(["a", "b", "a"])
    done = await recipe.index(REQUEST, do)
    assert sorted(do.sent) == ["a", "b"]
    assert (done.texts, done.embedded, done.engine) == (2, 2, "e1")


async def test_a_second_run_embeds_only_what_is_new():
    do = InMemory(["a", "b"])
    await recipe.index(REQUEST, do)
    do.texts = ["a", "b", "c"]
    do.sent.clear()
    done = await recipe.index(REQUEST, do)
    assert do.sent == ["c"]
    assert (done.texts, done.embedded) == (3, 1)


async def test_an_unchanged_run_embeds_nothing_and_still_assembles():
    do = InMemory(["a"])
    await recipe.index(REQUEST, do)
    do.sent.clear()
    done = await recipe.index(REQUEST, do)
    assert (do.sent, done.embedded, len(do.assembled)) == ([], 0, 2)
    assert do.assembled[0] == do.assembled[1]


async def test_vectors_of_an_engine_that_is_gone_do_not_count():
    do = InMemory(["a", "b"])
    await recipe.index(REQUEST, do)
    do.texts, do.engines = ["a", "b", "c"], lambda batch: "e2"
    done = await recipe.index(REQUEST, do)
    assert done.engine == "e2" and do.kept["e2"] == {embedding_key(text) for text in "abc"}
    assert do.assembled[-1].model.engine == "e2"


async def test_two_engines_in_one_run_end_it():
    answers = iter(["e1", "e2"])
    do = InMemory(["a", "b"], engines=lambda batch: next(answers))
    with pytest.raises(EngineMismatch, match="e1 and e2"):
        await recipe.index(REQUEST, do, BatchLimits(texts=1))
    assert not do.assembled


async def test_two_engines_in_one_run_are_all_named_where_that_is_allowed():
    answers = iter(["e2", "e1"])
    do = InMemory(["a", "b"], engines=lambda batch: next(answers))
    done = await recipe.index(REQUEST, do, BatchLimits(texts=1), mixed_engines=True)
    model = do.assembled[0].model
    assert done.engine == model.engine == "e1 + e2" and model.mixed == ("e1", "e2")


async def test_vectors_of_an_engine_that_is_gone_count_where_engines_may_be_mixed():
    do = InMemory(["a", "b"])
    await recipe.index(REQUEST, do)
    do.texts, do.engines = ["a", "b", "c"], lambda batch: "e2"
    done = await recipe.index(REQUEST, do, mixed_engines=True)
    assert (done.engine, done.embedded) == ("e1 + e2", 1)
    do.kept["e2"].clear()
    done = await recipe.index(REQUEST, do, mixed_engines=True)
    assert (done.engine, do.assembled[-1].model.mixed) == ("e2", ())


async def test_a_run_that_is_to_embed_nothing_asks_for_no_vector_and_names_no_model():
    do = InMemory(["a", "b"])
    done = await recipe.index(REQUEST, do, embed=False)
    assert (done.engine, done.texts, done.embedded, do.sent) == (None, 2, 0, [])
    assert do.assembled[0].model is None and "model" not in do.assembled[0].to_json()


async def test_an_endpoint_that_changes_its_engine_every_time_ends_the_run():
    count = iter(range(100))
    do = InMemory(["a", "b"], engines=lambda batch: f"e{next(count)}", remembered="e-1")
    do.kept["e-1"] = {embedding_key("a")}
    with pytest.raises(EngineMismatch, match="one image"):
        await recipe.index(REQUEST, do)


async def test_nothing_to_index_is_said_before_anything_is_embedded():
    do = InMemory([])
    with pytest.raises(NothingToIndex, match="3 files"):
        await recipe.index(REQUEST, do)
    assert not do.sent and not do.assembled


async def test_a_batch_that_fails_leaves_what_was_kept_and_assembles_nothing():
    def engines(batch):
        if batch.contents == ("a",):
            raise WorkerLost
        return "e1"

    do = InMemory(["a", "bb"], engines)
    with pytest.raises(WorkerLost):
        await recipe.index(REQUEST, do, BatchLimits(texts=1))
    assert not do.assembled and do.kept["e1"] == {embedding_key("bb")}
    do.engines = lambda batch: "e1"
    do.sent.clear()
    await recipe.index(REQUEST, do)
    assert do.sent == ["a"]


class Beside(InMemory):
    """Another run embeds `theirs`. Asked again it is done with them, or, where it `dies`, they are ours."""

    def __init__(self, texts, theirs, *, dies=False, remembered=None):
        super().__init__(texts, remembered=remembered)
        self.theirs, self.dies, self.asked = {embedding_key(text) for text in theirs}, dies, 0

    async def known(self, keys, model, revision):
        self.asked += 1
        if self.asked == 1:
            return Known(self.remembered, frozenset(), self.theirs)
        if not self.dies:
            self.kept.setdefault("e1", set()).update(self.theirs)
            self.remembered = "e1"
        return await super().known(keys, model, revision)


async def test_what_another_run_is_embedding_is_left_to_it_and_waited_for():
    do = Beside(["a", "b", "c"], ["b", "c"])
    done = await recipe.index(REQUEST, do)
    assert do.sent == ["a"] and (done.embedded, done.engine, do.asked) == (1, "e1", 2)


async def test_a_run_to_which_nothing_is_left_embeds_nothing():
    do = Beside(["a", "b"], ["a", "b"])
    done = await recipe.index(REQUEST, do)
    assert do.sent == [] and (done.embedded, done.engine) == (0, "e1")


async def test_what_two_engines_embedded_is_not_embedded_again_after_another_run_was_waited_for():
    class BesideMixed(Beside):
        async def known(self, keys, model, revision):
            known = await super().known(keys, model, revision)
            found = {engine: some & keys for engine, some in self.kept.items() if some & keys}
            return Known(known.engine, frozenset().union(*found.values()), known.under_way, frozenset(found))

    answers = iter(["e2", "e3"])
    do = BesideMixed(["a", "b", "c"], ["c"])
    do.engines = lambda batch: next(answers)
    done = await recipe.index(REQUEST, do, BatchLimits(texts=1), mixed_engines=True)
    assert sorted(do.sent) == ["a", "b"] and (done.embedded, done.engine) == (2, "e1 + e2 + e3")


async def test_what_another_run_did_not_embed_after_all_is_embedded():
    do = Beside(["a", "b", "c"], ["b", "c"], dies=True)
    done = await recipe.index(REQUEST, do)
    assert sorted(do.sent) == ["a", "b", "c"] and done.embedded == 3
