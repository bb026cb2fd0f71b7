"""Between our words and the API's: settings, one flat table of what an endpoint is, and the bodies that say the same.

A setting has the name its field has in the file; a variable is `env.NAME`. What the file leaves out has a setting all
the same, so that what was set by hand in the console is seen.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from doctown.endpoints.answers import EndpointAnswer
from doctown.endpoints.spec import MARKER, Endpoint, EndpointsFile

Settings = Mapping[str, Any]
ENV = "env."

_GROUPS = {
    "name": "name",
    "type": "type",
    "image": "image",
    "args": "args",
    "ports": "ports",
    "disk_gb": "disk",
    "registry": "registry",
    "cpu": "cpu",
    "execution_timeout_s": "timeout",
    "flashboot": "flashboot",
    "data_centres": "dataCenterIds",
    "network_volumes": "networkVolumes",
}
"""The field of a body that holds a setting, where it holds no other."""
_SCALING = ("workers.min", "workers.max", "idle_timeout_s", "scaling")
"""Changed together: whether there is an idle timeout hangs on the scaling."""


def wanted_settings(file: EndpointsFile, endpoint: Endpoint, environment: Mapping[str, str]) -> dict[str, Any]:
    """The settings the file asks for; `environment` has the values of all variables that are known."""
    found: dict[str, Any] = {
        "name": file.full_name(endpoint.name),
        "type": "QUEUE",
        "image": endpoint.image,
        "args": "",
        "ports": frozenset[str](),
        "disk_gb": endpoint.disk_gb,
        "registry": endpoint.registry,
    }
    if endpoint.gpu is not None:
        gpu = endpoint.gpu
        found |= _gpu(gpu.pools, gpu.excluded, gpu.count, gpu.min_cuda, gpu.cuda)
    else:
        found["cpu"] = tuple((cpu.flavour, cpu.vcpus) for cpu in endpoint.cpu)
    found |= {"workers.min": endpoint.workers_min, "workers.max": endpoint.workers_max}
    found |= {"scaling": (endpoint.scaling.by, float(endpoint.scaling.value))}
    if endpoint.idle_timeout_s is not None:
        found["idle_timeout_s"] = endpoint.idle_timeout_s
    found |= {
        "execution_timeout_s": endpoint.execution_timeout_s,
        "flashboot": endpoint.flashboot,
        "data_centres": frozenset(endpoint.data_centres),
        "network_volumes": frozenset(endpoint.network_volumes),
    }
    variables = {**environment, MARKER: file.mark(endpoint.name)}
    return found | {ENV + name: value for name, value in sorted(variables.items())}


def settings_there(answer: EndpointAnswer) -> dict[str, Any]:
    """The settings an endpoint has at RunPod."""
    found: dict[str, Any] = {
        "name": answer.plain_name,
        "type": answer.type or "QUEUE",
        "image": answer.image or "",
        "args": answer.args or "",
        "ports": frozenset(answer.ports or ()),
        "disk_gb": answer.disk,
        "registry": answer.registry or None,
    }
    if answer.cpu:
        found["cpu"] = tuple((cpu.id, cpu.vcpu_count) for cpu in answer.cpu)
    elif answer.gpu is not None:
        gpu = answer.gpu
        cuda = gpu.min_cuda_version or None
        found |= _gpu(gpu.pools, gpu.excluded_types, gpu.count, cuda, gpu.allowed_cuda_versions)
    found |= {"workers.min": answer.workers.min, "workers.max": answer.workers.max}
    scaling = answer.scaling
    if scaling.type == "REQUEST_COUNT":
        found["scaling"] = ("request_count", float(scaling.request_count or 0))
    else:
        found["scaling"] = ("queue_delay_s", float(scaling.queue_delay or 0))
        found["idle_timeout_s"] = answer.workers.idle_timeout
    timeout_s = (answer.timeout or 0) / 1000
    found |= {
        "execution_timeout_s": int(timeout_s) if timeout_s.is_integer() else timeout_s,
        "flashboot": answer.flashboot,
        "data_centres": frozenset(answer.data_center_ids or ()),
        "network_volumes": frozenset(answer.network_volumes or ()),
    }
    return found | {ENV + name: value for name, value in sorted(answer.variables.items())}


def body_of(settings: Settings, changed: Iterable[str] | None = None) -> dict[str, Any]:
    """The body that creates an endpoint of these settings, or changes the settings named by `changed` to these.

    What RunPod replaces as a whole is sent as a whole: all variables, the pools with their exclusions.
    """
    names = set(settings) if changed is None else set(changed)
    plain = {field: _plain(settings[name]) for name, field in _GROUPS.items() if name in names and name in settings}
    if "timeout" in plain:
        plain["timeout"] = round(1000 * settings["execution_timeout_s"])
    if "cpu" in plain:
        plain["cpu"] = [{"id": flavour, "vcpuCount": vcpus} for flavour, vcpus in settings["cpu"]]
    if changed is None and plain["registry"] is None:
        del plain["registry"]
    if names & {name for name in settings if name.startswith("gpu.")}:
        plain["gpu"] = _gpu_body(settings, is_new=changed is None)
    if names & set(_SCALING):
        plain |= _scaling_body(settings)
    if any(name.startswith(ENV) for name in names):
        plain["env"] = {name.removeprefix(ENV): value for name, value in settings.items() if name.startswith(ENV)}
    return plain


def _gpu(
    pools: Iterable[str], excluded: Iterable[str], count: int, min_cuda: str | None, cuda: Iterable[str]
) -> dict[str, Any]:
    """Sets: workers run on whichever pool has a machine, so that an order says nothing."""
    return {
        "gpu.pools": frozenset(pools),
        "gpu.excluded": frozenset(excluded),
        "gpu.count": count,
        "gpu.min_cuda": min_cuda,
        "gpu.cuda": frozenset(cuda),
    }


def _gpu_body(settings: Settings, is_new: bool) -> dict[str, Any]:
    found = {
        "pools": sorted(settings["gpu.pools"]),
        "excludedTypes": sorted(settings["gpu.excluded"]),
        "count": settings["gpu.count"],
        "allowedCudaVersions": sorted(settings["gpu.cuda"]),
    }
    if settings["gpu.min_cuda"] is not None:
        return found | {"minCudaVersion": settings["gpu.min_cuda"]}
    return found if is_new else found | {"minCudaVersion": ""}  # which clears it


def _scaling_body(settings: Settings) -> dict[str, Any]:
    by, value = settings["scaling"]
    workers = {"min": settings["workers.min"], "max": settings["workers.max"]}
    if by == "request_count":
        return {"workers": workers, "scaling": {"type": "REQUEST_COUNT", "requestCount": int(value)}}
    workers["idleTimeout"] = settings["idle_timeout_s"]
    return {"workers": workers, "scaling": {"type": "QUEUE_DELAY", "queueDelay": value}}


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value
