"""An S3 service on loopback: moto's, in threads of this process, one request at a time, and what goes wrong before it.

One at a time, because conditional writes are to be decided one after the other, as S3 does. Nothing of moto checks who
asks; wrong keys and a wrong clock are played by faults, in the words of S3.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

import pytest

from adapters.settings import Settings

REASON = "moto, with flask and flask-cors, is not installed: pip install -e .[dev]"
_numbers = count(1)


@dataclass
class Fault:
    """Strikes requests of these methods whose path holds `part`, so many times."""

    status: int = 0
    code: str = ""
    methods: tuple[str, ...] = ("GET", "PUT", "DELETE", "POST")
    part: str = "/"
    times: int = 1_000_000
    slow_s: float = 0.0
    body: bytes | None = None
    """These bytes, and status 200, in place of the object's."""
    is_done: bool = False
    """The request is carried out, and only its answer is lost."""

    def strikes(self, method: str, path: str) -> bool:
        if method not in self.methods or self.part not in path or not self.times:
            return False
        self.times -= 1
        return True


@dataclass
class S3Server:
    """What runs, with the requests it was sent, as (method, path)."""

    port: int = 0
    faults: list[Fault] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def bucket(self) -> str:
        """A new bucket's name."""
        import httpx

        name = f"bucket-{next(_numbers)}"
        httpx.put(f"{self.url}/{name}", trust_env=False).raise_for_status()
        return name

    def variables(self, url: str) -> dict[str, str]:
        """What a process needs to know to use the store at `url`."""
        return {
            "DOCTOWN_STORE": url,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "a-key",
            "AWS_SECRET_ACCESS_KEY": "a-s3cret",
        }

    def settings(self, url: str = "", **more: str) -> Settings:
        """Settings with the store at `url`, or at a new bucket."""
        return Settings.from_environment(self.variables(url or f"s3://{self.bucket()}/store") | more)

    def app(self, moto):
        """moto behind the faults."""
        turn = threading.Lock()

        def answered(environ, start_response):
            method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
            self.requests.append((method, path))
            fault = next((one for one in self.faults if one.strikes(method, path)), None)
            if fault is not None:
                time.sleep(fault.slow_s)
            if fault is None or fault.is_done or not (fault.status or fault.body):
                with turn:
                    answer = b"".join(moto(environ, start_response if fault is None or not fault.status else _unheard))
                if fault is None or not fault.status:
                    return [answer]
            else:
                environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            body = fault.body or f"<Error><Code>{fault.code}</Code><Message>no</Message></Error>".encode()
            dated = ("Last-Modified", "Tue, 24 Nov 2026 00:00:00 GMT")
            head = [("Content-Length", str(len(body))), ("Content-Type", "application/xml"), ("ETag", '"x"'), dated]
            start_response(f"{fault.status or 200} Said", head)
            return [body]

        return answered


def _unheard(status, headers, error=None):
    return lambda data: None


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """A server for as long as the context is open; the test is skipped where there is none to be had."""
    server_module = pytest.importorskip("moto.server", reason=REASON)
    pytest.importorskip("flask_cors", reason=REASON)
    from werkzeug.serving import make_server

    found = S3Server()
    moto = server_module.DomainDispatcherApplication(server_module.create_backend_app)
    handler = type("Quiet", (server_module.MotoRequestHandler,), {"log": lambda *_: None})
    serving = make_server("127.0.0.1", 0, found.app(moto), threaded=True, request_handler=handler)
    found.port = serving.server_port
    thread = threading.Thread(target=serving.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        serving.shutdown()
        thread.join()
