"""What expressions stand for, over the facts of all files of a family of languages. Nothing is run.

The ladder: own scopes, the module and what is beside it, imports, what the language itself names; of members those of
the receiver's type, where that is declared, made, given by a function, or held by something. What types say is left to
`types`, what calls give to `calls`. Evaluation is bounded, so that no code can make it run long; beyond the bounds a
value is unknown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from msgspec import structs

from doctown.ingest import rules
from doctown.ingest.bounds import Bounds
from doctown.ingest.facts import (
    MODULE,
    Annotated,
    Anonymous,
    Awaited,
    Binding,
    Called,
    Collection,
    Defined,
    Either,
    Element,
    Expression,
    Imported,
    Itself,
    Key,
    Made,
    Member,
    Name,
    Own,
    Part,
    Receiver,
    Record,
    Subscript,
    There,
    TypeParameter,
)
from doctown.ingest.facts import (
    Value as Literal,
)
from doctown.ingest.plain.calls import Calls
from doctown.ingest.plain.language import Language
from doctown.ingest.plain.members import Members
from doctown.ingest.plain.reader import CLASSES, FUNCTIONS, OBJECTS
from doctown.ingest.plain.tables import Tables
from doctown.ingest.plain.types import Types
from doctown.ingest.plain.values import (
    At,
    Found,
    Function,
    Instance,
    Outside,
    OutsideInstance,
    Parameter,
    Several,
    Shape,
    Space,
    Thing,
    Value,
    known_by,
    same,
)

_LONGEST_PATH = 32
_MOST_STARS = 64
"""Modules that are looked through for one name that an import of all names may bring."""


class Meanings:
    """Evaluates expressions. A place in the code is a file, a scope of it and a byte (None: seen from elsewhere)."""

    def __init__(self, tables: Tables, language: Language) -> None:
        self.tables, self.language = tables, language
        steps = 100_000 + 100 * sum(len(file.references) for file in tables.files)
        self.bounds: Bounds[Found] = Bounds(steps, same)
        self.types = Types(self)
        self.members = Members(self)
        self.calls = Calls(self)
        self.members.prepare()

    def of(self, file: int, scope: int, at: int | None, expression: Expression) -> list[Found]:
        """Everything that `expression` may stand for there, each value once; nothing where it is not known."""
        return self.bounds.asked(self._of, file, scope, at, expression)

    def _of(self, file: int, scope: int, at: int | None, expression: Expression) -> Iterable[Found]:
        match expression:
            case Name(name):
                return self.named(file, scope, at, name)
            case Member(of, name):
                return [one for found in self.of(file, scope, at, of) for one in self.member(found.value, name)]
            case Called(callee, given):
                return self.calls.result(file, scope, at, callee, given)
            case Subscript(of, arguments):
                return self._subscripts(file, scope, at, of, arguments)
            case Element(of):
                return [one for found in self.of(file, scope, at, of) for one in self.elements(found.value)]
            case Key(of):
                return [one for found in self.of(file, scope, at, of) for one in self._keys(found.value)]
            case Part(of, index, is_element):
                found = self.of(file, scope, at, of)
                return [one for whole in found for one in self._parts(whole, index, is_element)]
            case Awaited(of):
                return [one for found in self.of(file, scope, at, of) for one in self._awaited(found)]
            case Made(of):
                return self.calls.made(file, scope, at, of)
            case There(of, byte):
                return self.of(file, scope, byte, of)
            case Itself(of):
                return self.of(file, scope, at, of)
            case Collection(kind, parts):
                return self._collected(kind, [self.of(file, scope, at, part) for part in parts])
            case Either(parts):
                return [found for part in parts for found in self.of(file, scope, at, part)]
            case Literal(of_type):
                return [Found(OutsideInstance(of_type), rules.OWN_SCOPE)]
            case Annotated(of_type):
                return self.types.declared(file, scope, at, of_type)
            case Receiver(of_type, is_super):
                declared = self.types.declared(file, scope, at, of_type)
                rule = rules.SUPER if is_super else rules.SELF
                return [Found(known_by(one.value, rule), rules.SELF) for one in declared]
            case Own(index, True):
                return [Found(Thing((file, index)), rules.SELF)]
            case Own(index, False):
                return [Found(self.types.itself((file, index)), rules.SELF)]
            case Anonymous(byte):
                there = self.tables.anonymous(file, byte)
                return [] if there is None else [Found(Thing((file, there)), rules.OWN_SCOPE)]
            case Record(members):
                shape = tuple(
                    (name, tuple(one.value for one in self.of(file, scope, at, value))) for name, value in members
                )
                return [Found(Shape(shape), rules.OWN_SCOPE)]
            case TypeParameter():
                return self.types.parameter(file, scope, expression)
        return []

    # Names

    def named(self, file: int, scope: int, at: int | None, name: str) -> list[Found]:
        """What a bare name stands for."""
        if bindings := self.tables.visible(file, scope, name, at):
            return self._all_bound(file, bindings)
        for around in self.tables.scopes_around(file, scope):
            if around[1] == MODULE:
                if bindings := self.tables.in_module(file, name, at):
                    return list(self.language.chosen(file, self._all_bound(file, bindings)))
                if found := self._beside(file, name):
                    return found
            if found := self._by_star(around, name):
                return found
        return list(self.language.unbound(file, scope, name))

    def _beside(self, file: int, name: str) -> list[Found]:
        found = [
            replace(one, rule=rules.OWN_SCOPE)
            for other in self.language.beside(file, name)
            for binding in self.tables.bound((other, MODULE), name)
            if not isinstance(binding.value, Imported)
            for one in self.bound(other, binding)
        ]
        return list(self.language.chosen(file, found))

    def _all_bound(self, file: int, bindings: Sequence[Binding]) -> list[Found]:
        """What the bindings of one name bring: what is declared, or else whatever it is made to stand for."""
        declared = [binding for binding in bindings if isinstance(binding.value, Annotated)]
        found = [one for binding in declared for one in self.bound(file, binding)]
        if any(not isinstance(one.value, Function) for one in found):
            return found
        others = [one for binding in bindings if binding not in declared for one in self.bound(file, binding)]
        return others or found

    def bound(self, file: int, binding: Binding) -> list[Found]:
        """What a binding brings."""
        if isinstance(binding.value, Defined):
            return [Found(Thing((file, binding.value.index)), rules.OWN_SCOPE)]
        return self.bounds.once((file, id(binding)), self._bound, file, binding)

    def _bound(self, file: int, binding: Binding) -> list[Found]:
        value = binding.value
        if isinstance(value, Imported):
            return self.imported(file, binding.scope, value)
        assert not isinstance(value, Defined)
        before = binding.at - 1 if binding.at else None  # `x := f(x)`: of the other x
        found = self.of(file, binding.read_in, before, value)
        return [one if one.rule == rules.SELF else replace(one, rule=rules.OWN_SCOPE) for one in found]

    def imported(self, file: int, scope: int, of: Imported) -> list[Found]:
        """What an import brings."""
        whole = [Found(value, rules.IMPORT) for value in self.language.imported(file, scope, of)]
        path = self.language.path_of(file, scope, of)
        return self.bounds.hopped(lambda: self._followed(whole, path)) if path else whole

    def _followed(self, found: list[Found], path: Sequence[str]) -> list[Found]:
        for name in path[:_LONGEST_PATH]:
            found = [replace(one, rule=rules.IMPORT) for start in found for one in self.member(start.value, name)]
        return found

    def named_by(self, file: int, scope: int, of: Imported, seen: set[tuple[At, str]] | None = None) -> list[At]:
        """The definitions of which an imported name is the name, whatever their values are."""
        seen = set() if seen is None else seen
        *path, name = self.language.path_of(file, scope, of) or ("",)
        starts = [Found(value, rules.IMPORT) for value in self.language.imported(file, scope, of)] if name else []
        found: list[At] = []
        for one in self.bounds.hopped(self._followed, starts, path):
            for at in one.value.scopes if isinstance(one.value, Space) else ():
                if (at, name) in seen or len(seen) > _MOST_STARS:
                    continue
                seen.add((at, name))
                bindings = self.tables.bound(at, name)
                found += [(at[0], binding.symbol) for binding in bindings if binding.symbol is not None]
                others = [binding.value for binding in bindings if binding.symbol is None]
                if not bindings:
                    stars = (star.value for star in self.tables.all_names(at))
                    others = [structs.replace(star, name=name) for star in stars if isinstance(star, Imported)]
                for other in others:
                    if isinstance(other, Imported):
                        found += self.named_by(at[0], at[1], other, seen)
        return found

    def _by_star(self, at: At, name: str, seen: set[At] | None = None) -> list[Found]:
        seen = set() if seen is None else seen
        seen.add(at)
        found: list[Found] = []
        for star in self.tables.all_names(at):
            if not isinstance(star.value, Imported) or len(seen) > _MOST_STARS:
                continue
            for value in self.imported(at[0], at[1], star.value):
                if isinstance(value.value, Space) and not seen.issuperset(value.value.scopes):
                    found += self.in_space(value.value, name, seen)
                elif isinstance(value.value, Thing):
                    found += self.member(value.value, name)
        return [replace(one, rule=rules.STAR_IMPORT) for one in found]

    def in_space(self, space: Space, name: str, seen: set[At] | None = None) -> list[Found]:
        """What `name` of a package, module or namespace stands for; those `seen` were looked through for it."""
        seen = set() if seen is None else seen
        found = [
            replace(one, rule=rules.IMPORT)
            for at in space.scopes
            if (bindings := self.tables.bound(at, name))
            for one in self._all_bound(at[0], bindings)
        ]
        return found or [one for at in space.scopes if at not in seen for one in self._by_star(at, name, seen)]

    # Members

    def member(self, value: Value, name: str) -> list[Found]:
        """What `value.name` may stand for."""
        return self.bounds.asked(self._member, value, name)

    def _member(self, value: Value, name: str) -> Iterable[Found]:
        match value:
            case Space():
                return self.in_space(value, name)
            case Thing(at) if self.tables.definition(at).kind in ("namespace", "module"):
                return self.in_space(Space((at,)), name)
            case Thing(at) if (kind := self.tables.definition(at).kind) in CLASSES | OBJECTS | FUNCTIONS:
                found = self.members.of_type(at, name) or self._of_alias(at, name)
                is_function = not found and kind in FUNCTIONS and name in self.language.gives_function
                return [Found(value, rules.OWN_SCOPE)] if is_function else found
            case Instance():
                return self.members.of_instance(value, name)
            case Parameter(_, _, bound):
                return [one for inner in bound for one in self.member(inner, name)]
            case Outside() | OutsideInstance():
                return self._outside_member(value, name)
            case Shape(members):
                return [Found(one, rules.ANNOTATED) for key, held in members if key == name for one in held]
        return []

    def _of_alias(self, at: At, name: str) -> list[Found]:
        of = self.tables.definition(at)
        if not of.is_alias or of.stands_for is None:
            return []
        return [one for found in self.of(at[0], at[1], None, of.stands_for) for one in self.member(found.value, name)]

    def _outside_member(self, value: Outside | OutsideInstance, name: str) -> list[Found]:
        if added := self.members.of_outside(value, name):
            return added
        rule = rules.IMPORT if isinstance(value, Outside) else rules.OUTSIDE_RECEIVER
        particular = self.language.outside_member(value, name)
        if particular is not None:
            return [Found(one, rule) for one in particular]
        if len(value.name) + len(name) > _MAX_DOTTED:
            return []
        return [Found(Outside(f"{value.name}.{name}") if value.name else OutsideInstance(""), rule)]

    def called(self, value: Value) -> list[Found]:
        """What a call of `value` gives."""
        return self.calls.called(value)

    # What a value holds

    def _collected(self, kind: str, parts: Sequence[Sequence[Found]]) -> list[Found]:
        values = [tuple(one.value for one in part) for part in parts]
        if kind == "tuple":
            return [Found(Several(tuple(values)), rules.OWN_SCOPE)]
        held = tuple(dict.fromkeys(value for part in values for value in part))
        return [
            Found(OutsideInstance(self.language.collections.get(kind, ""), held, (), tuple(values)), rules.OWN_SCOPE)
        ]

    def _subscripts(
        self, file: int, scope: int, at: int | None, of: Expression, arguments: Sequence[Expression]
    ) -> list[Found]:
        found: list[Found] = []
        for one in self.of(file, scope, at, of):
            if isinstance(one.value, Thing | Outside):
                found.append(one)  # with type arguments
            else:
                found += self.elements(one.value)
        return found

    def elements(self, value: Value) -> list[Found]:
        """What iteration over `value` or an index into it gives."""
        match value:
            case OutsideInstance():
                return [Found(one, rules.ANNOTATED) for one in self.language.outside_elements(value)]
            case Instance():
                found = [one for made in self.types.underlying(value) for one in self.elements(made)]
                return found or self._iterated(value)
            case Parameter(_, _, bound):
                return [one for inner in bound for one in self.elements(inner)]
            case Thing(at) if self.tables.definition(at).kind == "enum":
                return [Found(self.types.itself(at), rules.CONSTRUCTED)]
        return []

    def _parts(self, found: Found, index: int, is_element: bool) -> list[Found]:
        value = found.value
        if isinstance(value, Several) or (is_element and isinstance(value, OutsideInstance) and value.parts):
            return [Found(one, found.rule) for one in value.parts[index]] if index < len(value.parts) else []
        if value == OutsideInstance(""):
            return [found]
        return self.elements(value) if is_element else [found] if index == 0 else []

    def _awaited(self, of: Found) -> list[Found]:
        """What waiting for it gives: what is promised, what its type says, or else itself."""
        given: Sequence[Value] = []
        match of.value:
            case OutsideInstance(name, held) if name in self.language.promises:
                return [replace(of, value=one) for one in held]
            case Instance() if self.language.awaited:
                types = self.member(of.value, self.language.awaited)
                given = [one for found in types for one in self.types.instances(found.value)]
        return [replace(of, value=one) for one in given] or [of]

    def _iterated(self, value: Instance) -> list[Found]:
        for name in self.language.iterates:
            if methods := self.member(value, name):
                given = [made for one in methods for made in self.called(one.value)]
                return [one for made in given if made.value != value for one in self.elements(made.value)]
        return []

    def _keys(self, value: Value) -> list[Found]:
        match value:
            case OutsideInstance(_, _, keys):
                return [Found(one, rules.ANNOTATED) for one in keys]
            case Instance():
                return [one for made in self.types.underlying(value) for one in self._keys(made)]
        return []


_MAX_DOTTED = 300
