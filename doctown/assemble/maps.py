"""The map: a place in the unit square for every chunk, and a place for every topic's label."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from doctown.assemble.clusters import Topics
from doctown.assemble.layout import Places

MARGIN = 0.02


def unit_square(places: Places) -> Places:
    """`places` (n, 2) moved and scaled, both axes alike, into [MARGIN, 1 - MARGIN]; a single place is the middle."""
    if not len(places):
        return places
    low, high = places.min(axis=0), places.max(axis=0)
    span = float((high - low).max())
    if not span > 0:
        return np.full_like(places, 0.5)
    scaled = (places - (low + high) / 2) / span * (1 - 2 * MARGIN) + 0.5
    return np.asarray(np.clip(scaled, 0, 1), np.float32)


def map_of(chunk_ids: Sequence[str], places: Places, topics: Topics) -> dict[str, Any]:
    """`map.json`: points in the order of the chunks, and labels where the middle of a topic's own chunks is: first of
    the fine topics, then of the broad ones.
    """
    points = [
        {"chunk_id": name, "x": float(x), "y": float(y), "cluster": int(topic)}
        for name, (x, y), topic in zip(chunk_ids, places, topics.of, strict=True)
    ]
    labels = []
    broad = np.where(topics.above >= 0, topics.above + topics.count, -1)[topics.of] if len(topics.of) else topics.of
    for topic in range(topics.count + topics.broad):
        of_it = (topics.of if topic < topics.count else broad) == topic
        own = of_it & ~topics.noise
        x, y = np.median(places[own if own.any() else of_it], axis=0)
        labels.append({"cluster": topic, "x": float(x), "y": float(y)})
    return {"points": points, "labels": labels}
