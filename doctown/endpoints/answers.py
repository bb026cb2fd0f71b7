"""What RunPod's management API answers, as far as it is read: endpoints, workers, releases, the catalog.

What is not known is ignored, and little is demanded: an account has endpoints that others made.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,100}$")]
"""What may become a part of a URL."""


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)


class GpuAnswer(_Answer):
    """The graphics cards of an endpoint."""

    pools: tuple[str, ...] = ()
    excluded_types: tuple[str, ...] = ()
    count: int = 1
    allowed_cuda_versions: tuple[str, ...] = ()
    min_cuda_version: str | None = None


class CpuAnswer(_Answer):
    """One of the processors of an endpoint."""

    id: str
    vcpu_count: int


class WorkersAnswer(_Answer):
    """How many workers an endpoint may have, and the seconds after which an idle one ends."""

    min: int = 0
    max: int = 0
    idle_timeout: int | None = None


class ScalingAnswer(_Answer):
    """By what another worker starts."""

    type: str = ""
    queue_delay: float | None = None
    request_count: int | None = None


class EndpointAnswer(_Answer):
    """An endpoint of the account."""

    id: Id
    name: str
    type: str = ""
    image: str | None = None
    args: str | None = None
    disk: int | None = None
    env: dict[str, str | None] | None = None
    ports: tuple[str, ...] | None = None
    registry: str | None = None
    gpu: GpuAnswer | None = None
    cpu: tuple[CpuAnswer, ...] | None = None
    workers: WorkersAnswer = WorkersAnswer()
    scaling: ScalingAnswer = ScalingAnswer()
    data_center_ids: tuple[str, ...] | None = None
    network_volumes: tuple[str, ...] | None = None
    timeout: float | None = None
    """Milliseconds."""
    flashboot: str = ""
    request_urls: dict[str, Any] | None = None

    @property
    def plain_name(self) -> str:
        """The name without what RunPod appends to that of an endpoint with FlashBoot."""
        return self.name.removesuffix(" -fb")

    @property
    def variables(self) -> dict[str, str]:
        """What its workers are given; one without a value is empty."""
        return {name: value or "" for name, value in (self.env or {}).items()}

    @property
    def address(self) -> str:
        """Where jobs are submitted, as in `--embed-at`."""
        run = (self.request_urls or {}).get("run")
        if isinstance(run, str) and run.endswith("/run"):
            return run.removesuffix("/run")
        return f"https://api.runpod.ai/v2/{self.id}"


class WorkerAnswer(_Answer):
    """A worker of an endpoint."""

    id: Id
    status: str
    is_stale: bool = False
    image: str | None = None
    uptime_seconds: int | None = None
    gpu_type_id: str | None = None
    data_center_id: str | None = None


class ReleaseAnswer(_Answer):
    """One version of an endpoint's configuration."""

    version: int | None = None
    created_at: str = ""
    source: str = ""
    diff: tuple[dict[str, Any], ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of what changed; the values may be secret."""
        return tuple(str(entry.get("field", "")) for entry in self.diff)


class GpuType(_Answer):
    """A graphics card of the catalog."""

    id: str
    pool: str | None = None
    availability: str | None = None


class CpuRange(_Answer):
    """The sizes of a processor."""

    min: int = 2
    max: int = 1_000


class CpuType(_Answer):
    """A processor of the catalog."""

    id: str
    vcpu: CpuRange = CpuRange()

    @property
    def flavour(self) -> str:
        """What an endpoint names; the id without the size that some have behind it (`cpu3c-2-4`)."""
        return self.id.partition("-")[0]


class DataCentre(_Answer):
    """A place with machines."""

    id: str


class BillingAnswer(_Answer):
    """What one endpoint cost in one day."""

    serverless_id: str
    total_amount: float = 0.0
    """US dollars."""


class LogLine(_Answer):
    """A line that a worker, or the machine below it, wrote."""

    ts: str = ""
    source: str = ""
    line: str
