"""Blob: where bulk lies. Messages between steps carry blobs, never the bytes themselves."""

from pydantic import BaseModel, ConfigDict, Field


class Blob(BaseModel):
    """An immutable object in the store.

    `key` is relative to the store, never a URL or a path: whoever sends a message cannot make a worker read elsewhere.
    """

    model_config = ConfigDict(frozen=True)

    key: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*$", max_length=400)
    media_type: str
    size: int = Field(ge=0, description="bytes")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
