"""What holds for a store holds for a folder and for a bucket."""

import pytest

from adapters.store import store_at, store_of
from tests.fakes.s3_server import s3_server


@pytest.fixture(scope="module")
def server():
    """An S3 server on loopback."""
    with s3_server() as server:
        yield server


@pytest.fixture(params=["folder", "bucket"])
def store(request, tmp_path):
    """A store of each kind."""
    if request.param == "folder":
        return store_at(tmp_path.as_uri())
    return store_of(request.getfixturevalue("server").settings())
