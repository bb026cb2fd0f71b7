"""From a pattern of git's with wildcards to a regular expression over bytes: `?` is a byte, only `**` goes past a `/`.

No pattern can make matching slow: where one star follows another, nothing need be tried again.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(slots=True)
class _Piece:
    """What stands between two stars: the stars before it, and an expression of fixed length in bytes."""

    before: bytes = b""
    then: bytes = b""


_STAR = rb"[^/]*?"
_FOLDERS = rb"(?:[^/]*+/)*?"
_SOME_FOLDERS = rb"(?:[^/]*+/)+?"


def expression_of(body: bytes) -> bytes | None:
    """`body` as a regular expression. Where one star follows another, the earlier takes as little as it can: that
    leaves the later one all it could need, so that nothing need be tried again (hence the atomic groups).
    """
    pieces = [_Piece()]
    at = 0
    while at < len(body):
        here = body[at : at + 1]
        if here == b"*":
            end = at
            while body[end : end + 1] == b"*":
                end += 1
            is_deep = end - at > 1 and (at == 0 or body[at - 1 : at] == b"/")
            after = body[end : end + 2]
            if is_deep and not after:
                pieces.append(_Piece(rb".*"))
            elif is_deep and after.startswith(b"/"):
                pieces.append(_Piece(_FOLDERS))
                end += 1
            elif is_deep and after == b"\\/":
                pieces.append(_Piece(_SOME_FOLDERS))
                end += 2
            else:
                pieces.append(_Piece(_STAR))
            at = end
            continue
        single, at = _single(body, at)
        if single is None:
            return None
        pieces[-1].then += single
    return _joined(pieces)


def _joined(pieces: Sequence[_Piece]) -> bytes:
    """Folders take as few as they can for all that stands before the next `**`; what is last must reach the end."""
    parts = [b""]
    for number, piece in enumerate(pieces):
        if piece.before in (_FOLDERS, _SOME_FOLDERS):
            parts.append(piece.before + piece.then)
        elif piece.before == _STAR and number + 1 < len(pieces) and pieces[number + 1].before != rb".*":
            is_last_star = pieces[number + 1].before != _STAR
            parts[-1] += piece.before + piece.then if is_last_star else rb"(?>" + piece.before + piece.then + rb")"
        else:
            parts[-1] += piece.before + piece.then
    return b"".join([*(rb"(?>" + part + rb")" for part in parts[:-1]), parts[-1]])


def _single(body: bytes, at: int) -> tuple[bytes | None, int]:
    """The expression of one byte that starts at `at`, and where the next one does; None where it is malformed."""
    here = body[at : at + 1]
    if here == b"?":
        return rb"[^/]", at + 1
    if here == b"[":
        return _class(body, at + 1)
    if here == b"\\":
        return (re.escape(body[at + 1 : at + 2]), at + 2) if at + 1 < len(body) else (None, at)
    return re.escape(here), at + 1


_CLASSES = {
    b"alnum": rb"[0-9A-Za-z]",
    b"alpha": rb"[A-Za-z]",
    b"blank": rb"[ \t]",
    b"cntrl": rb"[\x00-\x1f\x7f]",
    b"digit": rb"[0-9]",
    b"graph": rb"[!-~]",
    b"lower": rb"[a-z]",
    b"print": rb"[ -~]",
    b"punct": rb"[!-/:-@\[-`{-~]",
    b"space": rb"[ \t\n\r]",
    b"upper": rb"[A-Z]",
    b"xdigit": rb"[0-9A-Fa-f]",
}
_NAMED_CLASS = re.compile(rb"\[:([^\]]*):\]")


def _class(body: bytes, at: int) -> tuple[bytes | None, int]:
    """The bracket expression whose content starts at `at`."""
    is_negated = body[at : at + 1] in (b"!", b"^") and at < len(body)
    at += is_negated
    start, before = at, 0
    found: set[int] = set()
    while at < len(body):
        here = body[at]
        if here == ord("]") and at > start:
            kept = set(range(256)) - found if is_negated else found
            kept.discard(ord("/"))
            return (b"[" + b"".join(b"\\x%02x" % byte for byte in sorted(kept)) + b"]" if kept else None), at + 1
        named = _NAMED_CLASS.match(body, at)
        if here == ord("-") and before and at + 1 < len(body) and body[at + 1] != ord("]"):
            at += 2 if body[at + 1] == ord("\\") else 1
            if at >= len(body):
                return None, at
            found.update(range(before, body[at] + 1))
            before = 0
        elif named:
            if named[1] not in _CLASSES:
                return None, at
            found.update(byte for byte in range(256) if re.match(_CLASSES[named[1]], bytes([byte])))
            at, before = named.end() - 1, 0
        else:
            at += here == ord("\\")
            if at >= len(body):
                return None, at
            found.add(body[at])
            before = body[at]
        at += 1
    return None, at
