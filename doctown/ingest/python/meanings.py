"""What Python expressions stand for, over the facts of all files. Nothing is run; what is not known stays unknown.

Evaluation follows names, members and calls; what annotations say is left to `annotations`. It is bounded (`bounds`), so
that no code can make it run long; beyond the bounds a value is unknown, never guessed.
"""

from collections.abc import Iterable, Sequence

from doctown.ingest import rules
from doctown.ingest.bounds import Bounds
from doctown.ingest.facts import (
    MODULE,
    Annotated,
    Attribute,
    Binding,
    Called,
    Collection,
    Defined,
    Definition,
    Either,
    Element,
    Entered,
    Expression,
    Imported,
    Member,
    Name,
    Own,
    Subscript,
    Value,
)
from doctown.ingest.python.annotations import Annotations
from doctown.ingest.python.definitions import CLASSES, last_names
from doctown.ingest.python.hierarchy import Hierarchy
from doctown.ingest.python.modules import BUILTINS, MAX_DOTTED
from doctown.ingest.python.names import Tables
from doctown.ingest.python.values import (
    At,
    Found,
    Instance,
    Module,
    Outside,
    OutsideInstance,
    Super,
    Thing,
    holding,
    same,
)
from doctown.ingest.python.values import Value as Meaning

_GIVES_ELEMENT = frozenset({"get", "pop", "popleft", "setdefault", "popitem", "__getitem__", "get_nowait"})
_GIVES_ITSELF = frozenset({"values", "copy", "items", "keys", "union", "intersection", "difference", "__iter__"})
_PROPERTIES = frozenset({"property", "cached_property", "abstractproperty", "hybrid_property", "reify"})


class Meanings:
    """Evaluates expressions. A place in the code is a file, a scope of it and a byte (None: seen from elsewhere)."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.hierarchy = Hierarchy(tables, self._bases)
        steps = 100_000 + 100 * sum(len(file.references) for file in tables.files)
        self.bounds: Bounds[Found] = Bounds(steps, same)
        self._annotations = Annotations(self)

    def of(self, file: int, scope: int, at: int | None, expression: Expression) -> list[Found]:
        """Everything that `expression` may stand for there, each value once; nothing where it is not known."""
        return self.bounds.asked(self._of, file, scope, at, expression)

    def member(self, value: Meaning, name: str) -> list[Found]:
        """What `value.name` may stand for."""
        return self.bounds.asked(self._member, value, name)

    # Expressions

    def _of(self, file: int, scope: int, at: int | None, expression: Expression) -> Iterable[Found]:
        match expression:
            case Name(name):
                return self._named(file, scope, at, name)
            case Member(of, name):
                return [one for found in self.of(file, scope, at, of) for one in self._member(found.value, name)]
            case Called(callee):
                return self._result(file, scope, at, callee)
            case Subscript(of, _) | Element(of):
                return [one for found in self.of(file, scope, at, of) for one in self._elements(found)]
            case Entered(of):
                return [one for found in self.of(file, scope, at, of) for one in self._entered(found)]
            case Collection(kind, parts):
                held = [found.value for part in parts for found in self.of(file, scope, at, part)]
                return [Found(holding(kind, held), rules.OWN_SCOPE)]
            case Either(parts):
                return [found for part in parts for found in self.of(file, scope, at, part)]
            case Value(of_type):
                return [Found(OutsideInstance(of_type), rules.OWN_SCOPE)]
            case Annotated(of_type):
                return self._annotations.declared(file, scope, of_type)
            case Own(index, True):
                return [Found(Thing((file, index)), rules.SELF)]
            case Own(index, False):
                return [Found(Instance((file, index), rules.SELF), rules.SELF)]
        return []

    def definition(self, at: At) -> Definition:
        """The definition there."""
        return self.tables.files[at[0]].definitions[at[1]]

    # Names

    def _named(self, file: int, scope: int, at: int | None, name: str) -> list[Found]:
        bindings = self.tables.visible(file, scope, name, at)
        if bindings:
            return [found for binding in bindings for found in self.bound(file, binding)]
        found = [
            Found(one.value, rules.STAR_IMPORT)
            for place in self.tables.star_places(file, name)
            for one in self._in_module(place, name)
        ]
        if not found and name in BUILTINS:
            return [Found(Outside(f"builtins.{name}"), rules.BUILTIN)]
        return found

    def bound(self, file: int, binding: Binding) -> list[Found]:
        """What a binding brings."""
        if isinstance(binding.value, Defined):
            return [Found(Thing((file, binding.value.index)), rules.OWN_SCOPE)]
        return self.bounds.once((file, id(binding)), self._bound, file, binding)

    def _bound(self, file: int, binding: Binding) -> list[Found]:
        value = binding.value
        if isinstance(value, Imported):
            return self._imported(file, value)
        assert not isinstance(value, Defined)
        return [Found(found.value, rules.OWN_SCOPE) for found in self.of(file, binding.read_in, binding.at, value)]

    def _imported(self, file: int, of: Imported) -> list[Found]:
        """What an import brings."""
        path = self.tables.files[file].path
        places = self.tables.modules.places(path, of.module, of.level)
        if not places:
            dotted = self.tables.modules.dotted(path, of.module, of.level, of.name)
            return [Found(Outside(dotted), rules.IMPORT)] if dotted else []
        if of.name is None:
            return [Found(Module(place), rules.IMPORT) for place in places]
        return self.bounds.hopped(self._in_modules, places, of.name)

    def _in_modules(self, places: Iterable[str], name: str) -> list[Found]:
        return [found for place in places for found in self._in_module(place, name)]

    def _in_module(self, place: str, name: str) -> list[Found]:
        return self.bounds.once(("in module", place, name), self._of_module, place, name)

    def _of_module(self, place: str, name: str) -> list[Found]:
        file = self.tables.modules.file_at(place)
        found: list[Found] = []
        for binding in self.tables.bound(file, MODULE, name) if file is not None else []:
            found += [Found(one.value, rules.IMPORT) for one in self.bound(file or 0, binding)]
        if not found and (inner := self.tables.modules.below(place, name)) is not None:
            found = [Found(Module(inner), rules.IMPORT)]
        if not found and file is not None:
            for star in self.tables.star_places(file, name):
                found += [Found(one.value, rules.STAR_IMPORT) for one in self._in_module(star, name)]
        return found

    # Members

    def _member(self, value: Meaning, name: str) -> list[Found]:
        match value:
            case Module(place):
                return self._in_module(place, name)
            case Thing(at) if self.definition(at).kind in CLASSES:
                return self._class_member(at, name)
            case Instance(of, how):
                if name == "__class__":
                    return [Found(Thing(of), how)]
                return self._instance_member(of, name, how, self.hierarchy.order(of).classes)
            case Super(of):
                return self._instance_member(of, name, rules.SUPER, self.hierarchy.order(of).classes[1:])
            case Outside(of_name) | OutsideInstance(of_name) if len(of_name) + len(name) >= MAX_DOTTED:
                return []
            case Outside(of_name):
                return [Found(Outside(f"{of_name}.{name}"), rules.IMPORT)]
            case OutsideInstance(of_name) if of_name:
                return [Found(Outside(f"{of_name}.{name}"), rules.OUTSIDE_RECEIVER)]
            case OutsideInstance():
                return [Found(OutsideInstance(""), rules.OUTSIDE_RECEIVER)]
        return []

    def _class_member(self, at: At, name: str) -> list[Found]:
        for owner in self.hierarchy.order(at).classes:
            bindings = self.tables.bound(owner[0], owner[1], name)
            if not bindings:
                continue
            if self.definition(owner).kind == "enum" and not isinstance(bindings[0].value, Defined):
                return [Found(Instance(at, rules.CONSTRUCTED), rules.CLASS)]
            found = [one for binding in bindings for one in self.bound(owner[0], binding)]
            return [Found(_reached(one.value, at), rules.CLASS) for one in found]
        return self._in_outside_base(at, name)

    def _instance_member(self, of: At, name: str, how: str, order: Sequence[At]) -> list[Found]:
        for owner in order:
            bindings = self.tables.bound(owner[0], owner[1], name)
            attributes = self.tables.attributes(owner, name)
            if not bindings and not attributes:
                continue
            found: list[Found] = []
            for binding in bindings:
                if isinstance(binding.value, Defined) and self._is_property(owner[0], binding.value.index):
                    found += self.returned((owner[0], binding.value.index), of)
                else:
                    found += self.bound(owner[0], binding)
            for attribute in attributes:
                found += self._assigned(owner[0], attribute)
            return [Found(_reached(one.value, of), how) for one in found]
        return self._in_outside_base(of, name)

    def _is_property(self, file: int, index: int) -> bool:
        return bool(last_names(self.tables.files[file].definitions[index].decorators) & _PROPERTIES)

    def _assigned(self, file: int, attribute: Attribute) -> list[Found]:
        key, value = (file, id(attribute)), attribute.value
        return self.bounds.once(key, self.of, file, attribute.read_in, attribute.at, value)

    def _in_outside_base(self, of: At, name: str) -> list[Found]:
        order = self.hierarchy.order(of)
        if len(order.outside) == 1 and not order.has_unknown and not self.has_member(of, name):
            return [Found(Outside(f"{order.outside[0]}.{name}"), rules.OUTSIDE_BASE)]
        return []

    def has_member(self, of: At, name: str) -> bool:
        """Whether the class or a base of it here has the member, though its value may be unknown."""
        return any(
            self.tables.bound(owner[0], owner[1], name) or self.tables.attributes(owner, name)
            for owner in self.hierarchy.order(of).classes
        )

    # Calls

    def _result(self, file: int, scope: int, at: int | None, callee: Expression) -> list[Found]:
        if callee == Name("super") and not self.tables.visible(file, scope, "super", at):
            around = self.class_around(file, scope)
            return [] if around is None else [Found(Super(around), rules.SUPER)]
        if isinstance(callee, Member):
            found: list[Found] = []
            for receiver in self.of(file, scope, at, callee.of):
                held = receiver.value.elements if isinstance(receiver.value, OutsideInstance) else ()
                if held and callee.name in _GIVES_ELEMENT:
                    found += [Found(one, rules.RETURNED) for one in held]
                elif held and callee.name in _GIVES_ITSELF:
                    found.append(receiver)
                else:
                    for one in self._member(receiver.value, callee.name):
                        found += self.called(one.value)
            return found
        return [one for found in self.of(file, scope, at, callee) for one in self.called(found.value)]

    def called(self, value: Meaning) -> list[Found]:
        """What a call of `value` gives."""
        match value:
            case Thing(at) if self.definition(at).kind in CLASSES:
                return [Found(Instance(at, rules.CONSTRUCTED), rules.CONSTRUCTED)]
            case Thing(at, receiver):
                return self.returned(at, receiver)
            case Instance():
                return [one for found in self.member(value, "__call__") for one in self._called_method(found)]
            case Outside(name):
                last = name.rpartition(".")[2]
                is_class = last[:1].isupper() or (name.startswith("builtins.") and last in _BUILTIN_CLASSES)
                return [Found(OutsideInstance(name if is_class else ""), rules.OUTSIDE_RECEIVER)]
            case OutsideInstance():
                return [Found(OutsideInstance(""), rules.OUTSIDE_RECEIVER)]
        return []

    def _called_method(self, found: Found) -> list[Found]:
        return self.returned(found.value.at, found.value.receiver) if isinstance(found.value, Thing) else []

    def returned(self, at: At, receiver: At | None) -> list[Found]:
        """What a call of the function gives, by its annotation or else by what it returns."""
        return self.bounds.once(("returned", at, receiver), self._returned, at, receiver)

    def _returned(self, at: At, receiver: At | None) -> list[Found]:
        of = self.definition(at)
        if of.returns is not None:
            found = self._annotations.declared(at[0], of.parent or MODULE, of.returns, receiver)
            if of.is_generator and not found:
                return [Found(OutsideInstance("typing.Generator"), rules.RETURNED)]
        else:
            found = [one for returned in of.returned for one in self.of(at[0], at[1], of.end_byte, returned)]
            if of.is_generator:
                found = [Found(holding("typing.Generator", [one.value for one in found]), rules.RETURNED)]
        return [Found(_how(one.value, rules.RETURNED), rules.RETURNED) for one in found]

    def class_around(self, file: int, scope: int) -> At | None:
        """The class whose methods the scope lies in."""
        definitions = self.tables.files[file].definitions
        inner: int | None = scope
        while inner is not None and definitions[inner].kind not in CLASSES:
            inner = definitions[inner].parent
        return None if inner is None else (file, inner)

    # What a value holds

    def _elements(self, found: Found) -> list[Found]:
        match found.value:
            case OutsideInstance(_, held):
                return [Found(one, found.rule) for one in held]
            case Thing(at) if self.definition(at).kind == "enum":
                return [Found(Instance(at, rules.CONSTRUCTED), rules.CONSTRUCTED)]
            case Thing(at) if self.definition(at).kind in CLASSES:
                return [found]
            case Instance():
                got = [one for one in self._member(found.value, "__getitem__") for one in self._called_method(one)]
                if got:
                    return got
                each = [one for one in self._member(found.value, "__iter__") for one in self._called_method(one)]
                return [
                    inner for one in each if isinstance(one.value, OutsideInstance) for inner in self._elements(one)
                ]
        return []

    def _entered(self, found: Found) -> list[Found]:
        match found.value:
            case Instance(of):
                for name in ("__enter__", "__aenter__"):
                    if self.hierarchy.defines(of, name):
                        got = [inner for one in self._member(found.value, name) for inner in self._called_method(one)]
                        return got or [found]
                return [found]
            case OutsideInstance(_, held) if held:
                return [Found(one, found.rule) for one in held]
            case OutsideInstance():
                return [found]
        return []

    def _bases(self, of: At) -> list[Found | None]:
        """The bases of a class, in order; None for one that is not known."""
        definition = self.definition(of)
        found: list[Found | None] = []
        for base in definition.bases:
            values = self.of(of[0], definition.parent or MODULE, definition.start_byte, base)
            found += list(values[:1]) or [None]
        return found


_BUILTIN_CLASSES = frozenset(
    {"bool", "bytearray", "bytes", "complex", "dict", "float", "frozenset", "int", "list", "memoryview", "object"}
    | {"range", "set", "slice", "str", "tuple"}
)


def _reached(value: Meaning, receiver: At) -> Meaning:
    return Thing(value.at, receiver) if isinstance(value, Thing) else value


def _how(value: Meaning, how: str) -> Meaning:
    return Instance(value.of, how) if isinstance(value, Instance) else value
