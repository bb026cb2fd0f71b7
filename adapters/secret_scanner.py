"""Where secrets lie in a file's bytes, found by Kingfisher's rules (MongoDB's, in Rust) and a few of our own.

Only rules that know the form of a key or token, or its name beside it: none that guesses from entropy alone, for those
mask ordinary code. It reads bytes and asks nobody: whether a token is valid is not tried. Masking is left to
`doctown.ingest.secrets`.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from doctown.ingest.secrets import SecretPlace, Span, masked

FOLDER = "detectors"
"""Below the cache: the compiled rules."""
_FIRST = b"\n"
"""Put before the bytes of a file, so that none passes for UTF-16 by how it begins."""
_OUR_RULES = Path(__file__).with_name("secret_rules.yaml")
_LEFT_OUT = frozenset({"betterleaks.generic-credential-uri", "betterleaks.private-key"})
"""Replaced by rules of ours: they take manuals for passwords, and code between two markers for a key."""
_APART = bytes.maketrans(b"()[]{}<>|&*!?#%@,:/", b" " * 19)
_APART_TOO = re.compile(rb"\\[nrt]|\.(?=[\s\"'`;]|\Z)")
"""What may stand beside a token; of these the rules know quotes, blanks and line ends alone."""
_ENDING = re.compile(rb"\.(?=[^./\n]{1,12}$)", re.MULTILINE)
_SECRET_ALONE = frozenset({"betterleaks.aws-secret-access-key", "betterleaks.exoscale-api-secret"})
"""The library takes these for parts of a credential, shown only beside the others; they are what must not be seen."""


class SecretScanner:
    """The compiled rules, for one process."""

    def __init__(self, cache: Path) -> None:
        """Takes some seconds the first time, a quarter of one when `cache` holds the compiled rules already."""
        from kingfisher_sdk import Rules, Scanner

        folder = (cache / FOLDER).resolve()
        self._scanner = Scanner(Rules([_OUR_RULES], confidence="medium", cache_dir=folder), base64=False)

    def spans(self, data: bytes) -> list[Span]:
        """The secrets in `data`, in order."""
        apart = _APART_TOO.sub(lambda found: b" " * len(found[0]), data.translate(_APART))
        return sorted({*self._spans(data, _SECRET_ALONE), *self._spans(apart, frozenset())})

    def _spans(self, data: bytes, shown: frozenset[str]) -> Iterator[Span]:
        """The secrets that the library finds; of `shown` also those that it would show in company only."""
        for one in self._scanner.scan(_FIRST + data):
            if (one.visible or one.rule_id in shown) and one.rule_id not in _LEFT_OUT:
                place = one.location
                start, end = (place[name] - len(_FIRST) for name in ("start_offset", "end_offset"))
                yield Span(start, end, _kind_of(one.rule_id))

    def masked(self, path: str, data: bytes) -> tuple[bytes, tuple[SecretPlace, ...]]:
        """The bytes `data` of the file at `path` without its secrets, and where those were."""
        spans = self.spans(data)
        return masked(path, data, spans) if spans else (data, ())

    def masked_paths(self, paths: Iterable[str]) -> dict[str, str]:
        """Those of `paths` that hold a secret, each with its name as it may be told."""
        given = {path: path.encode("utf-8", "surrogateescape") for path in paths}
        if not self._in_name(b"\n".join(given.values())):
            return {}
        made = {path: masked(path, data, self._in_name(data))[0] for path, data in given.items()}
        return {path: name.decode("utf-8", "surrogateescape") for path, name in made.items() if name != given[path]}

    def _in_name(self, data: bytes) -> list[Span]:
        """As `spans`; the ending of a file's name is no part of a secret."""
        return [*self.spans(data), *self.spans(_ENDING.sub(b" ", data))]


def _kind_of(rule_id: str) -> str:
    """`betterleaks.github-pat.1` and `veles.secrets/github-pat` read `github-pat`."""
    _, _, name = rule_id.replace("/", ".").removeprefix("veles.").partition(".")
    first, _, last = name.rpartition(".")
    return first if last.isdigit() else name
