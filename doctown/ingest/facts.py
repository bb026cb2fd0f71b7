"""The facts of a file: what it says by itself, before anything is known of the others. Plain values only.

Facts are pure: the same bytes under the same path give the same facts, which is why they may be kept. They name things
by their index in `definitions`; expressions are summed up as far as resolution can follow them (`Expression`).
How they are found is said per language; what they mean together is left to `doctown.ingest.resolution`.
"""

from typing import Literal, TypeAlias

from msgspec import Struct

MODULE = 0
"""The index of a file's module among its definitions."""
EXPORTS = -1
"""In place of a scope: what others see of the file under a name, where that is not what its module binds."""
ALL_NAMES = "*"
"""In place of a bound name: all names of what is imported."""


class _Plain(Struct, frozen=True, array_like=True, gc=False):
    """A value that is kept without the names of its fields. Facts hold no circles: the collector may pass them over."""


class _Tagged(_Plain, frozen=True, tag_field="fact", tag=True):
    """One of several kinds of value that may stand in the same place: kept with the name of its kind."""


class Name(_Tagged, frozen=True):
    """A bare name."""

    name: str


class Member(_Tagged, frozen=True):
    """`of.name`."""

    of: "Expression"
    name: str


class Called(_Tagged, frozen=True):
    """What a call of `callee` gives; `given` are its first arguments, where what it gives may depend on them."""

    callee: "Expression"
    given: tuple["Expression", ...] = ()


class Subscript(_Tagged, frozen=True):
    """`of[arguments]`: an element of `of`, or in an annotation `of` with type arguments."""

    of: "Expression"
    arguments: tuple["Expression", ...]


class Element(_Tagged, frozen=True):
    """What iteration over `of` gives."""

    of: "Expression"


class Entered(_Tagged, frozen=True):
    """What `with of as ...` gives."""

    of: "Expression"


class Collection(_Tagged, frozen=True):
    """A list, set, tuple or dictionary that is written out; of a dictionary the values."""

    kind: str
    of: tuple["Expression", ...]


class Either(_Tagged, frozen=True):
    """One of several: `a or b`, `a if b else c`, `A | B`."""

    of: tuple["Expression", ...]


class Value(_Tagged, frozen=True):
    """A literal: an instance of the type `of`, such as `builtins.str`."""

    of: str


class Annotated(_Tagged, frozen=True):
    """Whatever is declared to be of the type `type`."""

    type: "Expression"


class Own(_Tagged, frozen=True):
    """The first parameter of a method: an instance of the class with that index, or the class itself."""

    of: int
    is_class: bool


class Receiver(_Tagged, frozen=True):
    """What a method is called on, where it is written apart from its type: an instance of the type `type`.

    `is_super`: seen as something of a type that its own derives from.
    """

    type: "Expression"
    is_super: bool = False


class Key(_Tagged, frozen=True):
    """What `of` is asked by: a key of a dictionary."""

    of: "Expression"


class Part(_Tagged, frozen=True):
    """The value with the number `index` of the several that `of` gives; of one that is not several, `index` 0 is it.

    `is_element`: of one that is not several it is something that this holds.
    """

    of: "Expression"
    index: int
    is_element: bool = False


class Awaited(_Tagged, frozen=True):
    """What waiting for `of` gives: what is promised, and of anything else itself."""

    of: "Expression"


class Made(_Tagged, frozen=True):
    """What `new of()` gives."""

    of: "Expression"


class Itself(_Tagged, frozen=True):
    """In place of a type: not what is of the type `of`, but just what `of` stands for."""

    of: "Expression"


class There(_Tagged, frozen=True):
    """What `of` stands for at byte `at`."""

    of: "Expression"
    at: int


class Callable(_Tagged, frozen=True):
    """In a declaration: a function that gives something of the type `returns`."""

    returns: "Expression | None"


class Record(_Tagged, frozen=True):
    """Something without a type of its own that has these members."""

    members: tuple[tuple[str, "Expression"], ...]


class Anonymous(_Tagged, frozen=True):
    """The function, or the class without a name, that the file defines from byte `at` on."""

    at: int


class TypeParameter(_Tagged, frozen=True):
    """The type parameter with the number `index` of the type `of` (None: of a function), within `bound`."""

    of: "Expression | None"
    index: int
    bound: "Expression | None"


class Implements(_Tagged, frozen=True):
    """The type `type` derives from `base`: said at a site apart from both; or `whatever` is of it does."""

    type: "Expression"
    base: "Expression"
    whatever: bool = False


class Unknown(_Tagged, frozen=True):
    """What cannot be followed."""


Expression: TypeAlias = (
    Name
    | Member
    | Called
    | Subscript
    | Element
    | Entered
    | Collection
    | Either
    | Value
    | Annotated
    | Own
    | Receiver
    | Key
    | Part
    | Awaited
    | Made
    | Itself
    | There
    | Callable
    | Record
    | Anonymous
    | TypeParameter
    | Implements
    | Unknown
)


class Imported(_Tagged, frozen=True):
    """What an import brings: `name` of the module `module`, or with no name the module itself, up `level` packages."""

    module: str
    level: int
    name: str | None = None


class Defined(_Tagged, frozen=True):
    """What the file defines under that index."""

    index: int


class Arm(_Plain, frozen=True):
    """A part, from byte `start` to `end`, of a statement of which not all parts are run.

    `others_until` is where the statement ends, if what is done in this part is not seen in its others; else `end`.
    """

    statement: int
    start: int
    end: int
    others_until: int

    def holds(self, byte: int) -> bool:
        """Whether `byte` lies in this part."""
        return self.start <= byte < self.end

    def excludes(self, byte: int) -> bool:
        """Whether whoever comes to `byte` has not come through this part."""
        return self.statement <= byte < self.others_until and not self.holds(byte)


class Binding(_Plain, frozen=True):
    """`name` stands for `value` in `scope`, from byte `at` on.

    `value` is read in the scope `read_in`. `arms` is the number, in the file's `arms`, of the conditions of this.
    `extent` is the byte range in which it holds where that is less than the scope (a comprehension).
    """

    scope: int
    name: str
    at: int
    value: Expression | Imported | Defined
    read_in: int
    arms: int = 0
    extent: tuple[int, int] | None = None
    symbol: int | None = None
    """The definition that this is a site of: of a variable, a field, a function or a class."""


class Attribute(_Plain, frozen=True):
    """`self.name = value` in a method, for the class with the index `owner`."""

    owner: int
    name: str
    at: int
    value: Expression
    read_in: int


class Definition(_Plain, frozen=True):
    """Something the file defines; a symbol but for its id. `parent` is the index of what encloses it, None: nothing.

    `decorators`, `bases` and `returned` are what is written there; `returned` is read within, the others outside.
    `returns` is the declared type of what a call gives.
    `owner` is the type that this is a method of where the text does not enclose it in that type; read in the module.
    `parameters` are their declared types, without what a method is called on.
    `stands_for` is the type that a named type is made of; `is_alias`: it is that type by another name.
    `is_type`: a function that is a type besides: what it makes is of it.
    """

    kind: str
    name: str
    parent: int | None
    start_line: int
    end_line: int
    start_byte: int
    end_byte: int
    signature: str = ""
    doc: str = ""
    roles: tuple[str, ...] = ()
    decorators: tuple[Expression, ...] = ()
    bases: tuple[Expression, ...] = ()
    returns: Expression | None = None
    returned: tuple[Expression, ...] = ()
    is_generator: bool = False
    owner: Expression | None = None
    stands_for: Expression | None = None
    is_alias: bool = False
    is_type: bool = False
    parameters: tuple[Expression, ...] = ()


Site: TypeAlias = Literal["calls", "imports", "inherits"]
"""What is done at a site. A literal, so that there is one string of it, however many facts are read."""


class Reference(_Plain, frozen=True):
    """A site: in `scope` something is called (`calls`), imported (`imports`) or derived from (`inherits`)."""

    kind: Site
    scope: int
    of: Expression | Imported
    line: int
    start_byte: int


class FileFacts(_Plain, frozen=True):
    """All of it. `definitions[MODULE]` is the module itself; a parent stands before what it encloses.

    `elsewhere` has (scope, name, other scope) where a scope says that a name is another's (`global`, `nonlocal`).
    `exported` is what `__all__` lists, None where it is not written out. `star_imports` are the modules whose names
    are all taken over. `namespace` is what the file says it belongs to (`package x`).
    """

    path: str
    language: str
    definitions: tuple[Definition, ...]
    bindings: tuple[Binding, ...]
    attributes: tuple[Attribute, ...]
    references: tuple[Reference, ...]
    elsewhere: tuple[tuple[int, str, int], ...]
    star_imports: tuple[Imported, ...]
    exported: tuple[str, ...] | None
    namespace: str = ""
    arms: tuple[tuple[Arm, ...], ...] = ((),)
    """Conditions that hold together, the outermost first. Under the first of them, none, most bindings are made."""

    def bindings_by_name(self) -> dict[tuple[int, str], list[Binding]]:
        """The bindings of each name in each scope, in their order."""
        found: dict[tuple[int, str], list[Binding]] = {}
        for binding in self.bindings:
            found.setdefault((binding.scope, binding.name), []).append(binding)
        return found

    def attributes_by_name(self) -> dict[tuple[int, str], list[Attribute]]:
        """The attributes of each name that each class is given, in their order."""
        found: dict[tuple[int, str], list[Attribute]] = {}
        for attribute in self.attributes:
            found.setdefault((attribute.owner, attribute.name), []).append(attribute)
        return found


class ProjectFile(_Plain, frozen=True):
    """What a project file says of how the code around it is named: (key, value), the keys with dots, as written."""

    path: str
    entries: tuple[tuple[str, str], ...]

    def value(self, key: str) -> str | None:
        """The first value of `key`."""
        return next((value for name, value in self.entries if name == key), None)

    def values(self, key: str) -> tuple[str, ...]:
        """All values of `key`."""
        return tuple(value for name, value in self.entries if name == key)


class DoesNotParse(Exception):
    """The file is not of its language. `line` is where that was noticed, from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line
