"""A git server that means harm: https on loopback, protocol version 2 by hand, a misdeed for each first folder."""

import itertools
import os
import ssl
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.fakes.packs import commit_of, head_of, oid_of, pack_of, tree_of, whole

_CAN = ("version 2\n", "ls-refs\n", "fetch=shallow\n", "object-format=sha1\n")
_HELLO = ("# service=git-upload-pack\n", None, *_CAN, None)
_TREE = tree_of([("100644", b"a.py", oid_of("blob", b"a = 1\n"))])
_COMMIT = commit_of(oid_of("tree", _TREE))
_OID = oid_of("commit", _COMMIT)


def lines(*said: str | bytes | None) -> bytes:
    """pkt-lines; None is a flush."""
    made = b""
    for one in said:
        data = one.encode() if isinstance(one, str) else one
        made += b"0000" if data is None else f"{len(data) + 4:04x}".encode() + data
    return made


def on_sideband(pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield lines("shallow-info\n", f"shallow {_OID}") + b"0001" + lines("packfile\n")
    for piece in pieces:
        yield lines(b"\1" + piece)
    yield lines(None)


def endless_pack() -> Iterator[bytes]:
    """A file without end, of bytes that cannot be compressed."""
    yield b"PACK" + struct.pack(">II", 2, 1) + head_of(3, 10**12)
    packed = zlib.compressobj(0)
    while True:
        piece = packed.compress(os.urandom(30_000))
        if piece:
            yield from (piece[at : at + 60_000] for at in range(0, len(piece), 60_000))


def zlib_bomb() -> Iterator[bytes]:
    """A file of a terabyte of zeros."""
    yield b"PACK" + struct.pack(">II", 2, 1) + head_of(3, 10**12)
    packed, zeros = zlib.compressobj(9), bytes(4_000_000)
    while True:
        piece = packed.compress(zeros)
        if piece:
            yield piece[:60_000]


def memory_bomb() -> Iterator[bytes]:
    """A tree that says it has three gigabytes: trees are unpacked whole."""
    yield b"PACK" + struct.pack(">II", 2, 1) + head_of(2, 3_000_000_000) + zlib.compress(bytes(1_000_000))
    yield sha1(b"").digest()


def billions() -> Iterator[bytes]:
    """A pack that says it has two billion objects."""
    yield b"PACK" + struct.pack(">II", 2, 0x7FFFFFFF) + whole("blob", b"a = 1\n").data


def lacking() -> Iterator[bytes]:
    """The commit, without the tree that it names."""
    yield pack_of([whole("commit", _COMMIT)])


def drops() -> Iterator[bytes]:
    """A file of a terabyte, a byte now and then."""
    yield b"PACK" + struct.pack(">II", 2, 1) + head_of(3, 10**12) + b"\x78\x01\x00\xff\xff\x00\x00"
    while True:
        yield b"\0"
        time.sleep(0.5)


def endless_refs() -> Iterator[bytes]:
    for number in itertools.count():
        yield lines(*(f"{_OID} refs/heads/{number}-{'x' * 900}-{n}\n" for n in range(60)))


_PACKS = {
    "endless": endless_pack,
    "zeros": zlib_bomb,
    "tree": memory_bomb,
    "billions": billions,
    "lacking": lacking,
    "drops": drops,
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        misdeed = self.path.split("/")[1]
        self.server.seen.append(self.path)
        with suppress(OSError):
            if misdeed == "headers":
                self._send_headers_without_end()
            elif misdeed in ("dumb", "alternate"):
                self._send_dumb()
            else:
                self._stream("application/x-git-upload-pack-advertisement", iter([lines(*_HELLO)]))

    def do_POST(self) -> None:
        misdeed = self.path.split("/")[1]
        self.server.seen.append(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with suppress(OSError):
            if misdeed == "moving":
                self.send_response(307)
                self.send_header("Location", f"https://localhost:{self.server.server_port}/stolen/x")
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif b"command=ls-refs" in body:
                refs = endless_refs() if misdeed == "refs" else iter([lines(f"{_OID} HEAD\n", None)])
                self._stream("application/x-git-upload-pack-result", refs)
            elif misdeed == "words":
                self._stream("application/x-git-upload-pack-result", iter([lines("ERR \x1b[2J go to\nhttp://x.org\n")]))
            else:
                self._stream("application/x-git-upload-pack-result", on_sideband(_PACKS[misdeed]()))

    def _stream(self, kind: str, pieces: Iterator[bytes]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in pieces:
            self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        self.wfile.write(b"0\r\n\r\n")

    def _send_headers_without_end(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in itertools.count():
            self.wfile.write(f"X-{number}: {'x' * 8_000}\r\n".encode())

    def _send_dumb(self) -> None:
        """The files of a repository that is served as they lie, with alternates that lead elsewhere."""
        there = f"https://127.0.0.1:{self.server.server_port}/alternate/objects\n"
        texts = {"info/refs": f"{_OID}\trefs/heads/main\n", "HEAD": "ref: refs/heads/main\n"}
        texts |= {"objects/info/http-alternates": there, "objects/info/alternates": there}
        name = self.path.partition("/x/")[2].partition("?")[0]
        body = texts.get(name, "").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    seen: list[str]

    def handle_error(self, *arguments: object) -> None:
        """A client that hangs up is what this is about."""


@contextmanager
def hostile_server(certificate: Path) -> Iterator[_Server]:
    """`seen` has every path that was asked for."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.seen = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
