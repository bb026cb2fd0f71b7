"""What RunPod's management API does with bodies, as its OpenAPI document says: what it takes, fills in and changes.

Pure: `refusal_of` gives the problem a body meets, `made` and `patched` the endpoint that comes of it.
"""

import copy

import jsonschema

TEXT, TEXTS = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
CUDA = r"^\d+\.\d+$"


def table(required=(), **properties):
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


GPU = {
    "pools": TEXTS | {"minItems": 1},
    "excludedTypes": TEXTS | {"uniqueItems": True},
    "count": {"type": "integer", "minimum": 1},
    "allowedCudaVersions": {"type": "array", "items": {"type": "string", "pattern": CUDA}},
}
CONTAINER = {
    "args": TEXT,
    "disk": {"type": "integer", "minimum": 1},
    "env": {"type": "object", "additionalProperties": {"type": "string"}},
    "image": TEXT,
    "ports": TEXTS,
    "registry": {"type": ["string", "null"]},
    "cpu": {
        "type": "array",
        "minItems": 1,
        "uniqueItems": True,
        "items": table(("id", "vcpuCount"), id=TEXT | {"minLength": 1}, vcpuCount={"type": "integer", "minimum": 2}),
    },
    "dataCenterIds": TEXTS,
    "flashboot": {"enum": ["OFF", "FLASHBOOT", "PRIORITY_FLASHBOOT"]},
    "name": TEXT | {"minLength": 1},
    "networkVolumes": TEXTS,
    "scaling": {
        "oneOf": [
            table(("type", "queueDelay"), type={"const": "QUEUE_DELAY"}, queueDelay={"type": "number", "minimum": 0.5}),
            table(
                ("type", "requestCount"),
                type={"const": "REQUEST_COUNT"},
                requestCount={"type": "integer", "minimum": 1},
            ),
        ]
    },
    "templateId": TEXT,
    "timeout": {"type": "integer"},
    "workers": table(
        min={"type": "integer", "minimum": 0},
        max={"type": "integer", "minimum": 0},
        idleTimeout={"type": "integer", "minimum": 1, "maximum": 3600},
    ),
}
CREATE = table(
    ("name", "type", "scaling", "image"),
    **CONTAINER,
    gpu=table(("pools",), **GPU, minCudaVersion={"type": "string", "pattern": CUDA}),
    type={"enum": ["QUEUE", "LOAD_BALANCER"]},
)
UPDATE = table(
    **CONTAINER,
    gpu=table(**GPU, minCudaVersion={"type": "string", "pattern": rf"^$|{CUDA}"})
    | {"dependentRequired": {"excludedTypes": ["pools"]}},
)

GPUS = [
    {"id": "NVIDIA GeForce RTX 4090", "pool": "ADA_24", "availability": "HIGH"},
    {"id": "NVIDIA L4", "pool": "AMPERE_24", "availability": "LOW"},
    {"id": "NVIDIA RTX A5000", "pool": "AMPERE_24", "availability": "NONE"},
    {"id": "NVIDIA GeForce RTX 3090", "pool": "AMPERE_24", "availability": "MEDIUM"},
    {"id": "NVIDIA A40", "pool": "AMPERE_48", "availability": "NONE"},
    {"id": "NVIDIA GeForce RTX 3070", "pool": None, "availability": "NONE"},
]
CPUS = [
    {"id": "cpu3c", "name": "Compute", "vcpu": {"min": 2, "max": 32}},
    {"id": "cpu5c-2-4", "name": "Compute", "vcpu": {"min": 2, "max": 2}},
    {"id": "cpu5c-32-64", "name": "Compute", "vcpu": {"min": 32, "max": 32}},
]
DATA_CENTRES = [{"id": "US-KS-2"}, {"id": "EU-RO-1"}]


def refusal_of(body, there=None):
    """(status, detail, errors) of what is refused; None: it is taken. `there`: the endpoint a patch is for."""
    schema = CREATE if there is None else UPDATE
    errors = [
        f"{error.json_path}: {error.message}" for error in jsonschema.Draft202012Validator(schema).iter_errors(body)
    ]
    if errors:
        return 422, "Request validation failed.", sorted(errors)
    if there is None and ("gpu" in body) == ("cpu" in body):
        return 400, "exactly one of gpu or cpu must be specified", None
    if there is not None and (("gpu" in body and "cpu" in there) or ("cpu" in body and "cpu" not in there)):
        return 400, "compute family cannot be changed", None
    after = made(body, "x") if there is None else patched(there, body)
    gpu, workers, scaling = after.get("gpu"), body.get("workers", {}), after["scaling"]
    if gpu and gpu["allowedCudaVersions"] and gpu["minCudaVersion"]:
        return 400, "allowedCudaVersions and minCudaVersion are mutually exclusive", None
    if gpu:
        types = {card["id"] for card in GPUS if card["pool"] in gpu["pools"]}
        if unknown := set(gpu["excludedTypes"]) - types:
            return 400, f"not a GPU type of the pools: {sorted(unknown)[0]}", None
    if "idleTimeout" in workers and after["type"] == "QUEUE" and scaling["type"] == "REQUEST_COUNT":
        return 400, "idleTimeout is not applicable to REQUEST_COUNT scaling on QUEUE endpoints", None
    if any(cpu["vcpuCount"] & (cpu["vcpuCount"] - 1) for cpu in body.get("cpu", [])):
        return 400, "vcpuCount must be a power of two", None
    return None


def made(body, endpoint_id, base="https://api.runpod.ai/v2"):
    """The endpoint of a body that was taken, with what the API fills in."""
    filled = {
        "args": "",
        "disk": 20,
        "env": {},
        "ports": [],
        "registry": None,
        "dataCenterIds": [],
        "networkVolumes": [],
        "timeout": 300_000,
        "flashboot": "OFF",
    } | copy.deepcopy(body)
    filled["workers"] = {"min": 0, "max": 3, "idleTimeout": 10} | filled.get("workers", {})
    paths = {"run": "run", "runSync": "runsync", "purgeQueue": "purge-queue", "health": "health"}
    paths |= {name: f"{name}/{{job_id}}" for name in ("status", "stream", "cancel", "retry")}
    filled["requestUrls"] = {name: f"{base}/{endpoint_id}/{path}" for name, path in paths.items()}
    return _as_answered(filled | {"id": endpoint_id, "createdAt": "2026-11-24T12:00:00Z"})


def patched(there, body):
    """The endpoint after a patch: what is in the body is replaced, a worker's or a card's settings one by one."""
    after = copy.deepcopy(there)
    for name, value in copy.deepcopy(body).items():
        if name == "workers":
            after["workers"] |= value
        elif name == "gpu":
            if "pools" in value:
                value.setdefault("excludedTypes", [])
            after["gpu"] |= value
        else:
            after[name] = value
    if after["scaling"]["type"] == "QUEUE_DELAY":
        after["workers"].setdefault("idleTimeout", 10)
    return _as_answered(after)


def _as_answered(endpoint):
    if "gpu" in endpoint:
        endpoint["gpu"] = {"count": 1, "excludedTypes": [], "allowedCudaVersions": []} | endpoint["gpu"]
        endpoint["gpu"]["minCudaVersion"] = endpoint["gpu"].get("minCudaVersion") or None
    if "cpu" in endpoint:
        endpoint["cpu"] = [
            {"id": c["id"], "vcpuCount": c["vcpuCount"], "memory": 2 * c["vcpuCount"]} for c in endpoint["cpu"]
        ]
    if endpoint["scaling"]["type"] == "REQUEST_COUNT" and endpoint["type"] == "QUEUE":
        endpoint["workers"].pop("idleTimeout", None)
    return endpoint
