"""How a result is spoiled on its way: vectors that are wrong in ways a client must notice. Pure.

They are made for the output of the `embed` worker, in both its encodings; of any other output, what is not there is
left as it is, and a fault's `set` replaces fields of whatever is.
"""

import base64
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]

PADDING_BYTES = 11 << 20
"""More than RunPod takes for the result of a job of `/run`."""


def altered(body: Mapping[str, Any], alter: str | None, replaced: Mapping[str, Any]) -> dict[str, Any]:
    """`body`, what a worker reports of a job, with its output altered and some of its fields replaced."""
    output = body.get("output")
    if not isinstance(output, Mapping):
        return dict(body)
    found = ALTERATIONS[alter](dict(output)) if alter else dict(output)
    return dict(body) | {"output": found | dict(replaced)}


def _ids(output: Mapping[str, Any]) -> list[str]:
    if isinstance(output.get("vectors"), str):
        return list(output.get("chunk_ids") or ())
    return [vector.get("chunk_id", "") for vector in output.get("vectors") or ()]


def _rows(output: Mapping[str, Any]) -> Rows:
    vectors, ids = output.get("vectors"), _ids(output)
    if isinstance(vectors, str):
        return np.frombuffer(base64.b64decode(vectors), "<f4").reshape(len(ids), -1).astype(np.float32)
    return np.array([vector["vector"] for vector in vectors or ()], np.float32).reshape(len(ids), -1)


def _with(output: dict[str, Any], ids: list[str], rows: Rows) -> dict[str, Any]:
    if isinstance(output["vectors"], str):
        data = base64.b64encode(np.ascontiguousarray(rows, "<f4").tobytes()).decode()
        return output | {"chunk_ids": ids, "vectors": data}
    vectors = [{"chunk_id": name, "vector": row.tolist()} for name, row in zip(ids, rows, strict=True)]
    return output | {"vectors": vectors}


def _on_rows(change: Callable[[list[str], Rows], tuple[list[str], Rows]]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def changed(output: dict[str, Any]) -> dict[str, Any]:
        return _with(output, *change(_ids(output), _rows(output))) if _ids(output) else output

    return changed


def _valued(value: float) -> Callable[[list[str], Rows], tuple[list[str], Rows]]:
    def changed(ids: list[str], rows: Rows) -> tuple[list[str], Rows]:
        rows[-1, 0] = value
        return ids, rows

    return changed


def _wide(output: dict[str, Any]) -> dict[str, Any]:
    widened = _on_rows(lambda ids, rows: (ids, np.hstack([rows, np.zeros((len(rows), 1), np.float32)])))(output)
    return widened | {"dimensions": widened["dimensions"] + 1} if "dimensions" in widened else widened


ALTERATIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "nan": _on_rows(_valued(math.nan)),
    "infinite": _on_rows(_valued(math.inf)),
    "long": _on_rows(lambda ids, rows: (ids, 2 * rows)),
    "short": _on_rows(lambda ids, rows: (ids[:-1], rows[:-1])),
    "reordered": _on_rows(lambda ids, rows: (ids[::-1], rows[::-1])),
    "foreign": _on_rows(lambda ids, rows: ([*ids[:-1], "foreign"], rows)),
    "cut": _on_rows(lambda ids, rows: (ids, rows[:, :-1])),
    "wide": _wide,
    "oversized": lambda output: output | {"padding": "x" * PADDING_BYTES},
}
"""By name: a component that is no number, or infinite; vectors of length two; the last vector missing; the order
reversed with the ids; an id nobody asked for; a component missing in each, or one too many and said so; too large."""
