"""Whether what the file names exists, by RunPod's catalog: GPU pools and cards, processors and their sizes, places.

RunPod takes an unknown exclusion without a word, and a pool with none of its cards left; here both are one sentence.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from doctown.endpoints.answers import CpuType, DataCentre, GpuType
from doctown.endpoints.spec import Cpu, Endpoint, EndpointsFile, Gpu
from doctown.errors import InvalidSettings


@dataclass(frozen=True, slots=True)
class Catalog:
    """What there is."""

    gpus: Sequence[GpuType]
    cpus: Sequence[CpuType]
    data_centres: Sequence[DataCentre]

    @property
    def pools(self) -> set[str]:
        """The GPU pools that endpoints may name."""
        return {gpu.pool for gpu in self.gpus if gpu.pool}

    def stock(self, gpu: Gpu) -> dict[str, str]:
        """The best availability in each of the pools, where the catalog says any."""
        order = ("NONE", "LOW", "MEDIUM", "HIGH")
        found: dict[str, str] = {}
        for card in self.gpus:
            if card.pool in gpu.pools and card.id not in gpu.excluded and card.availability in order:
                found[card.pool] = max(found.get(card.pool, "NONE"), card.availability, key=order.index)
        return found


def check_catalog(file: EndpointsFile, catalog: Catalog, name: str) -> None:
    """Raises InvalidSettings: the file, called `name`, has what the catalog does not."""
    for endpoint in file.endpoints:
        _check(endpoint, catalog, f"{name}: [endpoints.{endpoint.name}]")


def _check(endpoint: Endpoint, catalog: Catalog, where: str) -> None:
    if endpoint.gpu is not None:
        _check_gpu(endpoint.gpu, catalog, f"{where} gpu")
    for cpu in endpoint.cpu:
        _check_cpu(cpu, catalog, f"{where} cpu")
    centres = {centre.id for centre in catalog.data_centres}
    if centres:
        _check_known(endpoint.data_centres, centres, f"{where} data_centres names", "data centre")


def _check_gpu(gpu: Gpu, catalog: Catalog, where: str) -> None:
    _check_known(gpu.pools, catalog.pools, f"{where} pools names", "GPU pool")
    cards = {card.id for card in catalog.gpus if card.pool in gpu.pools}
    _check_known(gpu.excluded, cards, f"{where} excluded names", "card of its pools")
    if cards <= set(gpu.excluded):
        raise InvalidSettings(f"{where} excluded leaves no card of its pools; exclude fewer, or add a pool.")


def _check_cpu(cpu: Cpu, catalog: Catalog, where: str) -> None:
    flavours = {kind.flavour for kind in catalog.cpus}
    _check_known([cpu.flavour], flavours, f"{where} flavour names", "processor")
    sizes = [kind.vcpu for kind in catalog.cpus if kind.flavour == cpu.flavour]
    least, most = min(size.min for size in sizes), max(size.max for size in sizes)
    if not least <= cpu.vcpus <= most:
        raise InvalidSettings(f"{where} vcpus is {cpu.vcpus}; {cpu.flavour} has from {least} to {most} vCPUs.")


def _check_known(names: Iterable[str], known: Iterable[str], where: str, what: str) -> None:
    for name in names:
        if name not in known:
            listed = ", ".join(sorted(known)) or "none"
            raise InvalidSettings(f"{where} {name!r:.60}, which is no {what} RunPod has; it has {listed}.")
