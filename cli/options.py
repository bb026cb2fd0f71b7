"""Options several commands share, and the settings they end in. Every option has its DOCTOWN_* variable."""

import os
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import click

from adapters.settings import Settings


def settings_with(**overrides: Any) -> Settings:
    """The settings of this process; options given on the command line win over the environment."""
    return Settings.from_environment(os.environ, **overrides)


def local_path(repository: str) -> str:
    """The path that a `file:` URL names; anything else as it is. At a terminal both are one's own."""
    parts = urlsplit(repository) if repository.lower().startswith("file://") else None
    return unquote(parts.path) if parts is not None and parts.netloc in ("", "localhost") else repository


F = TypeVar("F", bound=Callable[..., Any])


def option(name: str, variable: str, text: str, **more: Any) -> Callable[[F], F]:
    """A click option with its variable named in --help."""
    return click.option(name, envvar=variable, show_envvar=True, help=text, **more)


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
store = option("--store", "DOCTOWN_STORE", "URL of the store; without it a folder below DOCTOWN_CACHE.", default=None)
ingest_at = option("--ingest-at", "DOCTOWN_INGEST_AT", "Where the repository is read: local, or a URL.", metavar="A")
embed_at = option("--embed-at", "DOCTOWN_EMBED_AT", "Where texts are embedded: local, or a URL.", metavar="A")
assemble_at = option("--assemble-at", "DOCTOWN_ASSEMBLE_AT", "Where the docpack is made: local, or a URL.", metavar="A")
mask_secrets = option(
    "--mask-secrets/--keep-secrets",
    "DOCTOWN_MASK_SECRETS",
    "Whether keys, tokens and passwords in files become asterisks (the default), or stay for one's own machine.",
    default=None,
)
full = option("--full", "DOCTOWN_FULL", "Ignore the vectors of earlier runs.", is_flag=True)
