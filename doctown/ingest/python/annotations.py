"""What annotations say: whatever is declared to be of a type, as the typing module and the language mean it."""

from typing import Protocol

from doctown.ingest import rules
from doctown.ingest.bounds import Bounds
from doctown.ingest.facts import Definition, Either, Expression, Name, Subscript
from doctown.ingest.python.definitions import CLASSES
from doctown.ingest.python.names import Tables
from doctown.ingest.python.values import At, Found, Instance, Outside, OutsideInstance, Thing, Value, holding

_ALIKE = frozenset({"Optional", "Union", "Final", "ClassVar", "Required", "NotRequired", "ReadOnly", "InitVar"})
_FIRST_ONLY = frozenset({"Annotated"})
_ITSELF = frozenset({"Type", "type"})


class Evaluator(Protocol):
    """What is asked of `meanings.Meanings`."""

    tables: Tables
    bounds: Bounds[Found]

    def of(self, file: int, scope: int, at: int | None, expression: Expression) -> list[Found]:
        """Everything that `expression` may stand for there."""
        ...

    def definition(self, at: At) -> Definition:
        """The definition there."""
        ...

    def class_around(self, file: int, scope: int) -> At | None:
        """The class whose methods the scope lies in."""
        ...


class Annotations:
    """Evaluates annotations, which are expressions of their own kind: a class there means its instances."""

    def __init__(self, meanings: Evaluator) -> None:
        self._meanings = meanings

    def declared(self, file: int, scope: int, of_type: Expression, receiver: At | None = None) -> list[Found]:
        """Whatever is of that type. `receiver` is what `Self` means, without it the class around."""
        return self._meanings.bounds.asked(self._of_type, file, scope, of_type, receiver)

    def _of_type(self, file: int, scope: int, of_type: Expression, receiver: At | None) -> list[Found]:
        if isinstance(of_type, Either):
            return [one for part in of_type.of for one in self.declared(file, scope, part, receiver)]
        if isinstance(of_type, Subscript):
            return self._parametrised(file, scope, of_type, receiver)
        found: list[Found] = []
        for one in self._meanings.of(file, scope, None, of_type):
            found += self._instances(one.value, file, scope, receiver)
        return found or self._alias(file, scope, of_type, receiver)

    def _instances(self, value: Value, file: int, scope: int, receiver: At | None) -> list[Found]:
        match value:
            case Thing(at) if self._meanings.definition(at).kind in CLASSES:
                return [Found(Instance(at, rules.ANNOTATED), rules.ANNOTATED)]
            case Outside(name):
                if name.rpartition(".")[2] == "Self":
                    own = receiver or self._meanings.class_around(file, scope)
                    return [] if own is None else [Found(Instance(own, rules.ANNOTATED), rules.ANNOTATED)]
                if name.rpartition(".")[2] in ("Any", "object", "TypeVar") or name == "builtins.None":
                    return []
                return [Found(OutsideInstance(name), rules.ANNOTATED)]
        return []

    def _parametrised(self, file: int, scope: int, of_type: Subscript, receiver: At | None) -> list[Found]:
        found: list[Found] = []
        for one in self._meanings.of(file, scope, None, of_type.of):
            name = one.value.name.rpartition(".")[2] if isinstance(one.value, Outside) else ""
            if name in _ALIKE or name in _FIRST_ONLY:
                parts = of_type.arguments[:1] if name in _FIRST_ONLY else of_type.arguments
                found += [inner for part in parts for inner in self.declared(file, scope, part, receiver)]
            elif name in _ITSELF:
                found += [inner for part in of_type.arguments for inner in self._meanings.of(file, scope, None, part)]
            elif isinstance(one.value, Outside):
                last = of_type.arguments if name in ("tuple", "Tuple") else of_type.arguments[-1:]
                if name in ("Generator", "AsyncGenerator", "Coroutine"):
                    last = of_type.arguments[:1] if name != "Coroutine" else of_type.arguments[-1:]
                held = [inner.value for part in last for inner in self.declared(file, scope, part, receiver)]
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
        for binding in self._meanings.tables.visible(file, scope, of_type.name, None):
            if isinstance(binding.value, Subscript | Either):
                key = ("alias", file, id(binding), receiver)
                found += self._meanings.bounds.once(key, self.declared, file, binding.read_in, binding.value, receiver)
        return found
