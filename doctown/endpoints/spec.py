"""How the endpoints should be: what `deployments/endpoints.toml` says, checked. Reading it is left to `file`.

A value that a worker must keep to itself stands nowhere here: a `Secret` says where it comes from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

MARKER = "DOCTOWN_ENDPOINT"
"""The variable by which an endpoint is known to be ours; its name alone could be anybody's."""

Flashboot = Literal["OFF", "FLASHBOOT", "PRIORITY_FLASHBOOT"]


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a value comes from: a variable of whoever applies, or a secret kept at RunPod."""

    kept_in: Literal["env", "runpod"]
    name: str

    @property
    def reference(self) -> str:
        """What RunPod replaces by the secret's value when a worker starts; only of a secret kept there."""
        return f"{{{{ RUNPOD_SECRET_{self.name} }}}}"


@dataclass(frozen=True, slots=True)
class Gpu:
    """The graphics cards a worker may run on."""

    pools: tuple[str, ...]
    excluded: tuple[str, ...] = ()
    """Types of card within the pools that are not taken."""
    count: int = 1
    min_cuda: str | None = None
    cuda: tuple[str, ...] = ()
    """Either the oldest CUDA version, or the exact ones; none of both: any."""


@dataclass(frozen=True, slots=True)
class Cpu:
    """A processor a worker may run on."""

    flavour: str
    vcpus: int


@dataclass(frozen=True, slots=True)
class Scaling:
    """When another worker starts: a job has waited so many seconds, or for every so many jobs."""

    by: Literal["queue_delay_s", "request_count"]
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One endpoint. Exactly one of `gpu` and `cpu` is given; `idle_timeout_s` only where it scales by delay."""

    name: str
    image: str
    gpu: Gpu | None
    cpu: tuple[Cpu, ...]
    workers_min: int
    workers_max: int
    scaling: Scaling
    idle_timeout_s: int | None
    execution_timeout_s: int
    flashboot: Flashboot
    disk_gb: int
    data_centres: tuple[str, ...] = ()
    network_volumes: tuple[str, ...] = ()
    registry: str | None = None
    """Id of the registry credential for a private image."""
    environment: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    """Variables that hold the id of another endpoint of the file, by its name."""


@dataclass(frozen=True, slots=True)
class EndpointsFile:
    """The whole file: whose endpoints, how many workers the account may have, and the endpoints in their order."""

    prefix: str
    worker_limit: int
    endpoints: tuple[Endpoint, ...]

    def full_name(self, name: str) -> str:
        """What RunPod and its console call the endpoint."""
        return f"{self.prefix}-{name}"

    def mark(self, name: str) -> str:
        """The value of MARKER at the endpoint."""
        return f"{self.prefix}/{name}"
