"""The parameters of a function, each with what is known of it: by its type, its comment, its default, or its caller."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from doctown.ingest.facts import Annotated, Awaited, Called, Expression, Member, Unknown
from doctown.ingest.javascript.expressions import expression_of
from doctown.ingest.javascript.types import type_of
from doctown.ingest.words import named, text_of

_GIVEN_ELEMENT: Mapping[str, frozenset[int]] = {
    **dict.fromkeys(
        ["every", "filter", "find", "findIndex", "findLast", "flatMap", "forEach", "map", "some"], frozenset({0})
    ),
    "sort": frozenset({0, 1}),
    "toSorted": frozenset({0, 1}),
    "reduce": frozenset({1}),
    "reduceRight": frozenset({1}),
}
"""Methods of collections that call what they are given, and which parameters get what the collection holds."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter's name or pattern, and what is given."""

    pattern: Node
    value: Expression


class Callbacks:
    """What functions are given that are given to a method themselves."""

    def __init__(self, calls: Sequence[Node]) -> None:
        self._calls: dict[int, Node] = {}
        for call in calls:
            given = named(call.child_by_field_name("arguments"))
            if given:
                self._calls[given[0].id] = call

    def given(self, function: Node, index: int) -> Expression:
        """What the parameter with that number of `function` is."""
        call = self._calls.get(function.id)
        method = None if call is None else call.child_by_field_name("function")
        if method is None:
            return Unknown()
        name, of = text_of(method.child_by_field_name("property")), method.child_by_field_name("object")
        if index in _GIVEN_ELEMENT.get(name, ()):
            return Called(Member(expression_of(of), "at"))
        return Awaited(expression_of(of)) if name == "then" and index == 0 else Unknown()


def parameters_of(node: Node, documented: Mapping[str, Expression], callbacks: Callbacks) -> Iterator[Parameter]:
    """The parameters of a function, in their order."""
    single = node.child_by_field_name("parameter")
    for index, one in enumerate(named(node.child_by_field_name("parameters")) if single is None else [single]):
        pattern = one.child_by_field_name("pattern") or one
        of_type, default = one.child_by_field_name("type"), one.child_by_field_name("value")
        if pattern.type == "assignment_pattern":
            default = pattern.child_by_field_name("right")
            pattern = pattern.child_by_field_name("left") or pattern
        if of_type is not None:
            value: Expression = Annotated(type_of(of_type))
        elif (said := documented.get(text_of(pattern)[:100])) is not None:
            value = Annotated(said)
        elif default is not None:
            value = expression_of(default)
        else:
            value = callbacks.given(node, index)
        yield Parameter(pattern, value)
