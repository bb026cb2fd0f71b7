"""A map without vectors: chunks in the order of their files along a Hilbert curve, folders in place of topics.

On that curve neighbours in the repository are neighbours on the map, and a folder is one region. It gives what
`clusters.json` and `map.json` give where a docpack was made without embedding.
"""

from collections.abc import Sequence
from typing import Any

from doctown.model import Chunk

FOLDER_DEPTH = 2


def map_by_folder(chunks: Sequence[Chunk]) -> tuple[dict[str, Any], dict[str, Any]]:
    """`clusters.json` and `map.json` (as far as the page reads them) of `chunks`."""
    order = sorted(range(len(chunks)), key=lambda at: (_folder(chunks[at].path), chunks[at].path, chunks[at].start_byte))
    side = 1
    while side * side < len(chunks):
        side *= 2
    places: dict[str, tuple[float, float]] = {}
    members: dict[str, list[Chunk]] = {}
    for step, at in enumerate(order):
        x, y = _hilbert(side, step * side * side // len(chunks))
        places[chunks[at].id] = ((x + 0.5) / side, (y + 0.5) / side)
        members.setdefault(_folder(chunks[at].path), []).append(chunks[at])
    folders = sorted(members, key=lambda folder: (-len(members[folder]), folder))
    clusters = [_cluster(number, folder, members[folder]) for number, folder in enumerate(folders)]
    number_of = {chunk.id: number for number, folder in enumerate(folders) for chunk in members[folder]}
    points = [
        {"chunk_id": row.id, "x": places[row.id][0], "y": places[row.id][1], "cluster": number_of[row.id]} for row in chunks
    ]
    labels = []
    for number, folder in enumerate(folders):
        spots = [places[chunk.id] for chunk in members[folder]]
        x, y = (sum(axis) / len(spots) for axis in zip(*spots, strict=True))
        labels.append({"cluster": number, "x": x, "y": y})
    return {"clusters": clusters, "memberships": []}, {"points": points, "labels": labels}


def _folder(path: str) -> str:
    return "/".join(path.split("/")[:-1][:FOLDER_DEPTH])


def _cluster(number: int, folder: str, members: Sequence[Chunk]) -> dict[str, Any]:
    return {
        "id": number,
        "label": f"{folder}/" if folder else "top folder",
        "keywords": sorted({chunk.language for chunk in members}),
        "size": len(members),
        "parent_id": None,
        "representative": [chunk.id for chunk in members[:5]],
    }


def _hilbert(side: int, step: int) -> tuple[int, int]:
    """The cell that the Hilbert curve over `side` x `side` cells (a power of two) reaches at `step`."""
    x = y = 0
    square = 1
    while square < side:
        right = 1 & (step // 2)
        up = 1 & (step ^ right)
        if not up:
            if right:
                x, y = square - 1 - x, square - 1 - y
            x, y = y, x
        x, y = x + square * right, y + square * up
        step //= 4
        square *= 2
    return x, y
