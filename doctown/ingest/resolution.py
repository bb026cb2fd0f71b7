"""From the facts of all files to symbols and edges; always over all facts, so that a second run equals a clean one.

A site with several possible targets gives an edge for each, with `candidates` above one; a call that leads nowhere is
counted by its cause, never guessed.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from doctown.ingest import rules
from doctown.ingest.facts import Definition, Expression, FileFacts, Member, Name, ProjectFile, Reference, Subscript
from doctown.ingest.go.resolver import Go
from doctown.ingest.javascript.resolver import JavaScript
from doctown.ingest.plain.language import Language
from doctown.ingest.plain.resolver import Resolver as PlainResolver
from doctown.ingest.python.resolver import Resolver as PythonResolver
from doctown.ingest.rust.resolver import Rust
from doctown.ingest.targets import Target, Unresolved
from doctown.model import Edge, Symbol, symbol_id

_FOR_FOLDERS = frozenset({"__init__.py", "__init__.pyi", "mod.rs"}) | {
    f"index.{ending}" for ending in ("cjs", "cts", "js", "jsx", "mjs", "mts", "ts", "tsx")
}
"""Files that stand for their folder."""
_MAX_NAME = 1_000
"""Characters of a qualified name. The end of a longer one is kept; an id stays one symbol's all the same."""
_PLAIN: tuple[type[Language], ...] = (Go, JavaScript, Rust)
"""The families of languages that the plain ladder resolves."""


class _Resolver(Protocol):
    def targets(self, file: int, site: Reference) -> list[Target] | Unresolved:
        """Where a site of the file with that number among those it was given leads."""
        ...


def _resolvers(
    files: Sequence[FileFacts], project_files: Sequence[ProjectFile]
) -> Iterator[tuple[list[int], Callable[[list[FileFacts]], _Resolver]]]:
    """For each family of languages the numbers of its files, and what resolves them."""
    yield [number for number, file in enumerate(files) if file.language == "python"], PythonResolver
    for language in _PLAIN:
        numbers = [number for number, file in enumerate(files) if file.language in language.languages]
        yield numbers, partial(PlainResolver, language, project_files)


@dataclass(frozen=True, slots=True)
class Calls:
    """What became of the calls: how many sites lead into the repository, outside, to several places, or nowhere."""

    resolved: int
    external: int
    ambiguous: int
    by_rule: Mapping[str, int]
    unresolved: Mapping[str, int]


@dataclass
class Tally:
    """The calls, counted while edges are found."""

    counts: Counter[str] = field(default_factory=Counter)
    by_rule: Counter[str] = field(default_factory=Counter)
    unresolved: Counter[str] = field(default_factory=Counter)

    def calls(self) -> Calls:
        """What became of those counted so far."""
        of = self.counts
        by_rule, unresolved = dict(sorted(self.by_rule.items())), _counted(self.unresolved)
        return Calls(of["resolved"], of["external"], of["ambiguous"], by_rule, unresolved)

    def note(self, targets: list[Target] | Unresolved) -> None:
        """Count a call with these targets."""
        if isinstance(targets, Unresolved):
            self.unresolved[targets.cause] += 1
        elif targets:
            self.counts["resolved" if any(target.at for target in targets) else "external"] += 1
            self.counts["ambiguous"] += len(targets) > 1
            self.by_rule[targets[0].rule] += 1


@dataclass(frozen=True, slots=True)
class Resolved:
    """Symbols in the order of the files and of the text, a parent before what it encloses; edges in that order too.

    `ids` has for each file the id of each of its definitions.
    """

    symbols: tuple[Symbol, ...]
    edges: tuple[Edge, ...]
    ids: tuple[tuple[str, ...], ...]
    calls: Calls


def resolved(files: Sequence[FileFacts], project_files: Sequence[ProjectFile] = ()) -> Resolved:
    """Everything the facts of `files` (in the order of their paths) say together, named as `project_files` say."""
    symbols = [symbols_of(file) for file in files]
    ids = tuple(tuple(symbol.id for symbol in own) for own in symbols)
    tally = Tally()
    edges = tuple(edges_between(files, ids, project_files, tally))
    return Resolved(tuple(one for own in symbols for one in in_order(own)), edges, ids, tally.calls())


def edges_between(
    files: Sequence[FileFacts], ids: Sequence[Sequence[str]], project_files: Sequence[ProjectFile], tally: Tally
) -> Iterator[Edge]:
    """The edges of `files` (in the order of their paths), whose definitions have those `ids`; calls go into `tally`."""
    for file, own in zip(files, ids, strict=True):
        for at in _order(file.definitions):
            if (parent := file.definitions[at].parent) is not None:
                yield _contains(own[parent], own[at])
    for numbers, resolver_of in _resolvers(files, project_files):
        resolver = resolver_of([files[number] for number in numbers])
        for within, number in enumerate(numbers):
            for site in files[number].references:
                targets = resolver.targets(within, site)
                if site.kind == "calls":
                    tally.note(targets)
                if isinstance(targets, Unresolved):
                    continue
                for target in targets:
                    source, line, start_byte = _place(files, numbers, number, site, target)
                    yield Edge(
                        source=ids[source[0]][source[1]],
                        target=None if target.at is None else ids[numbers[target.at[0]]][target.at[1]],
                        external=target.external,
                        kind=site.kind,
                        line=line,
                        start_byte=start_byte,
                        resolution=target.rule,
                        confidence=rules.CONFIDENCE[target.rule] / len(targets),
                        candidates=len(targets),
                    )


def _place(
    files: Sequence[FileFacts], numbers: Sequence[int], number: int, site: Reference, target: Target
) -> tuple[tuple[int, int], int, int]:
    """From what the edge leads, and the line and byte that are its evidence: in the file of what it leads from."""
    if target.source is None:
        return (number, site.scope), site.line, site.start_byte
    source = numbers[target.source[0]], target.source[1]
    if source[0] == number:
        return source, site.line, site.start_byte
    of = files[source[0]].definitions[source[1]]
    return source, of.start_line, of.start_byte


def _counted(causes: Counter[str]) -> dict[str, int]:
    return {cause: number for cause, number in sorted(causes.items()) if number}


def symbols_of(file: FileFacts) -> list[Symbol]:
    """A symbol per definition, at the same index. A file's own facts are all that is needed for them."""
    names = _qualified_names(file.path, file.definitions)
    seen: Counter[tuple[str, str]] = Counter()
    ids = [""] * len(names)
    for at in sorted(range(len(names)), key=lambda at: (file.definitions[at].start_byte, at)):
        key = (names[at], file.definitions[at].kind)
        ids[at] = symbol_id(file.path, *key, seen[key])
        seen[key] += 1
    return [
        Symbol(
            id=ids[at],
            kind=of.kind,
            roles=of.roles,
            name=of.name,
            qualified_name=names[at],
            language=file.language,
            path=file.path,
            start_line=of.start_line,
            end_line=of.end_line,
            start_byte=of.start_byte,
            end_byte=of.end_byte,
            signature=of.signature,
            doc=of.doc,
            parent_id=None if of.parent is None else ids[of.parent],
        )
        for at, of in enumerate(file.definitions)
    ]


def in_order(symbols: Sequence[Symbol]) -> list[Symbol]:
    """The symbols of a file in the order of the text, a parent before what it encloses."""
    return [symbols[at] for at in _order(symbols)]


def _order(spans: Sequence[Symbol] | Sequence[Definition]) -> list[int]:
    return sorted(range(len(spans)), key=lambda at: (spans[at].start_byte, -spans[at].end_byte, at))


def _qualified_names(path: str, definitions: Sequence[Definition]) -> list[str]:
    names: list[str] = []
    for of in definitions:
        owner = "" if of.owner is None else f"{_last_name(of.owner)[-_MAX_NAME:]}."
        name = module_name(path) if of.parent is None else f"{names[of.parent]}.{owner}{of.name[-_MAX_NAME:]}"
        names.append(name if len(name) <= _MAX_NAME else "…" + name[1 - _MAX_NAME :])
    return names


def _last_name(owner: Expression) -> str:
    while isinstance(owner, Subscript):
        owner = owner.of
    return owner.name if isinstance(owner, Name | Member) else "?"


def module_name(path: str) -> str:
    """The file's path without its ending, `/` as `.`; a file that stands for its folder has the folder's name."""
    folder, _, name = path.rpartition("/")
    stem = name.rpartition(".")[0] or name
    whole = folder if folder and name in _FOR_FOLDERS else f"{folder}/{stem}" if folder else stem
    return whole.replace("/", ".")


def _contains(parent: str, symbol: str) -> Edge:
    return Edge(parent, symbol, None, "contains", None, None, rules.SYNTAX, rules.CONFIDENCE[rules.SYNTAX], 1)
