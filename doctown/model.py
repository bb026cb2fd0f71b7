"""The nouns of the project, with exactly the fields their rows have in a docpack.

Lines start at 1; bytes start at 0 and ranges are half open; paths are POSIX and relative to the repository root.
Ids come from content and are equal on any machine (`symbol_id`, `chunk_id`).
"""

from dataclasses import dataclass
from hashlib import sha256

from pydantic import BaseModel, ConfigDict


class Repository(BaseModel):
    """What was indexed: a commit of a git repository, or the tree of a plain folder."""

    model_config = ConfigDict(frozen=True)

    name: str
    url: str | None = None
    """Without user info; None where the repository was given as a path."""
    ref: str | None = None
    commit: str | None = None
    tree: str | None = None
    """For a plain folder, in place of `commit`: sha256 over its paths and bytes."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """Something a file defines. `kind` and `roles` are words of docs/glossary.md."""

    id: str
    kind: str
    roles: tuple[str, ...]
    name: str
    qualified_name: str
    language: str
    path: str
    start_line: int
    end_line: int
    start_byte: int
    end_byte: int
    signature: str
    doc: str
    parent_id: str | None


@dataclass(frozen=True, slots=True)
class Edge:
    """One site at which `source` contains, calls, imports, inherits from or resembles something.

    Exactly one of `target` (a symbol id) and `external` (a dotted name outside the repository) is set.
    `resolution` names the rule that found the target; `confidence` (0 to 1) follows from that rule and the number of
    `candidates` alone. `line` and `start_byte` are None for `contains` and `related`.
    """

    source: str
    target: str | None
    external: str | None
    kind: str
    line: int | None
    start_byte: int | None
    resolution: str
    confidence: float
    candidates: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a file's text. `tokens` counts what is embedded: header, text and the model's special tokens."""

    id: str
    path: str
    language: str
    start_line: int
    end_line: int
    start_byte: int
    end_byte: int
    symbol_ids: tuple[str, ...]
    tokens: int
    text: str


@dataclass(frozen=True, slots=True)
class EmbeddingInput:
    """What is embedded for the chunk in the same row: `content` is its header and text, `key` the sha256 of that."""

    chunk_id: str
    key: str
    tokens: int
    content: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not indexed, and why, in words that name the rule."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """A topic: chunks that belong together. `representative` and `members` are chunk ids, `symbols` ids of symbols that
    stand for it, the best first. A fine topic names the broad one it is part of in `parent_id`.
    """

    id: int
    label: str
    keywords: tuple[str, ...]
    size: int
    parent_id: int | None
    representative: tuple[str, ...]
    members: tuple[str, ...]
    symbols: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SymbolContext:
    """What an engineer or a language model needs to know about one symbol; `text` holds at most 2,000 characters."""

    symbol_id: str
    signature: str
    doc: str
    calls: tuple[str, ...]
    called_by: tuple[str, ...]
    imports: tuple[str, ...]
    inherits: tuple[str, ...]
    related: tuple[str, ...]
    cluster: int | None
    centrality: float
    text: str


def digest(*parts: str | int) -> str:
    """sha256 (hex) over `parts`, each preceded by its length so that no two lists of parts collide."""
    state = sha256()
    for part in parts:
        encoded = str(part).encode("utf-8", "surrogatepass")
        state.update(b"%d:" % len(encoded))
        state.update(encoded)
    return state.hexdigest()


def symbol_id(path: str, qualified_name: str, kind: str, n: int) -> str:
    """`n` counts the earlier symbols of the file with the same name and kind."""
    return digest("symbol", path, qualified_name, kind, n)


def chunk_id(path: str, text: str, n: int) -> str:
    """`n` counts the earlier chunks of the file with the same text."""
    return digest("chunk", path, text, n)


def embedding_key(content: str) -> str:
    """The name of a vector before model, revision and engine are known."""
    return digest("content", content)
