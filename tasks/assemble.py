"""The assemble step: facts and vectors in the store become one docpack in the store.

Numerical libraries are held to one thread: a sum over other parts rounds differently, and the docpack's bytes must not
depend on the machine's cores. What may run side by side does so in `doctown.assemble`, in parts that are always
the same.
"""

from hashlib import sha256
from typing import Any

from adapters.kernel_cache import keep_kernels
from adapters.memory import available_bytes
from adapters.processor import cores
from adapters.settings import Settings
from adapters.store import store_of
from adapters.vectors import VectorCache
from doctown.assemble.clusters import MIN_CHUNKS
from doctown.assemble.entries import PARAMETERS, STAGES, Material, understanding_of
from doctown.assemble.memory import refuse_without_memory
from doctown.docpack import docpack_bytes
from doctown.errors import BlobCorrupt, LimitExceeded
from doctown.model import Chunk, Edge, EmbeddingInput, Repository, Symbol
from doctown.rows import rows_of
from doctown.steps import AssembleRequest, AssembleResult, Progress

MEDIA_TYPE = "application/zip"


def assemble(request: AssembleRequest, settings: Settings, progress: Progress) -> AssembleResult:
    """Make the docpack.

    Raises:
        BlobMissing, BlobCorrupt: the store no longer holds what was ingested or embedded.
        LimitExceeded: there is not the memory for so many chunks.
    """
    try:
        return _assembled(request, settings, progress)
    except MemoryError as error:
        raise LimitExceeded(
            "Assembling took more memory than this machine has left: free some, index a part with --path, or name a "
            "larger place with --assemble-at."
        ) from error


def _assembled(request: AssembleRequest, settings: Settings, progress: Progress) -> AssembleResult:
    from threadpoolctl import threadpool_limits

    stages = iter(range(1, STAGES + 3))

    def done() -> None:
        progress("assembling", next(stages), STAGES + 2)

    progress("assembling", 0, STAGES + 2)
    store = store_of(settings)
    inputs = list(rows_of(store.read(request.inputs), EmbeddingInput))
    model = request.model
    vectors = None
    if model is not None:
        refuse_without_memory(len(inputs), model.dimensions, available_bytes())
        if len(inputs) >= MIN_CHUNKS:  # fewer are not laid out, and need nothing that is compiled
            keep_kernels(settings)
        engines = model.mixed or (model.engine,)
        vectors = VectorCache(store).rows(model.name, model.revision, engines, [row.key for row in inputs])
    material = Material(
        symbols=list(rows_of(store.read(request.symbols), Symbol)),
        edges=list(rows_of(store.read(request.edges), Edge)),
        chunks=list(rows_of(store.read(request.chunks), Chunk)),
        vectors=vectors,
        stats=store.read(request.stats),
        skipped=store.read(request.skipped),
    )
    if [row.chunk_id for row in inputs] != [chunk.id for chunk in material.chunks]:
        raise BlobCorrupt("The chunks and what was embedded for them do not belong together; run again.")
    done()
    with threadpool_limits(1):
        found = understanding_of(material, request.seed, done, settings.threads or cores())
    paths = {row.path for row in material.chunks} | {row.path for row in material.symbols}
    counts = {"files": len(paths), "topics": len(found.topics)}
    fields = {
        "repository": _told(request.repository),
        "model": model.model_dump(mode="json", exclude={"engine", "mixed"}) if model else None,
        "engine": model.engine if model else None,
        "base": None,
        "parameters": (dict(PARAMETERS) | {"seed": request.seed} if model else {}) | _asked_for(request),
        "counts": counts,
    }
    data, docpack_id = docpack_bytes(found.entries, fields)
    # Named by its bytes too: another run may have got to the same content by the name of another branch.
    blob = store.put(f"docpacks/{docpack_id}-{sha256(data).hexdigest()[:16]}.docpack", data, MEDIA_TYPE)
    done()
    for name in ("symbols", "edges", "chunks", "skipped"):
        counts[name] = found.entries[f"{name}.jsonl"].count(b"\n")
    return AssembleResult(
        docpack=blob, docpack_id=docpack_id, counts=counts, topics=found.topics, topic_sizes=found.topic_sizes
    )


def _asked_for(request: AssembleRequest) -> dict[str, Any]:
    """What of the repository was asked for, as far as that is not all of it; whether secrets were masked."""
    chosen = {"path": request.path, "include": list(request.include), "exclude": list(request.exclude)}
    return {name: value for name, value in chosen.items() if value} | {"mask_secrets": request.mask_secrets}


def _told(repository: Repository) -> dict[str, Any]:
    """What the manifest says of it; not what the folder is called in which it happens to lie here."""
    of = "commit" if repository.commit else "tree"
    return repository.model_dump(mode="json", include={"url", "ref", of})
