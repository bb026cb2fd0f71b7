"""Prefect in the process of the tests: a folder of its own, set before it is imported, and the session's server."""

import os
import tempfile
from pathlib import Path

import pytest

# Whoever runs the tests may have a profile and a server of their own; neither is to be read or written.
for name in [name for name in os.environ if name.startswith("PREFECT_")]:
    del os.environ[name]
os.environ |= {
    "PREFECT_HOME": str(Path(tempfile.gettempdir()) / f"doctown-tests-prefect-{os.getuid()}"),
    "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
    "DO_NOT_TRACK": "1",
}


@pytest.fixture(scope="session")
def drained_server(prefect_api_url):
    """The session's server, which is told all that Prefect in this process still holds before it ends."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    yield prefect_api_url
    APILogWorker.drain_all()
    EventsWorker.drain_all()


@pytest.fixture
def prefect(drained_server):
    """The Prefect in this process speaks with the session's server; a client of that server's API."""
    import httpx
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with temporary_settings({PREFECT_API_URL: drained_server}), httpx.Client(base_url=drained_server) as client:
        yield client
