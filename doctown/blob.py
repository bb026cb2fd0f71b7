"""Blob: where bulk lies. Messages between steps carry blobs, never the bytes themselves."""

import re
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

_KEY = r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*"


class Blob(BaseModel):
    """An immutable object in the store.

    `key` is relative to the store, never a URL or a path: whoever sends a message cannot make a worker read elsewhere.
    """

    model_config = ConfigDict(frozen=True)

    key: str = Field(pattern=f"^{_KEY}$", max_length=400)
    media_type: str
    size: int = Field(ge=0, description="bytes")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


@dataclass(frozen=True, slots=True)
class Stored:
    """An object as the store lists it: its size in bytes, and when it was last written, in unix seconds."""

    key: str
    size: int
    written: float


def is_key(text: str) -> bool:
    """Whether `text` names an object of a store, and nothing beside or above it."""
    return re.fullmatch(_KEY, text) is not None
