"""Classes and what they derive from: the order in which Python looks for a member, and who derives from whom."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from doctown.ingest.python.names import CLASSES, Tables
from doctown.ingest.python.values import At, Found, Outside, Thing

_DEEPEST = 50
_NO_BASES = frozenset({"object", "Generic", "Protocol", "ABC", "Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})
"""Outside bases that have no members of their own that anyone calls on an instance."""


@dataclass(frozen=True, slots=True)
class Order:
    """The classes of the repository in which a member is looked for, the class itself first; the dotted names of its
    bases outside; and whether a base is not known.
    """

    classes: tuple[At, ...]
    outside: tuple[str, ...]
    has_unknown: bool


class Hierarchy:
    """Asked lazily: the bases of a class are themselves expressions."""

    def __init__(self, tables: Tables, bases: Callable[[At], Sequence[Found | None]]) -> None:
        self._tables, self._bases_of = tables, bases
        self._orders: dict[At, Order] = {}
        self._open: set[At] = set()
        self._below: dict[At, list[At]] | None = None

    def order(self, of: At) -> Order:
        """C3, as Python's own; bases one after the other where that has no answer."""
        if of not in self._orders:
            if of in self._open or len(self._open) > _DEEPEST:
                return Order((of,), (), True)
            self._open.add(of)
            self._orders[of] = self._order(of)
            self._open.discard(of)
        return self._orders[of]

    def _order(self, of: At) -> Order:
        lines: list[list[At]] = []
        outside: dict[str, None] = {}
        has_unknown = False
        for base in self._bases_of(of):
            value = base.value if base is not None else None
            if isinstance(value, Thing) and value.at != of and self._is_class(value.at):
                inner = self.order(value.at)
                lines.append(list(inner.classes))
                outside.update(dict.fromkeys(inner.outside))
                has_unknown = has_unknown or inner.has_unknown
            elif isinstance(value, Outside):
                if value.name.rpartition(".")[2] not in _NO_BASES:
                    outside[value.name] = None
            else:
                has_unknown = True
        direct = [line[0] for line in lines]
        merged = _merged([*lines, direct])
        return Order((of, *(one for one in merged if one != of)), tuple(outside), has_unknown)

    def _is_class(self, at: At) -> bool:
        return self._tables.files[at[0]].definitions[at[1]].kind in CLASSES

    def defines(self, of: At, name: str) -> bool:
        """Whether the class or one of its bases here binds `name`."""
        return any(self._tables.bound(one[0], one[1], name) for one in self.order(of).classes)

    def derived(self, of: At) -> Sequence[At]:
        """Every class of the repository that derives from `of`, in the order of the files."""
        if self._below is None:
            self._below = {}
            for number, file in enumerate(self._tables.files):
                for index, definition in enumerate(file.definitions):
                    if definition.kind in CLASSES:
                        for base in self.order((number, index)).classes[1:]:
                            self._below.setdefault(base, []).append((number, index))
        return self._below.get(of, ())


def _merged(lines: Sequence[Sequence[At]]) -> list[At]:
    """The C3 merge (https://www.python.org/download/releases/2.3/mro/); depth first where it fails."""
    left = [list(line) for line in lines if line]
    found: list[At] = []
    while left:
        tails = {one for line in left for one in line[1:]}
        head = next((line[0] for line in left if line[0] not in tails), None)
        if head is None:
            return list(dict.fromkeys(one for line in lines for one in line))
        found.append(head)
        left = [rest for line in left if (rest := [one for one in line if one != head])]
    return found
