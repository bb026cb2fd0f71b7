"""Canonical JSON: equal content gives equal bytes. The form of every JSON entry of a docpack and of every jsonl blob.

UTF-8, keys sorted, no spaces, floats with six significant digits; `.jsonl` has one object a line.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from math import isfinite
from typing import Any, ClassVar, Protocol, TypeVar, get_type_hints

import msgspec


class Row(Protocol):
    """A frozen dataclass of `doctown.model`."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


R = TypeVar("R", bound=Row)

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)

_FAST = msgspec.json.Encoder(order="sorted")
_PLAIN: tuple[Any, ...] = (str, int, float, str | None, int | None, tuple[str, ...])
"""Types of fields that both encoders write alike, floats of a usual size."""


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        if not isfinite(value):
            raise ValueError(f"{value} has no JSON form")
        short = float(f"{value:.6g}")
        return 0.0 if short == 0 else short
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def canonical_json(value: Any) -> bytes:
    """`value` (plain JSON values, or a dataclass of them) in its one form, without a line end.

    A lone surrogate, which UTF-8 cannot carry, is written as its `\\uXXXX` escape.
    """
    if is_dataclass(value) and not isinstance(value, type):
        value = {name: getattr(value, name) for name in _names(type(value))}
    text = _ENCODER.encode(_rounded(value))
    try:
        return text.encode()
    except UnicodeEncodeError:
        return "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in text).encode()


@cache
def _floats(kind: type) -> tuple[str, ...] | None:
    """The fields of `kind` that are floats; None where it has fields that only the slow encoder writes as it should."""
    hints = get_type_hints(kind)
    if any(hint not in _PLAIN for hint in hints.values()):
        return None
    return tuple(name for name, hint in hints.items() if hint is float)


def _is_short(value: float) -> bool:
    """Whether both encoders write `value` alike: without an exponent, in no more than six digits."""
    return 1e-4 <= value < 1e15 and float(f"{value:.6g}") == value


def jsonl_of(rows: Iterable[Row]) -> bytes:
    """One canonical object a line, in the order given."""
    return b"".join(_line_of(row) for row in rows)


def _line_of(row: Row) -> bytes:
    """`canonical_json` of a row and a line end; most are written by an encoder that is many times faster."""
    floats = _floats(type(row))
    if floats is not None and all(_is_short(getattr(row, name)) for name in floats):
        try:
            return _FAST.encode(row) + b"\n"
        except (UnicodeEncodeError, TypeError):  # a lone surrogate; a number of another library
            pass
    return canonical_json(row) + b"\n"


def rows_of(data: bytes, kind: type[R]) -> Iterator[R]:
    """The rows that `jsonl_of` wrote. Fields that `kind` does not know are passed over.

    Raises:
        ValueError: a line is no JSON object, or lacks a field.
    """
    names = _names(kind)
    for line in data.split(b"\n"):
        if line:
            found = json.loads(line)
            try:
                values = [found[name] for name in names]
            except (KeyError, TypeError) as error:
                raise ValueError(f"a row of {kind.__name__} lacks {error}") from error
            yield kind(*(tuple(value) if isinstance(value, list) else value for value in values))
