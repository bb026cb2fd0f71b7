"""Reads `deployments/endpoints.toml`, strictly: what is unknown, contradicts itself or would surprise is one sentence.

What has one default in RunPod's console and another in its API must be written out. Whether a GPU pool or a processor
exists is not known here: RunPod's catalog says it (`catalog`).
"""

import re
import tomllib
from collections.abc import Callable, Iterable
from typing import Any, cast, get_args

from doctown.endpoints.spec import MARKER, Cpu, Endpoint, EndpointsFile, Flashboot, Gpu, Scaling, Secret
from doctown.endpoints.table import Table, is_text, matches, whole
from doctown.errors import InvalidSettings

PLACEHOLDER = "your-account"
"""What the file that comes with doctown has in place of a registry's account."""

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,199}")
_REPOSITORY = re.compile(r"[a-z0-9][a-z0-9._/:-]*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_SECRET = re.compile(r"(env):([A-Za-z_][A-Za-z0-9_]*)|(runpod):([A-Za-z0-9_-]+)")
_SECRET_NAME = re.compile(r"(^|_)(KEY|TOKEN|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?)$|(^|_)SECRET(_|$)", re.IGNORECASE)
_SECRET_VALUE = re.compile(
    r"\brpa_\w{8}|\bsk-[\w-]{12}|\b(AKIA|ASIA)[0-9A-Z]{12}|\bgh[pousr]_\w{8}|\bgithub_pat_|\bhf_\w{8}|\bglpat-"
    r"|PRIVATE KEY|://[^/\s:@]*:[^/\s@]+@|RUNPOD_SECRET_"
)

_FIELDS = (
    "image",
    "gpu",
    "cpu",
    "workers",
    "scaling",
    "idle_timeout_s",
    "execution_timeout_s",
    "flashboot",
    "disk_gb",
    "data_centres",
    "network_volumes",
    "registry",
    "environment",
    "secrets",
    "ids",
)


def endpoints_file(data: bytes, file: str) -> EndpointsFile:
    """The file's content, read and checked; `file` is what it is called in an error.

    Raises InvalidSettings: one sentence with the file, the table and the field.
    """
    try:
        found = tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, tomllib.TOMLDecodeError) else type(error).__name__
        raise InvalidSettings(f"{file} cannot be read as TOML: {reason:.200}.") from error
    top = Table(file, "at its top", found, ("account", "endpoints"))
    account = Table(file, "[account]", top.table("account"), ("prefix", "worker_limit"))
    tables = top.table("endpoints")
    if not tables:
        raise InvalidSettings(f"{file} has no endpoints; begin each with a table such as [endpoints.embed].")
    endpoints = [_endpoint(file, name, table) for name, table in tables.items()]
    prefix = account.take("prefix", matches(_NAME), "a short name in small letters, such as doctown")
    limit = account.take("worker_limit", whole(1), "how many workers the account may have together, such as 5")
    return EndpointsFile(prefix, limit, _ordered(file, endpoints))


def is_secret(name: str, value: str) -> bool:
    """Whether a variable looks like one that nobody else should see."""
    return bool(_SECRET_NAME.search(name) or _SECRET_VALUE.search(value))


def _endpoint(file: str, name: str, found: Any) -> Endpoint:
    place = f"[endpoints.{name:.60}]" if name.isprintable() else "[endpoints]"
    if not _NAME.fullmatch(name):
        raise InvalidSettings(f"{file}: {place} has no name for an endpoint; use small letters, digits and hyphens.")
    table = Table(file, place, found, _FIELDS)
    gpu, cpu = table.get("gpu"), table.get("cpu")
    if (gpu is None) == (cpu is None):
        both = "both gpu and cpu" if gpu is not None else "neither gpu nor cpu"
        raise table.error(f"has {both}; a worker runs on one of them: give one.")
    workers = Table(file, f"{place} workers", table.table("workers"), ("min", "max"))
    least = workers.take("min", whole(0), "a whole number, 0 for none that always runs")
    most = workers.take("max", whole(0), "a whole number, the most that run at once")
    if least > most:
        raise workers.error(f"min is {least}, more than max, which is {most}; lower min or raise max.")
    scaling = _scaling(file, f"{place} scaling", table.table("scaling"))
    environment, secrets, ids = _variables(file, place, table)
    return Endpoint(
        name=name,
        image=_image(table),
        gpu=None if gpu is None else _gpu(file, f"{place} gpu", gpu),
        cpu=() if cpu is None else _cpus(table, cpu),
        workers_min=least,
        workers_max=most,
        scaling=scaling,
        idle_timeout_s=_idle_timeout_s(table, scaling),
        execution_timeout_s=table.take("execution_timeout_s", whole(5, 604_800), "whole seconds from 5 to 604800"),
        flashboot=table.take(
            "flashboot", lambda v: v in get_args(Flashboot), '"OFF", "FLASHBOOT" or "PRIORITY_FLASHBOOT"'
        ),
        disk_gb=table.take("disk_gb", whole(1), "whole gigabytes, 1 or more"),
        data_centres=table.texts("data_centres"),
        network_volumes=table.texts("network_volumes"),
        registry=table.take("registry", is_text, "the id of a registry credential at RunPod", None),
        environment=environment,
        secrets=secrets,
        ids=ids,
    )


def _image(table: Table) -> str:
    right = "an image with its version, such as docker.io/name/doctown-embed:0.1.0"
    image = str(table.take("image", is_text, right))
    name, _, digest = image.partition("@")
    repository, colon, tag = name.rpartition(":") if ":" in name.rpartition("/")[2] else (name, "", "")
    if PLACEHOLDER in image:
        raise table.error(f"image still has {PLACEHOLDER} in it; write where `make push-image` put yours.")
    if tag == "latest" or not (colon or digest):
        raise table.error(
            "image names no version: RunPod would not notice a new one, and workers would differ; give it a tag that "
            "never changes, not latest."
        )
    is_right = _REPOSITORY.fullmatch(repository) and "//" not in repository
    if not is_right or (colon and not _TAG.fullmatch(tag)) or ("@" in image and not _DIGEST.fullmatch(digest)):
        raise table.wrong("image", image, right)
    return image


def _gpu(file: str, place: str, found: Any) -> Gpu:
    table = Table(file, place, found, ("pools", "excluded", "count", "min_cuda", "cuda"))
    pools = table.texts("pools")
    if not pools:
        raise table.error('has no pools; name at least one, such as pools = ["ADA_24"].')
    version = matches(re.compile(r"\d{1,3}\.\d{1,3}"))
    cuda = table.texts("cuda", version, 'versions such as ["13.0"]')
    min_cuda = table.take("min_cuda", version, 'a version such as "13.0"', None)
    if cuda and min_cuda:
        raise table.error("has both min_cuda and cuda, which RunPod rejects; give the oldest or the exact versions.")
    count = table.take("count", whole(1), "how many cards a worker has, 1 or more", 1)
    return Gpu(pools, table.texts("excluded"), count, min_cuda, cuda)


def _cpus(table: Table, found: Any) -> tuple[Cpu, ...]:
    right = 'a list such as [{ flavour = "cpu5c", vcpus = 4 }]'
    if not isinstance(found, list) or not found:
        raise table.wrong("cpu", found, right)
    cpus = []
    for entry in found:
        one = Table(table.file, f"{table.place} cpu", entry, ("flavour", "vcpus"))
        flavour = one.take("flavour", matches(re.compile(r"[a-z0-9]{1,20}")), "a flavour such as cpu5c")
        vcpus = one.take("vcpus", lambda v: whole(2)(v) and v & (v - 1) == 0, "a power of two from 2")
        cpus.append(Cpu(flavour, vcpus))
    if len(set(cpus)) < len(cpus):
        raise table.error("cpu names the same flavour and size twice; leave one out.")
    return tuple(cpus)


def _scaling(file: str, place: str, found: Any) -> Scaling:
    table = Table(file, place, found, ("queue_delay_s", "request_count"))
    if len(found) != 1:
        raise table.error("needs either queue_delay_s or request_count, one of them.")
    if "request_count" in found:
        return Scaling("request_count", table.take("request_count", whole(1), "a whole number of jobs, 1 or more"))
    is_delay: Callable[[Any], bool] = lambda v: type(v) in (int, float) and 0.5 <= v <= 86_400  # noqa: E731 one check of many
    return Scaling("queue_delay_s", float(table.take("queue_delay_s", is_delay, "seconds, 0.5 or more")))


def _idle_timeout_s(table: Table, scaling: Scaling) -> int | None:
    if scaling.by == "request_count":
        if table.get("idle_timeout_s") is not None:
            raise table.error(
                "has idle_timeout_s and scales by request_count, which RunPod rejects together; leave idle_timeout_s "
                "out, or scale by queue_delay_s."
            )
        return None
    return cast(int, table.take("idle_timeout_s", whole(1, 3600), "whole seconds from 1 to 3600"))


def _variables(file: str, place: str, table: Table) -> tuple[dict[str, str], dict[str, Secret], dict[str, str]]:
    """The three kinds of variables a worker is given. A value is never repeated in an error: it may be a secret."""
    kinds = {kind: table.table(kind, {}) for kind in ("environment", "secrets", "ids")}
    inner = place.removesuffix("]")
    seen: dict[str, str] = {MARKER: "doctown itself"}
    for kind, values in kinds.items():
        where = f"{file}: {inner}.{kind}]"
        for name, value in values.items():
            if not _VARIABLE.fullmatch(name):
                raise InvalidSettings(f"{where} has a name that is no variable's; use letters, digits and _.")
            if not isinstance(value, str):
                raise InvalidSettings(f"{where} {name} is no text; write its value in quotes.")
            if name in seen:
                raise InvalidSettings(f"{where} {name} is set by {seen[name]} as well; leave it out here.")
            seen[name] = f"{inner}.{kind}]"
            if kind == "environment" and is_secret(name, value):
                raise InvalidSettings(
                    f'{where} {name} looks like a secret in clear text; move it to {inner}.secrets] as "env:NAME", '
                    'or "runpod:NAME" for one kept at RunPod.'
                )
    secrets = {name: _secret(f"{file}: {inner}.secrets] {name}", value) for name, value in kinds["secrets"].items()}
    return dict(kinds["environment"]), secrets, dict(kinds["ids"])


def _secret(where: str, value: str) -> Secret:
    match = _SECRET.fullmatch(value)
    if match is None:
        raise InvalidSettings(
            f'{where} must say where its value is, not what it is: "env:NAME" for a variable of whoever applies, '
            '"runpod:NAME" for a secret kept at RunPod.'
        )
    return Secret("env", match[2]) if match[1] else Secret("runpod", match[4])


def _ordered(file: str, endpoints: Iterable[Endpoint]) -> tuple[Endpoint, ...]:
    """Each after those whose id it needs, else in the order of the file."""
    by_name = {endpoint.name: endpoint for endpoint in endpoints}
    for endpoint in by_name.values():
        for variable, name in endpoint.ids.items():
            if name not in by_name:
                raise InvalidSettings(
                    f"{file}: [endpoints.{endpoint.name}.ids] {variable} names an endpoint that the file does not "
                    f"have; it may be one of {', '.join(by_name)}."
                )
    order: dict[str, Endpoint] = {}
    while len(order) < len(by_name):
        left = [endpoint for endpoint in by_name.values() if endpoint.name not in order]
        ready = next((endpoint for endpoint in left if order.keys() >= set(endpoint.ids.values())), None)
        if ready is None:
            circle = ", ".join(endpoint.name for endpoint in left)
            raise InvalidSettings(
                f"{file}: [endpoints] need each other's ids in a circle ({circle:.200}); leave one out."
            )
        order[ready.name] = ready
    return tuple(order.values())
