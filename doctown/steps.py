"""The steps, the messages that go in and out of them, and what a place that can run them offers.

A step is named, never pickled; JSON crosses. Requests carry `protocol` and refuse what they do not know, so that
workers are upgraded before clients; results ignore it, so that an older client reads a newer worker.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, Protocol, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from doctown.blob import Blob
from doctown.errors import ResultInvalid, UnsupportedRequest
from doctown.model import Repository

PROTOCOL = 1

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is. It may raise to stop the step."""


def silent(what: str, done: int, total: int) -> None:
    """Progress where nobody looks."""


class Request(BaseModel):
    """What a step is asked to do."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    protocol: int = PROTOCOL

    def to_json(self) -> dict[str, Any]:
        """Without defaults, so that an older worker understands all but what it cannot do; always with `protocol`."""
        return {"protocol": self.protocol} | self.model_dump(mode="json", exclude_defaults=True)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Raises UnsupportedRequest: another protocol, an unknown field, or a field of the wrong type."""
        asked = data.get("protocol", PROTOCOL)
        try:
            if asked != PROTOCOL:
                raise UnsupportedRequest(
                    f"The request speaks protocol {asked!r}, this side {PROTOCOL}; upgrade the older."
                )
            return cls.model_validate(data)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "the request"
            raise UnsupportedRequest(
                f"{cls.__name__} (protocol {asked!r} asked, {PROTOCOL} spoken here): {where}: {first['msg']}."
            ) from error


class Result(BaseModel):
    """What a step gives back. It never has a field `error` or `refresh_worker`: RunPod's SDK takes those for itself."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return self.model_dump(mode="json", exclude_none=True)

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Raises ResultInvalid: a field is missing or has the wrong type."""
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "the result"
            raise ResultInvalid(f"{cls.__name__}: {where}: {first['msg']}.") from error


class Limits(BaseModel):
    """How much of a repository is taken."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_file_bytes: int = Field(default=1_000_000, ge=1)
    max_files: int = Field(default=100_000, ge=1)
    max_total_bytes: int = Field(default=2_000_000_000, ge=1)


class IngestRequest(Request):
    """Read a repository at one commit. `repository` is a path, or an https URL without user info."""

    repository: str
    ref: str | None = None
    path: str | None = None
    """Only what lies below this folder of the repository."""
    include: tuple[str, ...] = ()
    """Patterns as in a .gitignore in the root: only what one of them matches."""
    exclude: tuple[str, ...] = ()
    """Such patterns: not what one of them matches; with `!` what is taken though it looks generated or vendored."""
    model: str
    """Whose tokens limit the chunks."""
    limits: Limits = Limits()
    full: bool = False
    """Read every file, whatever is kept of earlier runs."""
    mask_secrets: bool = True
    """False: keys, tokens and passwords stay as they stand in the files. For one's own machine."""


class IngestResult(Result):
    """The facts of a repository. The blobs are jsonl of doctown.model's rows; `inputs` is of EmbeddingInput, a row
    per row of `chunks`; `stats` is one JSON object.
    """

    repository: Repository
    symbols: Blob
    edges: Blob
    chunks: Blob
    inputs: Blob
    skipped: Blob
    stats: Blob
    counts: dict[str, int]
    """files, skipped, symbols, edges, chunks."""
    model: str
    revision: str
    dimensions: int
    max_tokens: int
    """Whose tokens limit the chunks: what embeds them must be this model at this revision."""
    notes: tuple[str, ...] = ()
    """Sentences for the person who started the run."""
    secrets: dict[str, int] = Field(default_factory=dict)
    """How many secrets of each kind the files hold; where they are stands in `stats`."""


class EmbedText(BaseModel):
    """One text to embed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    chunk_id: str
    content: str


class EmbedRequest(Request):
    """Embed a batch. Without `model` the worker uses the one it holds; lists are the default so that curl works."""

    batch_id: str
    chunks: tuple[EmbedText, ...] = Field(min_length=1)
    model: str | None = None
    revision: str | None = None
    encoding: Literal["list", "base64"] = "list"


class EmbedVector(BaseModel):
    """One vector, in the `list` encoding."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    chunk_id: str
    vector: tuple[float, ...]


class EmbedResult(Result):
    """The vectors of a batch, unit length, in the batch's order.

    With `encoding` "base64", `vectors` is the base64 of little-endian float32 rows in the order of `chunk_ids`.
    `doctown.embed.vectors.rows_of_result` checks and reads both forms.
    """

    batch_id: str
    model: str
    revision: str
    engine: str
    dimensions: int
    encoding: Literal["list", "base64"] = "list"
    chunk_ids: tuple[str, ...] | None = None
    vectors: tuple[EmbedVector, ...] | str


class ModelRef(BaseModel):
    """The model whose vectors are used, and the engine that computed them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    revision: str
    engine: str
    dimensions: int
    max_tokens: int
    mixed: tuple[str, ...] = ()
    """Where a run was allowed vectors of several engines and has them: all these engines; `engine` names them too."""


class AssembleRequest(Request):
    """Make the docpack. The vectors are read from the vector cache by `model` and the keys of `inputs`; without a
    `model` nothing was embedded, and the docpack has no topics and no map.
    """

    repository: Repository
    symbols: Blob
    edges: Blob
    chunks: Blob
    inputs: Blob
    skipped: Blob
    stats: Blob
    model: ModelRef | None = None
    path: str | None = None
    """Only what lies below this folder of the repository was ingested."""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    """The patterns by which files were chosen."""
    mask_secrets: bool = True
    """Whether secrets were masked in what was ingested."""
    seed: int = 42


class AssembleResult(Result):
    """The docpack in the store."""

    docpack: Blob
    docpack_id: str
    counts: dict[str, int]
    topics: tuple[str, ...]
    """Labels, the largest topic first."""
    topic_sizes: tuple[int, ...] = ()
    """The chunks of each of `topics`."""


Q = TypeVar("Q", bound=Request)
R = TypeVar("R", bound=Result)


@dataclass(frozen=True, slots=True)
class Step(Generic[Q, R]):
    """What can be run at a place: a name and the types of its messages."""

    name: str
    request: type[Q]
    result: type[R]


INGEST = Step("ingest", IngestRequest, IngestResult)
EMBED = Step("embed", EmbedRequest, EmbedResult)
ASSEMBLE = Step("assemble", AssembleRequest, AssembleResult)
STEPS: Mapping[str, Step[Any, Any]] = {step.name: step for step in (INGEST, EMBED, ASSEMBLE)}


class Backend(Protocol):
    """A place that can run steps."""

    address: str
    """`local`, or the URL of an endpoint."""
    parallel: int
    """How many requests it can work on at once; the fan-out keeps twice as many in flight."""

    async def run(self, step: Step[Q, R], request: Q, progress: Progress | None = None) -> R:
        """Run one step there. Cancelling the call ends the work there too.

        Raises:
            DoctownError: the step's own error under its own class, or a BackendError.
        """
        ...

    async def settle(self, step: Step[Q, R], request: Q) -> bool:
        """The result of `run` is safe, or of no use: forget what would fetch it again.

        Whether the work may have been paid for more than once.
        """
        ...

    async def aclose(self) -> None:
        """Let go of processes and connections. Safe to call twice."""
        ...
