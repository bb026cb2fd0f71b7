"""What would be indexed: the counts of an ingest result by language, folder and reason, before anything is embedded.

Plain sums over rows that the ingest step wrote. Which vectors are there already is asked by whoever makes a plan; how
long the rest would take is estimated in `places.estimates`; how a plan looks on a terminal is left to `cli.plan`.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doctown.model import Chunk, Skipped, Symbol

_CUTTABLE = frozenset({"function", "method", "constructor"})


@dataclass(frozen=True, slots=True)
class LanguageCount:
    """What is kept of one language. `tokens` counts what is embedded: headers, text and special tokens."""

    files: int
    lines: int
    bytes: int
    chunks: int
    tokens: int


@dataclass(frozen=True, slots=True)
class FolderCount:
    """What lies in a folder and in all folders below it. `path` is "" for the root."""

    path: str
    kept: int
    skipped: int
    chunks: int
    tokens: int


@dataclass(frozen=True, slots=True)
class SkippedFor:
    """The files that are left out for one reason, the words before the colon of their `Skipped.reason`.

    `details` counts what stood after the colon, the commonest first; `folders` the folders the files lie in, likewise.
    """

    reason: str
    details: Mapping[str, int]
    folders: Mapping[str, int]
    files: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The counts. `languages` has the one with the most tokens first, `skipped` the commonest reason, `folders` the
    root and every folder in the order of their paths.
    """

    languages: Mapping[str, LanguageCount]
    folders: tuple[FolderCount, ...]
    skipped: tuple[SkippedFor, ...]
    chunks: int
    tokens: int
    functions: int
    cut_functions: int
    """Functions and methods that are too long for one chunk of this model."""


def plan_of(
    chunks: Sequence[Chunk], symbols: Sequence[Symbol], skipped: Iterable[Skipped], stats: Mapping[str, Any]
) -> Plan:
    """The plan of an ingest result, whose rows these are; `stats` is its object of that name."""
    left_out = list(skipped)
    functions, cut = _functions(chunks, symbols)
    return Plan(
        languages=_by_language(chunks, stats["languages"]),
        folders=_by_folder(chunks, {chunk.path for chunk in chunks} | {symbol.path for symbol in symbols}, left_out),
        skipped=_by_reason(left_out),
        chunks=len(chunks),
        tokens=sum(chunk.tokens for chunk in chunks),
        functions=functions,
        cut_functions=cut,
    )


def _by_language(chunks: Iterable[Chunk], counts: Mapping[str, Mapping[str, int]]) -> dict[str, LanguageCount]:
    tokens: Counter[str] = Counter()
    for chunk in chunks:
        tokens[chunk.language] += chunk.tokens
    found = {
        language: LanguageCount(of["files"], of["lines"], of["bytes"], of["chunks"], tokens[language])
        for language, of in counts.items()
    }
    return dict(sorted(found.items(), key=lambda item: (-item[1].tokens, item[0])))


def _by_folder(chunks: Iterable[Chunk], kept: Iterable[str], skipped: Iterable[Skipped]) -> tuple[FolderCount, ...]:
    """`kept` has the path of every file that is indexed; one without text has no chunk."""
    kept_in, skipped_in, chunks_in, tokens_in = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for path in kept:
        kept_in.update(_folders_above(path))
    for one in skipped:
        skipped_in.update(_folders_above(one.path))
    for chunk in chunks:
        for folder in _folders_above(chunk.path):
            chunks_in[folder] += 1
            tokens_in[folder] += chunk.tokens
    paths = sorted({"", *kept_in, *skipped_in}, key=lambda path: path.split("/"))
    return tuple(FolderCount(path, kept_in[path], skipped_in[path], chunks_in[path], tokens_in[path]) for path in paths)


def _folders_above(path: str) -> Iterator[str]:
    """The root and every folder `path` lies in. A folder that was skipped as one ends in "/" and lies in itself."""
    yield ""
    at = path.find("/")
    while at >= 0:
        yield path[:at]
        at = path.find("/", at + 1)


def _by_reason(skipped: Iterable[Skipped]) -> tuple[SkippedFor, ...]:
    of: dict[str, list[Skipped]] = {}
    for one in skipped:
        of.setdefault(one.reason.partition(": ")[0], []).append(one)
    found = [
        SkippedFor(
            reason=reason,
            details=_commonest_first(detail for one in files if (detail := one.reason.partition(": ")[2])),
            folders=_commonest_first(one.path.rpartition("/")[0] for one in files),
            files=tuple(files),
        )
        for reason, files in of.items()
    ]
    return tuple(sorted(found, key=lambda one: (-len(one.files), one.reason)))


def _commonest_first(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items(), key=lambda item: (-item[1], item[0])))


def _functions(chunks: Iterable[Chunk], symbols: Iterable[Symbol]) -> tuple[int, int]:
    """How many functions and methods there are, and within how many of them a further chunk starts."""
    starts: dict[str, list[int]] = {}
    for chunk in chunks:
        starts.setdefault(chunk.path, []).append(chunk.start_byte)
    for of_file in starts.values():
        of_file.sort()
    functions = [symbol for symbol in symbols if symbol.kind in _CUTTABLE]
    cut = sum(_starts_within(starts.get(one.path, []), one.start_byte, one.end_byte) for one in functions)
    return len(functions), cut


def _starts_within(starts: Sequence[int], first: int, end: int) -> bool:
    """Whether one of the sorted `starts` lies after `first` and before `end`."""
    return bisect_right(starts, first) < bisect_left(starts, end)
