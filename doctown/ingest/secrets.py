"""Secrets in files: keys, tokens and passwords become asterisks, as many as they had bytes, and are told by place.

Everything that follows reads what is masked here, so that no chunk, vector, docpack, log or embed request can hold a
secret. Lines and offsets stay as they were. Where secrets lie is found by `adapters.secret_scanner`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

IN_ITS_NAME = "secret: in its name"
"""Why a file is left out whose path holds one."""
_SHORTEST_ELSEWHERE = 12  # bytes: what is shorter may be a word
_MASK = b"*"
_OF_A_KEY = re.compile(rb"(?<!\\)[A-Za-z0-9/=]|(?<=[A-Za-z0-9/+=])\+")
_NAMED = 3
"""Places in a note."""
_LISTED = 1_000
"""Places in the statistics."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Bytes `start` to `end` of a file are a secret of some `kind`, such as `github-pat`."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True, order=True)
class SecretPlace:
    """Where a secret begins: its line, from 1. Never what it is."""

    path: str
    line: int
    kind: str


def masked(path: str, data: bytes, spans: Iterable[Span]) -> tuple[bytes, tuple[SecretPlace, ...]]:
    """The bytes of the file at `path` with each of `spans` masked at equal length, and the places.

    A secret that stands elsewhere in the file too is masked there as well. Of a secret of several lines the line ends
    stay, and the quotes, commas and escapes between its parts: what was code stays code.
    """
    outermost = list(_outermost(_elsewhere_too(data, spans)))
    if not outermost:
        return data, ()
    made = bytearray(data)
    for span in outermost:
        made[span.start : span.end] = _mask_of(data[span.start : span.end])
    places = {SecretPlace(path, data.count(b"\n", 0, span.start) + 1, span.kind) for span in outermost}
    return bytes(made), tuple(sorted(places))


def _elsewhere_too(data: bytes, spans: Iterable[Span]) -> set[Span]:
    found = set()
    for span in spans:
        if span.start >= span.end:
            continue
        start, end = _whole_characters(data, span.start, span.end)
        found.add(Span(start, end, span.kind))
        secret = data[start:end]
        at = data.find(secret) if len(secret) >= _SHORTEST_ELSEWHERE else -1
        while at >= 0:
            found.add(Span(at, at + len(secret), span.kind))
            at = data.find(secret, at + len(secret))
    return found


def _whole_characters(data: bytes, start: int, end: int) -> tuple[int, int]:
    """The span widened to whole characters of UTF-8: what is masked stays text."""
    while 0 < start < len(data) and data[start] & 0xC0 == 0x80:
        start -= 1
    while end < len(data) and data[end] & 0xC0 == 0x80:
        end += 1
    return start, end


def _outermost(spans: Iterable[Span]) -> Iterator[Span]:
    """`spans` in order, without those that lie within another."""
    reached = -1
    for span in sorted(spans, key=lambda one: (one.start, -one.end, one.kind)):
        if span.end > reached and span.end > span.start:
            reached = span.end
            yield span


def _mask_of(secret: bytes) -> bytes:
    return _OF_A_KEY.sub(_MASK, secret) if b"\n" in secret else _MASK * len(secret)


def counted_by_kind(places: Iterable[SecretPlace]) -> dict[str, int]:
    """How many there are of each kind, the commonest first."""
    return dict(sorted(Counter(place.kind for place in places).items(), key=lambda item: (-item[1], item[0])))


def secrets_stats(places: Sequence[SecretPlace], *, are_masked: bool) -> dict[str, Any]:
    """What `stats.json` says of the secrets that were found: numbers by kind, and the first places."""
    listed = [{"path": place.path, "line": place.line, "kind": place.kind} for place in sorted(places)[:_LISTED]]
    return {"masked": are_masked, "kinds": counted_by_kind(places), "places": listed}


def note_on_secrets(places: Sequence[SecretPlace], *, are_masked: bool) -> Iterator[str]:
    """A sentence for the person who started the run; none where nothing was found."""
    if not places:
        return
    named = ", ".join(f"{place.path}:{place.line} ({place.kind})" for place in sorted(places)[:_NAMED])
    more = " and others" if len(places) > _NAMED else ""
    what, was = ("1 secret", "was") if len(places) == 1 else (f"{len(places):,} secrets", "were")
    done = f"{was} masked" if are_masked else f"{was} found and kept, as asked"
    yield f"{what} {done}; whoever can read the repository has them, so change them: {named}{more}."
