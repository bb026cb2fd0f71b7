"""What a language allows and its grammar does not know, covered so that the rest of the file can be read.

Every byte else stays in its place. A cover is tried on a file only that does not parse, and stays only if it then does.
"""

import re
from collections.abc import Callable, Mapping

_VARIANCE = re.compile(rb"(?<=[<,/])(?:\s|const\b)*(?:in[ \t]+)?(?:in|out)(?=\s+[\w$]+\s*(?:extends\b|[=,>]))")
_IMPORTED_TYPE = re.compile(rb"\bimport\([ \t]*(?:\"[^\"\n]*\"|'[^'\n]*')[ \t]*\)(?=\.[\w$.]+<)")
_EXPORTED_TYPES = re.compile(rb"(?<=\bexport )type(?=[ \t]*\*)")
_BEGINS_WITH_ANGLE = re.compile(rb"\n[ \t]*<(?=[\s\w$])")
_ANGLE = re.compile(rb"=>|[<>]")
_LINE_COMMENT = re.compile(rb"(?:^|\s)//[^\n]*\Z")
_ENDS_A_TYPE = frozenset(b"])}>'\"$_`")
_REACH = 4_000
"""Bytes that are looked through to one side of an angle bracket."""
_EFFORT = 20
"""Brackets that are looked at in all, for each hundred bytes of the file."""


def covered(language: str, data: bytes) -> bytes:
    """`data` with what the language's grammar does not know covered."""
    for cover in _COVERS.get(language, ()):
        data = cover(data)
    return data


def _written_over(pattern: re.Pattern[bytes], cover: bytes) -> Callable[[bytes], bytes]:
    return lambda data: pattern.sub(lambda found: re.sub(rb"\S", cover, found[0]), data)


def _call_signatures_ended(data: bytes) -> bytes:
    """`interface F { (x: A): B<C>` and `<T>(x: T): T }` on the next line are two signatures; the grammar takes the
    second's parameters for arguments of the first's type. A semicolon in place of the blank before them parts the two.
    """
    effort = _EFFORT * len(data) // 100 + 1_000
    patched = bytearray(data)
    for found in _BEGINS_WITH_ANGLE.finditer(data):
        angle = found.end() - 1
        brackets, is_call = _is_call(data, angle)
        if (effort := effort - brackets) < 0:
            break
        line = data.rfind(b"\n", max(0, angle - _REACH), found.start()) + 1
        blank_ends_comment = data[angle - 1] == 0x0A and _LINE_COMMENT.search(data, line, angle - 1)
        if is_call and not blank_ends_comment and _follows_a_type(data, found.start()):
            patched[angle - 1] = ord(";")
    return bytes(patched)


def _is_call(data: bytes, angle: int) -> tuple[int, bool]:
    """How many brackets were looked at, and whether the one at `angle` is closed before a parenthesis opens."""
    depth = brackets = 0
    for found in _ANGLE.finditer(data, angle, angle + _REACH):
        brackets += 1
        depth += {b"<": 1, b">": -1}.get(found[0], 0)
        if depth == 0:
            return brackets, data[found.end() : found.end() + 200].lstrip().startswith(b"(")
    return brackets, False


def _follows_a_type(data: bytes, end: int) -> bool:
    """Whether what stands before `end`, comments aside, may end a type."""
    before = data[max(0, end - _REACH) : end].rstrip()
    while True:
        line = before.rfind(b"\n") + 1
        if comment := _LINE_COMMENT.search(before, line):
            before = before[: comment.start()].rstrip()
        elif before.endswith(b"*/") and b"/*" in before:
            before = before[: before.rindex(b"/*")].rstrip()
        else:
            return bool(before) and (before[-1] in _ENDS_A_TYPE or chr(before[-1]).isalnum())


_TYPESCRIPT = (
    _written_over(_VARIANCE, b" "),  # interface I<out T>
    _written_over(_IMPORTED_TYPE, b"_"),  # import("x").T<U>
    _written_over(_EXPORTED_TYPES, b" "),  # export type * from "x"
    _call_signatures_ended,
)
_COVERS: Mapping[str, tuple[Callable[[bytes], bytes], ...]] = dict.fromkeys(("tsx", "typescript"), _TYPESCRIPT)
