"""`doctown.toml`, which a repository may carry in its root: what of it is to be indexed. It is a stranger's text.

It can leave files out, take back what doctown would leave out by its looks, and lower the limits; it cannot raise them.
A mistake in it is one sentence and ends the run: a list of files that is half obeyed would be the wrong files.
"""

import tomllib
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from doctown.errors import BadRequest
from doctown.ingest.patterns import Pattern, is_malformed, pattern_of
from doctown.steps import Limits

FILE = "doctown.toml"
MAX_BYTES = 16_384
_MAX_PATTERNS = 1_000
_MAX_PATTERN = 500  # characters


class _Limits(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    max_file_bytes: int | None = Field(default=None, ge=1)
    max_files: int | None = Field(default=None, ge=1)
    max_total_bytes: int | None = Field(default=None, ge=1)


class Configuration(BaseModel):
    """What the file says. The patterns are in .gitignore's syntax, relative to the root of the repository."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    include: list[str] = Field(default=[], max_length=_MAX_PATTERNS)
    """Only what one of them matches; without any everything."""
    exclude: list[str] = Field(default=[], max_length=_MAX_PATTERNS)
    """Not what one of them matches; `!` before one takes back."""
    limits: _Limits = _Limits()

    def narrowed(self, limits: Limits) -> Limits:
        """`limits`, lower where the file says so."""
        asked = self.limits.model_dump(exclude_none=True)
        return limits.model_copy(update={name: min(of, getattr(limits, name)) for name, of in asked.items()})


def check_size(size: int) -> None:
    """Raises BadRequest for a doctown.toml of too many bytes."""
    if size > MAX_BYTES:
        raise BadRequest(f"The repository's {FILE} is larger than {MAX_BYTES:,} bytes; shorten it.")


def configuration_of(data: bytes) -> Configuration:
    """What a doctown.toml of the bytes `data` says. Raises BadRequest, naming what cannot be understood."""
    check_size(len(data))
    try:
        found = Configuration.model_validate(_table_of(data))
    except ValidationError as error:
        raise _sentence_for(error.errors(include_url=False, include_input=False)[0]) from error
    patterns_of(found.include, FILE, "include")
    patterns_of(found.exclude, FILE, "exclude")
    return found


def _table_of(data: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        why = "" if isinstance(error, RecursionError) else f" ({str(error)[:100]})"
        raise BadRequest(f"The repository's {FILE} is no TOML{why}; mend it.") from error


def _sentence_for(error: Any) -> BadRequest:
    where = ".".join(str(part)[:60] for part in error["loc"])
    if error["type"] == "extra_forbidden":
        known = list(_Limits.model_fields) if error["loc"][0] == "limits" else list(Configuration.model_fields)
        return BadRequest(f"The repository's {FILE} has an unknown field {where!r}; it may have {', '.join(known)}.")
    return BadRequest(f"The repository's {FILE}, {where}: {error['msg'][:1].lower()}{error['msg'][1:]}; mend it.")


def patterns_of(texts: list[str] | tuple[str, ...], source: str, what: str) -> list[Pattern]:
    """The patterns of `source`, where they are named `what`. Raises BadRequest for what is no pattern."""
    if len(texts) > _MAX_PATTERNS:
        raise BadRequest(f"{source} has more than {_MAX_PATTERNS:,} patterns; use fewer.")
    return [_pattern_of(text, source, what, number) for number, text in enumerate(texts, start=1)]


def _pattern_of(text: str, source: str, what: str, number: int) -> Pattern:
    pattern = pattern_of(text.encode("utf-8", "surrogateescape"), source, number)
    if not pattern.body or len(text) > _MAX_PATTERN or any(ord(c) < 32 for c in text) or is_malformed(pattern):
        of = "" if what == source else f" ({source})"
        raise BadRequest(
            f"{text[:60]!r} is no pattern for {what}{of}; write one as in a .gitignore file, such as docs/ or "
            "*.py or !vendor/mine/."
        )
    return pattern
