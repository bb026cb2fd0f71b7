"""Placement: one address per step, and which placements are impossible."""

from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from adapters.runpod import check_address
from adapters.settings import LOOPBACK_HOSTS, Settings
from adapters.store import store_of
from doctown.errors import InvalidSettings

LOCAL = "local"
HTTPS = "https://"


class Placement(BaseModel):
    """Where each step runs: `local`, or the URL of an endpoint."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ingest: str = Field(default=LOCAL, description="Where the repository is read: local, or the URL of an endpoint.")
    embed: str = Field(default=LOCAL, description="Where texts are embedded: local, or the URL of an endpoint.")
    embed_fallback: str = Field(
        default="", description="A second endpoint for texts, for when the first is unreachable or has no workers."
    )
    assemble: str = Field(default=LOCAL, description="Where the docpack is made: local, or the URL of an endpoint.")

    @classmethod
    def of(cls, settings: Settings) -> "Placement":
        """The placement the settings name."""
        return cls(
            ingest=settings.ingest_at,
            embed=settings.embed_at,
            embed_fallback=settings.embed_fallback,
            assemble=settings.assemble_at,
        )

    @property
    def embed_places(self) -> tuple[str, ...]:
        """Where texts are embedded, and where once there is no hope for that: for this machine there always is."""
        has_another = self.embed_fallback and self.embed != LOCAL
        return (self.embed, self.embed_fallback) if has_another else (self.embed,)


def is_loopback(address: str) -> bool:
    """Whether the address is this machine's own."""
    return address == LOCAL or urlsplit(address).hostname in LOOPBACK_HOSTS


def is_local(address: str) -> bool:
    """Whether the address is `local`, and no URL of an endpoint. Raises InvalidSettings: it is neither."""
    if address != LOCAL and not address.startswith(("https://", "http://")):
        shown = "That" if "@" in address else repr(address)  # what stands before an @ may be a password
        raise InvalidSettings(f"{shown} is no address: write local, or the URL of an endpoint (https://.../v2/<id>).")
    return address == LOCAL


def check(placement: Placement, settings: Settings) -> None:
    """Refuse what cannot work, before any work. Raises InvalidSettings."""
    if settings.has_local_store:
        for step, address in (("ingest", placement.ingest), ("assemble", placement.assemble)):
            if not is_loopback(address):
                raise InvalidSettings(
                    f"The {step} step at {address} cannot reach the store {settings.store_url}, a folder of this "
                    f"machine; set DOCTOWN_STORE to a store both can reach, s3://bucket/prefix, or run {step} with "
                    f"--{step}-at local."
                )
    store_of(settings)
    for address in (placement.ingest, *placement.embed_places, placement.assemble):
        if not is_local(address):
            check_address(address, settings.runpod_api_key, settings.key_hosts)


def check_repository(repository: str, placement: Placement) -> None:
    """Refuse to send a path of this machine elsewhere, where it means something else. Raises InvalidSettings."""
    if not is_local(placement.ingest) and not repository.lower().startswith(HTTPS):
        raise InvalidSettings(
            f"The ingest step at {placement.ingest} reads repositories at https:// URLs only; give the https address, "
            "or run ingest with --ingest-at local."
        )
