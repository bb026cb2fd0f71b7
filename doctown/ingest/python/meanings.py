"""What Python expressions stand for, over the facts of all files. Nothing is run; what is not known stays unknown.

Evaluation follows names, members, calls and annotations. It is bounded in depth, in steps and in the number of values,
so that no code can make it run long; beyond the bounds a value is unknown, never guessed.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from doctown.ingest import rules
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
from doctown.ingest.python.hierarchy import Hierarchy
from doctown.ingest.python.modules import BUILTINS, MAX_DOTTED
from doctown.ingest.python.names import CLASSES, Tables, last_names
from doctown.ingest.python.values import (
    MOST,
    At,
    Found,
    Instance,
    Module,
    Outside,
    OutsideInstance,
    Super,
    Thing,
    holding,
)
from doctown.ingest.python.values import Value as Meaning

_DEEPEST = 24
_MOST_HOPS = 16
"""Imports of imports."""
_MOST_STEPS = 2_000
"""For one question. After many such questions there are no more than a few for each."""
_FEW_STEPS = 50
_ALIKE = frozenset({"Optional", "Union", "Final", "ClassVar", "Required", "NotRequired", "ReadOnly", "InitVar"})
_FIRST_ONLY = frozenset({"Annotated"})
_ITSELF = frozenset({"Type", "type"})
_GIVES_ELEMENT = frozenset({"get", "pop", "popleft", "setdefault", "popitem", "__getitem__", "get_nowait"})
_GIVES_ITSELF = frozenset({"values", "copy", "items", "keys", "union", "intersection", "difference", "__iter__"})
_PROPERTIES = frozenset({"property", "cached_property", "abstractproperty", "hybrid_property", "reify"})
_CONTEXT_MANAGERS = frozenset({"contextmanager", "asynccontextmanager"})


class _TooFar(Exception):
    """A question has taken more steps than it may."""


class Meanings:
    """Evaluates expressions. A place in the code is a file, a scope of it and a byte (None: seen from elsewhere)."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.hierarchy = Hierarchy(tables, self._bases)
        self._kept: dict[object, tuple[Found, ...]] = {}
        self._open: set[object] = set()
        self._depth = self._hops = self._steps = 0
        self._left = 100_000 + 100 * sum(len(file.references) for file in tables.files)
        """Steps that may be taken in all before questions become short."""
        self._is_asked = False

    def of(self, file: int, scope: int, at: int | None, expression: Expression) -> list[Found]:
        """Everything that `expression` may stand for there, each value once; nothing where it is not known."""
        return self._asked(self._few, self._of, file, scope, at, expression)

    def member(self, value: Meaning, name: str) -> list[Found]:
        """What `value.name` may stand for."""
        return self._asked(self._few, self._member, value, name)

    # Bounds

    def _asked(self, question: Callable[..., list[Found]], *arguments: Any) -> list[Found]:
        """The answer to a question, which may ask others; nothing, then and for ever, to those that go too far."""
        if self._is_asked:
            return question(*arguments)
        self._is_asked = True
        self._steps = _MOST_STEPS if self._left > 0 else _FEW_STEPS
        try:
            return question(*arguments)
        except _TooFar:
            self._kept.update(dict.fromkeys(self._open, ()))
            self._open.clear()
            return []
        finally:
            self._is_asked = False

    def _step(self) -> None:
        self._steps, self._left = self._steps - 1, self._left - 1
        if self._steps < 0:
            raise _TooFar

    def _few(self, find: Callable[..., Iterable[Found]], *arguments: Any) -> list[Found]:
        """What `find` gives, each value once, unless that is too much or lies too deep."""
        self._step()
        if self._depth >= _DEEPEST:
            return []
        self._depth += 1
        try:
            found = _distinct(find(*arguments))
        finally:
            self._depth -= 1
        return found if len(found) <= MOST else []

    def _once(self, key: object, find: Callable[..., Iterable[Found]], *arguments: Any) -> list[Found]:
        """What `find` gives, found out once; nothing while it is being found out."""
        if key in self._kept:
            return list(self._kept[key])
        if key in self._open:
            return []
        self._step()
        self._open.add(key)
        found = _distinct(find(*arguments))
        found = found if len(found) <= MOST else []
        self._open.discard(key)
        if self._depth <= _DEEPEST // 2 and self._hops <= _MOST_HOPS // 2:  # else cut short, perhaps
            self._kept[key] = tuple(found)
        return found

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
                return self._declared(file, scope, of_type)
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
        return self._once((file, id(binding)), self._bound, file, binding)

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
        if self._hops >= _MOST_HOPS:
            return []
        self._hops += 1
        try:
            return [found for place in places for found in self._in_module(place, of.name)]
        finally:
            self._hops -= 1

    def _in_module(self, place: str, name: str) -> list[Found]:
        return self._once(("in module", place, name), self._of_module, place, name)

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
        return self._once(key, self.of, file, attribute.read_in, attribute.at, value)

    def _in_outside_base(self, of: At, name: str) -> list[Found]:
        order = self.hierarchy.order(of)
        if len(order.outside) == 1 and not order.has_unknown and not self._is_here(of, name):
            return [Found(Outside(f"{order.outside[0]}.{name}"), rules.OUTSIDE_BASE)]
        return []

    def _is_here(self, of: At, name: str) -> bool:
        """Whether a class of the repository has the member, though its value may be unknown."""
        return any(
            self.tables.bound(owner[0], owner[1], name) or self.tables.attributes(owner, name)
            for owner in self.hierarchy.order(of).classes
        )

    def has_member(self, of: At, name: str) -> bool:
        """Whether the class has the member, whatever it is."""
        return self._is_here(of, name)

    # Calls

    def _result(self, file: int, scope: int, at: int | None, callee: Expression) -> list[Found]:
        if callee == Name("super") and not self.tables.visible(file, scope, "super", at):
            around = self._class_around(file, scope)
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
        return self._once(("returned", at, receiver), self._returned, at, receiver)

    def _returned(self, at: At, receiver: At | None) -> list[Found]:
        of = self.definition(at)
        if of.returns is not None:
            found = self._declared(at[0], of.parent or MODULE, of.returns, receiver)
            if of.is_generator and not found:
                return [Found(OutsideInstance("typing.Generator"), rules.RETURNED)]
        else:
            found = [one for returned in of.returned for one in self.of(at[0], at[1], of.end_byte, returned)]
            if of.is_generator:
                found = [Found(holding("typing.Generator", [one.value for one in found]), rules.RETURNED)]
        return [Found(_how(one.value, rules.RETURNED), rules.RETURNED) for one in found]

    def _class_around(self, file: int, scope: int) -> At | None:
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

    # Annotations

    def _declared(self, file: int, scope: int, of_type: Expression, receiver: At | None = None) -> list[Found]:
        """Whatever is of that type. `receiver` is what `Self` means, without it the class around."""
        return self._asked(self._few, self._of_type, file, scope, of_type, receiver)

    def _of_type(self, file: int, scope: int, of_type: Expression, receiver: At | None) -> list[Found]:
        if isinstance(of_type, Either):
            return [one for part in of_type.of for one in self._declared(file, scope, part, receiver)]
        if isinstance(of_type, Subscript):
            return self._parametrised(file, scope, of_type, receiver)
        found: list[Found] = []
        for one in self.of(file, scope, None, of_type):
            found += self._instances(one.value, file, scope, receiver)
        return found or self._alias(file, scope, of_type, receiver)

    def _instances(self, value: Meaning, file: int, scope: int, receiver: At | None) -> list[Found]:
        match value:
            case Thing(at) if self.definition(at).kind in CLASSES:
                return [Found(Instance(at, rules.ANNOTATED), rules.ANNOTATED)]
            case Outside(name):
                if name.rpartition(".")[2] == "Self":
                    own = receiver or self._class_around(file, scope)
                    return [] if own is None else [Found(Instance(own, rules.ANNOTATED), rules.ANNOTATED)]
                if name.rpartition(".")[2] in ("Any", "object", "TypeVar") or name == "builtins.None":
                    return []
                return [Found(OutsideInstance(name), rules.ANNOTATED)]
        return []

    def _parametrised(self, file: int, scope: int, of_type: Subscript, receiver: At | None) -> list[Found]:
        found: list[Found] = []
        for one in self.of(file, scope, None, of_type.of):
            name = one.value.name.rpartition(".")[2] if isinstance(one.value, Outside) else ""
            if name in _ALIKE or name in _FIRST_ONLY:
                parts = of_type.arguments[:1] if name in _FIRST_ONLY else of_type.arguments
                found += [inner for part in parts for inner in self._declared(file, scope, part, receiver)]
            elif name in _ITSELF:
                found += [inner for part in of_type.arguments for inner in self.of(file, scope, None, part)]
            elif isinstance(one.value, Outside):
                last = of_type.arguments if name in ("tuple", "Tuple") else of_type.arguments[-1:]
                if name in ("Generator", "AsyncGenerator", "Coroutine"):
                    last = of_type.arguments[:1] if name != "Coroutine" else of_type.arguments[-1:]
                held = [inner.value for part in last for inner in self._declared(file, scope, part, receiver)]
                if name in ("Coroutine", "Awaitable"):
                    found += [Found(inner, rules.ANNOTATED) for inner in held]
                else:
                    found.append(Found(holding(one.value.name, held), rules.ANNOTATED))
            else:
                found += self._instances(one.value, file, scope, receiver)
        return found

    def _alias(self, file: int, scope: int, of_type: Expression, receiver: At | None) -> list[Found]:
        """`X = Union[A, B]`, named by `X`."""
        if not isinstance(of_type, Name):
            return []
        found: list[Found] = []
        for binding in self.tables.visible(file, scope, of_type.name, None):
            if isinstance(binding.value, Subscript | Either):
                key = ("alias", file, id(binding), receiver)
                found += self._once(key, self._declared, file, binding.read_in, binding.value, receiver)
        return found

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


def _distinct(found: Iterable[Found]) -> list[Found]:
    seen: dict[object, Found] = {}
    for one in found:
        key = ("instance", one.value.of) if isinstance(one.value, Instance) else one.value
        seen.setdefault(key, one)
    return list(seen.values())


def _reached(value: Meaning, receiver: At) -> Meaning:
    return Thing(value.at, receiver) if isinstance(value, Thing) else value


def _how(value: Meaning, how: str) -> Meaning:
    return Instance(value.of, how) if isinstance(value, Instance) else value
