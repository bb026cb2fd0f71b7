"""An open placement without processes: the recipe's callables in memory, with what a report needs of them."""

import asyncio
import dataclasses
from contextlib import asynccontextmanager

import numpy as np

from doctown.blob import Blob
from doctown.embed.vectors import result_of
from doctown.model import EmbeddingInput, Repository, embedding_key
from doctown.recipe import Known
from doctown.rows import jsonl_of
from doctown.steps import AssembleResult, EmbedResult, IngestResult
from places.fanout import BatchRecord, request_for

BLOB = Blob(key="docpacks/x", media_type="application/zip", size=0, sha256="0" * 64)


@dataclasses.dataclass
class InMemoryPlaces:
    """Each text is a chunk. `name`, `topics` and `notes` are what a hostile repository may choose.

    `before(step, n)` is awaited before the n-th call of a step, counted from 1, and may raise.
    """

    texts: list[str]
    name: str = "r"
    topics: tuple[str, ...] = ("one", "two")
    notes: tuple[str, ...] = ()
    before: object = None
    in_flight: int = 2
    kept: set[str] = dataclasses.field(default_factory=set)
    batch_records: list[BatchRecord] = dataclasses.field(default_factory=list)
    calls: dict[str, int] = dataclasses.field(default_factory=dict)
    closed: int = 0
    embedding: int = 0
    most_embedding: int = 0

    @asynccontextmanager
    async def open_at(self, placement, settings, progress, *, full=False, run=""):
        """Called as `places.Places` is."""
        self.progress, self.settings = progress, settings
        try:
            yield self
        finally:
            self.closed += 1

    async def _called(self, step):
        self.calls[step] = self.calls.get(step, 0) + 1
        if self.before is not None:
            await self.before(step, self.calls[step])

    async def ingest(self, request):
        await self._called("ingest")
        self.progress("reading", 1, 1)
        rows = [EmbeddingInput(f"c{n}", embedding_key(text), 3, text) for n, text in enumerate(self.texts)]
        self.inputs = jsonl_of(rows)
        return IngestResult(
            repository=Repository(name=self.name, commit="c" * 40, ref=request.ref),
            counts={"files": 3, "skipped": 0},
            model="m",
            revision="1",
            dimensions=2,
            max_tokens=9,
            notes=self.notes,
            **dict.fromkeys(("symbols", "edges", "chunks", "inputs", "skipped", "stats"), BLOB),
        )

    async def read(self, blob):
        return self.inputs

    async def known(self, keys, model, revision):
        return Known("e1", self.kept & keys)

    async def embed_all(self, batches, model, revision, on_done):
        self.embedding += 1
        self.most_embedding = max(self.embedding, self.most_embedding)
        try:
            for batch in batches:
                await self._called("embed")
                await asyncio.sleep(0)
                request = request_for(batch, model, revision)
                result = result_of(request, np.ones((len(batch.keys), 2), dtype=np.float32), model, revision, "e1")
                await on_done(batch, result)
                record = BatchRecord(batch.id, len(batch.keys), batch.tokens, 1, 0.5, "memory", "e1")
                self.batch_records.append(record)
        finally:
            self.embedding -= 1

    async def keep(self, batch, result: EmbedResult):
        self.kept.update(batch.keys)
        self.progress("embedding", len(self.kept), len(self.texts))

    async def assemble(self, request):
        await self._called("assemble")
        return AssembleResult(docpack=BLOB, docpack_id="d" * 64, counts={"files": 3, "chunks": 9}, topics=self.topics)
