"""The run that is tried: the recipe's order over real vectors on a real store, without reading a repository.

Texts are made up, and their vectors are of a hash, so that no model is needed; the docpack is the digest of what an
assembly would read from the cache. The same for the endpoint in memory and for real workers.
"""

import json
import random
from functools import partial
from hashlib import sha256

import numpy as np

from adapters.settings import Settings
from adapters.store import store_at
from adapters.vectors import VectorCache
from doctown.blob import Blob
from doctown.embed.batches import BatchLimits
from doctown.embed.vectors import result_of, rows_of_result
from doctown.model import Repository
from doctown.recipe import Known, index
from doctown.steps import EMBED, AssembleResult, EmbedRequest, IngestRequest, IngestResult
from places.fanout import FanOut, request_for
from runpod_workers import serve

MODEL, REVISION, ENGINE, WIDTH = "a model", "1", "hashed", 8
LIMITS = BatchLimits(tokens=40, least_tokens=10, workers=3)


def texts_for(seed, number=30):
    """Texts and how many tokens each has."""
    chance = random.Random(seed)
    return [(f"text {at} of {seed}", chance.randint(5, 20)) for at in range(number)]


def answer(job_input):
    """What a right worker gives for a batch."""
    request = EmbedRequest.from_json(job_input)
    return result_of(request, rows_for(request), MODEL, REVISION, ENGINE).to_json()


def answer_of(flag, job_input):
    """What a wrong worker gives: it has a bug, or vectors with NaN, or a result that is too large."""
    return serve.answer_of(EMBED, partial(wrong, flag), Settings(cache="unused"), job_input, lambda *_: None)


def wrong(flag, request, settings, progress):
    """The step as such a worker has it."""
    if flag == "bug":
        raise ValueError("a bug of the handler's")
    found = result_of(request, rows_for(request), MODEL, REVISION, ENGINE)
    if flag == "oversized":
        return found.model_copy(update={"engine": "x" * serve.MAX_RESULT_BYTES})
    rows = np.full((len(request.chunks), WIDTH), np.nan, np.float32)
    return result_of(request, rows, MODEL, REVISION, ENGINE)


def rows_for(request):
    """A unit vector for each text, of its hash."""
    numbers = [np.frombuffer(sha256(chunk.content.encode()).digest()[:WIDTH], np.uint8) for chunk in request.chunks]
    rows = np.stack(numbers).astype(np.float32) + 1
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


class Embedding:
    """The recipe's callables for made-up texts, with `backends` to embed at."""

    def __init__(self, texts, store_url, *backends):
        self._inputs = b"".join(
            json.dumps({"chunk_id": text, "key": key_of(text), "tokens": tokens, "content": text}).encode() + b"\n"
            for text, tokens in texts
        )
        self.backends = backends
        self.store = store_at(store_url)
        self.vectors = VectorCache(self.store)
        self.fanout = FanOut(*backends)
        self.rows = b""

    async def run(self):
        """Embed what has no vector yet; what was assembled of, as bytes."""
        try:
            await index(IngestRequest(repository="made-up", model=MODEL), self, LIMITS)
        finally:
            for backend in self.backends:
                await backend.aclose()
        return self.rows

    async def ingest(self, _):
        blob = blob_of(self._inputs)
        parts = dict.fromkeys(("symbols", "edges", "chunks", "inputs", "skipped", "stats"), blob)
        whose = {"model": MODEL, "revision": REVISION, "dimensions": WIDTH, "max_tokens": 512}
        return IngestResult(repository=Repository(name="made-up"), counts={}, **parts, **whose)

    async def read(self, _):
        return self._inputs

    async def known(self, keys, model, revision):
        engine = self.vectors.remembered_engine(self.backends[0].address, model, revision)
        return Known(engine, self.vectors.known(model, revision, engine, keys) if engine else frozenset())

    async def embed_all(self, batches, model, revision, on_done):
        await self.fanout.embed_all(batches, model, revision, on_done)

    async def keep(self, batch, result):
        rows = rows_of_result(request_for(batch, result.model, result.revision), result)
        whose = (result.model, result.revision, result.engine)
        self.vectors.keep(*whose, batch.keys, rows)
        self.vectors.remember_engine(self.fanout.address, *whose)

    async def assemble(self, request):
        model = request.model
        keys = [json.loads(line)["key"] for line in self._inputs.splitlines()]
        self.rows = self.vectors.rows(model.name, model.revision, (model.engine,), keys).tobytes()
        return AssembleResult(docpack=blob_of(self.rows), docpack_id="x", counts={}, topics=())


def key_of(text):
    """As `doctown.model` has it: the sha256 of the text."""
    return sha256(text.encode()).hexdigest()


def right_rows(texts):
    """What any run must end with."""
    return rows_for(EmbedRequest(batch_id="all", chunks=[{"chunk_id": t, "content": t} for t, _ in texts])).tobytes()


def blob_of(data):
    """Bytes as a message names them."""
    found = sha256(data).hexdigest()
    return Blob(key=f"blobs/{found}", media_type="x", size=len(data), sha256=found)
