"""The assemble step: facts and vectors in the store become one docpack in the store.

Numerical libraries are held to one thread: a sum over other parts rounds differently, and the docpack's bytes must not
depend on the machine's cores.
"""

from adapters.settings import Settings
from adapters.store import store_at
from adapters.vectors import VectorCache
from doctown.assemble.entries import PARAMETERS, STAGES, Material, understanding_of
from doctown.docpack import docpack_bytes
from doctown.errors import BlobCorrupt
from doctown.model import Chunk, Edge, EmbeddingInput, Symbol
from doctown.rows import rows_of
from doctown.steps import AssembleRequest, AssembleResult, Progress

MEDIA_TYPE = "application/zip"


def assemble(request: AssembleRequest, settings: Settings, progress: Progress) -> AssembleResult:
    """Make the docpack.

    Raises:
        BlobMissing, BlobCorrupt: the store no longer holds what was ingested or embedded.
    """
    from threadpoolctl import threadpool_limits

    stages = iter(range(1, STAGES + 3))

    def done() -> None:
        progress("assembling", next(stages), STAGES + 2)

    progress("assembling", 0, STAGES + 2)
    store = store_at(settings.store_url)
    inputs = list(rows_of(store.read(request.inputs), EmbeddingInput))
    model = request.model
    material = Material(
        symbols=list(rows_of(store.read(request.symbols), Symbol)),
        edges=list(rows_of(store.read(request.edges), Edge)),
        chunks=list(rows_of(store.read(request.chunks), Chunk)),
        vectors=VectorCache(store).rows(model.name, model.revision, model.engine, [row.key for row in inputs]),
        stats=store.read(request.stats),
        skipped=store.read(request.skipped),
    )
    if [row.chunk_id for row in inputs] != [chunk.id for chunk in material.chunks]:
        raise BlobCorrupt("The chunks and what was embedded for them do not belong together; run again.")
    done()
    with threadpool_limits(1):
        found = understanding_of(material, request.seed, done)
    counts = {"files": len({chunk.path for chunk in material.chunks}), "topics": len(found.topics)}
    fields = {
        "repository": request.repository.model_dump(mode="json"),
        "model": model.model_dump(mode="json", exclude={"engine"}),
        "engine": model.engine,
        "base": None,
        "parameters": dict(PARAMETERS) | {"seed": request.seed},
        "counts": counts,
    }
    data, docpack_id = docpack_bytes(found.entries, fields)
    blob = store.put(f"docpacks/{docpack_id}.docpack", data, MEDIA_TYPE)
    done()
    for name in ("symbols", "edges", "chunks", "skipped"):
        counts[name] = found.entries[f"{name}.jsonl"].count(b"\n")
    return AssembleResult(docpack=blob, docpack_id=docpack_id, counts=counts, topics=found.topics)
