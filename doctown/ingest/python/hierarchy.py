"""Classes and what they derive from: the order in which Python looks for a member, and who derives from whom."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from doctown.ingest.python.definitions import CLASSES
from doctown.ingest.python.names import Tables
from doctown.ingest.python.values import At, Found, Outside, Thing

_DEEPEST = 30
_MOST_BASES = 16
_MOST_CLASSES = 100
"""In the order of one class."""
_MOST_BELOW = 100
"""Classes that derive from one and are looked at."""
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
        self._open = 0
        self._below: dict[At, list[At]] | None = None

    def order(self, of: At) -> Order:
        """C3, as Python's own; bases one after the other where that has no answer."""
        if of not in self._orders:
            if self._open > _DEEPEST:
                return Order((of,), (), True)
            self._orders[of] = Order((of,), (), True)  # for who asks while it is being found out
            self._open += 1
            try:
                self._orders[of] = self._order(of)
            finally:
                self._open -= 1
        return self._orders[of]

    def _order(self, of: At) -> Order:
        lines: list[list[At]] = []
        outside: dict[str, None] = {}
        has_unknown = False
        bases = self._bases_of(of)
        for base in bases[:_MOST_BASES]:
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
        merged = [one for one in _merged([*lines, direct]) if one != of]
        is_cut = len(bases) > _MOST_BASES or len(merged) >= _MOST_CLASSES or len(outside) > _MOST_CLASSES
        return Order((of, *merged[: _MOST_CLASSES - 1]), tuple(outside)[:_MOST_CLASSES], has_unknown or is_cut)

    def _is_class(self, at: At) -> bool:
        return self._tables.files[at[0]].definitions[at[1]].kind in CLASSES

    def defines(self, of: At, name: str) -> bool:
        """Whether the class or one of its bases here binds `name`."""
        return any(self._tables.bound(one[0], one[1], name) for one in self.order(of).classes)

    def derived(self, of: At) -> Sequence[At]:
        """The classes of the repository that derive from `of`, in the order of the files, not more than a hundred."""
        if self._below is None:
            self._below = {}
            for number, file in enumerate(self._tables.files):
                for index, definition in enumerate(file.definitions):
                    if definition.kind in CLASSES:
                        for base in self.order((number, index)).classes[1:]:
                            below = self._below.setdefault(base, [])
                            if len(below) < _MOST_BELOW:
                                below.append((number, index))
        return self._below.get(of, ())


def _merged(lines: Sequence[Sequence[At]]) -> list[At]:
    """The C3 merge (https://www.python.org/download/releases/2.3/mro/); depth first where it fails."""
    tails = Counter(one for line in lines for one in line[1:])
    heads = [0] * len(lines)
    found: list[At] = []
    while True:
        left = [at for at, line in enumerate(lines) if heads[at] < len(line)]
        if not left:
            return found
        head = next((one for at in left if not tails[one := lines[at][heads[at]]]), None)
        if head is None:
            return list(dict.fromkeys(one for line in lines for one in line))
        found.append(head)
        for at in left:
            if lines[at][heads[at]] == head:
                heads[at] += 1
                if heads[at] < len(lines[at]):
                    tails[lines[at][heads[at]]] -= 1
