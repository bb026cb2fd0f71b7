"""What resolution asks of a language: how its modules are named and found, and what it does in its own way.

A language's resolver file holds one class that is a `Language`; `Language` itself says what holds where nothing else is
said.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from doctown.ingest.facts import MODULE, Imported, ProjectFile
from doctown.ingest.plain.reader import CLASSES
from doctown.ingest.plain.tables import Tables
from doctown.ingest.plain.values import At, Found, OutsideInstance, Space, Thing, Value


class Language:
    """One language, or a family of languages whose files call each other."""

    languages: ClassVar[frozenset[str]]
    closed: ClassVar[frozenset[str]] = frozenset()
    """Kinds of definitions from within which the names around them are not seen."""
    constructors: ClassVar[tuple[str, ...]] = ()
    """Names of members that are run when a type is called; a type that has none is called itself, if at all."""
    types_are_called: ClassVar[bool] = True
    """Whether `T(x)` is a call of something, and not a conversion."""
    collections: ClassVar[Mapping[str, str]] = {}
    """The outside type of each kind of `Collection` that has one."""
    called_types: ClassVar[frozenset[str]] = CLASSES
    """Kinds of types of which a call is one of something."""
    gives_function: ClassVar[frozenset[str]] = frozenset()
    """Members of functions that are, in a call, the function itself."""
    promises: ClassVar[frozenset[str]] = frozenset()
    """Outside types that promise what they hold."""
    gives_element: ClassVar[frozenset[str]] = frozenset()
    """Methods of outside types that give what these hold."""
    gives_itself: ClassVar[frozenset[str]] = frozenset()
    """Methods of outside types that give something that holds the same."""
    common_methods: ClassVar[frozenset[str]] = frozenset()
    """Names of methods that say nothing of whose they are."""

    def __init__(self, tables: Tables, project_files: Sequence[ProjectFile]) -> None:
        self.tables, self.project_files = tables, project_files

    def beside(self, file: int, name: str) -> Sequence[int]:
        """Other files that bind `name` in their module, where it is seen in this file's module as its own."""
        return ()

    def imported(self, file: int, scope: int, of: Imported) -> Sequence[Value]:
        """What an import in that scope brings: a `Space`, something `Outside`; nothing where that is not known.

        Of an import with a name this is asked for what the name is of.
        """
        raise NotImplementedError

    def modules_of(self, file: int, space: Space) -> Sequence[At]:
        """To which symbols an import of the space leads."""
        return [at for at in space.scopes if at[1] >= MODULE]

    def unbound(self, file: int, scope: int, name: str) -> Sequence[Found]:
        """What a name stands for that is bound nowhere."""
        return ()

    def outside_member(self, of: Value, name: str) -> Sequence[Value] | None:
        """What `of.name` is, for something outside; None: nothing particular."""
        return None

    def outside_called(self, of: OutsideInstance, name: str) -> Sequence[Value] | None:
        """What `of.name()` gives, for something of an outside type; None: nothing particular."""
        if of.elements and name in self.gives_element:
            return of.elements
        return (of,) if of.elements and name in self.gives_itself else None

    def held(self, of: OutsideInstance) -> Sequence[Value]:
        """What iteration over something of an outside type gives."""
        return of.elements

    def is_type(self, of: Value) -> bool:
        """Whether something outside is known to be a type."""
        return False

    def chosen(self, file: int, found: Sequence[Found]) -> Sequence[Found]:
        """Of several things of one name in one place, those that are meant in that file."""
        return found

    def is_seen(self, file: int, at: At) -> bool:
        """Whether a member that is defined there may be named in the file."""
        return True

    def derived(self) -> Iterable[tuple[At, At]]:
        """Which types (each a definition) derive from which, said apart from their definitions."""
        return ()


def things(ats: Iterable[At], rule: str) -> list[Found]:
    """The definitions themselves, found by the rule."""
    return [Found(Thing(at), rule) for at in ats]
