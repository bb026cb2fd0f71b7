"""The attributes that nested .gitattributes files give to paths, as git reads them.

Only `linguist-generated` and `linguist-vendored` are asked for: what a repository says of its files in a way that its
host and git know too. What is said elsewhere (`info/attributes`, this machine's configuration) does not count, so
that a commit has the same attributes everywhere.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from doctown.ingest.patterns import Pattern, Patterns, Work, encoded, lines_of, pattern_of, place_of

ATTRIBUTES_FILE = ".gitattributes"
GENERATED = "linguist-generated"
VENDORED = "linguist-vendored"
ASKED = frozenset({GENERATED, VENDORED})

Value = bool | str | None
"""True: set; False: unset with `-`; None: made unspecified with `!`; else what stands after `=`."""

_BLANK = b" \t\r"
_MAX_LINE = 2_048  # bytes; git passes over longer ones
_NAME = re.compile(rb"[A-Za-z0-9_.][-A-Za-z0-9_.]*")
_MACRO = b"[attr]"
_QUOTED = re.compile(rb'"((?:[^"\\]|\\[abfnrtv"\\]|\\[0-3][0-7]{2})*)"', re.DOTALL)
_ESCAPE = re.compile(rb"\\(?:([0-3][0-7]{2})|(.))", re.DOTALL)
_ESCAPED = dict(zip(b"abfnrtv", b"\a\b\f\n\r\t\v", strict=True))

States = tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Given:
    """The value of an attribute, and the line that gives it."""

    value: Value
    by: Pattern

    @property
    def is_true(self) -> bool:
        """As github-linguist has it: set, or set to anything but `false`."""
        return self.value is True or (isinstance(self.value, str) and self.value != "false")

    @property
    def is_false(self) -> bool:
        """Taken from the path by `-`, or set to `false`."""
        return self.value is False or self.value == "false"


class Attributes:
    """Attributes by folder. `add` is called for the folder of the root first, which alone may define macros.

    Those who ask may do so for paths relative to a folder `prefix` ("" or ending in "/") of the root.
    """

    def __init__(self, prefix: str = "", asked: frozenset[str] = ASKED) -> None:
        self._work, self._prefix, self._asked = Work(), prefix, asked
        self._macros: dict[str, States] = {}
        self._lists: dict[bytes, tuple[Patterns, Mapping[Pattern, States]]] = {}
        self._chains: dict[bytes, list[tuple[int, Patterns, Mapping[Pattern, States]]]] = {}

    def add(self, folder: str, data: bytes) -> None:
        """What the file `data` says holds below `folder` ("" for the root). Raises LimitExceeded."""
        source = f"{folder}/{ATTRIBUTES_FILE}" if folder else ATTRIBUTES_FILE
        lines = list(_lines_in(data, source))
        if not folder:
            self._macros |= {name: states for name, states in lines if isinstance(name, str)}
        of = {pattern: states for pattern, states in lines if isinstance(pattern, Pattern) and self._tells(states)}
        if of:
            self._lists[encoded(folder)] = Patterns(of, self._work), of
            self._chains.clear()

    def _tells(self, states: States) -> bool:
        return any(name in self._asked or name in self._macros for name, _ in states)

    def of(self, path: str) -> Mapping[str, Given]:
        """What is given to the file at `path`; an attribute that nothing names is absent."""
        found: dict[str, Given] = {}
        if not self._lists:
            return found
        whole = encoded(self._prefix + path)
        folder, _, name = whole.rpartition(b"/")
        for length, patterns, states in self._around(folder):
            for pattern in patterns.matching(whole[length:], name, is_folder=False):
                self._fill(found, states[pattern], pattern)
        return {name: given for name, given in found.items() if name in self._asked and given.value is not None}

    def _around(self, folder: bytes) -> list[tuple[int, Patterns, Mapping[Pattern, States]]]:
        """The files that tell of what lies in `folder`, the deepest first, each with the length of the path to it."""
        if folder not in self._chains:
            chain, above = [], folder
            while True:
                if (own := self._lists.get(above)) is not None:
                    chain.append((len(above) + bool(above), *own))
                if not above:
                    break
                above = above.rpartition(b"/")[0]
            self._chains[folder] = chain
        return self._chains[folder]

    def takers(self, attribute: str) -> list[str]:
        """Where that lies from which `attribute` is taken by a `-`; "" for a pattern that may match anywhere."""
        found: list[str] = []
        for folder, (_, of) in self._lists.items():
            above = folder.decode("utf-8", "surrogateescape")
            for pattern, states in of.items():
                if any(name == attribute and value in (False, "false") for name, value in states):
                    place = "/".join(part for part in (above, place_of(pattern)) if part)
                    found.append(place.removeprefix(self._prefix) if place.startswith(self._prefix) else "")
        return found

    def _fill(self, found: dict[str, Given], states: States, by: Pattern) -> None:
        """Give what `states` say, the last first, unless something that counts more has spoken. Macros mean more."""
        for name, value in reversed(states):
            if name not in found:
                found[name] = Given(value, by)
                if value is True and name in self._macros:
                    self._fill(found, self._macros[name], by)


def _lines_in(data: bytes, source: str) -> Iterator[tuple[str | Pattern, States]]:
    """Each line that says something: the name of a macro or a pattern, and the states it gives."""
    for number, line in enumerate(lines_of(data), start=1):
        said = line.split(b"\0", 1)[0].lstrip(_BLANK)
        if not said or said.startswith(b"#") or len(said) >= _MAX_LINE:
            continue
        name, rest = _name_in(said)
        if name.startswith(_MACRO) and len(name) > len(_MACRO):
            macro, states = name[len(_MACRO) :], _states_in(rest)
            if _NAME.fullmatch(macro) and states is not None:
                yield macro.decode(), states
            continue
        pattern, states = pattern_of(name, source, number), _states_in(rest)
        if states is not None and not pattern.is_negative:
            yield pattern, states


def _name_in(said: bytes) -> tuple[bytes, bytes]:
    """What a line begins with, out of its quotes, and the rest."""
    if quoted := _QUOTED.match(said):
        return _ESCAPE.sub(_unescaped, quoted[1]), said[quoted.end() :]
    end = next((at for at, byte in enumerate(said) if byte in _BLANK), len(said))
    return said[:end], said[end:]


def _unescaped(found: re.Match[bytes]) -> bytes:
    if found[1] is not None:
        return bytes([int(found[1], 8)])
    return bytes([_ESCAPED.get(found[2][0], found[2][0])])


def _states_in(rest: bytes) -> States | None:
    """The states, or None where one of them is malformed: git then passes over the whole line."""
    found: list[tuple[str, Value]] = []
    for word in rest.translate(bytes.maketrans(b"\t\r", b"  ")).split(b" "):
        if not word:
            continue
        name, equals, text = word.partition(b"=")
        mark = name[:1] if name[:1] in (b"-", b"!") else b""
        name = name[len(mark) :]
        if not _NAME.fullmatch(name):
            return None
        value: Value = text.decode("utf-8", "surrogateescape") if equals else True
        found.append((name.decode(), False if mark == b"-" else None if mark == b"!" else value))
    return tuple(found)
