"""Files of endpoints for tests: one that is right, and others that differ from it in one thing."""

GOOD = """
[account]
prefix = "doctown"
worker_limit = 5

[endpoints.embed]
image = "docker.io/me/doctown-embed:0.1.0"
gpu = { pools = ["ADA_24", "AMPERE_24"], excluded = ["NVIDIA L4"], min_cuda = "13.0" }
workers = { min = 0, max = 2 }
scaling = { queue_delay_s = 2 }
idle_timeout_s = 10
execution_timeout_s = 600
flashboot = "FLASHBOOT"
disk_gb = 15

[endpoints.embed.environment]
PRODUCTION = "true"

[endpoints.build]
image = "docker.io/me/doctown-build:0.1.0"
cpu = [{ flavour = "cpu5c", vcpus = 8 }, { flavour = "cpu3c", vcpus = 8 }]
workers = { min = 0, max = 1 }
scaling = { request_count = 1 }
execution_timeout_s = 3600
flashboot = "OFF"
disk_gb = 20

[endpoints.build.ids]
EMBEDDER_ENDPOINT_ID = "embed"

[endpoints.build.secrets]
RUNPOD_API_KEY = "env:BUILD_KEY"
AWS_SECRET_ACCESS_KEY = "runpod:store-secret"
"""


def good_but(old, new):
    """The good file with one piece of text in another's place."""
    assert GOOD.count(old) >= 1, old
    return GOOD.replace(old, new, 1)
