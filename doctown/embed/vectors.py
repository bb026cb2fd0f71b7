"""Vectors as they cross a boundary: arrays to messages and back, with every check a paying client wants."""

import base64
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from doctown.errors import EngineMismatch, ResultInvalid
from doctown.steps import EmbedRequest, EmbedResult, EmbedVector

Rows = NDArray[np.float32]
"""float32, shape (texts, dimensions), unit length, C order."""

UNIT_LENGTH_TOLERANCE = 1e-3


def result_of(request: EmbedRequest, rows: Rows, model: str, revision: str, engine: str) -> EmbedResult:
    """The answer to `request` whose texts have the vectors `rows`, shape (chunks of the request, dimensions)."""
    ids = tuple(chunk.chunk_id for chunk in request.chunks)
    encoding: Literal["list", "base64"] = request.encoding
    if encoding == "base64":
        data = base64.b64encode(np.ascontiguousarray(rows, dtype="<f4").tobytes()).decode()
        return EmbedResult(
            batch_id=request.batch_id,
            model=model,
            revision=revision,
            engine=engine,
            dimensions=rows.shape[1],
            encoding="base64",
            chunk_ids=ids,
            vectors=data,
        )
    vectors = tuple(EmbedVector(chunk_id=name, vector=tuple(row.tolist())) for name, row in zip(ids, rows, strict=True))
    return EmbedResult(
        batch_id=request.batch_id,
        model=model,
        revision=revision,
        engine=engine,
        dimensions=rows.shape[1],
        vectors=vectors,
    )


def _decoded(result: EmbedResult) -> tuple[Sequence[str], Rows]:
    if isinstance(result.vectors, str):
        try:
            raw = base64.b64decode(result.vectors, validate=True)
        except ValueError as error:
            raise ResultInvalid(f"Batch {result.batch_id}: its vectors are no base64.") from error
        ids = result.chunk_ids or ()
        if len(raw) != 4 * len(ids) * result.dimensions:
            raise ResultInvalid(f"Batch {result.batch_id}: {len(raw)} bytes are not {len(ids)} x {result.dimensions}.")
        return ids, np.frombuffer(raw, dtype="<f4").reshape(len(ids), result.dimensions).astype(np.float32)
    if any(len(found.vector) != result.dimensions for found in result.vectors):
        raise ResultInvalid(f"Batch {result.batch_id}: a vector has not {result.dimensions} components.")
    rows = np.array([found.vector for found in result.vectors], dtype=np.float32)
    return [found.chunk_id for found in result.vectors], rows.reshape(len(result.vectors), result.dimensions)


def rows_of_result(request: EmbedRequest, result: EmbedResult) -> Rows:
    """The vectors of `result`, in the order of the request's chunks.

    Raises:
        ResultInvalid: another batch, count, order or width; a component that is not finite; a length that is not 1.
        EngineMismatch: another model or revision than the request named.
    """
    for asked, found, what in (
        (request.model, result.model, "model"),
        (request.revision, result.revision, "revision"),
    ):
        if asked is not None and asked != found:
            raise EngineMismatch(
                f"The endpoint embeds with {what} {found}, but {asked} was asked for; let it run an image of that one."
            )
    if result.batch_id != request.batch_id:
        raise ResultInvalid(f"Asked for batch {request.batch_id}, got {result.batch_id}.")
    ids, rows = _decoded(result)
    if list(ids) != [chunk.chunk_id for chunk in request.chunks]:
        raise ResultInvalid(f"Batch {request.batch_id}: the vectors are not those of its chunks, in their order.")
    if not np.isfinite(rows).all():
        raise ResultInvalid(f"Batch {request.batch_id}: a vector has a component that is not a finite number.")
    if np.abs(np.linalg.norm(rows, axis=1) - 1).max(initial=0) > UNIT_LENGTH_TOLERANCE:
        raise ResultInvalid(f"Batch {request.batch_id}: a vector is not of unit length.")
    return rows
