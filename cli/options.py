"""Options several commands share, and the settings they end in. Every option has its DOCTOWN_* variable."""

import os
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import unquote, urlsplit

import click

from adapters.settings import Settings
from doctown.steps import IngestRequest


def settings_with(**overrides: Any) -> Settings:
    """The settings of this process; options given on the command line win over the environment."""
    return Settings.from_environment(os.environ, **overrides)


def local_path(repository: str) -> str:
    """The path that a `file:` URL names; anything else as it is. At a terminal both are one's own."""
    parts = urlsplit(repository) if repository.lower().startswith("file://") else None
    return unquote(parts.path) if parts is not None and parts.netloc in ("", "localhost") else repository


F = TypeVar("F", bound=Callable[..., Any])


def option(name: str, variable: str, text: str, **more: Any) -> Callable[[F], F]:
    """A click option with its variable named in --help; `name` may say after a blank what the value is called."""
    return click.option(*name.split(), envvar=variable, show_envvar=True, help=text, **more)


as_json = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output, failures too.")
model_name = option("--model", "DOCTOWN_MODEL", "The embedding model.", metavar="M", default=None)
engine = option(
    "--engine", "DOCTOWN_ENGINE", "Library that runs the model: openvino or onnxruntime.", metavar="E", default=None
)
precision = option(
    "--precision",
    "DOCTOWN_PRECISION",
    "float32, bf16, int8 or float16; all but the first change the vectors.",
    metavar="P",
    default=None,
)
ref = option("--ref", "DOCTOWN_REF", "Branch, tag or commit; without it HEAD.", metavar="R", default=None)
path = option(
    "--path", "DOCTOWN_PATH", "Only what lies below this folder of the repository.", metavar="P", default=None
)
include = option(
    "--include",
    "DOCTOWN_INCLUDE",
    "Only what this pattern matches, as in a .gitignore; may be given several times.",
    metavar="PATTERN",
    multiple=True,
)
exclude = option(
    "--exclude",
    "DOCTOWN_EXCLUDE",
    "Not what this pattern matches; with ! before it, it is taken whatever it looks like. May be given several times.",
    metavar="PATTERN",
    multiple=True,
)
store = option(
    "--store",
    "DOCTOWN_STORE",
    "file:///..., or s3://bucket/prefix; without it a folder below DOCTOWN_CACHE.",
    default=None,
)
ingest_at = option("--ingest-at", "DOCTOWN_INGEST_AT", "Where the repository is read: local, or a URL.", metavar="A")
embed_at = option("--embed-at", "DOCTOWN_EMBED_AT", "Where texts are embedded: local, or a URL.", metavar="A")
assemble_at = option("--assemble-at", "DOCTOWN_ASSEMBLE_AT", "Where the docpack is made: local, or a URL.", metavar="A")
embed_fallback = option(
    "--embed-fallback",
    "DOCTOWN_EMBED_FALLBACK",
    "A second endpoint, for when the first cannot be reached or has no workers.",
    metavar="A",
)
mixed_engines = option(
    "--mixed-engines",
    "DOCTOWN_MIXED_ENGINES",
    "Allow vectors of several engines in one docpack.",
    is_flag=True,
    default=None,
)
no_embed = option(
    "--no-embed skip_embedding",
    "SKIP_EMBEDDING",
    "The graph only: embed nothing, find no topics, draw no map.",
    is_flag=True,
    default=None,
)
mask_secrets = option(
    "--mask-secrets/--keep-secrets",
    "DOCTOWN_MASK_SECRETS",
    "Whether keys, tokens and passwords in files become asterisks (the default), or stay for one's own machine.",
    default=None,
)
full = option("--full", "DOCTOWN_FULL", "Ignore what earlier runs have read and embedded.", is_flag=True)
max_cost = option(
    "--max-cost",
    "DOCTOWN_MAX_COST",
    "The most US dollars the run may use at endpoints.",
    metavar="USD",
    default=None,
)


def chosen(command: F) -> F:
    """The options that say what of a repository is wanted, given to the command as one value, `asked`."""

    @wraps(command)
    def gathered(*given: Any, ref: str | None, path: str | None, include: Any, exclude: Any, **more: Any) -> Any:
        asked = {"ref": ref, "path": path, "include": include, "exclude": exclude}
        return command(*given, asked=asked, **more)

    return cast(F, ref(path(include(exclude(gathered)))))


def request_of(repository: str, asked: Mapping[str, Any], settings: Settings) -> IngestRequest:
    """What `asked` says of REPO, as a request."""
    return IngestRequest(
        repository=local_path(repository), model=settings.model, mask_secrets=settings.mask_secrets, **asked
    )
