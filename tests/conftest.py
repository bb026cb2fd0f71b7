"""What many tests need: a cache that holds the model, fetched once and kept between runs, and a Prefect server."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import pytest

from adapters.model_files import model_files
from adapters.secret_scanner import SecretScanner
from adapters.settings import Settings
from flows.server import server_for


@pytest.fixture(scope="session")
def model_cache() -> Path:
    """A folder to use as DOCTOWN_CACHE, or to link from: it holds the verified model and the compiled detectors."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    cache = base / "doctown-tests"
    model_files(Settings(cache=str(cache)), "all-MiniLM-L6-v2", lambda *_: None)
    SecretScanner(cache)  # compiles its rules
    return cache


@pytest.fixture(scope="session")
def prefect_database(tmp_path_factory) -> Path:
    """An empty database of this Prefect's schema, made once and kept between runs: making one takes ten seconds."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    kept = base / "doctown-tests" / f"prefect-{version('prefect')}.db"
    if not kept.exists():
        home = tmp_path_factory.mktemp("schema") / "prefect"
        with server_for(home, {}, print) as server:
            server.wait_until_up()
            kept.parent.mkdir(parents=True, exist_ok=True)
            written = kept.with_suffix(f".{os.getpid()}")
            with closing(sqlite3.connect(home / "prefect.db")) as database:
                database.execute("VACUUM INTO ?", (str(written),))
            written.replace(kept)
    return kept


@pytest.fixture(scope="session")
def prefect_api_url(prefect_database, tmp_path_factory) -> Iterator[str]:
    """The API of a real Prefect server that lives as long as the session."""
    home = tmp_path_factory.mktemp("prefect-server") / "prefect"
    home.mkdir()
    shutil.copy(prefect_database, home / "prefect.db")
    with server_for(home, {}, print) as server:
        server.wait_until_up()
        yield server.api_url


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: whole runs of the command. Beside them everything else has time to be done."""
    items.sort(key=lambda item: "end_to_end" not in item.path.parts)
