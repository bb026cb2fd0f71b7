"""What resolution asks of a language: how its modules are named and found, and what it does in its own way.

A language's resolver file holds one class that is a `Language`; `Language` itself says what holds where nothing else is
said.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar, TypeAlias

from doctown.ingest.facts import MODULE, Expression, Imported, ProjectFile
from doctown.ingest.plain.reader import CLASSES
from doctown.ingest.plain.tables import Tables
from doctown.ingest.plain.values import At, Found, Outside, OutsideInstance, Space, Thing, Value

Caller: TypeAlias = Callable[[Value], Sequence[Value]]
"""What a call of a value gives."""


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
    gives_same: ClassVar[frozenset[str]] = frozenset()
    """Methods that, where the repository has none of that name, give what they are called on, or one like it."""
    awaited: ClassVar[str] = ""
    """The type within a type that says what comes of waiting for something of it."""
    delegates: ClassVar[tuple[str, ...]] = ()
    """Methods that give what has the members that a type has not."""
    iterates: ClassVar[tuple[str, ...]] = ()
    """Methods that give what a loop over something goes through."""
    widened: ClassVar[Mapping[str, str]] = {}
    """Outside types whose instances have the members of another as well."""
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

    def path_of(self, file: int, scope: int, of: Imported) -> Sequence[str]:
        """The names that lead from what `imported` gives to what the import brings."""
        return () if of.name is None else (of.name,)

    def modules_of(self, file: int, space: Space) -> Sequence[At]:
        """To which symbols an import of the space leads."""
        return [at for at in space.scopes if at[1] >= MODULE]

    def unbound(self, file: int, scope: int, name: str) -> Sequence[Found]:
        """What a name stands for that is bound nowhere."""
        return ()

    def outside_member(self, of: Value, name: str) -> Sequence[Value] | None:
        """What `of.name` is, for something outside; None: nothing particular."""
        return None

    def outside_instances(self, of: Outside, arguments: Sequence[tuple[Value, ...]]) -> Sequence[Value]:
        """What is of an outside type with type arguments: it holds what is of the last, by what is of the first."""
        keys = arguments[0] if len(arguments) > 1 else ()
        return [OutsideInstance(of.name, arguments[-1] if arguments else (), keys)]

    def outside_result(
        self, of: Outside | OutsideInstance, name: str, given: Sequence[Sequence[Value]], called: Caller
    ) -> Sequence[Value] | None:
        """What a call of `of.name` gives, or of `of` itself where there is no name; None: nothing particular."""
        held = of.elements if isinstance(of, OutsideInstance) else ()
        if held and name in self.gives_element:
            return held
        return [of] if held and name in self.gives_itself else None

    def outside_elements(self, of: OutsideInstance) -> Sequence[Value]:
        """What a loop over something of an outside type gives."""
        return of.elements

    def makes(self, callee: Expression) -> bool:
        """Whether a call of that, if the repository has no such function, is none but makes something."""
        return False

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
