"""A client that awaits."""

import asyncio
from contextlib import asynccontextmanager, contextmanager


class Connection:
    def __init__(self, host):
        self.host = host

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *exception):
        self.shut()

    async def __aenter__(self):
        await self.dial()
        return self

    async def __aexit__(self, *exception):
        self.shut()

    async def dial(self):
        await asyncio.sleep(0)

    async def request(self, path):
        await self.dial()
        return f"{self.host}{path}"

    def ping(self):
        return True

    def shut(self):
        return None


class Response:
    def decode_body(self):
        return "body"


async def ask(connection: Connection) -> Response:
    await connection.request("/")
    return Response()


@contextmanager
def opened(host):
    connection = Connection(host)
    try:
        yield connection
    finally:
        connection.shut()


@asynccontextmanager
async def session(host):
    async with Connection(host) as connection:
        yield connection


async def pages(connection: Connection, count: int):
    for number in range(count):
        yield await connection.request(f"/{number}")


def hosts():
    yield default_host()
    yield from more_hosts()


def default_host():
    return "localhost"


def more_hosts():
    yield "example.org"
