"""A git server on loopback: real https with a certificate of its own, real `git http-backend` behind it.

What the first part of a path says happens first: `/moved/x` redirects to `/x`, `/around/` to itself, `/unsafe/` to
plain http, `/within/` to another address of this machine, `/private/` wants the server's `token`, `/slow/` never
answers, `/telling/` refuses and sends back what it was told.
"""

import base64
import contextlib
import datetime
import os
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def make_certificate(folder: Path) -> Path:
    """A file with a key and a certificate for localhost, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "localhost.pem"
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(key.private_bytes(*plain) + certificate.public_bytes(serialization.Encoding.PEM))
    return file


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_GET(self) -> None:
        first = self.path.split("/")[1]
        here = f"https://localhost:{self.server.server_port}"
        if first == "moved":
            self._redirect(here + self.path.removeprefix("/moved"))
        elif first == "around":
            self._redirect(here + self.path)
        elif first == "unsafe":
            self._redirect("http://localhost" + self.path)
        elif first == "within":
            self._redirect(f"https://127.0.0.1:{self.server.server_port}" + self.path.removeprefix("/within"))
        elif first == "private":
            self.path = self.path.removeprefix("/private")
            if self._is_known():
                self._answer()
            else:
                self._ask()
        elif first == "telling":
            if self.headers.get("Authorization"):
                self._tell()
            else:
                self._ask()
        elif first == "slow":
            self.server.asked.set()
            self.server.closed.wait(60)
        else:
            self._answer()

    def do_POST(self) -> None:
        self.do_GET()

    def _is_known(self) -> bool:
        given = self.headers.get("Authorization") or ""
        self.server.authorizations.append((self.headers.get("Host") or "", given))
        kind, _, pair = given.partition(" ")
        return kind == "Basic" and base64.b64decode(pair).decode().partition(":")[2] == self.server.token

    def _ask(self) -> None:
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="x"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _tell(self) -> None:
        pair = (self.headers.get("Authorization") or "").partition(" ")[2]
        line = f"ERR you said {pair} which is {base64.b64decode(pair).decode()}"
        service = b"001e# service=git-upload-pack\n0000"
        body = service + f"{len(line) + 4:04x}{line}".encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-git-upload-pack-advertisement")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _redirect(self, url: str) -> None:
        self.send_response(301)
        self.send_header("Location", url)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        variables = {
            "GIT_PROJECT_ROOT": str(self.server.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol") or "",
            "PATH": os.environ["PATH"],
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type") or "",
            "CONTENT_LENGTH": str(length),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding") or "",
        }
        done = subprocess.run(
            ["git", "http-backend"], input=self.rfile.read(length), env=variables, capture_output=True, check=False
        )
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        self.send_response(int(lines.pop("Status", "200 OK").split()[0]))
        for name, value in lines.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    root: Path
    token: str
    authorizations: list[tuple[str, str]]
    asked: threading.Event
    closed: threading.Event

    def handle_error(self, *arguments: object) -> None:
        """A client that hangs up is what some tests are about."""


@contextlib.contextmanager
def git_server(root: Path, certificate: Path, token: str = "") -> Iterator[_Server]:
    """Serve the repositories below `root`; `server_port` says where, `asked` is set when `/slow/` was asked for.

    `authorizations` has what was sent to `/private/`: the host that was meant, and the header.
    """
    server = _Server(("127.0.0.1", 0), _Handler)
    server.token, server.authorizations = token, []
    server.root, server.asked, server.closed = root, threading.Event(), threading.Event()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closed.set()
        server.shutdown()
        server.server_close()
        thread.join()
