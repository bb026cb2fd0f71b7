"""A map without vectors: chunks in the order of their files, folders in place of topics.

The square is cut in two again and again, as the list of chunks is, where possible between folders: neighbours in the
repository are neighbours on the map, and a folder is a few rectangles side by side. It gives what `clusters.json` and
`map.json` give where a docpack was made without embedding.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from doctown.model import Chunk

ENOUGH_FOLDERS = 8
GAP = 0.03
"""Of a side, left free where a cut runs between two folders."""

Box = tuple[float, float, float, float]


def map_by_folder(chunks: Sequence[Chunk]) -> tuple[dict[str, Any], dict[str, Any]]:
    """`clusters.json` and `map.json` (as far as the page reads them) of `chunks`."""
    depth = _depth({chunk.path for chunk in chunks})
    order = sorted(chunks, key=lambda chunk: (chunk.path.split("/"), chunk.start_byte))
    places = dict(_placed(order, (0.0, 0.0, 1.0, 1.0)))
    members: dict[str, list[Chunk]] = {}
    for chunk in order:
        members.setdefault(_folder(chunk.path, depth), []).append(chunk)
    folders = sorted(members, key=lambda folder: (-len(members[folder]), folder))
    shared = _shared(folders)
    names = ["/".join(folder.split("/")[shared:]) or folder for folder in folders]
    clusters = [
        _cluster(number, name, members[folder])
        for number, (folder, name) in enumerate(zip(folders, names, strict=True))
    ]
    number_of = {chunk.id: number for number, folder in enumerate(folders) for chunk in members[folder]}
    points = [
        {"chunk_id": chunk.id, "x": places[chunk.id][0], "y": places[chunk.id][1], "cluster": number_of[chunk.id]}
        for chunk in chunks
    ]
    labels = []
    for number, folder in enumerate(folders):
        xs, ys = zip(*(places[chunk.id] for chunk in members[folder]), strict=True)
        labels.append({"cluster": number, "x": sum(xs) / len(xs), "y": sum(ys) / len(ys)})
    return {"clusters": clusters, "memberships": []}, {"points": points, "labels": labels}


def _depth(paths: set[str]) -> int:
    """How deep to look for folders: until there are ENOUGH_FOLDERS of them."""
    deepest = max((path.count("/") for path in paths), default=0)
    return next(
        (at for at in range(1, deepest) if len({_folder(path, at) for path in paths}) >= ENOUGH_FOLDERS), deepest
    )


def _folder(path: str, depth: int) -> str:
    return "/".join(path.split("/")[:-1][:depth])


def _shared(folders: Sequence[str]) -> int:
    """How many leading parts all of `folders` share."""
    parts = [folder.split("/") for folder in folders]
    return next((at for at, part in enumerate(zip(*parts, strict=False)) if len(set(part)) > 1), 0)


def _cluster(number: int, folder: str, members: Sequence[Chunk]) -> dict[str, Any]:
    return {
        "id": number,
        "label": f"{folder}/" if folder else "top folder",
        "keywords": sorted({chunk.language for chunk in members}),
        "size": len(members),
        "parent_id": None,
        "representative": [chunk.id for chunk in members[:5]],
    }


def _placed(chunks: Sequence[Chunk], box: Box) -> Iterator[tuple[str, tuple[float, float]]]:
    """The id and the place of each of `chunks` (in order) within `box` (left, top, right, bottom)."""
    left, top, right, bottom = box
    if len(chunks) == 1:
        yield chunks[0].id, ((left + right) / 2, (top + bottom) / 2)
    if len(chunks) < 2:
        return
    cut = _cut(chunks)
    share = cut / len(chunks)
    gap = GAP / 2 if _common(chunks[cut - 1], chunks[cut]) < chunks[cut].path.count("/") else 0.0
    if right - left >= bottom - top:
        at, free = left + (right - left) * share, (right - left) * gap
        first, second = (left, top, at - free, bottom), (at + free, top, right, bottom)
    else:
        at, free = top + (bottom - top) * share, (bottom - top) * gap
        first, second = (left, top, right, at - free), (left, at + free, right, bottom)
    yield from _placed(chunks[:cut], first)
    yield from _placed(chunks[cut:], second)


def _cut(chunks: Sequence[Chunk]) -> int:
    """Where in the middle half of `chunks` their paths have least in common; of equals, the one nearest the middle."""
    middle, quarter = len(chunks) // 2, len(chunks) // 4
    among = range(max(middle - quarter, 1), min(middle + quarter, len(chunks) - 1) + 1)
    return min(among, key=lambda at: (_common(chunks[at - 1], chunks[at]), abs(at - middle), at))


def _common(one: Chunk, other: Chunk) -> int:
    """How many leading parts two paths share; a file has all its parts in common with itself."""
    parts = list(zip(one.path.split("/"), other.path.split("/"), strict=False))
    return next((at for at, (mine, its) in enumerate(parts) if mine != its), len(parts))
