"""What depends on what is installed, and on the machine."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, overload

try:
    from no_such_fast_codec import crunch
except ImportError:
    from codec._slow import crunch

try:
    import no_such_json as json
except ImportError:
    json = None

if TYPE_CHECKING:
    from codec.types import Frame

if sys.platform == "nothing":

    def newline():
        return b"\r\n"

else:

    def newline():
        return b"\n"


def encode(data):
    return crunch(data) + newline()


def measure(frame: Frame) -> int:
    return frame.size()


def to_json(value):
    if json is None:
        return repr(value)
    return json.dumps(value)


@overload
def width(value: int) -> int: ...
@overload
def width(value: str) -> str: ...
def width(value):
    return narrow(value)


def narrow(value):
    return value


def double(value):
    return width(value), width(str(value))


def lazily(data):
    try:
        from codec import _slow
    except ImportError:
        return data
    else:
        return _slow.squeeze(data)
