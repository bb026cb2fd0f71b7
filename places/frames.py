"""JSON messages over a pipe between the local backend and its child: a length of four bytes, then the text."""

import json
import struct
from asyncio import StreamReader
from typing import Any, BinaryIO

_LENGTH = struct.Struct(">I")


def frame_of(message: dict[str, Any]) -> bytes:
    """The bytes of one message."""
    data = json.dumps(message).encode()
    return _LENGTH.pack(len(data)) + data


def next_frame(stream: BinaryIO) -> dict[str, Any] | None:
    """The next message of a blocking stream; None at its end."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    data = stream.read(_LENGTH.unpack(head)[0])
    found: dict[str, Any] = json.loads(data)
    return found


async def receive_frame(stream: StreamReader) -> dict[str, Any]:
    """The next message. Raises asyncio.IncompleteReadError at the stream's end."""
    (length,) = _LENGTH.unpack(await stream.readexactly(_LENGTH.size))
    found: dict[str, Any] = json.loads(await stream.readexactly(length))
    return found
